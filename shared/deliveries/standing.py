"""How each register of a service stands: its last delivery, and what waits or went wrong.

For whoever watches over the data: no row, no key and no sender is shown.
"""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Self

from pydantic import Field

from shared.clock import utcnow
from shared.db import driver
from shared.models import ApiModel, Instant
from shared.routing import Reading, ServiceRouter

if TYPE_CHECKING:
    from asyncpg import Record

    from shared.db import Connection
    from shared.deliveries.work import Registers

RECENT = timedelta(days=30)
"""How far back refused deliveries are counted."""

RHYTHM = 10
"""Of how many applied deliveries, the newest, the usual time between two is the median."""

PATIENCE = 2
"""A register is late when so many times its usual time has passed."""

_STANDING = """
    with applied as (
        select register, finished_at,
               finished_at - lag(finished_at) over each as gap,
               row_number() over (partition by register order by finished_at desc) as newest
        from delivery where state = 'applied' and not dry_run
        window each as (partition by register order by finished_at)
    ), rhythm as (
        select register, max(finished_at) as last_applied_at,
               percentile_cont(0.5) within group (order by extract(epoch from gap))
                   filter (where newest <= $1 and gap is not null) as usual_seconds,
               count(gap) filter (where newest <= $1) as gaps
        from applied group by register
    )
    select r.register, h.last_applied_at,
           case when h.gaps >= 2 then h.usual_seconds end as usual_seconds,
           coalesce(d.held, 0) as held, coalesce(d.waiting, 0) as waiting,
           coalesce(d.refused, 0) as refused, coalesce(d.rows_rejected, 0) as rows_rejected
    from unnest($2::text[]) as r (register)
    left join rhythm h using (register)
    left join lateral (
        select count(*) filter (where state = 'held') as held,
               count(*) filter (where state in ('received', 'validating', 'applying')) as waiting,
               count(*) filter (where state = 'rejected' and created_at > $3) as refused,
               coalesce(sum(rejected) filter (where state = 'applied' and not dry_run
                                              and created_at > $3), 0)::bigint as rows_rejected
        from delivery where delivery.register = r.register
    ) d on true
    order by r.register
"""


class RegisterOut(ApiModel):
    """A register that is pushed here; counts of refusals are of the last thirty days."""

    register_name: str = Field(max_length=80, examples=["visits"])
    title: str = Field(max_length=200, examples=["Besök"])
    last_applied_at: Instant | None = Field(description="Null before the first")
    expected_by: Instant | None = Field(
        description="When it has waited twice its usual time; null until a rhythm is known"
    )
    late: bool = Field(description="That time has passed", examples=[False])
    held: int = Field(description="Deliveries that wait to be released", examples=[0])
    waiting: int = Field(description="Deliveries that a worker has not finished", examples=[0])
    refused: int = Field(description="Whole deliveries that were refused", examples=[0])
    rows_rejected: int = Field(description="Rows of applied deliveries", examples=[0])

    @classmethod
    def of(cls, row: Record, title: str, now: datetime) -> Self:
        expected = _expected_by(row["last_applied_at"], row["usual_seconds"])
        return cls(
            register_name=row["register"],
            title=title,
            last_applied_at=row["last_applied_at"],
            expected_by=expected,
            late=expected is not None and expected < now,
            held=row["held"],
            waiting=row["waiting"],
            refused=row["refused"],
            rows_rejected=row["rows_rejected"],
        )


class RegistersOut(ApiModel):
    """Every register of the service."""

    items: list[RegisterOut]


def registers_router(registers: Registers) -> ServiceRouter:
    """Return ``/registers``."""
    router = ServiceRouter(prefix="/registers", tag="deliveries")

    @router.get("", scope="operations:read")
    async def list_registers(session: Reading) -> RegistersOut:
        """List the registers that are pushed here, and how each stands.

        When it was last delivered, whether the next one is late, and what waits or was refused.
        """
        return await standings(await driver(session), registers)

    return router


async def standings(conn: Connection, registers: Registers) -> RegistersOut:
    """Return how each register stands now, by name."""
    now = utcnow()
    rows = await conn.fetch(_STANDING, RHYTHM, list(registers.by_name), now - RECENT)
    titles = {name: register.title for name, register in registers.by_name.items()}
    return RegistersOut(items=[RegisterOut.of(row, titles[row["register"]], now) for row in rows])


def _expected_by(last: datetime | None, usual_seconds: float | None) -> datetime | None:
    if last is None or usual_seconds is None:
        return None
    return last + PATIENCE * timedelta(seconds=float(usual_seconds))
