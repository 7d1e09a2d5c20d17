"""The register of visits: counts by sex from Kompetensverkstan, guidance and others.

Visits stand by themselves, or are those of a session that was planned here.
"""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID

from services.outreach.domain.codes import AgeGroup, Sex
from services.outreach.facts import Kind
from services.outreach.models import JOURNAL
from services.outreach.registers import rows
from services.outreach.registers.rows import CodeField, CountField, SourceKey
from services.outreach.registers.visit_sessions import (
    CHECKS,
    COMPLETE,
    CONSTRAINTS,
    SESSION,
    check_sessions,
    hold_sessions,
)
from shared.db import Connection
from shared.deliveries import Batch, Column, Register, Row, RowRefused
from shared.records import BUMP


class VisitRow(Row):
    """Visits on one day, as the source holds them now.

    Either counts (a sex left out is zero, all of them left out is a fault: nobody came is
    ``women: 0``) or, for one single visit, the visitor's ``sex``.

    The session they belong to, if they do, is named by ``sessionId``, or by ``scheduleId`` and
    ``scheduledOn``; it becomes held by that.
    """

    source_key: SourceKey
    operation: CodeField
    unit: CodeField
    held_on: date
    venue: CodeField | None = None
    age_group: AgeGroup = AgeGroup.UNKNOWN
    women: CountField | None = None
    men: CountField | None = None
    unknown: CountField | None = None
    sex: Sex | None = None
    session_id: UUID | None = None
    schedule_id: UUID | None = None
    scheduled_on: date | None = None


def stage(row: VisitRow) -> tuple[Any, ...]:
    """Return the staged values of a row.

    Raises:
        RowRefused: both counts and a single visitor, or neither; a session named twice or half.

    """
    _require_one_session(row)
    counts = (row.women, row.men, row.unknown)
    counted = any(count is not None for count in counts)
    if row.sex is None and not counted:
        raise RowRefused(None, "nothing_counted", "Give women, men or unknown, or one sex.")
    if row.sex is not None and counted:
        raise RowRefused("sex", "counted_twice", "A single visit has a sex and no counts.")
    if row.sex is not None:
        counts = (int(row.sex == "women"), int(row.sex == "men"), int(row.sex == "unknown"))
    return (
        row.source_key,
        row.operation,
        row.venue,
        row.unit,
        row.held_on,
        row.age_group,
        *(count or 0 for count in counts),
        row.session_id,
        row.schedule_id,
        row.scheduled_on,
    )


def _require_one_session(row: VisitRow) -> None:
    if row.session_id is not None and row.schedule_id is not None:
        raise RowRefused(
            "sessionId", "session_named_twice", "Name the session, or its schedule and day."
        )
    if (row.schedule_id is None) is not (row.scheduled_on is None):
        missing = "scheduledOn" if row.scheduled_on is None else "scheduleId"
        raise RowRefused(missing, "session_half_named", "A schedule's session has a day.")


_OWN = "operation, venue, unit, held_on, age_group, women, men, unknown"
_SAID = f"{_OWN}, session_id"
_HELD = ", ".join(f"r.{name}" for name in _SAID.split(", "))
_STAGED = ", ".join([*(f"s.{name}" for name in _OWN.split(", ")), SESSION])

_CREATE = f"""
    insert into visit_tally (id, source_key, recorded_by, {_SAID})
    select s.record_id, s.source_key, $1, {_STAGED} from batch s where s.effect = 'created'
    order by s.row_no
"""
_CHANGE = f"""
    update visit_tally set ({_SAID}) = ({_STAGED}),
           retracted_at = null, ended_on = null, recorded_by = $1, {BUMP}
    from batch s where s.effect = 'changed' and visit_tally.id = s.record_id
"""


async def _apply(conn: Connection, batch: Batch) -> None:
    await rows.hold_places(conn)
    await hold_sessions(conn, batch)
    await rows.apply_rows(conn, batch, Kind.TALLY, create=_CREATE, change=_CHANGE)


async def _end(conn: Connection, batch: Batch) -> None:
    await rows.end_rows(conn, batch, Kind.TALLY)


async def _retract(conn: Connection, batch: Batch) -> None:
    await rows.retract_rows(conn, batch, Kind.TALLY)


VISITS = Register(
    name="visits",
    title="Besök",
    row=VisitRow,
    key=("source_key",),
    columns=(
        Column("source_key", "text"),
        Column("operation", "text"),
        Column("venue", "text"),
        Column("unit", "text"),
        Column("held_on", "date"),
        Column("age_group", "text"),
        Column("women", "integer"),
        Column("men", "integer"),
        Column("unknown", "integer"),
        Column("session_id", "uuid"),
        Column("schedule_id", "uuid"),
        Column("scheduled_on", "date"),
    ),
    stage=stage,
    complete=COMPLETE,
    checks=(
        rows.in_use("operation", "held_on"),
        rows.in_use("venue", "held_on"),
        rows.has_come("held_on", "heldOn"),
        *CHECKS,
    ),
    check_all=check_sessions,
    compare=rows.compared("visit_tally", f"({_HELD}) is distinct from ({_STAGED})"),
    match=rows.matched("visit_tally"),
    absent=rows.absent("visit_tally"),
    size=f"select count(*) from visit_tally r where {rows.live('r')}",
    apply=_apply,
    end=_end,
    retract=_retract,
    constraints=CONSTRAINTS,
    journals=(JOURNAL,),
)
