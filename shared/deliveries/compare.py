"""What a staged delivery would do: one comparison with what is held, and the guard over it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from shared.deliveries.verdicts import Explanation

if TYPE_CHECKING:
    from shared.db import Connection
    from shared.deliveries.register import Register


@dataclass(frozen=True, slots=True)
class Plan:
    """Numbers of rows by effect, and of records that would end, before anything is applied."""

    created: int
    changed: int
    retracted: int
    ended: int
    size: int

    def held_by(self, register: Register) -> Explanation | None:
        """Return why this must wait for a named person, if it must."""
        touched = self.changed + self.retracted + self.ended
        guard = register.guard
        if touched <= guard.rows or touched <= guard.share * self.size:
            return None
        return Explanation(
            "guard_share_exceeded",
            f"The delivery would change {self.changed}, retract {self.retracted} and end"
            f" {self.ended} of {self.size} records; more than {guard.share:.0%} is held.",
        )


async def find_differences(conn: Connection, register: Register, *, after: int) -> None:
    """Fill ``difference`` with the rows after ``after`` that differ from what is held.

    One join over the whole delivery; rows that equal their record leave no trace anywhere.
    """
    await conn.execute("truncate difference")
    await conn.execute(
        f"""
        insert into difference (row_no, effect, record_id)
        select row_no, effect, record_id
        from ({register.compare}) c (row_no, effect, record_id) where row_no > $1
        """,
        after,
    )
    if register.match is not None:
        await conn.execute(
            f"""
            insert into difference (row_no, effect, record_id)
            select row_no, 'retracted', record_id
            from ({register.match}) m (row_no, record_id, done) where not done and row_no > $1
            """,
            after,
        )
    await conn.execute("analyze difference")


async def find_absent(conn: Connection, register: Register) -> None:
    """Fill ``ending`` with the live records whose key the delivery does not name."""
    await conn.execute("truncate ending")
    if register.absent is not None:
        await conn.execute(f"insert into ending (record_id) select * from ({register.absent}) a")


async def plan(conn: Connection, register: Register) -> Plan:
    """Return what the filled tables would do."""
    counts = dict(await conn.fetch("select effect, count(*) from difference group by effect"))
    return Plan(
        created=counts.get("created", 0),
        changed=counts.get("changed", 0),
        retracted=counts.get("retracted", 0),
        ended=await conn.fetchval("select count(*) from ending"),
        size=await conn.fetchval(register.size),
    )
