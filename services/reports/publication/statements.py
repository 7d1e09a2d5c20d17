"""Statements of the ledger as tables, with their ties and notes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.reports.publication.cells import valued, words
from services.reports.publication.model import (
    Block,
    Column,
    Kind,
    Row,
    RowRole,
    Table,
    Text,
    Tone,
)
from services.reports.publication.numbers import kronor

if TYPE_CHECKING:
    from services.reports.domain.assembly import Document

_OPTIONAL = frozenset({"undivided"})
"""Columns that the printed forms lack: for amounts whose class is not known."""

_NOTHING = frozenset({None, "0.00"})
_ROLES = {"section": RowRole.SECTION, "sum": RowRole.SUM}


def statement(item: Document, path: str) -> list[Block]:
    """Return a statement's table, the ties that do not hold, and its notes."""
    held = item["statement"]
    broken = [tie for tie in held.get("ties") or () if not tie["holds"]]
    return [
        _table(item, held, f"{path}/statement"),
        *(Text(_dates(row), Tone.NOTE) for row in held["rows"] if row.get("reasons")),
        *(Text(_tie(tie), Tone.WARNING) for tie in broken),
        *(Text(note, Tone.NOTE) for note in held.get("notes") or ()),
    ]


def _table(item: Document, held: Document, path: str) -> Table:
    columns = [column for column in held["columns"] if _shown(column, held["rows"])]
    return Table(
        key=item["key"],
        caption=f"{item['label']} (kr)",
        columns=(
            Column("Rad"),
            *(Column(column["label"], Kind.MONEY) for column in columns),
        ),
        rows=tuple(
            Row(
                (
                    words(row["label"]),
                    *(
                        valued(
                            row["amounts"][column["code"]],
                            Kind.MONEY,
                            f"{path}/rows/{number}/amounts/{column['code']}",
                        )
                        for column in columns
                    ),
                ),
                _ROLES.get(row["kind"], RowRole.PLAIN),
            )
            for number, row in enumerate(held["rows"])
        ),
        form=held["statement"],
    )


def _shown(column: Document, rows: list[Document]) -> bool:
    code = column["code"]
    return code not in _OPTIONAL or any(row["amounts"][code] not in _NOTHING for row in rows)


def _dates(row: Document) -> str:
    reasons = "; ".join(reason["text"] for reason in row["reasons"])
    return f"{row['label']}, beslutat {row['decidedStart']} till {row['decidedEnd']}: {reasons}."


def _tie(tie: Document) -> str:
    return (
        f"Stämmer inte: {tie['title']}. {tie['leftLabel']} {kronor(tie['left'])}, "
        f"{tie['rightLabel']} {kronor(tie['right'])}, skillnad {kronor(tie['difference'])}."
    )
