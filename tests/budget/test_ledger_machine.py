"""The ledger as a whole, driven at random: whatever is done to it, in whatever order, it holds.

Each run has a database of its own. A plain model says what every step must come to; the real
ledger is asked after each of them.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

import asyncpg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.budget.ledger_machine import LedgerMachine
from tests.effort import effort

if TYPE_CHECKING:
    from tests.servers import Servers


@pytest.fixture
def machine(servers: Servers) -> Iterator[type[LedgerMachine]]:
    with asyncio.Runner() as runner:
        LedgerMachine.servers = servers
        LedgerMachine.runner = runner
        yield LedgerMachine


@pytest.mark.timeout(effort(300))
def test_no_order_of_doings_breaks_the_ledger(machine: type[LedgerMachine]) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=effort(10),
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize(
    ("tampering", "unseen"),
    [
        ("update posting set amount = amount + 1 where account = '5010'", ()),
        ("delete from posting", ("every_series_is_without_gap",)),
        ("update voucher set number = 7", ("every_voucher_balances", "ledger_is_the_model")),
    ],
)
def test_negative_control_a_ledger_tampered_with_is_seen(
    machine: type[LedgerMachine], tampering: str, unseen: tuple[str, ...]
) -> None:
    """The invariants find what the owner of the tables can do with its triggers switched off."""
    driven = machine()
    try:
        driven.post(part=3, debit="5010", credit="1510", amount=500, astray=0)

        async def tampered() -> None:
            owner = await asyncpg.connect(driven.urls.owner)
            await owner.execute("alter table posting disable trigger user")
            await owner.execute("alter table voucher disable trigger user")
            await owner.execute(tampering)
            await owner.close()

        driven.run(tampered())
        checks = ("every_voucher_balances", "every_series_is_without_gap", "ledger_is_the_model")
        seen = {name for name in checks if _fails(getattr(driven, name))}
        assert seen
        assert seen.isdisjoint(unseen)
    finally:
        driven.teardown()


def _fails(check: Callable[[], None]) -> bool:
    try:
        check()
    except AssertionError:
        return True
    return False
