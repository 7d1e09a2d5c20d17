"""What a mechanism needs to know about one journal."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from shared.journal.tables import FACT_COLUMNS, identifier

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Table


@dataclass(frozen=True, eq=False)
class Journal:
    """An append-only table of signed amounts, under its own column names if need be.

    Args:
        table: its name.
        dimensions: the names by which figures break its sums down.
        expressions: SQL over the table's own columns for any name of `FACT_COLUMNS` or any
            dimension that is not simply a column of that name. A ledger's postings::

                Journal(
                    "posting",
                    ("account", "counterpart"),
                    expressions={
                        "measure": "'postings'",
                        "amount": "ore",
                        "account": "account::text",
                        "subject": "null::uuid",
                        "record_kind": "'voucher'",
                        "record_id": "voucher_id",
                        "reason": "''",
                        "cause": "null",
                    },
                    own_periods=True,
                )

        own_periods: ``period`` is YYYYPP of its own and does not follow from ``happened_on``:
            whole months are found by it, 00 is the year's opening balance, a year ends with
            its last closing period, and a stock begins with the year it is asked for.
        snapshots: the journal has a ``<table>_sum`` (see `sum_table`).
        summed_as: what its snapshots are kept under instead of the table's name, where one table
            is added up in several shapes: fewer dimensions make fewer cells.

    """

    table: str
    dimensions: tuple[str, ...]
    expressions: Mapping[str, str] = field(default_factory=dict)
    own_periods: bool = False
    snapshots: bool = True
    summed_as: str = ""

    def __post_init__(self) -> None:
        for name in (self.table, self.kept_as, *self.dimensions):
            identifier(name)
        unknown = set(self.expressions) - {*FACT_COLUMNS, *self.dimensions}
        if unknown:
            raise ValueError(f"expressions for what no journal has: {sorted(unknown)}")

    @classmethod
    def of(cls, table: Table) -> Journal:
        """Return the journal in a table made by `fact_table`."""
        return cls(table.name, tuple(table.info["dimensions"]))

    @property
    def kept_as(self) -> str:
        """The name of its snapshots in ``journal_snapshot``."""
        return self.summed_as or self.table

    @property
    def sums(self) -> str:
        """The table of its snapshots' sums."""
        return f"{self.kept_as}_sum"

    @property
    def writable(self) -> bool:
        """Whether `settle` may append: a journal with expressions is written by its owner."""
        return not self.expressions

    def sql(self, name: str) -> str:
        """Return the SQL that gives a column or a dimension, over the bare table."""
        return self.expressions.get(name, name)

    def named(self, *names: str) -> str:
        """Return a select list that gives columns and dimensions under their own names."""
        return ", ".join(
            f"{self.expressions[name]} as {name}" if name in self.expressions else name
            for name in names
        )
