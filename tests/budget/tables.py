"""Invented tables that foot, for tests that break them."""

from __future__ import annotations

import random
from collections.abc import Mapping, Sequence

from services.budget.domain.layouts import BALANCE_SHEET, INCOME_STATEMENT, Layout
from services.budget.domain.tables import Label, Table, TableRow

GROUPS = ("40", "45", "46", "50", "51", "55", "56", "57", "60", "61", "62", "63", "64", "68", "70")


def table(layout: Layout, rows: Sequence[tuple[str, Mapping[str, int | None]]]) -> Table:
    """Return a table of (code, cells); a code that is no number is a line of the form."""
    return Table(
        layout,
        [
            TableRow(at, Label(code, "", is_account=code.isdigit()), dict(cells))
            for at, (code, cells) in enumerate(rows, 1)
        ],
    )


def income(seed: int = 1, *, zeros: float = 0.3) -> list[tuple[str, dict[str, int | None]]]:
    """Return an income statement of fifteen groups that foots, with its stated costs."""
    chosen = random.Random(seed)

    def amount() -> int:
        return 0 if chosen.random() < zeros else chosen.randint(1, 10**9)

    rows: list[tuple[str, dict[str, int | None]]] = []
    for group in GROUPS:
        cells = {"external": amount(), "municipal_company": amount(), "internal": amount()}
        rows.append((group, {**cells, "total": sum(cells.values())}))
    sums = {name: sum(row[name] or 0 for _, row in rows) for name in rows[0][1]}
    return [("costs", dict(sums)), *rows]


def income_table(seed: int = 1) -> Table:
    return table(INCOME_STATEMENT, income(seed))


def balance() -> list[tuple[str, dict[str, int | None]]]:
    """Return a balance sheet of four groups that foots and balances, with its stated debts."""
    rows: list[tuple[str, dict[str, int | None]]] = []
    for code, opening, external, internal in (
        ("12", 5_000, 7_000, 0),
        ("20", -1_000, -2_500, 0),
        ("25", -3_000, -3_300, -100),
        ("29", -1_000, -600, -500),
    ):
        closing = external + internal
        rows.append(
            (
                code,
                {
                    "opening": opening,
                    "change": closing - opening,
                    "external": external,
                    "municipal_company": 0,
                    "internal": internal,
                    "total": closing,
                },
            )
        )
    debts = {name: sum(row[name] or 0 for code, row in rows[2:]) for name in rows[0][1]}
    return [*rows, ("short-term-debt", dict(debts))]


def balance_table() -> Table:
    return table(BALANCE_SHEET, balance())
