"""What a service declares to take deliveries of one register.

A complete small register, as a service writes it in its `registers.py`::

    class VisitRow(Row):
        visit_id: Annotated[str, Meta(min_length=1, max_length=40)]
        venue: Annotated[str, Meta(max_length=60)]
        held_on: date
        women: Annotated[int, Meta(ge=0)]
        men: Annotated[int, Meta(ge=0)]


    async def apply(conn: Connection, batch: Batch) -> None:
        await conn.execute(
            '''insert into visit (id, visit_id, venue, held_on, women, men)
               select record_id, visit_id, venue, held_on, women, men
               from batch where effect = 'created' ''')
        ids = await batch.ids(conn, "changed")
        await records.keep_version(conn, "visit", ids, reason=batch.reason, by=batch.by)
        await conn.execute(
            f'''update visit v set venue = b.venue, held_on = b.held_on, women = b.women,
                       men = b.men, ended_on = null, retracted = false, {records.BUMP}
                from batch b where b.effect = 'changed' and v.id = b.record_id''')
        touched = await batch.ids(conn, "created", "changed")
        await journal.settle(
            conn, JOURNAL, "visit", touched, wanted_sql=WANTED, reason=batch.reason)


    VISITS = Register(
        name="visits",
        title="Besök",
        row=VisitRow,
        key=("visit_id",),
        columns=(
            Column("visit_id", "text"),
            Column("venue", "text"),
            Column("held_on", "date"),
            Column("women", "integer"),
            Column("men", "integer"),
        ),
        checks=(
            '''select s.row_no, 'venue', 'unknown_venue', 'No venue has this code.'
               from staging s left join venue v on v.code = s.venue where v.code is null''',
        ),
        compare='''
            select s.row_no, case when v.id is null then 'created' else 'changed' end, v.id
            from staging s left join visit v on v.visit_id = s.visit_id
            where v.id is null or v.retracted or v.ended_on is not null
                  or (v.venue, v.held_on, v.women, v.men)
                     is distinct from (s.venue, s.held_on, s.women, s.men)''',
        match="select r.row_no, v.id, v.retracted from retraction r join visit v using (visit_id)",
        absent='''
            select v.id from visit v where v.ended_on is null and not v.retracted
            and not exists (select from present p where p.visit_id = v.visit_id)''',
        size="select count(*) from visit where ended_on is null and not retracted",
        apply=apply,
        end=end,
        retract=retract,
        journals=(JOURNAL,),
    )

The statements run on one connection of the worker and see these temporary tables:

- ``staging``: ``row_no`` and the register's columns, one line per good row that is not a
  retraction;
- ``retraction``: ``row_no``, the key columns and ``reason``, one line per ``op=retract`` row;
- ``present``: the key columns of every row that named a key, refused ones included, so that a
  faulty row never ends the record it is about;
- ``batch``, in `apply`, `end` and `retract` only: at most 20 000 rows with ``row_no``,
  ``effect`` (created, changed, retracted, ended), ``record_id`` (new ones already given a
  UUIDv7), ``reason`` and the register's columns. A service may set ``effect`` to
  ``'unchanged'`` when a row proves to differ in nothing; counts are read from it afterwards.

A register whose senders have a format of their own declares a parser for its media type::

    parsers={"application/x-sie": SieParser},  # called with (reader, register)
    plain=False,                               # and takes no NDJSON, CSV or JSON

Such a parser takes the body in pieces, in memory that does not grow with it, and makes the
`Parsed` values itself: each staged row, retraction and error begins with a number of its own
choosing, a file's line for example, that is unique among staged rows and retractions. What is
wrong with a record carries its number, or that of a line which begins no other record: the rows
are the numbers that occur. It may read through the `RowReader` (``reader.at(line).cells(...)``).
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from functools import cached_property
from operator import attrgetter
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

import msgspec

from shared.deliveries.subject import Subject
from shared.deliveries.verdicts import Verdict
from shared.redaction import redact_text

if TYPE_CHECKING:
    from shared.db import Connection
    from shared.deliveries.formats import BodyParser
    from shared.deliveries.rows import RowReader
    from shared.journal import Journal

Mode = Literal["delta", "snapshot"]

PLAIN_TYPES = ("application/x-ndjson", "text/csv", "application/json")
"""Media types that every register takes unless it says otherwise."""


class Row(msgspec.Struct, rename="camel", forbid_unknown_fields=True, kw_only=True, gc=False):
    """Base of every register's row: the single definition of its fields and their limits.

    ``op`` is ``upsert`` (the default) here. A row with ``op: retract`` says that its record
    never was true; it carries the key and a ``reason``, and any other field is ignored.
    """

    op: Literal["upsert"] = "upsert"


@dataclass(frozen=True, slots=True)
class Column:
    """A column of the register's staging table: its name and PostgreSQL type."""

    name: str
    type: str


@dataclass(frozen=True, slots=True)
class Guard:
    """A delivery that would change or end more than both limits is held for a named person.

    Args:
        share: of the register's present size, 0-1.
        rows: number of records; small registers are not held for a handful of changes.

    """

    share: float = 0.20
    rows: int = 50


@dataclass(frozen=True, slots=True)
class Delivery:
    """What rules and effects may know about the delivery that they are part of.

    ``by`` is the sender's subject; ``day`` the delivery's date, on which absent records end.
    """

    id: UUID
    register: str
    mode: Mode
    dry_run: bool
    atomic: bool
    by: str
    day: date


