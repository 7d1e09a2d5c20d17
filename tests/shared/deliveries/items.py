"""A small register with everything a real one has: history, facts, ends, retractions."""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from functools import cache
from typing import Annotated, Any

from msgspec import Meta
from sqlalchemy import Boolean, CheckConstraint, Column, Date, Integer, MetaData, Table, Text
from sqlalchemy.schema import UniqueConstraint

from shared import access_log, deliveries, idempotency, journal, outbox, records
from shared.db import Connection
from shared.deliveries import tables
from shared.deliveries.formats import BodyRefused
from shared.deliveries.progress import Counts
from shared.deliveries.register import Batch, Delivery, Guard, Register, Row
from shared.deliveries.register import Column as Staged
from shared.deliveries.rows import Parsed, RowReader, column_names
from shared.deliveries.verdicts import Explanation, RowError, RowRefused, Verdict
from shared.deliveries.work import Registers
from shared.events import Routes
from shared.journal import Journal, fact_table
from shared.schema import service_metadata, uuid_pk

FACTS = Journal("item_fact", ("place",))

WANTED = """
    select m.measure, i.held_on as happened_on, m.amount, null::uuid as subject,
           i.id as record_id, i.place
    from item i cross join lateral (values ('women', i.women), ('men', i.men)) m (measure, amount)
    where i.id = any($1::uuid[]) and not i.retracted and m.amount <> 0
"""


class ItemRow(Row):
    code: Annotated[str, Meta(min_length=1, max_length=20)]
    place: Annotated[str, Meta(min_length=1, max_length=40)]
    held_on: date
    women: Annotated[int, Meta(ge=0, le=100_000)]
    men: Annotated[int, Meta(ge=0, le=100_000)] = 0
    tags: tuple[str, ...] = ()


class ItemApplied(deliveries.DeliveryApplied):
    type = "sample.delivery.applied"


ROUTES: Routes = {ItemApplied: ("reports",)}


@cache
def items_metadata() -> MetaData:
    """Return the test register's tables and those of the mechanisms it uses."""
    metadata = service_metadata()
    for module in (access_log, idempotency, outbox, records, tables, journal):
        module.define_tables(metadata)
    fact_table("item_fact", metadata, "place")
    Table(
        "item",
        metadata,
        uuid_pk(),
        Column("code", Text, nullable=False),
        Column("place", Text, nullable=False),
        Column("held_on", Date, nullable=False),
        Column("women", Integer, nullable=False),
        Column("men", Integer, nullable=False),
        Column("ended_on", Date),
        Column("retracted", Boolean, nullable=False, server_default="false"),
        *records.version_columns(),
        UniqueConstraint("code"),
        CheckConstraint("women + men <= 100000", name="visitors"),
    )
    Table("seen_effect", metadata, Column("code", Text, nullable=False))
    return metadata


def stage(row: ItemRow) -> tuple[Any, ...]:
    if row.place == "nowhere":
        raise RowRefused("place", "closed_place", "The place is closed.")
    return row.code, row.place, row.held_on, row.women, row.men


async def apply(conn: Connection, batch: Batch) -> None:
    created, changed = await batch.ids(conn, "created"), await batch.ids(conn, "changed")
    await conn.execute(
        """insert into item (id, code, place, held_on, women, men)
           select record_id, code, place, held_on, women, men from batch
           where effect = 'created'"""
    )
    await records.keep_version(conn, "item", changed, reason=batch.reason, by=batch.by)
    await conn.execute(
        f"""update item i set place = b.place, held_on = b.held_on, women = b.women, men = b.men,
                   ended_on = null, retracted = false, {records.BUMP}
            from batch b where b.effect = 'changed' and i.id = b.record_id"""
    )
    await conn.execute("insert into seen_effect select code from batch")
    await _settle(conn, created, batch, fresh=True)
    await _settle(conn, changed, batch)


async def end(conn: Connection, batch: Batch) -> None:
    ids = await batch.ids(conn, "ended")
    await records.keep_version(conn, "item", ids, reason=batch.reason, by=batch.by)
    await conn.execute(
        f"update item set ended_on = $2, {records.BUMP} where id = any($1::uuid[])", ids, batch.day
    )


async def retract(conn: Connection, batch: Batch) -> None:
    ids = await batch.ids(conn, "retracted")
    await records.keep_version(conn, "item", ids, reason=batch.reason, by=batch.by)
    await conn.execute(
        f"update item set retracted = true, {records.BUMP} where id = any($1::uuid[])", ids
    )
    await _settle(conn, ids, batch)


async def _settle(conn: Connection, ids: list[Any], batch: Batch, *, fresh: bool = False) -> None:
    await journal.settle(
        conn, FACTS, "item", ids, wanted_sql=WANTED, reason=batch.reason, fresh=fresh
    )


