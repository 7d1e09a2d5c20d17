"""The SQL of a figure at an earlier basis and after each kind of what was recorded since."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING

from shared.clock import local_day
from shared.figures.sql import QuestionSql
from shared.journal import Cause

if TYPE_CHECKING:
    from shared.figures.definitions import FigureDefinition
    from shared.figures.spans import Span

KINDS = (
    "new_facts",
    "late_facts",
    "corrections",
    "retractions",
    "merges",
    "rule_changes",
    "area_changes",
)
"""The parts of a difference in the order they are taken in; the first is step 1."""

_NEW, _LATE = 1, 2
_STEP_OF = {
    Cause.PROGRESS: _NEW,
    Cause.CORRECTION: 3,
    Cause.RETRACTION: 4,
    Cause.MERGE: 5,
    Cause.RULE_CHANGE: 6,
    Cause.AREA_CHANGE: 7,
}
STEPS = range(len(KINDS) + 1)
"""Step 0 is the earlier basis."""


@dataclass
class StepsSql(QuestionSql):
    """Builds SELECTs of the facts of a question with the step that takes each in.

    Attributes:
        since: the earlier basis, before the query's.

    """

    since: datetime = field(kw_only=True)

    def moved(self, definition: FigureDefinition, wanted: Span) -> str:
        """Return a SELECT of (breakdowns, amount, step) of the facts recorded since."""
        return self._tail(definition, wanted, (*self.query.by, "amount"), day="happened_on")

    def subjects(self, definition: FigureDefinition, wanted: Span) -> str:
        """Return a SELECT of (breakdowns, at_0 ... at_7, whole): subjects at each step.

        As `QuestionSql.distinct` counts them, except that the row of all nets what is in
        different cells: what moves between cells then moves nobody in it at any step.
        """
        by = self.query.by
        daily = definition.kind == "distinct_during"
        keys = (*by, "subject", "day") if daily else (*by, "subject")
        listed = ", ".join((*keys, "step"))
        nothing = "".join(f"null as {name}, " for name in by)
        counted = f"select {nothing}{_COUNTED}, true as whole from ({_present((), daily)}) everyone"
        if by:
            cells = ", ".join(by)
            counted += (
                f" union all select {cells}, {_COUNTED}, false as whole "
                f"from ({_present(by, daily)}) present group by {cells}"
            )
        return (
            f"with net as materialized (select {listed}, sum(amount) as amount "
            f"from ({self._by_subject(definition, wanted, daily=daily)}) facts group by {listed}) "
            + counted
        )

    def _by_subject(self, definition: FigureDefinition, wanted: Span, *, daily: bool) -> str:
        columns = (*self.query.by, "subject", "amount")
        first = self._bind(wanted.first, "date") if daily else ""
        if daily:
            # What happened before the span counts as of its first day.
            wanted = type(wanted)(None, wanted.last, None, (), by_month=False)
            columns = (*columns, "happened_on")
        # Coming and leaving told at once are one thing: late or new, never half of each.
        together = "min(happened_on) over (partition by record_id, recorded_at)"
        day = "happened_on" if definition.kind == "distinct" else together
        recorded_at = self.journal.sql("recorded_at")
        until = f"{recorded_at} <= {self._bind(self.since, 'timestamptz')}"
        before = self._facts(columns, [until, *self._about(definition, wanted)])
        listed = ", ".join((*self.query.by, "subject", "amount", "step"))
        return (
            f"select {listed}{f', greatest(happened_on, {first}) as day' if daily else ''} from ("
            f"select {', '.join(columns)}, 0 as step from ({before}) before "
            f"union all {self._tail(definition, wanted, columns, day=day)}"
            ") facts where subject is not null"
        )

    def _tail(
        self, definition: FigureDefinition, wanted: Span, columns: tuple[str, ...], *, day: str
    ) -> str:
        told_by = ("happened_on", "record_id", "recorded_at", "cause")
        listed = tuple(dict.fromkeys((*columns, *told_by)))
        facts = self._recorded_since(listed, definition, wanted, self.since)
        known_until = self._bind(local_day(self.since), "date")
        steps = " ".join(f"when {cause.sql} then {step}" for cause, step in _STEP_OF.items())
        return (
            f"select {', '.join(columns)}, case cause {steps} "
            f"else case when {day} <= {known_until} then {_LATE} else {_NEW} end end as step "
            f"from ({facts}) since"
        )


_COUNTED = ", ".join(f"count(*) filter (where at_{step}) as at_{step}" for step in STEPS)


def _present(by: tuple[str, ...], daily: bool) -> str:  # noqa: FBT001  of one caller, by name
    """Return a SELECT over ``net`` of whether each subject is there at each step, by cell."""
    keys = (*by, "subject")
    netted = (*keys, "day") if daily else keys
    sums = ", ".join(f"sum(amount) filter (where step <= {k}) as sum_{k}" for k in STEPS)
    net = f"select {', '.join(netted)}, {sums} from net group by {', '.join(netted)}"
    there = ", ".join(f"coalesce(bool_or(sum_{k} > 0), false) as at_{k}" for k in STEPS)
    return f"select {', '.join(keys)}, {there} from ({net}) netted group by {', '.join(keys)}"
