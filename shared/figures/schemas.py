"""Figures on the wire: what is asked, and how the answers are documented."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from shared.models import ApiModel, Instant, LocalDate

_BY = "Breakdowns, names from the figure's definition; `period` gives a row for each month"
STATE = "At the basis: complete, open (not over yet) or not_begun"
_RULES = "The dated rules in force, of the operations asked for or else of those that count"
_PERIOD = "2024, 2024-Q3, 2024-T2, 2024-09, 2024-12-31 or 2024-09-01/2024-12-31"


class FigureQueryIn(ApiModel):
    """One question of a batch."""

    figure: str = Field(max_length=80, examples=["exits"])
    period: str = Field(max_length=21, description=_PERIOD, examples=["2024"])
    by: list[str] = Field(default=[], max_length=12, description=_BY, examples=[["sex"]])
    where: dict[str, list[str]] = Field(
        default={},
        max_length=20,
        description="Values that count, by breakdown; several of one mean any of them",
        examples=[{"outcome": ["work", "studies"]}],
    )
    plus: list[str] = Field(
        default=[],
        max_length=20,
        description="Further figures of the same unit and kind to add",
        examples=[[]],
    )
    counted: bool = Field(
        default=True,
        description="False: no rows and no total, but the definition, notes, breaks and counting "
        "rules of the period, which cost nothing to count",
    )


class FigureQueriesIn(ApiModel):
    """Questions to answer together, at one basis."""

    basis: Instant | None = Field(
        default=None, description="A settled instant; left out: the newest there is"
    )
    queries: list[FigureQueryIn] = Field(min_length=1, max_length=500)


class NoteOut(ApiModel):
    """Something a reader must know about a value; the text is Swedish."""

    kind: str = Field(
        description="series-break, open-period, restricted, base, definition, or the service's own",
        examples=["series-break"],
    )
    text: str = Field(examples=["Från 2024 räknas unga från 19 år."])
    on: LocalDate | None = Field(description="The day it concerns", examples=["2024-01-01"])


class DeliveryOut(ApiModel):
    """The newest delivery of the source register that was applied at the basis."""

    id: UUID
    applied_at: Instant


class SourceOut(ApiModel):
    """Where a figure's facts come from."""

    register_: str | None = Field(
        alias="register", description="Null when recorded in the service", examples=["enrolments"]
    )
    last_delivery: DeliveryOut | None = Field(
        description="Null: nothing had been delivered, so zero means unknown"
    )


class BreakOut(ApiModel):
    """A change of counting; values on either side of the day do not compare."""

    on: LocalDate
    text: str = Field(examples=["Från 2024 räknas unga från 19 år."])


class CountingRuleInForceOut(ApiModel):
    """A dated rule by which a value was counted; the note is Swedish."""

    operation: str | None = Field(description="Null: everybody's", examples=["guidance"])
    version: int = Field(examples=[2])
    counts: str = Field(examples=["two_way_contacts"])
    unit: str = Field(description="What the rule counts in", examples=["contacts"])
    valid_from: LocalDate
    valid_to: LocalDate | None = Field(description="Null: no rule follows")
    note: str = Field(examples=["Beslut 2023-12-05."])


class AskedFigureOut(ApiModel):
    """What an answer repeats of its question, and what was asked about."""

    name: str = Field(examples=["exits"])
    version: int = Field(examples=[1])
    unit: str = Field(description="Values with unit SEK are decimal strings", examples=["persons"])
    kind: str = Field(
        description="flow, stock, distinct, distinct-stock, distinct-during or median",
        examples=["flow"],
    )
    title: str = Field(examples=["Avslut"])
    definition: str = Field(examples=["Avslutade inskrivningar under perioden."])
    period: str = Field(examples=["2024"])
    period_label: str = Field(examples=["2024"])
    state: str = Field(description=STATE, examples=["complete"])
    basis: Instant = Field(description="The later one, where two are compared")
    by: list[str] = Field(examples=[["sex"]])
    where: dict[str, list[str]] = Field(examples=[{"outcome": ["work"]}])