async def cross_foot(conn: Connection, delivery: Delivery) -> Verdict:
    """Refuse a whole in which women do not outnumber men row by row (a stand-in for a sum rule)."""
    rows = await conn.fetch("select row_no, code, women - men as d from staging where women < men")
    errors = [
        RowError(
            r["row_no"], "does_not_add_up", "Women and men differ.", "women", r["code"], str(r["d"])
        )
        for r in rows
    ]
    explanation = Explanation("columns_swapped", "The columns look swapped.") if rows else None
    return Verdict(errors, explanation)


ITEMS = Register(
    name="items",
    title="Poster",
    row=ItemRow,
    key=("code",),
    columns=(
        Staged("code", "text"),
        Staged("place", "text"),
        Staged("held_on", "date"),
        Staged("women", "integer"),
        Staged("men", "integer"),
    ),
    stage=stage,
    checks=(
        """select row_no, 'place', 'unknown_place', 'There is no such place.'
           from staging where place = 'atlantis'""",
    ),
    compare="""
        select s.row_no, case when i.id is null then 'created' else 'changed' end, i.id
        from staging s left join item i on i.code = s.code
        where i.id is null or i.retracted or i.ended_on is not null
           or (i.place, i.held_on, i.women, i.men)
              is distinct from (s.place, s.held_on, s.women, s.men)""",
    match="select r.row_no, i.id, i.retracted from retraction r join item i using (code)",
    absent="""
        select i.id from item i where i.ended_on is null and not i.retracted
        and not exists (select from present p where p.code = i.code)""",
    size="select count(*) from item where ended_on is null and not retracted",
    apply=apply,
    end=end,
    retract=retract,
    constraints={
        "item_visitors_check": ("women", "too_many_visitors", "More visitors than a place holds."),
    },
    journals=(FACTS,),
)

TOTALS = Register(
    name="totals",
    title="Summor",
    row=ItemRow,
    key=("code",),
    columns=ITEMS.columns,
    stage=stage,
    compare=ITEMS.compare,
    size=ITEMS.size,
    apply=apply,
    check_all=cross_foot,
    always_atomic=True,
    guard=Guard(share=1.0),
)


async def record_applied(conn: Connection, delivery: Delivery, counts: Counts) -> None:
    event = ItemApplied(
        delivery_id=delivery.id,
        register=delivery.register,
        created=counts.created,
        changed=counts.changed,
        unchanged=counts.unchanged,
        retracted=counts.retracted,
        rejected=counts.rejected,
        ended=counts.ended,
    )
    await outbox.record(conn, [event], ROUTES)


class CardParser:
    """Reads cards, ``@code`` and then a line for each field; a card's number is its first line."""

    def __init__(self, reader: RowReader, register: Register) -> None:
        self._reader = reader
        self._known = {"op", "reason", *column_names(register)}
        self._rest = b""
        self._line = 0
        self._card: tuple[int, dict[str, Any]] | None = None

    def feed(self, piece: bytes) -> Parsed:
        *lines, self._rest = (self._rest + piece).split(b"\n")
        return self._read(lines)

    def finish(self) -> Parsed:
        parsed = self._read([self._rest])
        self._close(parsed)
        if not self._line:
            raise BodyRefused("no_cards", "The body is empty.")
        return parsed

    def _read(self, lines: list[bytes]) -> Parsed:
        parsed = Parsed()
        for raw in lines:
            self._line += 1
            name, _, value = raw.decode("latin-1").strip().partition(" ")
            if name.startswith("@"):
                self._close(parsed)
                self._card = self._line, {"code": name[1:]}
            elif name and (self._card is None or name not in self._known):
                parsed.errors.append(RowError(self._line, "stray_line", "No card has this line."))
                parsed.keyless += 1
            elif name and self._card:
                self._card[1][name] = value
        return parsed

    def _close(self, parsed: Parsed) -> None:
        if self._card is not None:
            line, named = self._card
            self._reader.at(line).cells(named, parsed)
            self._card = None


CARDS = "application/x-cards"

CARDED = replace(ITEMS, name="carded", parsers={CARDS: CardParser})
"""The same records, as cards too."""

ONLY_CARDED = replace(CARDED, name="only-carded", plain=False, always_atomic=True)


async def warn(conn: Connection, delivery: Delivery) -> Verdict:
    return Verdict(warning=Explanation("odd", "Something is odd."))


WARNED = replace(ITEMS, name="warned", check_all=warn, always_atomic=True)

COMPLETED = replace(
    ITEMS,
    name="completed",
    complete="update staging set place = (select max(place) from item) where place = 'Same'",
)

REGISTERS = Registers.of(
    ITEMS, TOTALS, CARDED, ONLY_CARDED, WARNED, COMPLETED, on_applied=record_applied
)
