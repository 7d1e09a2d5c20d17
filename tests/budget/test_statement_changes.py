"""Why the ledger's figures and the committee's statements moved: to the öre, by what made it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from services.budget.figures import LEDGER
from services.budget.queries import moves
from tests.budget.moving_machine import MovingMachine
from tests.effort import effort

if TYPE_CHECKING:
    from tests.servers import Servers


@pytest.fixture
def machine(servers: Servers) -> Iterator[type[MovingMachine]]:
    with asyncio.Runner() as runner:
        MovingMachine.servers = servers
        MovingMachine.runner = runner
        yield MovingMachine


@pytest.mark.timeout(effort(300))
def test_whatever_is_done_to_the_ledger_its_moves_are_explained(
    machine: type[MovingMachine],
) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=effort(5),
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


def test_what_was_booked_in_the_opening_moves_no_outcome_of_the_year(
    machine: type[MovingMachine],
) -> None:
    driven = machine()
    try:
        driven.remember()
        driven.import_vouchers(rows={"K1": (0, 500), "K2": (3, 700)}, retracted=None)
        driven.remember()
        driven.compare(first=0, second=1)
    finally:
        driven.teardown()


def corrected(machine: type[MovingMachine]) -> MovingMachine:
    """Return a ledger in which a voucher was told anew between two remembered moments."""
    driven = machine()
    driven.import_vouchers(rows={"K1": (3, 500), "K2": (4, 700)}, retracted=None)
    driven.remember()
    driven.import_vouchers(rows={"K1": (3, 900)}, retracted=None)
    driven.remember()
    return driven


def test_negative_control_a_cause_that_is_not_told_is_missed(
    machine: type[MovingMachine], monkeypatch: pytest.MonkeyPatch
) -> None:
    driven = corrected(machine)
    try:
        driven.compare(0, 1)
        monkeypatch.setitem(LEDGER.expressions, "cause", "null")
        with pytest.raises(AssertionError):
            driven.compare(0, 1)
    finally:
        driven.teardown()


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        pytest.param("where p.recorded_at > $5", "where t.rank <> 3", id="corrections left out"),
        pytest.param("select 0 as rank", "select 1 as rank", id="what stood taken for new"),
    ],
)
def test_negative_control_a_statement_that_misses_what_came_is_seen(
    machine: type[MovingMachine], monkeypatch: pytest.MonkeyPatch, right: str, wrong: str
) -> None:
    driven = corrected(machine)
    try:
        assert right in moves._CELLS
        monkeypatch.setattr(moves, "_CELLS", moves._CELLS.replace(right, wrong))
        with pytest.raises(AssertionError):
            driven.compare(0, 1)
    finally:
        driven.teardown()
