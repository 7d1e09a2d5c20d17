"""The SQL of one question about one figure, and the values bound in it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from shared.figures.definitions import FigureDefinition, Query
from shared.figures.spans import Span

if TYPE_CHECKING:
    from shared.journal import Journal


@dataclass
class QuestionSql:
    """Builds SELECTs that share one list of bound values."""

    journal: Journal
    query: Query
    values: list[Any] = field(default_factory=list)

    def additive(
        self, definition: FigureDefinition, wanted: Span, as_of: datetime | None
    ) -> list[str]:
        """Return SELECTs of (breakdowns, amount) that together hold every fact once.

        With a snapshot: its cells, the facts recorded since, and of the days that fill no
        month the facts recorded before it.
        """
        columns = (*self.query.by, "amount")
        recorded_at = self.journal.sql("recorded_at")
        if as_of is None:
            return [self.listed(definition, wanted, columns)]
        parts = [self._recorded_since(columns, definition, wanted, as_of)]
        since = self._bind(as_of, "timestamptz")
        if wanted.months is not None:
            parts.append(self._cells(definition, wanted.months, since))
        for first, last in wanted.edges:
            edge = Span(first, last, None, (), by_month=False)
            before = f"{recorded_at} <= {since}"
            parts.append(self._facts(columns, [before, *self._about(definition, edge)]))
        return parts

    def recorded_since(self, definition: FigureDefinition, wanted: Span, earlier: datetime) -> str:
        """Return a SELECT of (breakdowns, amount) of the facts recorded since an earlier basis."""
        return self._recorded_since((*self.query.by, "amount"), definition, wanted, earlier)

    def distinct(self, definition: FigureDefinition, wanted: Span) -> str:
        """Return a SELECT of (breakdowns, amount, whole): subjects by cell, and all in one row.

        The facts are read once, netted to one row for each cell and subject (and day, where
        days matter); cells and total are counted from those.
        """
        by = self.query.by
        daily = definition.kind == "distinct_during"
        keys = (*by, "subject", "day") if daily else (*by, "subject")
        listed = ", ".join(keys)
        present = _ever_positive if daily else _positive
        nothing = "".join(f"null as {name}, " for name in by)
        total = f"select {nothing}count(*) as amount, true as whole from ({present(())}) everyone"
        counted = total
        if by:
            cells = ", ".join(by)
            counted = (
                f"select {cells}, count(*) as amount, false as whole "
                f"from ({present(by)}) present group by {cells} union all {total}"
            )
        return (
            f"with net as materialized (select {listed}, sum(amount) as amount "
            f"from ({self._subjects(definition, wanted, daily=daily)}) facts group by {listed}) "
            + counted
        )

    def distinct_since(self, definition: FigureDefinition, wanted: Span, earlier: datetime) -> str:
        """Return a SELECT as `distinct` gives it, of how many have come less how many have gone.

        Only subjects with facts recorded since the earlier basis can have: theirs are read,
        found by subject, and each is counted as of then and as of now.
        """
        by = self.query.by
        daily = definition.kind == "distinct_during"
        keys = ", ".join((*by, "subject", "day") if daily else (*by, "subject"))
        then = f"recorded_at <= {self._bind(earlier, 'timestamptz')}"
        nothing = "".join(f"null as {name}, " for name in by)
        counted = f"select {nothing}{_CAME}, true as whole from ({_seen((), daily=daily)}) everyone"
        if by:
            cells = ", ".join(by)
            counted += (
                f" union all select {cells}, {_CAME}, false as whole "
                f"from ({_seen(by, daily=daily)}) seen group by {cells} having {_MOVED}"
            )
        facts = self._subjects(definition, wanted, daily=daily, moved_since=earlier)
        return (
            f"with net as materialized (select {keys}, sum(amount) as amount_now, "
            f"coalesce(sum(amount) filter (where {then}), 0) as amount_then "
            f"from ({facts}) facts group by {keys}) " + counted
        )

    def listed(self, definition: FigureDefinition, wanted: Span, columns: tuple[str, ...]) -> str:
        """Return a SELECT of columns of every fact the question is about."""
        until = (
            f"{self.journal.sql('recorded_at')} <= {self._bind(self.query.basis, 'timestamptz')}"
        )
        return self._facts(columns, [until, *self._about(definition, wanted)])

    def _subjects(
        self,
        definition: FigureDefinition,
        wanted: Span,
        *,
        daily: bool,
        moved_since: datetime | None = None,
    ) -> str:
        columns = (*self.query.by, "subject", "amount")
        listed, day = columns, ""
        if daily:
            # What happened before the span counts as of its first day.
            day = f", greatest(happened_on, {self._bind(wanted.first, 'date')}) as day"
            wanted = Span(None, wanted.last, None, (), by_month=False)
            listed = (*listed, "happened_on")
        whom = "subject is not null"
        if moved_since is not None:
            columns, listed = (*columns, "recorded_at"), (*listed, "recorded_at")
            moved = self._recorded_since(("subject",), definition, wanted, moved_since)
            whom = f"subject in ({moved})"
        facts = self.listed(definition, wanted, listed)
        return f"select {', '.join(columns)}{day} from ({facts}) facts where {whom}"

    def _recorded_since(
        self,
        columns: tuple[str, ...],
        definition: FigureDefinition,
        wanted: Span,
        earlier: datetime,
    ) -> str:
        recorded_at = self.journal.sql("recorded_at")
        conditions = [
            f"{recorded_at} > {self._bind(earlier, 'timestamptz')}",
            f"{recorded_at} <= {self._bind(self.query.basis, 'timestamptz')}",
            *self._about(definition, wanted),
        ]
        return self._facts(columns, conditions)

    def _facts(self, columns: tuple[str, ...], conditions: list[str]) -> str:
        return (
            f"select {self.journal.named(*columns)} "
            f"from {self.journal.table} where {' and '.join(conditions)}"
        )

    def _cells(self, definition: FigureDefinition, months: tuple[int, int], as_of: str) -> str:
        first, last = months
        conditions = [
            f"as_of = {as_of}",
            f"measure = {self._bind(definition.measure, 'text')}",
            f"period between {self._bind(first, 'int')} and {self._bind(last, 'int')}",
            *self._where(definition, str),
        ]
        columns = ", ".join((*self.query.by, "amount"))
        return f"select {columns} from {self.journal.sums} where {' and '.join(conditions)}"

    def _about(self, definition: FigureDefinition, wanted: Span) -> list[str]:
        measure = f"{self.journal.sql('measure')} = {self._bind(definition.measure, 'text')}"
        return [measure, *self._days(wanted), *self._where(definition, self.journal.sql)]

    def _days(self, wanted: Span) -> list[str]:
        if wanted.by_month and wanted.months is not None:
            first, last = (self._bind(month, "int") for month in wanted.months)
            return [f"{self.journal.sql('period')} between {first} and {last}"]
        happened_on = self.journal.sql("happened_on")
        conditions = [f"{happened_on} <= {self._bind(wanted.last, 'date')}"]
        if wanted.first is not None:
            conditions.append(f"{happened_on} >= {self._bind(wanted.first, 'date')}")
        return conditions

    def _where(self, definition: FigureDefinition, sql: Callable[[str], str]) -> list[str]:
        return [
            f"{sql(name)} = any({self._bind(list(values), 'text[]')})"
            for conditions in (definition.where, self.query.where)
            for name, values in sorted(conditions.items())
        ]

    def _bind(self, value: Any, type_: str) -> str:  # noqa: ANN401  whatever the driver takes
        self.values.append(value)
        return f"${len(self.values)}::{type_}"


def _positive(by: tuple[str, ...]) -> str:
    """Return a SELECT over ``net`` of the subjects with a positive sum, by cell."""
    keys = ", ".join((*by, "subject"))
    return f"select {keys} from net group by {keys} having sum(amount) > 0"


def _ever_positive(by: tuple[str, ...]) -> str:
    """Return a SELECT over ``net`` of the subjects who were there on some day, by cell.

    Net by day: nobody leaves a cell before having come to it, so a subject was there exactly
    if there is a day of more coming than going (the first day holding all that went before).
    """
    return f"select distinct {', '.join((*by, 'subject'))} from net where amount > 0"


_CAME = "count(*) filter (where there_now) - count(*) filter (where there_then) as amount"
_MOVED = "count(*) filter (where there_now) <> count(*) filter (where there_then)"


def _seen(by: tuple[str, ...], *, daily: bool) -> str:
    """Return a SELECT over ``net`` of whether each subject is there and was there, by cell."""
    keys = ", ".join((*by, "subject"))
    there = "bool_or({} > 0)" if daily else "sum({}) > 0"
    now, then = there.format("amount_now"), there.format("amount_then")
    return f"select {keys}, {now} as there_now, {then} as there_then from net group by {keys}"
