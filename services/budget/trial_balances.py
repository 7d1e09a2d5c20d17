"""Trial balances: keeping the delivered table, and booking it as vouchers.

A table that changes is booked anew: the vouchers of its last version are reversed, and so are
those of later tables of the year, because each of them books what the earlier ones did not.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from services.budget import code_parts, vouchers
from services.budget.code_parts import Naming
from services.budget.domain import trial_balance
from services.budget.domain.chart import EQUITY, GROUP_NAMES, Part, group_of
from services.budget.domain.counterparts import WHOLE_CLASS, WHOLE_CLASS_NAMES
from services.budget.domain.periods import OPENING, PeriodRange, part_of
from services.budget.domain.tables import Table
from services.budget.domain.vouchers import Draft, Entry
from services.budget.queries.ledger import fiscal_years
from services.budget.queries.trial_balances import CELLS, Held
from services.budget.vouchers import Correction
from shared.db import Connection
from shared.events import new_id

SERIES = "SB"
"""The voucher series of trial balances (saldobalans)."""

SINCE_ALWAYS = date(1900, 1, 1)
"""Whole groups and classes are no decision of a year: they hold for any year delivered."""


@dataclass(frozen=True, slots=True)
class Booking:
    """Who books, and for which delivery."""

    delivery_id: UUID
    by: str


@dataclass(slots=True)
class Ranged:
    """A table to be kept and booked; ``previous`` is the version that it replaces."""

    statement: str
    range: PeriodRange
    table: Table
    record_ids: Mapping[str, UUID]
    previous: Held | None
    booked: list[UUID] = field(default_factory=list)


async def keep(conn: Connection, tables: Sequence[Ranged], booking: Booking) -> None:
    """Keep and book tables of one form and year, in the order of their ranges.

    The caller gives the table that changed and every later one of its year. They are taken
    back from the last to the first and booked from the first to the last.

    Raises:
        VoucherUnbalanced: the rows of a balance sheet do not sum to zero.
        PeriodClosed: a period that must be written is closed.

    """
    for ranged in reversed(tables):
        await _take_back(conn, ranged, booking)
    await _ensure_code_parts(conn, tables, booking.by)
    for ranged in tables:
        await _book(conn, ranged, booking)
        await _store(conn, ranged, booking)


async def _take_back(conn: Connection, ranged: Ranged, booking: Booking) -> None:
    for voucher_id in ranged.previous.vouchers if ranged.previous else ():
        draft = await vouchers.draft_of(conn, voucher_id)
        mirrored = draft.reversed(
            text=f"Rättelse: {draft.text}", period=None, happened_on=draft.happened_on
        )
        correction = Correction(voucher_id, f"Ersatt av leverans {booking.delivery_id}")
        await vouchers.book(
            conn,
            [mirrored],
            series=SERIES,
            by=booking.by,
            delivery=booking.delivery_id,
            corrections=[correction],
        )


async def _ensure_code_parts(conn: Connection, tables: Sequence[Ranged], by: str) -> None:
    """Register the accounts that the rows name, and one counterpart for each whole class."""
    accounts = {EQUITY: GROUP_NAMES[EQUITY]}
    for ranged in tables:
        for row in ranged.table.accounts:
            code = row.label.code
            accounts[code] = row.label.name or GROUP_NAMES.get(group_of(code), code)
    counterparts = {WHOLE_CLASS[name]: text for name, text in WHOLE_CLASS_NAMES.items()}
    for part, names in ((Part.ACCOUNT, accounts), (Part.COUNTERPART, counterparts)):
        namings = [Naming(code, name, SINCE_ALWAYS) for code, name in names.items()]
        await code_parts.ensure(conn, part, namings, by=by)


async def _book(conn: Connection, ranged: Ranged, booking: Booking) -> None:
    """Book what the table states and earlier tables of the year have not booked already."""
    earlier, covered = await _earlier(conn, ranged)
    title = ranged.table.layout.title.lower()
    opening = trial_balance.difference(
        trial_balance.opening_entries(ranged.table), earlier.get(ranged.range.opening, [])
    )
    movement = trial_balance.difference(
        trial_balance.movement_entries(ranged.table),
        [e for period, entries in earlier.items() if part_of(period) != OPENING for e in entries],
    )
    year = (await fiscal_years(conn))[ranged.range.year]
    drafts = [
        Draft(period, year.last_day_of(period), text, entries, covers_from)
        for period, text, entries, covers_from in (
            (ranged.range.opening, f"Ingående balans enligt {title}", opening, None),
            (
                ranged.range.last,
                f"Rörelse enligt {title} {ranged.range}",
                movement,
                covered or ranged.range.first,
            ),
        )
        if entries
    ]
    if drafts:
        ranged.booked = await vouchers.book(
            conn, drafts, series=SERIES, by=booking.by, delivery=booking.delivery_id
        )


_EARLIER = """
    with kept as (
        select distinct on (first_period, last_period) last_period, vouchers
        from trial_balance
        where statement = $1 and last_period / 100 = $2 and last_period < $3
        order by first_period, last_period, version desc)
    select p.period, p.account, p.counterpart, sum(p.amount)::bigint as amount,
           (select max(last_period) from kept) as covered
    from posting p where p.voucher_id in (select unnest(vouchers) from kept)
    group by p.period, p.account, p.counterpart
"""


async def _earlier(conn: Connection, ranged: Ranged) -> tuple[dict[int, list[Entry]], int | None]:
    """Return what earlier tables of the year have booked per period, and the next period."""
    rows = await conn.fetch(_EARLIER, ranged.statement, ranged.range.year, ranged.range.last)
    found: dict[int, list[Entry]] = {}
    for row in rows:
        entry = Entry(row["account"], row["counterpart"], row["amount"])
        found.setdefault(row["period"], []).append(entry)
    return found, rows[0]["covered"] + 1 if rows else None


async def _store(conn: Connection, ranged: Ranged, booking: Booking) -> None:
    table_id = new_id()
    await conn.execute(
        """
        insert into trial_balance
            (id, statement, first_period, last_period, version, delivery_id, vouchers, by,
             recorded_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, greatest(now(),
                (select max(recorded_at) + interval '1 microsecond' from trial_balance
                 where statement = $2 and first_period = $3 and last_period = $4)))
        """,
        table_id,
        ranged.statement,
        ranged.range.first,
        ranged.range.last,
        ranged.previous.version + 1 if ranged.previous else 1,
        booking.delivery_id,
        ranged.booked,
        booking.by,
    )
    await conn.copy_records_to_table(
        "trial_balance_row",
        columns=("trial_balance_id", "code", "record_id", "ordinal", "is_account", "name", *CELLS),
        records=[
            (
                table_id,
                row.label.code,
                ranged.record_ids[row.label.code],
                at,
                row.label.is_account,
                row.label.name,
                *(row.cells.get(column) for column in CELLS),
            )
            for at, row in enumerate(ranged.table.rows, 1)
        ],
    )
