"""Tables and statements of services through the steps between two bases. Pure.

A count in a table is a figure of its service, and its changes are asked for as such; a share is
divided anew at every step, rounded as its service rounds it. What the ledger's forms say comes
from budget, which takes each form through the steps itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from services.reports.domain.moves import TEXT, Followed, Place, code_row, row_of
from services.reports.domain.planning import FigureQuery
from services.reports.domain.stepping import cell_steps
from services.reports.domain.steps import STEPS, steps_of
from services.reports.domain.tables import percent_of
from shared.periods import Period
from shared.ratios import Ratio

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from services.reports.domain.assembly import Document
    from services.reports.domain.moves import Row
    from services.reports.domain.ratios import Value

_UNKNOWN = "unknown"
"""In what a share is made of: those of the base who have not answered."""

_WIDENED = "Det som hunnit förfalla mellan de två tidpunkterna räknas som nya uppgifter."


@dataclass(frozen=True)
class CountedTable:
    """A table whose counts are figures, at both ends.

    Attributes:
        earlier: the item at the earlier basis; None where nothing of it was known then.
        later: the item at the later basis.
        counted_to: of tables about what has fallen due: the last day that counts of each
            period, None where no day of it has come; other tables name no period.

    """

    earlier: Document | None
    later: Document
    counted_to: Mapping[str, str | None]

    @property
    def service(self) -> str:
        """The service that answers for the counts."""
        name: str = self.later["source"]["service"]
        return name

    def questions(self) -> list[FigureQuery]:
        """Return the figures whose changes must be asked for."""
        asked = (self._question(place, row) for place, row in self._counts())
        return list(dict.fromkeys(query for query in asked if query is not None))

    def followed(self, changes: Mapping[FigureQuery, Document]) -> Followed:
        """Return every value of the table through its steps.

        Raises:
            KeyError: a question of `questions` has no answer.

        """
        steps: dict[Place, list[Value]] = {}
        for place, known in self._counts():
            query = self._question(place, known)
            counted: list[Value] = [0] * len(STEPS)
            if query is not None:
                counted = cell_steps(changes[query], dict(place.row[1]))
            if self.earlier is None:
                counted = [None, *counted[1:]]
            elif self.counted_to:
                # What has fallen due since counts from the first step on.
                counted = [self._value(self.earlier, place) or 0, *counted[1:]]
            steps[place] = counted
        rows = {(place.period, place.row): None for place in steps}
        shares = [column for column in self.later["columns"] if "part" in column]
        for period, row in rows:
            for column in shares:
                steps[Place(period, (), row, column["code"])] = self._share(
                    steps, period, row, column
                )
        named = [{name: c[name] for name in ("code", "label", "unit")} for c in self._columns()]
        return Followed(steps, named, notes=[_WIDENED] if self.counted_to else [])

    def _columns(self) -> list[Document]:
        return [column for column in self.later["columns"] if column["unit"] != TEXT]

    def _counts(self) -> Iterator[tuple[Place, Document]]:
        """Yield every place of a count that either end knows, with its row."""
        rows: dict[tuple[str, Row], Document] = {}
        for item in (self.later, self.earlier):
            for row in item["rows"] if item else ():
                rows.setdefault((row["period"], row_of(row)), row)
        for (period, key), row in rows.items():
            for column in self._columns():
                place = Place(period, (), key, column["code"])
                ends = (self._value(self.earlier, place), self._value(self.later, place))
                if (row.get("figure") or column.get("figure")) and ends != (None, None):
                    yield place, row

    def _value(self, item: Document | None, place: Place) -> Value:
        for row in item["rows"] if item else ():
            if (row["period"], row_of(row)) == (place.period, place.row):
                value: Value = row["cells"][place.column]["value"]
                return value
        return None

    def _question(self, place: Place, row: Document) -> FigureQuery | None:
        """Return the figure of a place; None where no day of its period has come."""
        (column,) = (each for each in self._columns() if each["code"] == place.column)
        where = {**self.later["where"], **column.get("where", {})}
        period = self._counted(place.period)
        if period is None:
            return None
        return FigureQuery(
            row.get("figure") or column["figure"],
            period,
            tuple(row["by"]),
            tuple(sorted((name, tuple(values)) for name, values in where.items())),
        )

    def _counted(self, text: str) -> str | None:
        period = Period.parse(text)
        if text not in self.counted_to:
            return text
        last = self.counted_to[text]
        if last is None or last == period.last.isoformat():
            return None if last is None else text
        return f"{period.first.isoformat()}/{last}"

    def _share(
        self,
        steps: Mapping[Place, Sequence[Value]],
        period: str,
        row: Row,
        column: Document,
    ) -> list[Value]:
        def counted(names: str, step: int) -> int | None:
            found = [self._part(steps, period, row, name, step) for name in names.split("+")]
            return sum(part for part in found if part is not None) if None not in found else None

        return [
            _divided(counted(column["part"], step), counted(column["base"], step)) for step in STEPS
        ]

    def _part(
        self,
        steps: Mapping[Place, Sequence[Value]],
        period: str,
        row: Row,
        name: str,
        step: int,
    ) -> int | None:
        if name == _UNKNOWN:
            base, answered = (
                self._part(steps, period, row, each, step) for each in ("base", "answered")
            )
            return None if base is None or answered is None else base - answered
        values = steps.get(Place(period, (), row, name))
        value: Any = None if values is None else values[step]
        return value if value is None else int(value)


def _divided(part: int | None, base: int | None) -> Value:
    if part is None or base is None:
        return None
    return percent_of(Ratio(part, base).decimal)


def deviations(later: Document, moved: Document) -> Followed:
    """Return what departs from budget through its steps, of budget's own changes."""
    period = next((row["period"] for row in later["rows"]), "")
    columns = [
        {name: column[name] for name in ("code", "label", "unit")}
        for column in later["columns"]
        if column["unit"] != TEXT
    ]
    steps: dict[Place, list[Value]] = {
        Place(period, (), (row["label"], ()), column): steps_of(change)
        for row in moved["rows"]
        for column, change in row["amounts"].items()
    }
    return Followed(steps, columns)


def statement(later: Document, moved: Document) -> Followed:
    """Return the amounts of a statement through its steps, of budget's own changes."""
    columns = [
        {"code": column["code"], "label": column["label"], "unit": "SEK"}
        for column in later["columns"]
    ]
    known = {column["code"] for column in columns}
    steps: dict[Place, list[Value]] = {
        Place("", (), code_row(row["code"]), column): steps_of(change)
        for row in moved["rows"]
        for column, change in row["amounts"].items()
        if column in known
    }
    labels = {row["code"]: row["label"] for row in moved["rows"]}
    return Followed(steps, columns, labels)
