"""The register of contacts, from VERA."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from services.outreach.domain.codes import AgeGroup, Channel, Direction, Sex, TargetGroup
from services.outreach.facts import Kind
from services.outreach.models import JOURNAL
from services.outreach.registers import rows
from services.outreach.registers.rows import CodeField, SourceKey
from shared.db import Connection
from shared.deliveries import Batch, Column, Register, Row
from shared.records import BUMP


class ContactRow(Row):
    """One contact as its source holds it now; ``personId`` is participants' opaque id."""

    source_key: SourceKey
    operation: CodeField
    unit: CodeField
    happened_on: date
    channel: Channel
    direction: Direction
    venue: CodeField | None = None
    person_id: UUID | None = None
    sex: Sex = Sex.UNKNOWN
    age_group: AgeGroup = AgeGroup.UNKNOWN
    target_group: TargetGroup = TargetGroup.UNKNOWN
    district: CodeField | None = None


_SAID = (
    "operation, venue, unit, happened_on, channel, direction, sex, age_group, target_group, "
    "district"
)
_HELD = ", ".join(f"r.{name}" for name in _SAID.split(", "))
_STAGED = ", ".join(f"s.{name}" for name in _SAID.split(", "))

# A person who was linked here stays linked when the source does not know who it was. Whom the
# source itself named and names no more was its mistake.
_PERSON = "coalesce(s.person_id, case when r.linked_at is not null then r.person_id end)"
_LINKED = "case when s.person_id is null then r.linked_at end"
_DIFFERS = f"""
    ({_HELD}, r.person_id, r.linked_at)
    is distinct from ({_STAGED}, {_PERSON}, {_LINKED})
"""
_CREATE = f"""
    insert into contact (id, source_key, recorded_by, person_id, {_SAID})
    select record_id, source_key, $1, person_id, {_SAID} from batch where effect = 'created'
    order by row_no
"""
_CHANGE = f"""
    update contact r set ({_SAID}) = ({_STAGED}),
           person_id = {_PERSON}, linked_at = {_LINKED},
           retracted_at = null, ended_on = null, recorded_by = $1, {BUMP}
    from batch s where s.effect = 'changed' and r.id = s.record_id
"""


async def _apply(conn: Connection, batch: Batch) -> None:
    await rows.apply_rows(conn, batch, Kind.CONTACT, create=_CREATE, change=_CHANGE)


async def _end(conn: Connection, batch: Batch) -> None:
    await rows.end_rows(conn, batch, Kind.CONTACT)


async def _retract(conn: Connection, batch: Batch) -> None:
    await rows.retract_rows(conn, batch, Kind.CONTACT)


CONTACTS = Register(
    name="contacts",
    title="Kontakter",
    row=ContactRow,
    key=("source_key",),
    columns=(
        Column("source_key", "text"),
        Column("operation", "text"),
        Column("venue", "text"),
        Column("unit", "text"),
        Column("happened_on", "date"),
        Column("channel", "text"),
        Column("direction", "text"),
        Column("person_id", "uuid"),
        Column("sex", "text"),
        Column("age_group", "text"),
        Column("target_group", "text"),
        Column("district", "text"),
    ),
    checks=(
        rows.in_use("operation", "happened_on"),
        rows.in_use("venue", "happened_on"),
        rows.has_come("happened_on", "happenedOn"),
    ),
    compare=rows.compared("contact", _DIFFERS),
    match=rows.matched("contact"),
    absent=rows.absent("contact"),
    size=f"select count(*) from contact r where {rows.live('r')}",
    apply=_apply,
    end=_end,
    retract=_retract,
    journals=(JOURNAL,),
)
