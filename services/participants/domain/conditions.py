"""The closed list of conditions that rules of target groups are made of.

A condition is data: a kind and its parameters. About a person it is met, not met, or not
known; what nobody has stated is not known, which is never the same as not so.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Annotated, TypeAlias, assert_never

import msgspec

from services.participants.domain.ages import age_on
from services.participants.domain.codes import (
    Circumstance,
    CountryOfBirth,
    Education,
    EntryStatus,
    Ground,
    Sex,
)

KAA_ENDS_AT = 20
"""Skollagen (2010:800) 29 kap. 9 §: youths who are not yet twenty."""

YOUNG_UNTIL = 25
"""Younger people are long-term unemployed sooner (ESF+ common indicators)."""

Age: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=120)]
Months: TypeAlias = Annotated[int, msgspec.Meta(ge=1, le=120)]
_MONTHS_A_YEAR = 12


class Verdict(StrEnum):
    """Whether a condition, or a whole rule, holds for somebody on a day."""

    MET = "met"
    NOT_MET = "not_met"
    NOT_KNOWN = "not_known"


@dataclass(frozen=True, slots=True)
class Situation:
    """What is known about a person on a day.

    Attributes:
        stated: what the client or the source states; what is left out is not known.
        in_register: the register of the municipal responsibility for activity has the person
            on the day.
        known_to_register: it has, or has had, the person on some day.

    """

    day: date
    birth_date: date
    sex: str
    country_of_birth: str | None = None
    arrived_on: date | None = None
    ground: str | None = None
    status: str | None = None
    education: str | None = None
    unemployed_since: date | None = None
    stated: frozenset[str] = frozenset()
    in_register: bool = False
    known_to_register: bool = False

    @property
    def age(self) -> int:
        return age_on(self.birth_date, self.day)


class _Condition(
    msgspec.Struct,
    frozen=True,
    kw_only=True,
    tag_field="kind",
    rename="camel",
    forbid_unknown_fields=True,
):
    """What every condition has: its kind, by which it is read."""


class AgeBetween(_Condition, frozen=True, kw_only=True, tag="age"):
    """Whole years lived through on the day, both bounds included."""

    at_least: Age
    at_most: Age


class SexIs(_Condition, frozen=True, kw_only=True, tag="sex"):
    values: tuple[Sex, ...]


class BornIn(_Condition, frozen=True, kw_only=True, tag="country_of_birth"):
    values: tuple[CountryOfBirth, ...]


class ArrivedWithin(_Condition, frozen=True, kw_only=True, tag="years_in_sweden"):
    """Fewer whole years since arrival than stated, in whole years."""

    fewer_than: Age


class GroundIs(_Condition, frozen=True, kw_only=True, tag="ground"):
    values: tuple[Ground, ...]


class StatusIs(_Condition, frozen=True, kw_only=True, tag="status"):
    values: tuple[EntryStatus, ...]


class EducationIs(_Condition, frozen=True, kw_only=True, tag="education"):
    values: tuple[Education, ...]


class Stated(_Condition, frozen=True, kw_only=True, tag="stated"):
    """One of these circumstances has been stated."""

    values: tuple[Circumstance, ...]


class UnemployedFor(_Condition, frozen=True, kw_only=True, tag="unemployed"):
    """Unemployed for more months than stated, by age on the day."""

    months_under_25: Months
    months_otherwise: Months


class InKaa(_Condition, frozen=True, kw_only=True, tag="kaa"):
    """Kommunala aktivitetsansvaret covers the person on the day, or does not."""

    member: bool


class NotInWorkOrStudies(_Condition, frozen=True, kw_only=True, tag="not_in_work_or_studies"):
    """Neither works nor studies (UVAS: unga som varken arbetar eller studerar)."""


Simple: TypeAlias = (
    AgeBetween
    | SexIs
    | BornIn
    | ArrivedWithin
    | GroundIs
    | StatusIs
    | EducationIs
    | Stated
    | UnemployedFor
    | InKaa
    | NotInWorkOrStudies
)


class AnyOf(_Condition, frozen=True, kw_only=True, tag="any"):
    """At least one of these holds."""

    alternatives: Annotated[tuple[Simple, ...], msgspec.Meta(min_length=2)]


Condition: TypeAlias = Simple | AnyOf

_CONDITIONS = msgspec.json.Decoder(
    Annotated[tuple[Condition, ...], msgspec.Meta(min_length=1, max_length=20)]
)


class NotConditions(ValueError):
    """The data is no list of conditions; the text says where and what."""


def read_conditions(data: bytes | str) -> tuple[Condition, ...]:
    """Read the conditions of a rule from JSON.

    Raises:
        NotConditions: unknown kind, missing or foreign parameter, or a value out of its list.

    """
    try:
        conditions: tuple[Condition, ...] = _CONDITIONS.decode(data)
    except msgspec.ValidationError as error:
        raise NotConditions(str(error)) from error
    return conditions


def verdict(condition: Condition, of: Situation) -> Verdict:  # noqa: C901, PLR0911, PLR0912  one case a kind
    """Say whether a condition holds."""
    match condition:
        case AgeBetween(at_least=least, at_most=most):
            return _known(least <= of.age <= most)
        case SexIs(values=values):
            return _among(of.sex, values, unknown=Sex.UNKNOWN)
        case BornIn(values=values):
            return _among(of.country_of_birth, values, unknown=CountryOfBirth.UNKNOWN)
        case ArrivedWithin(fewer_than=years):
            if of.arrived_on is None:
                born_here = of.country_of_birth == CountryOfBirth.SWEDEN
                return Verdict.NOT_MET if born_here else Verdict.NOT_KNOWN
            return _known(of.arrived_on <= of.day and age_on(of.arrived_on, of.day) < years)
        case GroundIs(values=values):
            return _among(of.ground, values, unknown=None)
        case StatusIs(values=values):
            return _among(of.status, values, unknown=EntryStatus.UNKNOWN)
        case EducationIs(values=values):
            return _among(of.education, values, unknown=Education.UNKNOWN)
        case Stated(values=values):
            return Verdict.MET if of.stated.intersection(values) else Verdict.NOT_KNOWN
        case UnemployedFor():
            return _unemployed(condition, of)
        case InKaa(member=member):
            return _known(in_kaa(of) is member)
        case NotInWorkOrStudies():
            return _neither(of)
        case AnyOf(alternatives=simple):
            return _any([verdict(each, of) for each in simple])
        case _:
            assert_never(condition)


def in_kaa(of: Situation) -> bool:
    """Say whether the municipal responsibility for activity covers the person on the day.

    The register decides about those it has, or has had; of others what the unit states counts,
    as the register may come later. Nobody is covered from the twentieth birthday on.
    """
    if of.age >= KAA_ENDS_AT:
        return False
    if of.in_register or of.known_to_register:
        return of.in_register
    return Circumstance.KAA in of.stated or of.ground == Ground.KAA


def together(verdicts: list[Verdict]) -> Verdict:
    """Return what conditions give that must all hold."""
    if Verdict.NOT_MET in verdicts:
        return Verdict.NOT_MET
    return Verdict.NOT_KNOWN if Verdict.NOT_KNOWN in verdicts else Verdict.MET


def months_since(since: date, day: date) -> int:
    """Return the whole months from one day to another."""
    months = (day.year - since.year) * _MONTHS_A_YEAR + day.month - since.month
    return months - (day.day < since.day)


def _any(verdicts: list[Verdict]) -> Verdict:
    if Verdict.MET in verdicts:
        return Verdict.MET
    return Verdict.NOT_KNOWN if Verdict.NOT_KNOWN in verdicts else Verdict.NOT_MET


def _known(holds: bool) -> Verdict:  # noqa: FBT001  the only argument there is
    return Verdict.MET if holds else Verdict.NOT_MET


def _among(value: str | None, values: tuple[str, ...], *, unknown: str | None) -> Verdict:
    if value is None or value == unknown:
        return Verdict.NOT_KNOWN
    return _known(value in values)


def _unemployed(condition: UnemployedFor, of: Situation) -> Verdict:
    if of.status in (EntryStatus.EMPLOYED, EntryStatus.INACTIVE):
        return Verdict.NOT_MET
    if of.unemployed_since is None:
        return Verdict.NOT_KNOWN
    young = of.age < YOUNG_UNTIL
    months = condition.months_under_25 if young else condition.months_otherwise
    return _known(_longer_than(of.unemployed_since, of.day, months))


def _longer_than(since: date, day: date, months: int) -> bool:
    """More than so many months: at their end, and at least a day beyond."""
    whole = months_since(since, day)
    return whole > months or (whole == months and day.day != since.day)


def _neither(of: Situation) -> Verdict:
    if of.status == EntryStatus.EMPLOYED or Circumstance.IN_STUDIES in of.stated:
        return Verdict.NOT_MET
    unemployed = of.status in (EntryStatus.UNEMPLOYED, EntryStatus.LONG_TERM_UNEMPLOYED)
    if unemployed or Circumstance.NOT_IN_WORK_OR_STUDIES in of.stated:
        return Verdict.MET
    return Verdict.NOT_KNOWN
