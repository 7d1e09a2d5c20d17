"""Claims through the API: what they come to, what they stand on, and what becomes of them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.budget.funding import Funded, lines_of, project_five, proposed

if TYPE_CHECKING:
    from tests.budget.calling import Clerk
    from tests.servers import DatabaseUrls


@pytest.fixture
def budget_urls(funded_urls: DatabaseUrls) -> DatabaseUrls:
    return funded_urls


@pytest.fixture
async def funded(clerk: Clerk) -> Funded:
    return await project_five(clerk)


async def test_claim_gathers_costs_by_cost_type_and_says_what_does_not_count(
    funded: Funded,
) -> None:
    await funded.grant("100000.00")
    await funded.cost("1000.00")
    await funded.cost("200.01", account="7410")
    await funded.cost("50.00", account="6010")
    await funded.cost("-300.00", account="3510")
    await proposed(funded.clerk, "6")
    await funded.cost("9999.00", project="6")
    claim = await funded.claimed()
    assert lines_of(claim) == [
        ("actual", "externa-tjanster", "200.01"),
        ("actual", "personal", "1000.00"),
        ("excluded", "account_not_eligible", "50.00"),
    ]
    assert claim["sums"] == {
        "eligible": "1200.01",
        "inKind": "0.00",
        "exchange": None,
        "support": "600.00",
        "deducted": "0.00",
        "cut": "0.00",
        "claimed": "600.00",
    }
    assert (claim["state"], claim["claimed"]) == ("submitted", "600.00")


async def test_flat_rate_pays_for_what_it_replaces_and_stands_on_its_base_lines(
    funded: Funded,
) -> None:
    await funded.grant("100000.00", flatRates=["ovriga-kostnader-40"])
    first = await funded.cost("1000.10")
    second = await funded.cost("0.03")
    await funded.cost("777.00", account="7410")
    claim = await funded.claimed()
    assert lines_of(claim) == [
        ("actual", "personal", "1000.13"),
        ("flat_rate", "ovriga-kostnader-40", "400.05"),
        ("excluded", "covered_by_flat_rate", "777.00"),
    ]
    flat = claim["lines"][1]
    assert (flat["share"], flat["base"], flat["baseLines"]) == (4000, "1000.13", [1])
    sources = await funded.clerk.get(f"/claims/{claim['id']}/lines/2/sources", limit="1")
    assert sources["_meta"]["totalRecords"] == 2
    assert sources["items"][0]["voucherId"] == first
    later = await funded.clerk.get(f"/claims/{claim['id']}/lines/1/sources", page="2", limit="1")
    (source,) = later["items"]
    assert (source["voucherId"], source["amount"], source["account"]) == (second, "0.03", "5010")
    voucher = await funded.clerk.get(f"/vouchers/{source['voucherId']}")
    assert voucher["number"] == source["number"]
    await funded.clerk.get(f"/claims/{claim['id']}/lines/9/sources", status=404)


async def test_flat_rate_that_changes_parts_the_lines_at_its_day(funded: Funded) -> None:
    await funded.clerk.post(
        "/programme-periods/esf-plus-2021-2027/flat-rates",
        {
            "code": "indirekta-kostnader-15",
            "name": "Lägre",
            "share": 1000,
            "onCostTypes": ["personal"],
            "validFrom": "2024-04-01",
            "source": "Påhittat för test",
        },
    )
    await funded.grant("100000.00", flatRates=["indirekta-kostnader-15"])
    await funded.cost("100.00", day="2024-03-31")
    await funded.cost("200.00", day="2024-04-01")
    claim = await funded.claimed()
    assert [(line["base"], line["amount"]) for line in claim["lines"][2:]] == [
        ("100.00", "15.00"),
        ("200.00", "20.00"),
    ]


async def test_draft_is_computed_anew_and_its_basis_gives_the_same_submission(
    funded: Funded,
) -> None:
    await funded.grant("100000.00")
    await funded.cost("100.00")
    draft = await funded.draft()
    await funded.clerk.settled()
    seen = await funded.clerk.get(f"/claims/{draft}")
    assert (seen["state"], seen["sums"]["eligible"], seen["claimed"]) == (
        "draft",
        "100.00",
        "0.00",
    )
    await funded.cost("40.00")
    await funded.clerk.settled()
    assert (await funded.clerk.get(f"/claims/{draft}"))["sums"]["eligible"] == "140.00"
    path = f"/claims/{draft}/lines/1/sources"
    opened = await funded.clerk.get(path, basis=seen["basis"])
    await funded.clerk.get(f"/claims/{draft}/lines/2/sources", status=404)
    claim = await funded.submit(draft, basis=seen["basis"])
    assert (await funded.clerk.get(path))["items"] == opened["items"] != []
    assert (claim["lines"], claim["basis"]) == (seen["lines"], seen["basis"])
    assert (await funded.claimed())["sums"]["eligible"] == "40.00"
    refused = await funded.submit(draft, status=409)
    assert refused["code"] == "claim_out_of_order"


async def test_basis_to_come_is_not_settled(funded: Funded) -> None:
    await funded.grant("100000.00")
    draft = await funded.draft()
    refused = await funded.submit(draft, basis="2199-01-01T00:00:00Z", status=409)
    assert refused["code"] == "basis_not_settled"


async def test_late_cost_and_reversal_come_into_the_next_claim(funded: Funded) -> None:
    await funded.grant("100000.00", eligibleTo="2024-06-30")
    wrong = await funded.cost("500.00", day="2024-03-10")
    first = await funded.claimed(last="2024-03")
    await funded.cost("70.00", day="2024-02-01")
    await funded.cost("900.00", day="2024-06-01")
    # Taken back after the last eligible day: it belongs to the day of what it takes back.
    await funded.reverse(wrong, period=202409, happenedOn="2024-09-15")
    second = await funded.claimed()
    assert second["sums"]["eligible"] == "470.00"
    shown = await funded.clerk.get(f"/claims/{first['id']}")
    (taken,) = shown["reversedVouchers"]
    assert (taken["voucherId"], taken["amount"], taken["reason"]) == (
        wrong,
        "500.00",
        "Fel projekt",
    )
    assert shown["lines"] == first["lines"]


async def test_more_taken_back_than_came_is_refused_and_waits(funded: Funded) -> None:
    await funded.grant("100000.00")
    wrong = await funded.cost("500.00")
    await funded.claimed()
    await funded.reverse(wrong)
    await funded.cost("100.00")
    draft = await funded.draft()
    refused = await funded.submit(draft, status=409)
    assert (refused["code"], refused["support"]) == ("claim_negative", "-200.00")
    await funded.cost("600.00")
    assert (await funded.submit(draft))["sums"]["eligible"] == "200.00"


async def test_withdrawn_and_rejected_claims_let_go_of_what_they_held(funded: Funded) -> None:
    await funded.grant("250.00")
    await funded.cost("500.00")
    for how, state in (("withdrawals", "withdrawn"), ("rejections", "rejected")):
        claim = await funded.claimed()
        assert claim["claimed"] == "250.00"
        gone = await funded.end(claim["id"], how)
        assert (gone["state"], gone["events"][-1]["reason"]) == (state, "Fel underlag")
        assert (await funded.financing())["left"] == "250.00"
        assert (await funded.end(claim["id"], how, status=409))["code"] == "claim_out_of_order"
    assert (await funded.claimed())["sums"]["eligible"] == "500.00"


async def test_decision_in_part_leaves_the_rest_of_the_grant(funded: Funded) -> None:
    await funded.grant("600.00")
    await funded.cost("1000.00")
    claim = await funded.claimed()
    assert (await funded.decide(claim["id"], "500.01", status=409))["code"] == (
        "decided_above_claimed"
    )
    decided = await funded.decide(claim["id"], "400.00")
    assert (decided["state"], decided["decided"]) == ("decided", "400.00")
    assert (await funded.end(claim["id"], "withdrawals", status=409))["code"] == (
        "claim_out_of_order"
    )
    assert (await funded.pay(claim["id"], "400.01", status=409))["code"] == "paid_above_decided"
    assert (await funded.pay(claim["id"], "150.00"))["state"] == "decided"
    assert (await funded.pay(claim["id"], "250.00"))["state"] == "paid"
    assert (await funded.pay(claim["id"], "0.01", status=409))["code"] == "claim_out_of_order"
    financing = await funded.financing()
    assert {name: financing[name] for name in ("granted", "requested", "claimed", "left")} == {
        "granted": "600.00",
        "requested": "500.00",
        "claimed": "400.00",
        "left": "200.00",
    }


async def test_advance_is_settled_by_later_claims(funded: Funded) -> None:
    await funded.grant("1000.00")
    advance = await funded.claimed("advance", advance="300.00")
    assert (advance["claimed"], advance["lines"]) == ("300.00", [])
    await funded.cost("400.00")
    early = await funded.claimed()
    assert early["sums"]["deducted"] == "0.00", "an advance not decided is no money yet"
    await funded.end(early["id"], "withdrawals")
    await funded.decide(advance["id"], "300.00")
    first = await funded.claimed()
    assert (first["sums"]["deducted"], first["claimed"]) == ("200.00", "0.00")
    await funded.cost("1000.00")
    second = await funded.claimed()
    assert (second["sums"]["deducted"], second["claimed"]) == ("100.00", "400.00")
    assert (await funded.financing())["claimed"] == "700.00"


async def test_nothing_is_claimed_after_the_final_claim_while_it_stands(funded: Funded) -> None:
    await funded.grant("1000.00")
    await funded.cost("100.00")
    final = await funded.claimed("final")
    await funded.cost("100.00")
    draft = await funded.draft()
    assert (await funded.submit(draft, status=409))["code"] == "claim_after_final"
    await funded.end(final["id"], "rejections")
    assert (await funded.submit(draft))["sums"]["eligible"] == "200.00"


async def test_reopened_period_shows_on_the_claim_that_used_it(funded: Funded) -> None:
    await funded.grant("1000.00")
    await funded.cost("100.00", day="2024-03-10")
    for action in ("closures", "reopenings"):
        body: Any = {"reason": "Före ansökan"} if action == "reopenings" else None
        await funded.clerk.post(f"/periods/202403/{action}", body)
    claim = await funded.claimed()
    assert claim["reopenedPeriods"] == []
    for period in (202403, 202405):
        await funded.clerk.post(f"/periods/{period}/closures")
        await funded.clerk.post(f"/periods/{period}/reopenings", {"reason": "Sen faktura"})
    shown = (await funded.clerk.get(f"/claims/{claim['id']}"))["reopenedPeriods"]
    assert [(each["period"], each["reason"]) for each in shown] == [(202403, "Sen faktura")]


async def test_figures_say_what_was_claimed_and_paid(funded: Funded) -> None:
    async def total(name: str, period: str) -> str:
        await funded.clerk.settled()
        answer = await funded.clerk.get(f"/figures/{name}", period=period, by="project")
        return str(answer["total"])

    await funded.grant("1000.00")
    await funded.cost("200.00")
    claim = await funded.claimed()
    assert await total("claimed", "2024-12") == "100.00"
    await funded.decide(claim["id"], "80.00")
    await funded.pay(claim["id"], "30.00")
    await funded.pay(claim["id"], "50.00")
    assert await total("claimed", "2024-12") == "80.00"
    assert await total("paid", "2025-02") == "80.00"
