"""The tables of a journal and what the database itself refuses about them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    Date,
    DateTime,
    Identity,
    Index,
    Integer,
    MetaData,
    Table,
    Text,
    event,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

from shared.journal.causes import KEPT
from shared.schema import timestamptz

if TYPE_CHECKING:
    from sqlalchemy import Connection

FACT_COLUMNS = (
    "id",
    "measure",
    "happened_on",
    "period",
    "amount",
    "subject",
    "record_kind",
    "record_id",
    "recorded_at",
    "reason",
    "cause",
)

_IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,50}", re.ASCII)


def identifier(name: str) -> str:
    """Return a name that may stand in SQL text.

    Raises:
        ValueError: it is not a plain lower-case identifier.

    """
    if _IDENTIFIER.fullmatch(name) is None:
        raise ValueError(f"{name!r} is not a plain SQL identifier")
    return name


def fact_table(name: str, metadata: MetaData, *dimensions: str) -> Table:
    """Declare an append-only table of facts, and the table of its sums (`sum_table`).

    Each dimension is a ``text not null default ''`` column; ``period`` (YYYYMM) follows from
    ``happened_on``; ``cause`` is one of `Cause`, null for what came new. ``create_all`` also
    creates the triggers; a migration copies them from `journal_ddl`.
    """
    table = Table(
        identifier(name),
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("measure", Text, nullable=False),
        Column("happened_on", Date, nullable=False),
        Column("period", Integer, Computed(_PERIOD, persisted=True), nullable=False),
        Column("amount", BigInteger, CheckConstraint("amount <> 0", "amount"), nullable=False),
        Column("subject", UUID(as_uuid=True), nullable=True),
        Column("record_kind", Text, nullable=False),
        Column("record_id", UUID(as_uuid=True), nullable=False),
        timestamptz("recorded_at", default_now=True),
        Column("reason", Text, nullable=False),
        *_dimension_columns(dimensions),
        Column("cause", Text, CheckConstraint(_CAUSES, "cause"), nullable=True),
        info={"append_only": True, "facts": True, "dimensions": dimensions},
    )
    # No BRIN: combined with another index it reads whole stretches of the table for a few rows,
    # and the planner does not see that coming.
    Index(f"{name}_recorded_idx", table.c.recorded_at)
    Index(f"{name}_measure_recorded_idx", table.c.measure, table.c.recorded_at)
    Index(f"{name}_record_idx", table.c.record_kind, table.c.record_id)
    Index(f"{name}_measure_idx", table.c.measure, table.c.happened_on)
    Index(
        f"{name}_subject_measure_idx",
        table.c.subject,
        table.c.measure,
        table.c.happened_on,
        postgresql_where=table.c.subject.is_not(None),
    )
    run_after_create(table, journal_ddl(name))
    sum_table(name, metadata, *dimensions)
    return table


def sum_table(journal: str, metadata: MetaData, *dimensions: str) -> Table:
    """Declare ``<journal>_sum``: what a journal added up to at the instants of its snapshots."""
    name = f"{identifier(journal)}_sum"
    table = Table(
        name,
        metadata,
        timestamptz("as_of"),
        Column("measure", Text, nullable=False),
        Column("period", Integer, nullable=False),
        Column("amount", BigInteger, nullable=False),
        *_dimension_columns(dimensions),
        info={"append_only": True},
    )
    Index(f"{name}_as_of_idx", table.c.as_of, table.c.measure, table.c.period)
    return table


def define_tables(metadata: MetaData) -> None:
    """Add ``journal_snapshot``: one row for each snapshot that has been taken."""
    Table(
        "journal_snapshot",
        metadata,
        Column("journal", Text, primary_key=True),
        Column("as_of", DateTime(timezone=True), primary_key=True),
        Column("facts", BigInteger, nullable=False),
        Column("cells", BigInteger, nullable=False),
        info={"append_only": True},
    )


def run_after_create(table: Table, statements: list[str]) -> None:
    """Have ``create_all`` run statements after it has made a table."""

    @event.listens_for(table, "after_create")
    def create(_table: Table, connection: Connection, **_options: Any) -> None:  # noqa: ANN401
        for statement in statements:
            connection.exec_driver_sql(statement)


def journal_ddl(table: str) -> list[str]:
    """Return the functions and triggers that keep a journal's past as it is.

    For migrations, which write them out, and for any table that serves as a journal (it
    needs a ``recorded_at``). One refuses rows recorded before their own transaction began,
    which could slip in under a basis already given; the other refuses every change of a row
    that exists, whoever asks, where grants only stop the service's own role.
    """
    name = identifier(table)
    back_dated = (
        f"create trigger {name}_back_dated before insert on {name} for each row "
        "when (new.recorded_at < transaction_timestamp()) "
        "execute function refuse_back_dated()"
    )
    changed = (
        f"create trigger {name}_append_only before update or delete or truncate on {name} "
        "for each statement execute function refuse_change()"
    )
    return [*_FUNCTIONS, back_dated, changed]


_PERIOD = "(extract(year from happened_on) * 100 + extract(month from happened_on))::integer"

_CAUSES = f"cause in ({', '.join(repr(cause) for cause in KEPT)})"

_FUNCTIONS = (
    """create or replace function refuse_back_dated() returns trigger language plpgsql as $$
begin
    raise exception 'a row of % is recorded when it is written, not earlier', tg_table_name
        using errcode = 'check_violation', constraint = tg_table_name || '_back_dated',
              table = tg_table_name;
end $$""",
    """create or replace function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name
        using errcode = 'insufficient_privilege', constraint = tg_table_name || '_append_only',
              table = tg_table_name;
end $$""",
)


def _dimension_columns(dimensions: tuple[str, ...]) -> list[Column[str]]:
    taken = set(dimensions) & {*FACT_COLUMNS, "as_of", "value"}
    if taken:
        raise ValueError(f"these names belong to every journal: {sorted(taken)}")
    return [
        Column(identifier(name), Text, nullable=False, server_default=text("''"))
        for name in dimensions
    ]
