"""What the committee's reports ask of each service: the templates' own questions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from services.budget.figures import FIGURES as BUDGET
from services.outreach.figures import FIGURES as OUTREACH
from services.participants.figures.definitions import FIGURES as PARTICIPANTS
from services.reports.domain.planning import AreaOfReport, ProgrammeOfReport, plan
from services.reports.templates import TEMPLATES
from services.reports.templates.declaration import FigureItem
from shared.figures import FigureDefinition, Figures, Query
from shared.figures.asking import Asking
from shared.figures.schemas import FigureQueryIn
from shared.periods import Period

if TYPE_CHECKING:
    from services.reports.domain.planning import FigureQuery, Plan

FIGURES: Mapping[str, Figures] = {
    "participants": PARTICIPANTS,
    "outreach": OUTREACH,
    "budget": BUDGET,
}
Key: TypeAlias = tuple[str, str, tuple[tuple[str, tuple[str, ...]], ...]]
"""What a total is of, however it is broken down: figure, period, conditions."""

_JARVA = AreaOfReport("jarva", "Järva", ("jarva", "rinkeby-kista", "spanga-tensta"))


@dataclass(frozen=True, slots=True)
class Report:
    """A report to ask for, with the question's own parameters."""

    template: str
    period: str
    area: str | None = None
    programme: str | None = None

    @property
    def params(self) -> dict[str, str]:
        """The question as query parameters."""
        said = {"template": self.template, "period": self.period}
        more = {"area": self.area, "programme": self.programme}
        return said | {name: value for name, value in more.items() if value}

    @property
    def about(self) -> tuple[Period, AreaOfReport | None, ProgrammeOfReport | None]:
        """The report's period, area and programme."""
        return (
            Period.parse(self.period),
            _JARVA if self.area else None,
            ProgrammeOfReport(self.programme, "P1") if self.programme else None,
        )

    def plan(self) -> Plan:
        """Return what the report asks of whom."""
        return plan(TEMPLATES[self.template], *self.about)

    def items(self, service: str) -> list[FigureItem]:
        """Return the template's items that are a figure of a service."""
        return [
            item
            for item in TEMPLATES[self.template].items()
            if isinstance(item, FigureItem) and item.service == service
        ]

    def questions(self, service: str, basis: datetime) -> list[tuple[FigureDefinition, Query]]:
        """Return the questions about figures that the report asks a service to count."""
        asked = self.plan().figures.get(service, ())
        return [_checked(FIGURES[service], each, basis) for each in asked if each.counted]


REPORTS = (
    Report("fokus-jarva", "2024", area="jarva"),
    Report("tertialrapport", "2024-T2"),
    Report("projektbilaga", "2024-T2"),
    Report("esf-indicators", "2024", programme="stockholmskraften"),
)


def key_of(query: Query) -> Key:
    """Return what a question's total is of."""
    return query.figure, str(query.period), tuple(sorted(query.where.items()))


def body_of(asked: FigureQuery) -> dict[str, object]:
    """Return a question as the figures' API takes it."""
    return {
        "figure": asked.figure,
        "period": asked.period,
        "by": [_camel(name) for name in asked.by],
        "where": {_camel(name): list(values) for name, values in asked.where},
    }


def _checked(
    figures: Figures, asked: FigureQuery, basis: datetime
) -> tuple[FigureDefinition, Query]:
    question = Asking(figures, "unit").of_body(FigureQueryIn.model_validate(body_of(asked)))
    query = Query(question.figure, question.period, basis, question.by, question.where)
    return figures.checked(query)[0], query


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
