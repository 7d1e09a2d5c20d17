"""What the database refuses about grants and claims by itself, attacked as the service's role."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from services.budget.domain.exchange import from_kronor
from shared.events import new_id
from tests.budget.claim_attacks import EVENT, HOURS, LINE, SOURCE, STEP, Attacker
from tests.budget.funding import hours, project_five, proposed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from tests.budget.calling import Clerk
    from tests.servers import DatabaseUrls


@pytest.fixture
def budget_urls(funded_urls: DatabaseUrls) -> DatabaseUrls:
    return funded_urls


@pytest.fixture
async def attacker(clerk: Clerk) -> AsyncIterator[Attacker]:
    """Project 5 with a grant of 1 000 kronor, half of what is eligible, and two costs."""
    funded = await project_five(clerk)
    await funded.hourly_rate("400.00")
    await funded.grant("1000.00")
    for amount in ("600.00", "1400.00"):
        await funded.cost(amount)
    conn = await clerk.db.connect()
    yield Attacker(conn, funded)
    await conn.close()


async def refused(attack: Any, rule: str) -> None:  # noqa: ANN401  any awaitable
    with pytest.raises(asyncpg.IntegrityConstraintViolationError) as found:
        await attack
    assert found.value.constraint_name == rule


async def held(attacker: Attacker) -> tuple[int, ...]:
    row = await attacker.conn.fetchrow(
        "select granted, claimed, decided, paid, advanced, deducted from grant_balance"
    )
    assert row is not None
    return tuple(row.values())


async def test_right_claim_by_sql_is_taken(attacker: Attacker) -> None:
    """The negative control of every attack below: the same statements, nothing wrong."""
    claim = await attacker.draft()
    await attacker.submit(claim, await attacker.postings())
    assert await held(attacker) == (100_000, 100_000, 0, 0, 0, 0)
    for action, amount in (("decided", 90_000), ("paid", 40_000), ("paid", 50_000)):
        await attacker.conn.execute(STEP, claim, action, amount)
    assert await held(attacker) == (100_000, 90_000, 90_000, 90_000, 0, 0)
    shown = await attacker.funded.clerk.get(f"/claims/{claim}")
    assert shown["state"] == "paid"


@pytest.mark.parametrize(
    "statement",
    [
        "update grant_balance set granted = granted + 1",
        "insert into grant_balance (project_id) select id from project",
        "delete from grant_balance",
        "update claim_standing set state = 'draft'",
        "insert into claim_standing (claim_id) select id from claim",
        "delete from claimed_posting",
        "insert into claimed_posting select id, (select id from claim) from posting",
        "update claimed_hours set minutes = 0",
        "select release_claimed(id) from claim",
        "delete from claim_source",
        "update claim_source set amount = amount + 1",
        "update claim_line set amount = 0",
        "update claim_event set amount = 0",
        "truncate claim_event",
        "update grant_decision set amount = amount * 2",
        "delete from claim",
        "update flat_rate set share = 10000",
        "update hourly_rate set amount = 0",
        "update cost_type_account set cost_type = null",
        "update programme_period_version set hours_per_year = 8784",
        "update staff_hours_version set minutes = 0",
        "update participant_hours set minutes = 0",
        "alter table grant_balance drop constraint grant_balance_claimed_check",
        "alter table claim_event disable trigger all",
    ],
)
async def test_role_may_not_write_balances_nor_change_what_is_recorded(
    attacker: Attacker, statement: str
) -> None:
    await attacker.submit(await attacker.draft(), await attacker.postings())
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await attacker.conn.execute(statement)


@pytest.mark.parametrize(
    "table",
    ["grant_decision", "claim", "claim_event", "claim_line", "claim_source", "flat_rate"],
)
async def test_owner_is_refused_too(
    attacker: Attacker, budget_urls: DatabaseUrls, table: str
) -> None:
    await attacker.submit(await attacker.draft(), await attacker.postings())
    owner = await asyncpg.connect(budget_urls.owner)
    with pytest.raises(asyncpg.InsufficientPrivilegeError, match="append-only"):
        await owner.execute(f"delete from {table}")
    await owner.close()


async def test_more_than_was_granted_is_refused_by_the_balance(attacker: Attacker) -> None:
    await attacker.funded.cost("0.02")
    await refused(
        attacker.submit(await attacker.draft(), await attacker.postings()),
        "grant_balance_claimed_check",
    )
    await attacker.submit(await attacker.draft(), await attacker.postings(), cut=1)
    assert await held(attacker) == (100_000, 100_000, 0, 0, 0, 0)


async def test_posting_is_in_one_live_claim(attacker: Attacker) -> None:
    first, second = await attacker.postings()
    claim = await attacker.draft()
    await attacker.submit(claim, [first])
    other = await attacker.draft()
    await refused(attacker.submit(other, [first]), "claimed_posting_pkey")
    twice = attacker.submit(other, [second, second], cut=100_000)
    await refused(twice, "claimed_posting_pkey")
    await attacker.conn.execute(STEP, claim, "withdrawn", None)
    await attacker.submit(other, [first, second])


async def test_source_is_a_posting_of_the_project_at_its_amount(attacker: Attacker) -> None:
    await proposed(attacker.funded.clerk, "6")
    await attacker.funded.cost("10.00", project="6")
    (first, _, foreign), draft = await attacker.postings(), await attacker.draft()
    for source in (foreign, (first[0], first[1] + 2), (10**9, 100)):
        await refused(attacker.submit(draft, [source]), "claim_source_own")


async def test_claim_is_what_its_lines_come_to(attacker: Attacker) -> None:
    sources, draft = await attacker.postings(), await attacker.draft()
    await refused(attacker.submit(draft, sources, eligible=200_002, cut=1), "claim_adds_up")
    await refused(attacker.submit(draft, sources, support=99_999), "claim_adds_up")
    await refused(attacker.submit(draft, [], eligible=2), "claim_adds_up")

    async def line_without_sources() -> None:
        async with attacker.conn.transaction():
            await attacker.conn.execute(EVENT, draft, 50, 100, 50, 0)
            await attacker.line(draft, 100)

    await refused(line_without_sources(), "claim_line_adds_up")


async def test_lines_come_with_the_submission_and_never_after(attacker: Attacker) -> None:
    draft = await attacker.draft()
    await refused(attacker.line(draft, 0), "claim_line_sealed")
    await attacker.submit(draft, (await attacker.postings())[:1])
    await refused(attacker.line(draft, 0, number=2), "claim_line_sealed")

    async def after_the_check() -> None:
        other = await attacker.draft()
        async with attacker.conn.transaction():
            await attacker.conn.execute(EVENT, other, 0, 0, 0, 0)
            await attacker.conn.execute("set constraints all immediate")
            await attacker.line(other, 500)

    await refused(after_the_check(), "claim_line_sealed")


@pytest.mark.parametrize(
    ("steps", "rule"),
    [
        ([("decided", 10)], "claim_event_order"),
        ([("submitted", None), ("paid", 10)], "claim_event_order"),
        ([("submitted", None), ("decided", 30_001)], "claim_standing_decided_check"),
        ([("submitted", None), ("decided", 20), ("decided", 20)], "claim_event_order"),
        ([("submitted", None), ("decided", 20), ("withdrawn", None)], "claim_event_order"),
        ([("submitted", None), ("decided", 20), ("paid", 21)], "claim_standing_paid_check"),
        ([("submitted", None), ("decided", 20), ("paid", 0)], "claim_event_amount_sign_check"),
        ([("withdrawn", None), ("submitted", None)], "claim_event_order"),
        ([("submitted", None), ("rejected", None), ("decided", 1)], "claim_event_order"),
    ],
)
async def test_step_that_the_state_rules_out_is_refused(
    attacker: Attacker, steps: list[tuple[str, int | None]], rule: str
) -> None:
    claim, (first, _) = await attacker.draft(), await attacker.postings()
    for at, (action, amount) in enumerate(steps, 1):
        step = (
            attacker.submit(claim, [first])
            if action == "submitted"
            else attacker.conn.execute(STEP, claim, action, amount)
        )
        if at == len(steps):
            await refused(step, rule)
        else:
            await step


_GRANT = """
    insert into grant_decision (project_id, number, amount, currency, decided_on, reference,
        programme_period, support_rate, staff_costs, flat_rates, eligible_from, eligible_to,
        reason, by)
    select project_id, $1, $2, $3, decided_on, reference, programme_period, support_rate,
           staff_costs, flat_rates, eligible_from, eligible_to, 'x', by
    from grant_decision where number = 1
