"""What a condition asks, and what is known about it, in words for the person it is about."""

from __future__ import annotations

from typing import TYPE_CHECKING, assert_never

from services.participants.domain.ages import age_on
from services.participants.domain.codes import (
    Circumstance,
    CountryOfBirth,
    Education,
    EntryStatus,
    Ground,
    Sex,
)
from services.participants.domain.conditions import (
    AgeBetween,
    AnyOf,
    ArrivedWithin,
    BornIn,
    Condition,
    EducationIs,
    GroundIs,
    InKaa,
    NotInWorkOrStudies,
    SexIs,
    Situation,
    Stated,
    StatusIs,
    UnemployedFor,
    Verdict,
    months_since,
    verdict,
)

if TYPE_CHECKING:
    from collections.abc import Iterable

_SEX: dict[str, str] = {Sex.WOMEN: "kvinna", Sex.MEN: "man", Sex.UNKNOWN: "okänt kön"}
_BORN: dict[str, str] = {
    CountryOfBirth.SWEDEN: "Sverige",
    CountryOfBirth.NORDIC: "övriga Norden",
    CountryOfBirth.EU: "övriga EU",
    CountryOfBirth.OTHER: "övriga världen",
    CountryOfBirth.UNKNOWN: "okänt land",
}
_GROUND: dict[str, str] = {
    Ground.SOCIAL_ASSISTANCE: "ekonomiskt bistånd",
    Ground.DECISION_4_2: "beslut enligt 4:2",
    Ground.OUTREACH: "uppsökande verksamhet",
    Ground.KAA: "kommunala aktivitetsansvaret",
    Ground.DISABILITY_SUPPORT: "stöd vid funktionsnedsättning",
    Ground.OTHER_AUTHORITY: "annan myndighet",
    Ground.VOLUNTARY: "eget val",
}
_STATUS: dict[str, str] = {
    EntryStatus.UNEMPLOYED: "arbetslös",
    EntryStatus.LONG_TERM_UNEMPLOYED: "långtidsarbetslös",
    EntryStatus.INACTIVE: "utanför arbetskraften",
    EntryStatus.EMPLOYED: "i arbete",
    EntryStatus.UNKNOWN: "okänd ställning",
}
_EDUCATION: dict[str, str] = {
    Education.LESS_THAN_COMPULSORY: "kortare än grundskola",
    Education.COMPULSORY: "grundskola",
    Education.UPPER_SECONDARY: "gymnasium",
    Education.POST_SECONDARY_SHORT: "eftergymnasial kortare än två år",
    Education.POST_SECONDARY: "eftergymnasial",
    Education.UNKNOWN: "okänd",
}
_STATED: dict[str, str] = {
    Circumstance.SOCIAL_ASSISTANCE: "får ekonomiskt bistånd",
    Circumstance.DISABILITY_SUPPORT: (
        "har funktionsnedsättning och kontakt med socialpsykiatrin eller insats enligt LSS"
    ),
    Circumstance.FOREIGN_BORN: "är utrikes född",
    Circumstance.FAR_FROM_LABOUR_MARKET: "står långt från arbetsmarknaden",
    Circumstance.NEWLY_ARRIVED: "är nyanländ",
    Circumstance.LONG_TERM_UNEMPLOYED: "är långtidsarbetslös",
    Circumstance.NOT_IN_WORK_OR_STUDIES: "varken arbetar eller studerar",
    Circumstance.IN_STUDIES: "studerar",
    Circumstance.KAA: "omfattas av kommunala aktivitetsansvaret",
}
_FOUND = {
    Verdict.MET: "Uppfyllt",
    Verdict.NOT_MET: "Inte uppfyllt",
    Verdict.NOT_KNOWN: "Inte känt",
}


def explained(condition: Condition, of: Situation) -> str:
    """Return a Swedish sentence: the verdict, what is asked, and what is known."""
    return f"{_FOUND[verdict(condition, of)]}: {asks(condition)}; {_known(condition, of)}."


def asks(condition: Condition) -> str:  # noqa: C901, PLR0911, PLR0912  one case a kind
    """Return what a condition asks, in Swedish."""
    match condition:
        case AgeBetween(at_least=least, at_most=most):
            return f"ålder {least} till {most} år på dagen"
        case SexIs(values=values):
            return f"kön {_or(_SEX[each] for each in values)}"
        case BornIn(values=values):
            return f"född i {_or(_BORN[each] for each in values)}"
        case ArrivedWithin(fewer_than=years):
            return f"färre än {years} år sedan ankomsten till Sverige"
        case GroundIs(values=values):
            return f"inskrivningsgrund {_or(_GROUND[each] for each in values)}"
        case StatusIs(values=values):
            return f"ställning på arbetsmarknaden {_or(_STATUS[each] for each in values)}"
        case EducationIs(values=values):
            return f"utbildning {_or(_EDUCATION[each] for each in values)}"
        case Stated(values=values):
            return f"uppgift om att personen {_or(_STATED[each] for each in values)}"
        case UnemployedFor(months_under_25=young, months_otherwise=months):
            return f"arbetslös mer än {months} månader, under 25 år mer än {young}"
        case InKaa(member=member):
            return f"omfattas {'' if member else 'inte '}av kommunala aktivitetsansvaret"
        case NotInWorkOrStudies():
            return "varken arbetar eller studerar"
        case AnyOf(alternatives=simple):
            return f"något av ({'; '.join(asks(each) for each in simple)})"
        case _:
            assert_never(condition)


def _known(condition: Condition, of: Situation) -> str:  # noqa: C901, PLR0911, PLR0912  as above
    match condition:
        case AgeBetween():
            return f"personen är {of.age} år"
        case SexIs():
            return _SEX[of.sex]
        case BornIn():
            return _or_nothing(_BORN, of.country_of_birth, "födelselandet är inte känt")
        case ArrivedWithin():
            if of.arrived_on is None:
                return "ankomsten är inte känd"
            return f"{age_on(of.arrived_on, of.day)} hela år sedan ankomsten"
        case GroundIs():
            return _or_nothing(_GROUND, of.ground, "ingen inskrivning den dagen")
        case StatusIs():
            return _or_nothing(_STATUS, of.status, "ingen inskrivning den dagen")
        case EducationIs():
            return _or_nothing(_EDUCATION, of.education, "utbildningen är inte känd")
        case Stated(values=values):
            return "uppgiften finns" if of.stated.intersection(values) else "uppgiften saknas"
        case UnemployedFor():
            if of.unemployed_since is None:
                return "tiden i arbetslöshet är inte känd"
            return f"{months_since(of.unemployed_since, of.day)} hela månader i arbetslöshet"
        case InKaa():
            return f"personen är {of.age} år, {'finns' if of.in_register else 'finns inte'} i KAA"
        case NotInWorkOrStudies():
            return _or_nothing(_STATUS, of.status, "ställningen är inte känd")
        case AnyOf(alternatives=simple):
            return "; ".join(_known(each, of) for each in simple)
        case _:
            assert_never(condition)


def _or(texts: Iterable[str]) -> str:
    return " eller ".join(texts)


def _or_nothing(texts: dict[str, str], code: str | None, nothing: str) -> str:
    return nothing if code is None else texts[code]