class FigureOut(AskedFigureOut):
    """One figure's answer; the same question with the same basis gives the same bytes."""

    rows: list[dict[str, str | int]] = Field(
        description="Sorted; one `value` for each combination that is not zero, and for those "
        "that `where` names one by one; a median has a `base`, how many numbers it is of",
        examples=[[{"sex": "women", "value": 5}]],
    )
    total: int | str | None = Field(
        description="Sum of the rows; distinct subjects are each counted once; a median is of all, "
        "a decimal string, and null of nothing",
        examples=[6],
    )
    notes: list[NoteOut]
    breaks: list[BreakOut] = Field(description="Changes of counting inside the period")
    counting_rules: list[CountingRuleInForceOut] = Field(description=_RULES)
    source: SourceOut


class FigureAnswersOut(ApiModel):
    """The answers to a batch, in its order."""

    basis: Instant
    answers: list[FigureOut]


class DimensionOut(ApiModel):
    """One breakdown of a figure."""

    name: str = Field(examples=["sex"])
    codes: list[str] | None = Field(
        description="The values there are, where the list is closed",
        examples=[["men", "unknown", "women"]],
    )
    scope: str | None = Field(
        description="The scope that this breakdown needs besides figures:read",
        examples=["participants:concerns"],
    )


class PointOut(ApiModel):
    """The figure in one of the periods of a series."""

    period: str = Field(examples=["2024"])
    period_label: str = Field(examples=["2024"])
    state: str = Field(description=STATE, examples=["complete"])
    rows: list[dict[str, str | int]] = Field(
        description="As in the figure's own answer", examples=[[{"sex": "women", "value": 5}]]
    )
    total: int | str | None = Field(description="As in the figure's own answer", examples=[6])
    notes: list[NoteOut]
    breaks: list[BreakOut] = Field(description="Changes of counting inside the point")
    counting_rules: list[CountingRuleInForceOut] = Field(description=_RULES)


class SegmentOut(ApiModel):
    """A run of points that may be joined by a line."""

    first: str = Field(description="Period of its first point", examples=["2022"])
    last: str = Field(description="Period of its last point", examples=["2023"])


class FigureSeriesOut(ApiModel):
    """A figure over several periods in order, and where its line must not be joined."""

    name: str = Field(examples=["exits"])
    version: int = Field(examples=[1])
    unit: str = Field(examples=["persons"])
    kind: str = Field(examples=["flow"])
    title: str = Field(examples=["Avslut"])
    definition: str = Field(examples=["Avslutade inskrivningar under perioden."])
    period: str = Field(examples=["2022-01-01/2024-12-31"])
    step: str = Field(description="year, tertial, quarter or month", examples=["year"])
    basis: Instant
    by: list[str] = Field(examples=[["sex"]])
    where: dict[str, list[str]] = Field(examples=[{"outcome": ["work"]}])
    points: list[PointOut]
    breaks: list[BreakOut]
    counting_rules: list[CountingRuleInForceOut] = Field(description=_RULES)
    segments: list[SegmentOut]
    notes: list[NoteOut]
    source: SourceOut


class FigureDefinitionOut(ApiModel):
    """What a figure is."""

    name: str = Field(examples=["exits"])
    version: int = Field(examples=[1])
    unit: str = Field(examples=["persons"])
    kind: str = Field(examples=["flow"])
    title: str = Field(examples=["Avslut"])
    definition: str = Field(examples=["Avslutade inskrivningar under perioden."])
    dimensions: list[DimensionOut]
    register_: str | None = Field(alias="register", examples=["enrolments"])
    notes: list[str] = Field(examples=[["Endast pilotteamen."]])
    breaks: list[BreakOut]


class FigureDefinitionsOut(ApiModel):
    """Every figure of the service."""

    figures: list[FigureDefinitionOut]


class FactOut(ApiModel):
    """One fact behind a figure: which record, how much, when. It names no person."""

    record_kind: str = Field(examples=["enrolment"])
    record_id: UUID
    amount: int | str = Field(description="Signed; a correction takes back and adds", examples=[1])
    happened_on: LocalDate
    recorded_at: Instant
    reason: str = Field(examples=["recorded"])
    breakdown: dict[str, str] = Field(examples=[{"sex": "women"}])


class BasisOut(ApiModel):
    """The newest basis there is."""

    settled_at: Instant = Field(
        description="Everything recorded at or before this instant is visible for ever"
    )