@dataclass(frozen=True, slots=True)
class Batch:
    """The rows now in the temporary table ``batch``; the caller owns the transaction."""

    delivery: Delivery

    @property
    def by(self) -> str:
        """Who sent the delivery: the subject that versions and access lines record."""
        return self.delivery.by

    @property
    def day(self) -> date:
        """The delivery's date: the day on which absent records stop being true."""
        return self.delivery.day

    @property
    def reason(self) -> str:
        """The reason that versions and journal rows carry: which delivery it was."""
        return f"delivery:{self.delivery.id}"

    async def ids(self, conn: Connection, *effects: str) -> list[UUID]:
        """Return the record ids of the batch's rows having one of ``effects``, in row order."""
        rows = await conn.fetch(
            "select record_id from batch where effect = any($1) order by row_no", list(effects)
        )
        return [row["record_id"] for row in rows]


async def _nothing(conn: Connection, batch: Batch) -> None:
    """Do nothing: the effect of a register that never ends or retracts."""


@dataclass(frozen=True, kw_only=True)
class Register:
    """One register that other systems push; see the module's docstring for a whole one.

    Args:
        name: kebab-case, the path segment.
        title: Swedish name.
        row: the row's fields and limits.
        key: fields of ``row`` that identify a record; also staging columns, which take them
            as they were sent.
        columns: the staging table's columns.
        stage: turns a row into values in the columns' order (plain attributes when absent);
            may raise `RowRefused`. Personal values are sealed and hashed here, so that none
            is ever staged plain.
        show_key: whether error lists name a row's key (its fields joined by ``|``); False
            when a key could identify a person.
        subject: whom a row is about, when keys of some people may not be shown to everybody.
        complete: a statement that fills in columns of ``staging`` which only the database can
            know (the period that a day falls in), before any rule looks at them.
        checks: each a SELECT of (row_no, field, code, detail[, difference]) of rows in
            ``staging`` to refuse; a difference says by how much amounts do not add up.
        check_all: a rule over the whole delivery (cross-footing); runs after the checks.
        compare: SELECT of (row_no, 'created' | 'changed', record_id) over ``staging``, leaving
            out rows that equal what is held.
        match: SELECT of (row_no, record_id, already retracted) joining ``retraction``; None
            when the register knows no retraction.
        absent: SELECT of record ids that are held, live and not in ``present``; None when the
            register takes no snapshots.
        size: SELECT of the number of live records, for the guard.
        apply: makes the created and changed rows of ``batch`` true.
        end: makes the ended rows of ``batch`` end on `Batch.day`.
        retract: makes the retracted rows of ``batch`` never have been true.
        guard: limits above which a delivery is held.
        always_atomic: one faulty row refuses the whole delivery, whatever the sender asks.
        constraints: constraint name -> (field, code, detail), for rows that only the database
            itself can refuse.
        journals: fact journals in which a dry run looks for the figures it would move.
        moved_figures: replaces that general way.
        parsers: media type -> what reads bodies of it (see above); goes before the plain one.
        plain: whether rows are taken as NDJSON, CSV and JSON; else ``row`` is only about keys.

    """

    name: str
    title: str
    row: type[Row]
    key: tuple[str, ...]
    columns: tuple[Column, ...]
    compare: str
    size: str
    apply: Callable[[Connection, Batch], Awaitable[None]]
    stage: Callable[[Any], tuple[Any, ...]] | None = None
    show_key: bool = True
    subject: Subject | None = None
    complete: str | None = None
    checks: tuple[str, ...] = ()
    check_all: Callable[[Connection, Delivery], Awaitable[Verdict]] | None = None
    match: str | None = None
    absent: str | None = None
    end: Callable[[Connection, Batch], Awaitable[None]] = _nothing
    retract: Callable[[Connection, Batch], Awaitable[None]] = _nothing
    guard: Guard = field(default_factory=Guard)
    always_atomic: bool = False
    constraints: dict[str, tuple[str | None, str, str]] = field(default_factory=dict)
    journals: tuple[Journal, ...] = ()
    moved_figures: Callable[[Connection], Awaitable[list[dict[str, Any]]]] | None = None
    parsers: Mapping[str, Callable[[RowReader, Register], BodyParser]] = field(default_factory=dict)
    plain: bool = True

    def __post_init__(self) -> None:
        """Refuse a declaration whose parts do not fit together, when the service starts."""
        names = [column.name for column in self.columns]
        missing = [name for name in self.key if name not in names]
        unknown = [name for name in self.key if name not in self.row.__struct_fields__]
        if missing or unknown or not self.key:
            msg = f"register {self.name}: key fields must be fields and columns: {self.key}"
            raise ValueError(msg)
        if self.plain and self.stage is None and set(names) - set(self.row.__struct_fields__):
            msg = f"register {self.name}: columns that are not fields need a stage function"
            raise ValueError(msg)
        if not self.media_types:
            msg = f"register {self.name}: no body can be read"
            raise ValueError(msg)

    @property
    def media_types(self) -> tuple[str, ...]:
        """The media types that bodies of this register may have."""
        return tuple(dict.fromkeys((*(PLAIN_TYPES if self.plain else ()), *self.parsers)))

    @cached_property
    def staged(self) -> Callable[[Any], tuple[Any, ...]]:
        """The function from a row to its staging values."""
        if self.stage is not None:
            return self.stage
        names = [column.name for column in self.columns]
        if len(names) > 1:
            return attrgetter(*names)
        single = attrgetter(names[0])
        return lambda row: (single(row),)

    @cached_property
    def key_columns(self) -> tuple[Column, ...]:
        """The staging columns that make up the key, in the key's order."""
        by_name = {column.name: column for column in self.columns}
        return tuple(by_name[name] for name in self.key)

    def key_text(self, values: tuple[Any, ...]) -> str | None:
        """Return how a key is shown in the error list, if it may be shown."""
        return redact_text("|".join(map(str, values))) if self.show_key else None
