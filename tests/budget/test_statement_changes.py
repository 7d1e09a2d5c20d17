"""Why the ledger's figures and the committee's statements moved: to the öre, by what made it."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

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
            max_examples=effort(8),
            stateful_step_count=30,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
