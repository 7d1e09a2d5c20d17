"""What a figure is, what may be asked of it, and what is refused."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

from pydantic.alias_generators import to_camel

from shared.errors import Invalid, NotFound
from shared.journal import Journal
from shared.periods import Period

Kind = Literal["flow", "stock", "distinct", "distinct_stock", "distinct_during", "median"]
"""How facts become a value.

- ``flow``: the sum of amounts that happened in the period.
- ``stock``: the sum of everything up to the period's last day.
- ``distinct``: subjects with a positive sum in the period, each counted once.
- ``distinct_stock``: subjects with a positive sum up to the period's last day.
- ``distinct_during``: subjects whose sum was positive on at least one day of the period.
- ``median``: the median of whole numbers that a dimension holds, each as often as its sum says;
  exact at any basis as a flow is, and nothing (not zero) of nobody.
"""

BY_PERIOD = "period"
"""Asked for among the breakdowns of a flow: one row for each month."""

_CODE = re.compile(r"[\w.:/ \-]{0,80}")
_MAX_VALUES = 500


class UnknownFigure(NotFound):
    code = "unknown_figure"
    title = "The service has no such figure"


class UnknownDimension(Invalid):
    code = "unknown_dimension"
    title = "The figure has no such breakdown"


class UnknownCode(Invalid):
    code = "unknown_code"
    title = "The breakdown has no such value"


class MixedUnits(Invalid):
    """Visits, persons and contacts are different things: their sum would mean nothing."""

    code = "mixed_units"
    title = "Figures with different units cannot be added"


class NotAdditive(Invalid):
    """A person counted in two figures would be counted twice in their sum."""

    code = "not_additive"
    title = "The figures cannot be added"


@dataclass(frozen=True, slots=True)
class SeriesBreak:
    """From a day on, the figure is counted in another way; the text (Swedish) says how."""

    on: date
    text: str


@dataclass(frozen=True)
class FigureDefinition:
    """One figure that a service answers for.

    Args:
        name: kebab-case, stable.
        version: raised when the way of counting changes.
        unit: what is counted: ``persons``, ``visits``, ...; ``SEK`` when amounts are öre.
        title: Swedish, short.
        definition: Swedish, one or two sentences that say what counts.
        kind: see `Kind`.
        journal: where its facts are.
        measure: which of the journal's facts.
        dimensions: the breakdowns allowed, names of the journal's dimensions.
        register: the register its facts are delivered through, if any.
        codes: the values a dimension may have, where the list is closed.
        where: conditions that are always on.
        notes: Swedish texts that go with every answer.
        breaks: changes of counting, which go with answers whose period crosses them.
        value: of a median: the dimension that holds the numbers.
        divisor: of a median: how many of the numbers make one of the unit (60 minutes an hour).
        scopes: breakdowns that need a scope of their own, also when a caller's units imply them.

    """

    name: str
    version: int
    unit: str
    title: str
    definition: str
    kind: Kind
    journal: Journal
    measure: str
    dimensions: tuple[str, ...] = ()
    register: str | None = None
    codes: Mapping[str, Collection[str]] = field(default_factory=dict)
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    breaks: tuple[SeriesBreak, ...] = ()
    value: str | None = None
    divisor: int = 1
    scopes: Mapping[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        known = set(self.journal.dimensions)
        asked = {*self.dimensions, *self.codes, *self.where, *self.scopes, *self.held}
        if not asked <= known:
            raise ValueError(f"{self.name}: not in its journal: {sorted(asked - known)}")
        if (self.value is None) is (self.kind == "median"):
            raise ValueError(f"{self.name}: a median, and nothing else, names its value")

    @property
    def held(self) -> tuple[str, ...]:
        """The dimension that a median's numbers are in."""
        return () if self.value is None else (self.value,)

    @property
    def additive(self) -> bool:
        """Whether cells add up: amounts do, distinct subjects do not."""
        return self.kind in {"flow", "stock"}

    @property
    def of_subjects(self) -> bool:
        """Whether distinct subjects are counted, each once."""
        return self.kind in {"distinct", "distinct_stock", "distinct_during"}


