"""The register of trial balances: the city's forms as they are printed.

One row each::

    statement,period,line,opening,change,external,municipalCompany,internal,undivided,total
    income-statement,202001-202008,50 Löner och arvoden,,,283186318.42,0.00,0.00,,283186318.42
    balance-sheet,202001-202008,15 Kundfordringar,100.00,-20.00,80.00,0.00,0.00,,80.00
    balance-sheet,202001-202008,Summa tillgångar,100.00,-20.00,80.00,0.00,0.00,,80.00

Of an income statement the classes are the movement of the range; of a balance sheet they are
the closing balances. Rows of sections and sums may be delivered and are then checked, never
booked. A table that contradicts itself is refused as a whole.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal, cast

from msgspec import Meta

from services.budget.domain import trial_balance
from services.budget.domain.layouts import BALANCE_SHEET, CHANGE, LAYOUTS, OPENING
from services.budget.domain.periods import FIRST, NotAPeriod, PeriodRange, parse_range, part_of
from services.budget.domain.tables import TableRow, read_label
from services.budget.figures import LEDGER
from services.budget.queries.trial_balances import CELLS, Held, held_of_year, table_of
from services.budget.registers.moved import moved_outcome
from services.budget.trial_balance_checks import check_tables
from services.budget.trial_balances import Booking, Ranged, keep
from shared.db import Connection
from shared.deliveries import (
    Batch,
    Column,
    Register,
    Row,
    RowRefused,
)
from shared.money import parse_kronor

Kronor = Annotated[str, Meta(pattern=r"^-?[0-9]{1,13}(\.[0-9]{1,2})?$")]


class TrialBalanceRow(Row):
    """One printed row; amounts are decimal strings in kronor, absent where the form is blank."""

    statement: Literal["income-statement", "balance-sheet"]
    period: Annotated[str, Meta(pattern=r"^[0-9]{6}-[0-9]{6}$")]
    line: Annotated[str, Meta(min_length=1, max_length=120)]
    opening: Kronor | None = None
    change: Kronor | None = None
    external: Kronor | None = None
    municipal_company: Kronor | None = None
    internal: Kronor | None = None
    undivided: Kronor | None = None
    total: Kronor | None = None


def _stage(row: TrialBalanceRow) -> tuple[Any, ...]:
    layout = LAYOUTS[row.statement]
    try:
        of = parse_range(row.period)
    except NotAPeriod as error:
        raise RowRefused("period", "not_a_period", f"{error}.".capitalize()) from error
    if part_of(of.first) != FIRST:
        raise RowRefused(
            "period", "not_from_january", "A trial balance runs from the beginning of the year."
        )
    label = read_label(row.line, layout)
    if label is None:
        raise RowRefused("line", "unknown_line", "The form has no such row.")
    cells = {
        name: None if text is None else parse_kronor(text)
        for name, text in ((name, getattr(row, name)) for name in CELLS)
    }
    for name in (OPENING, CHANGE) if layout is not BALANCE_SHEET else ():
        if cells[name] is not None:
            raise RowRefused(name, "not_on_this_form", "The form has no such column.")
    missing = trial_balance.missing_cells(cells, layout) if label.is_account else []
    if missing:
        raise RowRefused(missing[0], "amount_missing", "The row cannot be booked without it.")
    return (
        row.statement,
        row.period,
        label.code,
        of.first,
        of.last,
        label.is_account,
        label.name,
        *(cells[name] for name in CELLS),
    )


_CELL_LIST = ", ".join(f"s.{name}" for name in CELLS)
_HELD_LIST = ", ".join(f"h.{name}" for name in CELLS)

_HELD = """
    select distinct on (t.statement, t.first_period, t.last_period, r.code)
           t.statement, t.first_period, t.last_period, t.id as table_id, r.*
    from trial_balance t join trial_balance_row r on r.trial_balance_id = t.id
    order by t.statement, t.first_period, t.last_period, r.code, t.version desc
"""

_COMPARE = f"""
    select s.row_no, case when h.code is null then 'created' else 'changed' end, h.record_id
    from staging s
    left join ({_HELD}) h on h.statement = s.statement and h.first_period = s.first_period
          and h.last_period = s.last_period and h.code = s.line
    where h.code is null
       or (s.name, {_CELL_LIST}) is distinct from (h.name, {_HELD_LIST})
"""


async def _apply(conn: Connection, batch: Batch) -> None:
    """Keep and book every table that the batch touches, and the later tables of its year."""
    rows = await conn.fetch(
        "select *, line as code, false as held from batch"
        " where effect in ('created', 'changed') order by row_no"
    )
    booking = Booking(batch.delivery.id, batch.by)
    touched = sorted({(row["statement"], row["first_period"], row["last_period"]) for row in rows})
    for statement, year in sorted({(name, first // 100) for name, first, _ in touched}):
        held = {h.range: h for h in await held_of_year(conn, year, statements=[statement])}
        changed = {
            PeriodRange(first, last): [
                row
                for row in rows
                if (row["statement"], row["first_period"], row["last_period"])
                == (statement, first, last)
            ]
            for name, first, last in touched
            if (name, first // 100) == (statement, year)
        }
        earliest = min(of.last for of in changed)
        ranges = sorted({*held, *changed}, key=lambda of: of.last)
        tables = [
            _ranged(statement, of, changed.get(of, []), held.get(of))
            for of in ranges
            if of.last >= earliest
        ]
        await keep(conn, tables, booking)


def _ranged(statement: str, of: PeriodRange, changed: list[Any], held: Held | None) -> Ranged:
    """Return a table with the delivered rows in place of the held ones of the same code."""
    delivered = table_of(statement, changed)
    rows: dict[str, TableRow] = {row.label.code: row for row in held.table.rows} if held else {}
    rows |= {row.label.code: row for row in delivered.rows}
    record_ids = dict(held.record_ids) if held else {}
    record_ids |= {row["code"]: row["record_id"] for row in changed}
    table = type(delivered)(delivered.layout, list(rows.values()))
    return Ranged(statement, of, table, record_ids, held)


TRIAL_BALANCE = Register(
    name="trial-balance",
    title="Saldobalans",
    row=TrialBalanceRow,
    key=("statement", "period", "line"),
    columns=(
        Column("statement", "text"),
        Column("period", "text"),
        Column("line", "text"),
        Column("first_period", "integer"),
        Column("last_period", "integer"),
        Column("is_account", "boolean"),
        Column("name", "text"),
        *(Column(name, "bigint") for name in CELLS),
    ),
    stage=cast("Any", _stage),
    check_all=check_tables,
    compare=_COMPARE,
    size=f"select count(*) from ({_HELD}) held",
    apply=_apply,
    always_atomic=True,
    journals=(LEDGER,),
    moved_figures=moved_outcome,
)
