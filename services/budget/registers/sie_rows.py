"""The rows that a SIE file is staged as.

``kind`` says what a row is:

- ``voucher``: booked. Its rows are parallel arrays, one element for each posting;
- ``account``, ``dimension``, ``object``, ``counterpart``: registered when missing;
- ``balance`` and ``budget``: an amount that the file states, written as a voucher of one row.
  A code part that it does not divide by is null there;
- ``previous``: what the file says the year before came to, compared with the ledger if it is here;
- ``year``, ``file``: the year the file is about, and what it is as a whole;
- ``remark``: says nothing that is kept (a voucher without amounts, a built-in dimension).

Row numbers are line numbers. What the file as a whole makes comes after its last line.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from services.budget.domain.sie.placing import CodeParts
from shared.deliveries import Column

COLUMNS = (
    Column("key", "text"),
    Column("kind", "text"),
    Column("label", "text"),
    Column("number", "integer"),
    Column("parent", "integer"),
    Column("code", "text"),
    Column("period", "integer"),
    Column("covers_from", "integer"),
    Column("happened_on", "date"),
    Column("text", "text"),
    Column("accounts", "text[]"),
    Column("counterparts", "text[]"),
    Column("projects", "text[]"),
    Column("responsibilities", "text[]"),
    Column("activities", "text[]"),
    Column("objects", "text[]"),
    Column("texts", "text[]"),
    Column("amounts", "bigint[]"),
)

_NAMES = [column.name for column in COLUMNS]

Staged = tuple[Any, ...]
"""Row number, then a value for each of `COLUMNS`."""

Placed = tuple[str, CodeParts, int, str]
"""A posting: account, code parts, öre, text."""


def row_of(line: int, key: str, kind: str, **values: object) -> Staged:
    """Return a row; columns that are not named are null."""
    given = {"key": key, "kind": kind, **values}
    return (line, *(given.get(name) for name in _NAMES))


def voucher_row(
    line: int,
    key: str,
    *,
    period: int | None,
    covers_from: int | None,
    happened_on: date,
    text: str,
    rows: Sequence[Placed],
) -> Staged:
    """Return a voucher; one without postings is a remark. Nearly every row is made here."""
    if not rows:
        return row_of(line, key, "remark")
    parts = [row[1] for row in rows]
    return (
        line,
        key,
        "voucher",
        None,
        None,
        None,
        None,
        period,
        covers_from,
        happened_on,
        text,
        [row[0] for row in rows],
        [one.counterpart for one in parts],
        [one.project for one in parts],
        [one.responsibility for one in parts],
        [one.activity for one in parts],
        [one.free_json for one in parts],
        [row[3] for row in rows],
        [row[2] for row in rows],
    )


def stated_row(
    line: int,
    key: str,
    kind: str,
    *,
    label: str,
    account: str,
    named: Mapping[str, str],
    free: str,
    period: int | None,
    amount: int,
) -> Staged:
    """Return an amount that the file states; ``named`` holds the code parts it is for."""
    return row_of(
        line,
        key,
        kind,
        label=label,
        period=period,
        accounts=[account],
        counterparts=[named.get("counterpart")],
        projects=[named.get("project")],
        responsibilities=[named.get("responsibility")],
        activities=[named.get("activity")],
        objects=[free],
        amounts=[amount],
    )
