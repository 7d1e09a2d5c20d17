"""Shape of the form of strategically important projects."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Literal, Self

from pydantic import Field
from pydantic.alias_generators import to_camel

from services.budget.domain.deviations import CommentState, Deviation
from services.budget.domain.exchange import in_millions, notes
from services.budget.domain.periods import PeriodRange
from services.budget.domain.project_terms import deviates
from services.budget.domain.strategic import FormRow, Judged, Reason, Rule, StrategicForm
from services.budget.schemas.exchange_rates import RateOut
from services.budget.schemas.fields import PERIOD, KronorOut
from shared.models import ApiModel, Instant, LocalDate
from shared.money import to_decimal_string


class FormColumnOut(ApiModel):
    code: str = Field(max_length=40, examples=["decidedTotalCost"])
    label: str = Field(max_length=60, examples=["Totalt beslutad, kostnad"])
    number: int = Field(description="As printed above the column", examples=[11])


class ReasonOut(ApiModel):
    """Why a project is on the form."""

    code: Literal["above_threshold", "marked_strategic"]
    text: str = Field(max_length=600, examples=["Projektets budget 67 200 000,00 kr överstiger"])

    @classmethod
    def of(cls, reason: Reason) -> Self:
        return cls.model_validate({"code": reason.code, "text": reason.text})


class FormRowOut(ApiModel):
    """A project, or the sum of all; amounts are null where they are not known."""

    code: str = Field(max_length=40, examples=["6"])
    label: str = Field(max_length=260, examples=["6. YFI"])
    kind: Literal["project", "sum"]
    amounts: dict[str, KronorOut | None] = Field(
        description="Kronor by column code", examples=[{"decidedTotalCost": "67200000.00"}]
    )
    millions: dict[str, str | None] = Field(
        description="The same in millions with one decimal, rounded last",
        examples=[{"decidedTotalCost": "67.2"}],
    )
    missing: dict[str, str] = Field(
        description="By column code, in Swedish: why an amount is not known, or whose amounts"
        " a sum cannot hold",
        examples=[{"accumulatedCost": "utfall 2019 saknas"}],
    )
    reasons: list[ReasonOut]
    decided_start: str | None = Field(max_length=10, description="(15)", examples=["2015-09"])
    decided_end: str | None = Field(max_length=10, description="(16)", examples=["2020-12"])
    forecast_start: str | None = Field(
        max_length=10, description="(17), null when nobody expects another", examples=["2015-09"]
    )
    forecast_end: str | None = Field(
        max_length=10, description="(18), null when nobody expects another", examples=["2021-06"]
    )
    forecast_explanation: str | None = Field(max_length=500, examples=["Förlängd ansökan"])

    @classmethod
    def project(cls, row: FormRow, form: StrategicForm) -> Self:
        project = row.judged.project
        start, end = project.forecast_start, project.forecast_end
        cells = {to_camel(head.code): row.cells[head.code] for head in form.columns}
        return cls(
            code=project.number,
            label=f"{project.number}. {project.name}",
            kind="project",
            **_shown({code: cell.ore for code, cell in cells.items()}),
            missing={code: cell.missing for code, cell in cells.items() if cell.missing},
            reasons=[ReasonOut.of(reason) for reason in row.judged.reasons],
            decided_start=str(project.start),
            decided_end=str(project.end),
            forecast_start=str(start) if start else None,
            forecast_end=str(end) if end else None,
            forecast_explanation=project.forecast_explanation or None,
        )

    @classmethod
    def sum(cls, form: StrategicForm) -> Self:
        sums = {to_camel(head.code): form.sums[head.code] for head in form.columns}
        return cls(
            code="total",
            label="Summa",
            kind="sum",
            **_shown({code: found.ore for code, found in sums.items()}),
            missing={
                code: f"utan projekt {', '.join(found.without)}"
                for code, found in sums.items()
                if found.without
            },
            reasons=[],
            decided_start=None,
            decided_end=None,
            forecast_start=None,
            forecast_end=None,
            forecast_explanation=None,
        )


def _shown(amounts: dict[str, int | None]) -> dict[str, dict[str, str | None]]:
    return {
        "amounts": {c: None if o is None else to_decimal_string(o) for c, o in amounts.items()},
        "millions": {c: None if o is None else in_millions(o) for c, o in amounts.items()},
    }


class JudgedOut(ApiModel):
    """A project that has not ended, held against the rule."""

    number: str = Field(max_length=20, examples=["6"])
    name: str = Field(max_length=200, examples=["YFI"])
    verdict: Literal["on_the_form", "not_on_the_form", "cannot_be_judged"]
    total_cost: KronorOut | None = Field(description="Total decided cost in kronor, if known")
    why_not_judged: str = Field(
        max_length=200, description="In Swedish; empty when judged", examples=["belopp anges inte"]
    )

    @classmethod
    def of(cls, one: Judged) -> Self:
        verdict = "cannot_be_judged" if one.unjudged else "not_on_the_form"
        ore = one.total_cost.ore
        return cls.model_validate(
            {
                "number": one.project.number,
                "name": one.project.name,
                "verdict": "on_the_form" if one.reasons else verdict,
                "total_cost": None if ore is None else to_decimal_string(ore),
                "why_not_judged": one.unjudged,
            }
        )


class RuleOut(ApiModel):
    """The rule that the projects were held against."""

    above: KronorOut
    since: LocalDate
    source: str = Field(max_length=300, examples=["Blanketten, Stockholms stad, 2020"])

    @classmethod
    def of(cls, rule: Rule) -> Self:
        return cls(above=to_decimal_string(rule.above), since=rule.since, source=rule.source)


class FormDeviationOut(ApiModel):
    """A date or a total that is not the decided one, and whether somebody has explained it."""

    number: str = Field(max_length=20, examples=["6"])
    subject: Literal["start", "end", "total_cost", "total_income", "budget_cost", "budget_income"]
    decided: str = Field(max_length=20, examples=["2020-12"])
    forecast: str = Field(max_length=20, examples=["2021-06"])
    explained: bool
    explanation: str | None = Field(max_length=2000, examples=["Förlängd ansökan"])

    @classmethod
    def dates(cls, row: FormRow) -> list[Self]:
        project = row.judged.project
        return [
            cls.model_validate(
                {
                    "number": project.number,
                    "subject": subject,
                    "decided": str(decided),
                    "forecast": str(forecast),
                    "explained": bool(project.forecast_explanation.strip()),
                    "explanation": project.forecast_explanation or None,
                }
            )
            for subject, forecast, decided in (
                ("start", project.forecast_start, project.start),
                ("end", project.forecast_end, project.end),
            )
            if deviates(forecast, decided)
        ]

    @classmethod
    def total(cls, deviation: Deviation) -> Self:
        comment = deviation.comment
        number, _, subject = deviation.key.partition("/")
        return cls.model_validate(
            {
                "number": number,
                "subject": _SUBJECT_OF[subject],
                "decided": to_decimal_string(deviation.budget),
                "forecast": to_decimal_string(deviation.compared),
                "explained": deviation.state is CommentState.WRITTEN,
                "explanation": f"{comment.cause} {comment.action}" if comment else None,
            }
        )


class StrategicFormOut(ApiModel):
    """The form at a basis; the same basis gives the same answer."""

    statement: str = Field(max_length=40, examples=["strategic-projects"])
    title: str = Field(max_length=200, examples=["Strategiskt viktiga projekt"])
    version: int = Field(description="Of the form's layout", examples=[1])
    period: str = PERIOD
    basis: Instant
    unit: str = Field(max_length=3, examples=["SEK"])
    rule: RuleOut
    columns: list[FormColumnOut]
    rows: list[FormRowOut] = Field(description="Projects by number, and their sum last")
    verdicts: list[JudgedOut] = Field(description="Every project that has not ended, by number")
    deviations: list[FormDeviationOut] = Field(
        description="Dates and totals of projects on the form that deviate from the decision"
    )
    rates: list[RateOut] = Field(description="That amounts in other currencies were converted at")
    notes: list[str] = Field(description="What a reader must know, in Swedish", examples=[[]])

    @classmethod
    def of(
        cls,
        form: StrategicForm,
        deviations: Sequence[Deviation],
        period: PeriodRange,
        basis: datetime,
    ) -> Self:
        dates = [found for row in form.rows for found in FormDeviationOut.dates(row)]
        totals = [FormDeviationOut.total(d) for d in deviations if d.passes_threshold]
        return cls(
            statement="strategic-projects",
            title=(
                "Kostnader och intäkter (-) för strategiskt viktiga projekt eller projekt över"
                " 50 mnkr som ej är investeringar"
            ),
            version=1,
            period=str(period),
            basis=basis,
            unit="SEK",
            rule=RuleOut.of(form.rule),
            columns=[
                FormColumnOut(code=to_camel(head.code), label=head.label, number=head.number)
                for head in form.columns
            ],
            rows=[*(FormRowOut.project(row, form) for row in form.rows), FormRowOut.sum(form)],
            verdicts=[JudgedOut.of(one) for one in form.judged],
            deviations=dates + totals,
            rates=[RateOut.of(rate) for rate in form.rates.known.values()],
            notes=_notes(form, [*dates, *totals]),
        )


def _notes(form: StrategicForm, deviations: Sequence[FormDeviationOut]) -> list[str]:
    found = [] if form.rows else ["Inget projekt är strategiskt viktigt eller över gränsen."]
    found += [
        f"Projekt {one.project.number} ({one.project.name}) kan inte bedömas: {one.unjudged}."
        for one in form.unjudged
    ]
    unexplained = [
        f"{one.number} ({_SUBJECTS[one.subject]})" for one in deviations if not one.explained
    ]
    if unexplained:
        found.append(f"Avvikelser som inte är förklarade: projekt {', '.join(unexplained)}.")
    costs = (one.project.terms.total_cost for one in form.judged)
    found += notes(form.rates, [cost for cost in costs if cost])
    found.append(
        "Mnkr avrundas sist, en halv tiondel bort från noll; summor är gjorda på hela ören."
    )
    return found


_SUBJECT_OF = {
    "": "total_cost",
    "income": "total_income",
    "budget-cost": "budget_cost",
    "budget-income": "budget_income",
}
_SUBJECTS = {
    "start": "startdatum",
    "end": "slutdatum",
    "total_cost": "total kostnad",
    "total_income": "total intäkt",
    "budget_cost": "årets kostnad",
    "budget_income": "årets intäkt",
}
