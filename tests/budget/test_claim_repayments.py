"""What was paid in advance and no claim has used is repaid once the final claim is decided."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from tests.budget.claim_attacks import STEP
from tests.budget.funding import project_five

if TYPE_CHECKING:
    from tests.budget.calling import Clerk
    from tests.budget.funding import Funded
    from tests.servers import DatabaseUrls


@pytest.fixture
def budget_urls(funded_urls: DatabaseUrls) -> DatabaseUrls:
    return funded_urls


@pytest.fixture
async def funded(clerk: Clerk) -> Funded:
    """Project 5 with a grant of 1 000 kronor, half of what is eligible, and 300 in advance."""
    project = await project_five(clerk)
    await project.grant("1000.00")
    return project


async def advanced(funded: Funded, *, paid: str = "300.00") -> None:
    advance = await funded.claimed("advance", advance="300.00")
    await funded.decide(advance["id"], "300.00")
    await funded.pay(advance["id"], paid)


async def repay(funded: Funded, claim: str, amount: str, *, status: int = 201) -> Any:  # noqa: ANN401
    body = {"repaidOn": "2025-03-01", "amount": amount, "reference": "Faktura 17"}
    return await funded.clerk.post(f"/claims/{claim}/repayments", body, status=status)


async def paid_figure(funded: Funded, period: str) -> str:
    await funded.clerk.settled()
    answer = await funded.clerk.get("/figures/paid", period=period, by="project")
    return str(answer["total"])


async def test_unused_advance_is_to_be_repaid_and_leaves_what_was_paid(funded: Funded) -> None:
    await advanced(funded)
    await funded.cost("400.00")
    final = await funded.claimed("final")
    assert (final["sums"]["deducted"], final["claimed"]) == ("200.00", "0.00")
    assert final["repayable"] == "0.00", "the funder has not decided what the advance covers"
    assert (await repay(funded, final["id"], "1.00", status=409))["code"] == "claim_out_of_order"
    decided = await funded.decide(final["id"], "0.00")
    assert (decided["repayable"], decided["repaid"]) == ("100.00", "0.00")
    before = await funded.financing()

    assert (await repay(funded, final["id"], "40.00"))["repaid"] == "40.00"
    problem = await repay(funded, final["id"], "60.01", status=409)
    assert problem["code"] == "repaid_above_advance"
    whole = await repay(funded, final["id"], "60.00")
    assert (whole["repayable"], whole["repaid"], whole["state"]) == ("100.00", "100.00", "decided")
    assert [event["action"] for event in whole["events"]][-2:] == ["repaid", "repaid"]
    assert await paid_figure(funded, "2025-02") == "300.00"
    assert await paid_figure(funded, "2025-03") == "-100.00"
    after = await funded.financing()
    assert (after["paid"], after["repaid"], after["decided"]) == ("200.00", "100.00", "300.00")
    again = await funded.financing(basis=before["basis"])
    assert again == before
    assert (before["paid"], before["repaid"]) == ("300.00", "0.00")


async def test_final_claim_of_nothing_settles_an_advance_that_came(funded: Funded) -> None:
    draft = await funded.draft("final")
    assert (await funded.submit(draft, status=409))["code"] == "nothing_to_claim"
    await advanced(funded, paid="250.00")
    final = await funded.submit(draft)
    assert (final["claimed"], final["lines"]) == ("0.00", [])
    decided = await funded.decide(final["id"], "0.00")
    assert decided["repayable"] == "250.00", "what was decided and never paid is nobody's debt"


async def test_advance_that_the_claims_have_used_leaves_nothing_to_repay(funded: Funded) -> None:
    await advanced(funded)
    await funded.cost("600.00")
    interim = await funded.claimed()
    await funded.decide(interim["id"], "0.00")
    await funded.cost("200.00")
    final = await funded.claimed("final")
    decided = await funded.decide(final["id"], "100.00")
    assert decided["repayable"] == "0.00"
    assert (await repay(funded, final["id"], "0.01", status=409))["code"] == "repaid_above_advance"


async def test_costs_that_were_not_decided_cover_no_advance(funded: Funded) -> None:
    await advanced(funded)
    await funded.cost("400.00")
    interim = await funded.claimed()
    assert interim["sums"]["deducted"] == "200.00"
    problem = await funded.decide(interim["id"], "0.00", settled="200.01", status=409)
    assert problem["code"] == "settled_above_deducted"
    decided = await funded.decide(interim["id"], "0.00", settled="150.00")
    assert decided["events"][-1]["settled"] == "150.00"
    await funded.cost("200.00")
    final = await funded.claimed("final")
    assert (final["sums"]["deducted"], final["claimed"]) == ("100.00", "0.00")
    shown = await funded.decide(final["id"], "0.00", settled="20.00")
    assert shown["repayable"] == "130.00", "300 in advance less 150 less 20"


async def test_database_takes_no_repayment_beyond_the_advance_or_of_another_claim(
    funded: Funded,
) -> None:
    """Attacked as the service's role, with the right repayment as negative control."""
    await advanced(funded)
    await funded.cost("200.00")
    interim = await funded.claimed()
    await funded.decide(interim["id"], "0.00")
    await funded.cost("200.00")
    final = await funded.claimed("final")
    await funded.decide(final["id"], "0.00")
    conn = await funded.clerk.db.connect()
    settled = "insert into claim_event (claim_id, action, happened_on, amount, settled, reference,"
    settled += " reason, by) values ($1, $2, '2025-01-20', $3, 1, '', '', 'x')"
    with pytest.raises(asyncpg.CheckViolationError) as unsettled:
        await conn.execute(settled, final["id"], "repaid", 1)
    assert unsettled.value.constraint_name == "claim_event_settled_check"
    attacks = (
        (interim["id"], 1, "claim_event_order"),
        (final["id"], 10_001, "grant_balance_repaid_check"),
        (final["id"], 0, "claim_event_amount_sign_check"),
        (final["id"], None, "claim_event_amount_check"),
    )
    for claim, ore, rule in attacks:
        with pytest.raises(asyncpg.CheckViolationError) as refused:
            await conn.execute(STEP, claim, "repaid", ore)
        assert refused.value.constraint_name == rule
    await conn.execute(STEP, final["id"], "repaid", 10_000)
    await conn.close()
    shown = await funded.clerk.get(f"/claims/{final['id']}")
    assert (shown["repayable"], shown["repaid"]) == ("100.00", "100.00")