@dataclass(frozen=True)
class Query:
    """One question: a figure, for a period, at a basis.

    Args:
        figure: its name.
        period: which days.
        basis: the instant up to which records count; settled (`shared.basis.reading_at`).
        by: breakdowns; one row comes back for each combination that has a value.
        where: values that count, by dimension; several values of one mean any of them.
        plus: further figures of the same unit and kind, added to the first.
        counted: whether values are wanted; without, only what a reader must know beside them.

    """

    figure: str
    period: Period
    basis: datetime
    by: tuple[str, ...] = ()
    where: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    plus: tuple[str, ...] = ()
    counted: bool = True


class Figures:
    """The figures of one service, by name."""

    def __init__(self, definitions: Collection[FigureDefinition]) -> None:
        self._by_name = {definition.name: definition for definition in definitions}
        if len(self._by_name) != len(definitions):
            raise ValueError("two figures have one name")

    def __iter__(self) -> Iterator[FigureDefinition]:
        return iter(sorted(self._by_name.values(), key=lambda definition: definition.name))

    @property
    def dimensions(self) -> list[str]:
        """Every breakdown of any figure, sorted."""
        return sorted({name for definition in self for name in definition.dimensions})

    def named(self, name: str) -> FigureDefinition:
        """Return a definition.

        Raises:
            UnknownFigure: with the names there are.

        """
        definition = self._by_name.get(name)
        if definition is None:
            raise UnknownFigure(f"There is no figure {name[:60]!r}.", figures=sorted(self._by_name))
        return definition

    def checked(self, query: Query) -> tuple[FigureDefinition, ...]:
        """Return the definitions a query adds up, the asked-for one first.

        Raises:
            UnknownFigure, UnknownDimension, UnknownCode, MixedUnits, NotAdditive: see there.

        """
        first, *others = (self.named(name) for name in (query.figure, *query.plus))
        for other in others:
            _check_addable(first, other)
        for definition in (first, *others):
            _check_breakdowns(definition, query)
        return (first, *others)


def _check_addable(first: FigureDefinition, other: FigureDefinition) -> None:
    if first.unit != other.unit:
        raise MixedUnits(
            f"{first.name} counts {first.unit}, {other.name} counts {other.unit}: one of each are "
            "not two of anything. Ask for them side by side, in one figure query.",
            units={first.name: first.unit, other.name: other.unit},
            definitions={each.name: each.definition for each in (first, other)},
        )
    if not first.additive or first.kind != other.kind or first.journal is not other.journal:
        raise NotAdditive(f"{first.name} and {other.name} are not counted alike.")


def _check_breakdowns(definition: FigureDefinition, query: Query) -> None:
    by_period = BY_PERIOD in query.by
    if by_period and not (definition.kind == "flow" and query.period.whole_months):
        raise UnknownDimension("Only a flow over whole months can be broken down by period.")
    if len(set(query.by)) != len(query.by):
        raise Invalid.of("by", "duplicate", "each breakdown once")
    for name in (*query.by, *query.where):
        if name not in definition.dimensions and not (name == BY_PERIOD and name in query.by):
            raise UnknownDimension(
                f"{definition.name} has no breakdown {to_camel(name[:60])!r}.",
                dimensions=[to_camel(each) for each in definition.dimensions],
            )
    for name, values in query.where.items():
        _check_values(definition, name, values)


def _check_values(definition: FigureDefinition, name: str, values: tuple[str, ...]) -> None:
    if not 0 < len(values) <= _MAX_VALUES:
        raise Invalid.of(to_camel(name), "count", f"between 1 and {_MAX_VALUES} values")
    known = definition.codes.get(name)
    for value in values:
        if _CODE.fullmatch(value) is None:
            raise Invalid.of(to_camel(name), "format", "not a code")
        if known is not None and value not in known:
            raise UnknownCode(f"{to_camel(name)} has no value {value!r}.", values=sorted(known))