"""


@pytest.mark.parametrize(
    ("number", "amount", "currency", "rule"),
    [
        (2, 99_999, "SEK", "grant_decision_covers_claims"),
        (2, 100_000, "EUR", "grant_decision_programme"),
        (3, 100_000, "SEK", "grant_decision_numbering"),
        (2, -1, "SEK", "grant_decision_amount_check"),
    ],
)
async def test_decision_on_the_grant_that_cannot_be_is_refused(
    attacker: Attacker, number: int, amount: int, currency: str, rule: str
) -> None:
    await attacker.submit(await attacker.draft(), await attacker.postings())
    await refused(attacker.conn.execute(_GRANT, number, amount, currency), rule)


async def test_decision_that_is_not_kept_counts_for_nothing(attacker: Attacker) -> None:
    await attacker.conn.execute(f"{_GRANT} on conflict do nothing", 1, 900_000, "SEK")
    assert (await held(attacker))[0] == 100_000


async def test_hours_are_claimed_up_to_those_attested(attacker: Attacker) -> None:
    await attacker.funded.report(hours(60))

    async def claimed(minutes: int) -> None:
        draft, amount = await attacker.draft(), minutes * 400
        async with attacker.conn.transaction():
            await attacker.conn.execute(EVENT, draft, amount // 2, amount, amount // 2, 0)
            await attacker.conn.execute(LINE, draft, 1, "unit_cost", minutes, 24_000, amount)
            await attacker.conn.execute(HOURS, draft, minutes)

    await refused(claimed(61), "claimed_hours_attested")
    await claimed(41)
    await refused(claimed(20), "claimed_hours_attested")
    await claimed(19)


async def test_day_of_a_person_is_no_longer_than_is_paid_for(attacker: Attacker) -> None:
    await attacker.funded.report(hours(700))
    report = await attacker.conn.fetchval(
        "insert into staff_hours (employee, project, day, activity, function)"
        " values ('a4711', '5', '2024-03-04', 7, 'projektledare') returning id"
    )
    version = (
        "insert into staff_hours_version (staff_hours_id, version, minutes, attested_by,"
        " attested_at, reason, by) values ($1, $2, $3, 'x', now(), 'x', 'x')"
    )
    await refused(attacker.conn.execute(version, report, 1, 81), "staff_hours_day")
    await attacker.conn.execute(version, report, 1, 80)


async def test_nothing_slips_in_behind_a_basis(attacker: Attacker) -> None:
    claim = (
        "insert into claim (project_id, number, kind, first_month, last_month, by, recorded_at)"
        " select id, 9, 'interim', '2024-01-01', '2024-01-01', 'x', '2020-01-01' from project"
    )
    told = (
        "insert into participant_hours values"
        " (uuidv7(), 1, '5', 'p', '2024-01-01', 60, uuidv7(), '2020-01-01')"
    )
    for statement in (claim, told):
        with pytest.raises(asyncpg.CheckViolationError) as found:
            await attacker.conn.execute(statement)
        assert (found.value.constraint_name or "").endswith("_back_dated")


async def test_attested_hours_of_another_project_are_no_source(attacker: Attacker) -> None:
    someone = new_id()
    await attacker.funded.attested(someone, date(2024, 3, 1), 600, project="99")
    draft = await attacker.draft()
    with pytest.raises(asyncpg.CheckViolationError) as found:
        async with attacker.conn.transaction():
            await attacker.conn.execute(EVENT, draft, 0, 100, 0, 0)
            await attacker.conn.execute(LINE, draft, 1, "in_kind", 60, 100, 100)
            await attacker.conn.execute(
                "insert into claim_source (claim_id, line, ordinal, kind, record_id,"
                " record_version, minutes) values ($1, 1, 1, 'participant_hours', $2, 1, 60)",
                draft,
                someone,
            )
    assert found.value.constraint_name == "claim_source_own"


async def test_claim_in_euro_by_sql_is_held_to_a_stated_rate(attacker: Attacker) -> None:
    """Support in cents is what the stated rate gives, and a grant in kronor knows no rate."""
    rate = {"currency": "EUR", "validOn": "2024-01-01", "rate": "11.333333", "source": "Test"}
    await attacker.funded.clerk.post("/exchange-rates", rate)
    draft, ((posting, amount), _) = await attacker.draft(), await attacker.postings()

    async def submit(support: int) -> None:
        async with attacker.conn.transaction():
            await attacker.conn.execute(
                EVENT.replace(
                    "cut, reference", "cut, exchange_rate, exchange_day, exchange_source, reference"
                ).replace("$5, '', ''", "$5, 11.333333, '2024-01-01', 'Test', '', ''"),
                draft,
                support,
                amount,
                support,
                0,
            )
            await attacker.line(draft, amount)
            await attacker.conn.execute(SOURCE, draft, 1, posting, amount)

    await refused(submit(from_kronor(amount // 2, Decimal("11.333333"))), "claim_adds_up")
