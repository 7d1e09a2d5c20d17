"""Who the city answers for under the responsibility for activity, condition by condition.

Kommunernas aktivitetsansvar, skollagen (2010:800) 29 kap. 9 § (as of SFS 2022:1315): six
conditions, all of them together. Pupils of introductory programmes have been outside since
1 July 2018; who holds a study certificate (studiebevis) is inside.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import TYPE_CHECKING

from services.participants.domain.ages import birthday
from services.participants.domain.kaa_codes import LeaveReason, Schooling, Studies

if TYPE_CHECKING:
    from collections.abc import Iterable

LAST_AGE = 20
"""The responsibility ends on the day of this birthday, whatever else is recorded."""

INTRODUCTORY_OUTSIDE_FROM = date(2018, 7, 1)


class ConditionCode(StrEnum):
    """The six conditions of 29 kap. 9 §, in its order."""

    NOT_TWENTY = "not_twenty"
    COMPULSORY_SCHOOLING = "compulsory_schooling"
    NOT_IN_UPPER_SECONDARY = "not_in_upper_secondary"
    NO_DIPLOMA = "no_diploma"
    NO_ADAPTED_CERTIFICATE = "no_adapted_certificate"
    NO_EQUIVALENT_EDUCATION = "no_equivalent_education"


@dataclass(frozen=True, slots=True)
class Circumstances:
    """What is known of a youth's schooling.

    Attributes:
        diploma: gymnasieexamen.
        adapted_certificate: gymnasiebevis from anpassad gymnasieskola.
        equivalent_education: completed and approved: an IB diploma, a foreign one, folkhögskola
            with basic eligibility.
        study_certificate: studiebevis, which is none of these.

    """

    schooling: Schooling
    studies: Studies
    diploma: bool = False
    adapted_certificate: bool = False
    equivalent_education: bool = False
    study_certificate: bool = False


@dataclass(frozen=True, slots=True)
class Condition:
    """One condition, whether it is met, and why, in Swedish."""

    code: ConditionCode
    met: bool
    explanation: str


_IN = {
    Studies.NONE: "Går inte i gymnasieskola, anpassad gymnasieskola eller motsvarande.",
    Studies.NATIONAL_PROGRAMME: "Går på ett nationellt program i gymnasieskolan.",
    Studies.ADAPTED: "Går i anpassad gymnasieskola.",
    Studies.EQUIVALENT: "Går i en utbildning som motsvarar gymnasieskolan.",
}


def last_birthday(born: date) -> date:
    """Return the day from which the responsibility is over because of age."""
    return birthday(born, LAST_AGE)


def judge(known: Circumstances, *, born: date, day: date) -> tuple[Condition, ...]:
    """Return the six conditions as they stand on a day."""
    return (_age(born, day), *_of_schooling(known, day))


def _of_schooling(known: Circumstances, day: date) -> tuple[Condition, ...]:
    """Return the five conditions that are not about age."""
    return (
        _schooling(known.schooling),
        _studies(known.studies, day),
        _lacking(ConditionCode.NO_DIPLOMA, "gymnasieexamen", has=known.diploma),
        _lacking(
            ConditionCode.NO_ADAPTED_CERTIFICATE,
            "gymnasiebevis från anpassad gymnasieskola",
            has=known.adapted_certificate,
        ),
        _equivalent(has=known.equivalent_education),
    )


def is_member(conditions: Iterable[Condition]) -> bool:
    return all(condition.met for condition in conditions)


def _age(born: date, day: date) -> Condition:
    ends = last_birthday(born)
    text = f"Fyller tjugo år {ends}." if day < ends else f"Fyllde tjugo år {ends}."
    return Condition(ConditionCode.NOT_TWENTY, born <= day < ends, text)


def _schooling(schooling: Schooling) -> Condition:
    texts = {
        Schooling.ONGOING: "Skolplikten är inte fullgjord.",
        Schooling.COMPLETED: "Skolplikten är fullgjord.",
        Schooling.REGISTERED_AFTER_SCHOOL_AGE: "Folkbokfördes i landet efter skolpliktig ålder.",
    }
    met = schooling is not Schooling.ONGOING
    return Condition(ConditionCode.COMPULSORY_SCHOOLING, met, texts[schooling])


def _studies(studies: Studies, day: date) -> Condition:
    code = ConditionCode.NOT_IN_UPPER_SECONDARY
    if studies is not Studies.INTRODUCTORY_PROGRAMME:
        return Condition(code, studies is Studies.NONE, _IN[studies])
    inside = day < INTRODUCTORY_OUTSIDE_FROM
    text = "räknades in före 2018-07-01" if inside else "inte räknas in från 2018-07-01"
    return Condition(code, inside, f"Går på introduktionsprogram, som {text}.")


def _lacking(code: ConditionCode, paper: str, *, has: bool) -> Condition:
    return Condition(code, not has, f"Har {paper}." if has else f"Har inte {paper}.")


def _equivalent(*, has: bool) -> Condition:
    return Condition(
        ConditionCode.NO_EQUIVALENT_EDUCATION,
        not has,
        "Har fullföljt en motsvarande utbildning med godkänt resultat."
        if has
        else "Har inte fullföljt någon motsvarande utbildning med godkänt resultat.",
    )


ENDED_BY: dict[LeaveReason, ConditionCode] = {
    LeaveReason.NATIONAL_PROGRAMME: ConditionCode.NOT_IN_UPPER_SECONDARY,
    LeaveReason.INTRODUCTORY_PROGRAMME: ConditionCode.NOT_IN_UPPER_SECONDARY,
    LeaveReason.ADAPTED: ConditionCode.NOT_IN_UPPER_SECONDARY,
    LeaveReason.EQUIVALENT: ConditionCode.NOT_IN_UPPER_SECONDARY,
    LeaveReason.DIPLOMA: ConditionCode.NO_DIPLOMA,
    LeaveReason.ADAPTED_CERTIFICATE: ConditionCode.NO_ADAPTED_CERTIFICATE,
    LeaveReason.EQUIVALENT_COMPLETED: ConditionCode.NO_EQUIVALENT_EDUCATION,
}
"""The condition that a reason for leaving says is met no longer."""


def broken(
    known: Circumstances,
    *,
    joined_on: date,
    left_on: date | None = None,
    leave_reason: LeaveReason | None = None,
) -> Condition | None:
    """Return the first condition about schooling that speaks against a membership, or None.

    The source tells what is so now: of somebody who has left, the condition that the reason for
    leaving is about may be broken by now. Age is judged by the birth date on record, which a
    number need not tell.
    """
    days = [joined_on]
    if joined_on < INTRODUCTORY_OUTSIDE_FROM < (left_on or date.max):
        days.append(INTRODUCTORY_OUTSIDE_FROM)
    ended_by = None if leave_reason is None else ENDED_BY.get(leave_reason)
    judged = (condition for day in days for condition in _of_schooling(known, day))
    unmet = (it for it in judged if not (it.met or it.code is ended_by))
    return next(unmet, None)
