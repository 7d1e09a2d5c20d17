"""Funnels: what outreach led to, computed from the figures that each step is one of.

No step is kept: each is a figure of its own, asked for at one basis, and a share is computed
from two of them when it is shown.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from services.outreach.domain.codes import Direction, SessionKind
from services.outreach.domain.funnels import Stage
from services.outreach.figures import FIGURES, counting_rules, remarks
from shared.figures import FigureDefinition, Query, answer
from shared.figures.asking import Asking

if TYPE_CHECKING:
    from shared.auth import Caller
    from shared.db import Connection

Note = Mapping[str, str | None]
"""A note as figures give it: kind, Swedish text, day."""


class FunnelBy(StrEnum):
    """By what funnels may be set side by side."""

    VENUE = "venue"
    OPERATION = "operation"
    UNIT = "unit"
    PROGRAMME = "programme"
    KIND = "kind"


FILTERS = ("venue", "operation", "unit", "programme")
"""Breakdowns whose values may be chosen."""

ASKING = Asking(FIGURES, "unit")

_SWEDISH = {
    FunnelBy.VENUE: "arena",
    FunnelBy.OPERATION: "verksamhet",
    FunnelBy.UNIT: "enhet",
    FunnelBy.PROGRAMME: "program",
    FunnelBy.KIND: "slag av tillfälle",
}


@dataclass(frozen=True, slots=True)
class Counted:
    """The figure that a stage is, and which part of it."""

    figure: str
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)

    @property
    def definition(self) -> FigureDefinition:
        return FIGURES.named(self.figure)


_DROP_IN = {"kind": (SessionKind.DROP_IN.value,)}
STAGES = {
    Stage.VISITS: Counted("visits"),
    Stage.CONTACTS: Counted("contacts"),
    Stage.TWO_WAY_CONTACTS: Counted("contacts", {"direction": (Direction.TWO_WAY.value,)}),
    Stage.PERSONS_REACHED: Counted("persons-reached"),
    Stage.REFERRALS: Counted("referrals"),
    Stage.ACCEPTED: Counted("referrals-accepted"),
    Stage.ENROLLED: Counted("referrals-enrolled"),
    Stage.EXITED: Counted("referrals-exited"),
    # Outcomes of enrolments are participants' codes.
    Stage.TO_WORK_OR_STUDIES: Counted("referrals-exited", {"outcome": ("studies", "work")}),
    Stage.DROP_IN_VISITS: Counted("visits", _DROP_IN),
    Stage.DROP_IN_ENROLLED: Counted("referrals-enrolled", _DROP_IN),
}


@dataclass(frozen=True, slots=True)
class Asked:
    """A question about a funnel: everything, or each value of a breakdown.

    Attributes:
        query: period and conditions; of which figure is left to the stages.
        by: what to set side by side.

    """

    query: Query
    by: FunnelBy | None

    def stage(self, stage: Stage) -> Query:
        """Return the question about the figure of a stage."""
        counted = STAGES[stage]
        by = (self.by.value,) if self.by and self.by in counted.definition.dimensions else ()
        where = {**self.query.where, **counted.where}
        return replace(self.query, figure=counted.figure, by=by, where=where)

    def answerable(self, stage: Stage) -> bool:
        """Tell whether a stage is counted by everything that the question chooses from."""
        return set(self.query.where) <= set(STAGES[stage].definition.dimensions)

    def separable(self, stage: Stage) -> bool:
        """Tell whether a stage is counted by what the question sets side by side."""
        return self.by is None or self.by in STAGES[stage].definition.dimensions


@dataclass(frozen=True, slots=True)
class StageAnswer:
    """The answer of a stage's figure; None where it is not counted by what is asked for."""

    stage: Stage
    answer: Mapping[str, Any] | None
    values: Mapping[str, int]
    notes: Sequence[Note] = ()

    @property
    def total(self) -> int | None:
        return None if self.answer is None else self.answer["total"]

    @property
    def rules(self) -> list[Mapping[str, Any]]:
        """The dated rules that it was counted by."""
        return [] if self.answer is None else self.answer["countingRules"]


@dataclass(frozen=True, slots=True)
class Funnel:
    """What each stage answered, the notes that all have in common, and the groups there are."""

    stages: Sequence[StageAnswer]
    notes: Sequence[Note]
    groups: Sequence[str]

    def values(self, asked: Asked, group: str | None) -> dict[Stage, int | None]:
        """Return what each stage counts in a group, or in all; None: not counted so."""
        if group is None:
            return {each.stage: each.total for each in self.stages}
        return {
            each.stage: None
            if each.answer is None or not asked.separable(each.stage)
            else each.values.get(group, 0)
            for each in self.stages
        }


async def funnel(conn: Connection, asked: Asked, caller: Caller) -> Funnel:
    """Ask for every stage at one basis, as far as the caller may.

    Args:
        conn: inside a transaction at the query's basis (`shared.basis.reading_at`).
        asked: the question.
        caller: whose units restrict it.

    Raises:
        UnknownCode, UnitNotAllowed: the question.

    """
    stages = [await _stage(conn, asked, stage, caller) for stage in Stage]
    told = [each.answer["notes"] for each in stages if each.answer is not None]
    shared = [note for note in told[0] if all(note in notes for notes in told)]
    own = [
        replace(each, notes=[note for note in each.notes if note not in shared]) for each in stages
    ]
    named = () if asked.by is None else asked.query.where.get(asked.by, ())
    groups = {group for each in stages for group in each.values}.union(named)
    return Funnel(own, shared, sorted(groups))


async def _stage(conn: Connection, asked: Asked, stage: Stage, caller: Caller) -> StageAnswer:
    if not asked.answerable(stage):
        missing = set(asked.query.where) - set(STAGES[stage].definition.dimensions)
        return StageAnswer(stage, None, {}, [_not_counted(stage, FunnelBy(min(missing)))])
    query, restriction = ASKING.restricted(asked.stage(stage), caller)
    found = await answer(
        conn,
        FIGURES,
        query,
        remarks=remarks,
        counting_rules=counting_rules,
        restriction=restriction,
    )
    notes = found["notes"]
    if asked.by is None:
        return StageAnswer(stage, found, {}, notes)
    if not asked.separable(stage):
        return StageAnswer(stage, found, {}, [*notes, _not_counted(stage, asked.by)])
    values = {row[asked.by.value]: row["value"] for row in found["rows"]}
    return StageAnswer(stage, found, values, notes)


def _not_counted(stage: Stage, by: FunnelBy) -> Note:
    title = STAGES[stage].definition.title
    return {
        "kind": "not-counted-by",
        "text": f"{title} räknas inte efter {_SWEDISH[by]}.",
        "on": None,
    }
