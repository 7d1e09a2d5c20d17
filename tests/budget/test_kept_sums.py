"""What is kept of the ledger changes no answer, and what is wrong in the ledger is still found."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from services.budget.balance_checks import check_next
from services.budget.domain.periods import PeriodRange
from services.budget.figures import SNAPSHOTS
from services.budget.statements import report
from shared.basis import reading_at, wait_until_settled
from shared.db import driver
from shared.journal import take_snapshot
from tests.budget.books import YEAR, booked, draft
from tests.budget.kept_sums_machine import AT_ONCE, KeptSumsMachine
from tests.budget.ledger_model import period_of
from tests.effort import effort

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.db import Database
    from tests.servers import Servers

WHOLE = PeriodRange(YEAR * 100 + 1, YEAR * 100 + 14)
DISABLED = "alter table {} disable trigger user"


@pytest.fixture
def machine(servers: Servers) -> Iterator[type[KeptSumsMachine]]:
    with asyncio.Runner() as runner:
        KeptSumsMachine.servers = servers
        KeptSumsMachine.runner = runner
        yield KeptSumsMachine


@pytest.mark.timeout(effort(300))
def test_statements_are_the_same_with_whatever_is_kept_as_from_the_postings(
    machine: type[KeptSumsMachine],
) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=effort(8),
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize(
    "tampering",
    [
        "update posting_account_sum set amount = amount + 1 where account = '5010'",
        "update delivery_booking set vouchers = vouchers + 1",
        "update balance_check set unbalanced = array[(select min(id::text)::uuid from voucher)]",
    ],
)
def test_negative_control_something_else_that_is_kept_is_seen(
    machine: type[KeptSumsMachine], tampering: str
) -> None:
    """The last changes nothing: what a check found is only where to look, and is looked at."""
    driven = machine()
    try:
        driven.import_vouchers(rows={"K1": (3, 500), "K2": (4, 700)}, retracted=None)
        driven.run(_kept(driven.db))
        driven.remember()

        async def tampered() -> None:
            owner = await asyncpg.connect(driven.urls.owner)
            await owner.execute(DISABLED.format(tampering.split()[1]))
            assert not (await owner.execute(tampering)).endswith(" 0")
            await owner.close()

        driven.run(tampered())
        if "balance_check" in tampering:
            driven.ask(at=0, first=1, last=14)
        else:
            with pytest.raises(AssertionError):
                driven.ask(at=0, first=1, last=14)
    finally:
        driven.teardown()


async def _kept(db: Database) -> None:
    """Take every snapshot and look through every period."""
    await wait_until_settled(db)
    for journal in SNAPSHOTS:
        async with db.begin() as session:
            assert await take_snapshot(await driver(session), journal) is not None
    for _ in range(15):
        assert await check_next(db, every=AT_ONCE)


async def _culprits(db: Database, *, from_postings: bool = False) -> tuple[str, ...]:
    """Return the vouchers that the ties name."""
    await wait_until_settled(db)
    async with reading_at(db) as (session, basis):
        made = await report(await driver(session), WHOLE, basis, from_postings=from_postings)
    (tie,) = (each for each in made.ties if each.tie.code == "vouchers-balance")
    assert tie.holds is not bool(tie.named)
    return tie.named


@pytest.mark.parametrize(
    ("tampering", "named"),
    [
        ("update posting set amount = amount + 1 where account = '5010'", ("A 1 (2031)",)),
        ("delete from posting where account = '5010'", ("A 1 (2031)",)),
        # Half a voucher in another period is two vouchers that do not balance.
        (
            "update posting set period = 203104 where account = '5010'",
            ("A 1 (2031)", "A 1 (2031)"),
        ),
    ],
)
async def test_old_voucher_changed_behind_our_back_is_found_when_it_is_looked_through_again(
    books: Database, owner: asyncpg.Connection[Any], tampering: str, named: tuple[str, ...]
) -> None:
    await booked(books, draft(period=period_of(3)))
    await _kept(books)
    await booked(books, draft(period=period_of(3)), series="B")
    assert await _culprits(books) == ()
    await owner.execute(DISABLED.format("posting"))
    await owner.execute(f"{tampering} and voucher_id = (select id from voucher where series = 'A')")
    # Until then a statement believes the earlier check; whoever signs or verifies does not.
    assert await _culprits(books) == ()
    assert await _culprits(books, from_postings=True) == named
    for _ in range(15):
        assert await check_next(books, every=AT_ONCE)
    assert await _culprits(books) == named


async def test_voucher_that_came_after_the_check_is_looked_at_by_whoever_asks(
    books: Database, owner: asyncpg.Connection[Any]
) -> None:
    await _kept(books)
    await booked(books, draft(period=period_of(3)))
    await owner.execute(DISABLED.format("posting"))
    await owner.execute("update posting set amount = amount + 1 where account = '5010'")
    assert await _culprits(books) == ("A 1 (2031)",)


async def test_nothing_is_believed_of_a_range_with_a_period_not_looked_through(
    books: Database, owner: asyncpg.Connection[Any]
) -> None:
    await booked(books, draft(period=period_of(3)))
    await _kept(books)
    await owner.execute(DISABLED.format("posting"))
    await owner.execute("update posting set amount = amount + 1 where account = '5010'")
    assert await _culprits(books) == ()
    await owner.execute("delete from balance_check where period = $1", period_of(7))
    assert await _culprits(books) == ("A 1 (2031)",)


async def test_postings_of_a_voucher_recorded_at_two_times_are_found_at_the_bases_between(
    books: Database, owner: asyncpg.Connection[Any]
) -> None:
    """They sum to zero now, and did not at a basis that saw one of them alone."""
    await booked(books, draft(period=period_of(3)))
    between = await wait_until_settled(books)
    await owner.execute(DISABLED.format("posting"))
    await owner.execute("update posting set recorded_at = now() where account = '5010'")
    await _kept(books)
    assert await _culprits(books) == ()
    async with reading_at(books, between) as (session, basis):
        made = await report(await driver(session), WHOLE, basis)
    assert [each.tie.code for each in made.ties if each.named] == ["vouchers-balance"]


async def test_period_is_looked_through_again_when_its_check_has_become_old(
    books: Database,
) -> None:
    for _ in range(15):
        assert await check_next(books)
    assert not await check_next(books)


@pytest.mark.parametrize(
    "statement",
    [
        "insert into delivery_booking (vouchers) values (1)",
        "update delivery_booking set vouchers = 2",
        "delete from delivery_booking",
        "update posting_account_sum set amount = 0",
        "delete from posting_project_sum",
    ],
)
async def test_service_cannot_write_what_the_ledgers_triggers_and_snapshots_say(
    books: Database, attacker: asyncpg.Connection[Any], statement: str
) -> None:
    await booked(books, draft())
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await attacker.execute(statement)
