"""Sixty-four claims for the last krona of a grant, at once: one wins, every time.

Twenty rounds in the suite; ``JARVA_EFFORT=50`` makes them a thousand.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import AsyncExitStack, suppress
from datetime import date
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
import pytest
import sqlalchemy.exc

from services.budget import claims
from services.budget.claim_errors import GrantExceeded, NothingToClaim
from services.budget.claims import Step
from services.budget.domain.claims import Action, ClaimKind
from shared.db import driver
from shared.errors import DomainError
from tests.budget.calling import clerk_of
from tests.budget.funding import Funded, open_funded
from tests.effort import effort

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Awaitable, Callable

    from shared.db import Database
    from tests.conftest import Calling, NewDatabase
    from tests.servers import DatabaseUrls
    from tests.tokens import Issuer

CLAIMANTS = 64
ROUNDS = effort(20)
KRONA = 100
SUBMITTED = Step(Action.SUBMITTED, date(2024, 12, 20), "tests")

BUSY = (asyncpg.LockNotAvailableError, sqlalchemy.exc.TimeoutError)
"""What a machine under load answers a request that waits too long: it is made again."""

_SUBMIT = """
    insert into claim_event (claim_id, action, happened_on, amount, grant_number, basis, eligible,
                             in_kind, support, deducted, cut, reference, reason, by)
    values ($1, 'submitted', '2024-12-20', 100, 1, now(), 0, 0, 100, 0, 0, '', '', 'x')
"""


async def outcomes(attempt: Callable[[int], Awaitable[str]]) -> Counter[str]:
    """Let every claimant try at the same moment; count what became of them."""
    barrier = asyncio.Barrier(CLAIMANTS)

    async def one(at: int) -> str:
        await barrier.wait()
        while True:
            with suppress(*BUSY):
                return await attempt(at)

    return Counter(await asyncio.gather(*(one(at) for at in range(CLAIMANTS))))


@pytest.fixture
async def funded(
    budget_db: Database, budget_urls: DatabaseUrls, issuer: Issuer, calling: Calling
) -> AsyncIterator[Funded]:
    async with clerk_of(budget_db, budget_urls, issuer, calling) as clerk:
        yield await open_funded(clerk)


@pytest.fixture
async def connections(funded: Funded) -> AsyncIterator[list[asyncpg.Connection[Any]]]:
    """A connection of the service's own role for each claimant."""
    async with AsyncExitStack() as stack:
        opened = []
        for _ in range(CLAIMANTS):
            conn = await funded.clerk.db.connect()
            stack.push_async_callback(conn.close)
            opened.append(conn)
        yield opened


async def drafts(conn: asyncpg.Connection[Any], project: str) -> list[UUID]:
    """Draft an advance of one krona for each claimant."""
    rows = await conn.fetch(
        """
        insert into claim (project_id, number, kind, first_month, last_month, advance, by)
        select $1::uuid, (select count(*) from claim) + n, 'advance', '2024-01-01', '2024-01-01',
               100, 'x'
        from generate_series(1, $2::int) n returning id
        """,
        UUID(project),
        CLAIMANTS,
    )
    return [row["id"] for row in rows]


async def claimed(conn: asyncpg.Connection[Any]) -> int:
    amount: int = await conn.fetchval("select claimed from grant_balance")
    return amount


@pytest.mark.timeout(60 + 2 * ROUNDS)
async def test_one_of_many_wins_by_sql_every_time(
    funded: Funded, connections: list[asyncpg.Connection[Any]]
) -> None:
    """The database's own doing: nothing of our code stands between the claims and the balance."""
    await funded.grant("1.00")
    watching = connections[0]
    for _ in range(ROUNDS):
        made = await drafts(watching, funded.project_id)

        async def attempt(at: int, made: list[UUID] = made) -> str:
            try:
                await connections[at].execute(_SUBMIT, made[at])
            except asyncpg.CheckViolationError as refused:
                return str(refused.constraint_name)
            return str(made[at])

        found = await outcomes(attempt)
        (winner,) = set(found) - {"grant_balance_claimed_check"}
        assert found == {winner: 1, "grant_balance_claimed_check": CLAIMANTS - 1}
        assert await claimed(watching) == KRONA
        await watching.execute(
            "insert into claim_event (claim_id, action, happened_on, reference, reason, by)"
            " values ($1, 'withdrawn', '2024-12-21', '', 'Nästa omgång', 'x')",
            UUID(winner),
        )


async def test_one_of_many_wins_through_the_use_case(funded: Funded) -> None:
    """As so many requests at once would be: as many at a time as the pool has connections."""
    await funded.grant("1.00")
    db = funded.clerk.db

    async def drafted() -> UUID:
        async with db.begin() as session:
            return await claims.draft(
                await driver(session),
                UUID(funded.project_id),
                kind=ClaimKind.ADVANCE,
                first_month=date(2024, 1, 1),
                last_month=date(2024, 1, 1),
                advance=KRONA,
                by="tests",
            )

    made = [await drafted() for _ in range(CLAIMANTS)]

    async def attempt(at: int) -> str:
        try:
            async with db.begin() as session:
                await claims.submit(await driver(session), made[at], SUBMITTED, basis=None)
        except DomainError as refused:
            return refused.code
        return "claimed"

    assert await outcomes(attempt) == {"claimed": 1, GrantExceeded.code: CLAIMANTS - 1}


async def test_claims_of_the_same_cost_at_once_take_it_once(funded: Funded) -> None:
    """Whoever waits for the balance finds the cost claimed, and nothing left to claim."""
    await funded.grant("1000.00")
    await funded.cost("100.00")
    made = [UUID(await funded.draft()) for _ in range(CLAIMANTS)]
    await funded.clerk.settled()

    async def attempt(at: int) -> str:
        try:
            async with funded.clerk.db.begin() as session:
                await claims.submit(await driver(session), made[at], SUBMITTED, basis=None)
        except DomainError as refused:
            return refused.code
        return "claimed"

    assert await outcomes(attempt) == {"claimed": 1, NothingToClaim.code: CLAIMANTS - 1}


async def test_without_lock_and_check_more_than_one_wins(new_database: NewDatabase) -> None:
    """Negative control: the same race on a balance that is read first and then written."""
    urls = await new_database(None)
    async with AsyncExitStack() as stack:
        racing = []
        for _ in range(CLAIMANTS):
            racing.append(await asyncpg.connect(urls.owner))
            stack.push_async_callback(racing[-1].close)
        await racing[0].execute("create table balance as select 0 as claimed")

        async def attempt(at: int) -> str:
            if await racing[at].fetchval("select claimed from balance") > 0:
                return GrantExceeded.code
            await racing[at].execute("update balance set claimed = claimed + 100")
            return "claimed"

        assert (await outcomes(attempt))["claimed"] > 1
