"""The ledger and a project's claims driven at random together: whatever the order, both hold."""

from __future__ import annotations

import asyncio
from collections.abc import Iterator
from typing import TYPE_CHECKING

import asyncpg
import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.budget.claims_machine import ClaimsMachine
from tests.effort import effort

if TYPE_CHECKING:
    from tests.servers import Servers


@pytest.fixture
def machine(servers: Servers) -> Iterator[type[ClaimsMachine]]:
    with asyncio.Runner() as runner:
        ClaimsMachine.servers = servers
        ClaimsMachine.runner = runner
        yield ClaimsMachine


@pytest.mark.timeout(effort(300))
def test_no_order_of_doings_claims_twice_or_beyond_the_grant(
    machine: type[ClaimsMachine],
) -> None:
    run_state_machine_as_test(
        machine,
        settings=settings(
            max_examples=effort(6),
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )


@pytest.mark.parametrize(
    ("tampering", "check"),
    [
        ("delete from claimed_posting", "live_claims_and_the_next_hold_every_cost"),
        (
            "update grant_balance set claimed = 0",
            "no_posting_is_claimed_twice_and_nothing_beyond_the_grant",
        ),
    ],
)
def test_negative_control_a_claim_tampered_with_is_seen(
    machine: type[ClaimsMachine], tampering: str, check: str
) -> None:
    driven = machine()
    try:
        driven.post_cost(part=3, amount=500)
        driven.claim(many=1)
        getattr(driven, check)()

        async def tampered() -> None:
            owner = await asyncpg.connect(driven.urls.owner)
            await owner.execute(tampering)
            await owner.close()

        driven.run(tampered())
        with pytest.raises(AssertionError):
            getattr(driven, check)()
    finally:
        driven.teardown()
