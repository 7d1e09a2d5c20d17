"""The common indicators of ESF+, what makes a participant's record complete, and the checks.

Codes and wordings: Regulation (EU) 2021/1057, Annex I; codes as in SFC2021. They are data: what
counts is stated in words here and in SQL in `figures.facts.esf`. A participant is counted once
in an operation, by the first entry and the last exit. The tables of the Commission's own
validation are not public; the checks follow from the definitions.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal, TypeAlias

from services.participants.domain.codes import Education, EntryStatus, EsfResult, Sex

IndicatorKind: TypeAlias = Literal["output", "entity", "immediate_result", "longer_term_result"]

RESULT_WINDOW = timedelta(weeks=4)
"""Immediate results are those of the four weeks after leaving (Annex I; ESF+ toolbox)."""


@dataclass(frozen=True, slots=True)
class Indicator:
    """One common indicator: its code, and in Swedish its title and what counts.

    ``not_collected`` says why there is no number, where there is none.
    """

    code: str
    kind: IndicatorKind
    title: str
    counts: str
    not_collected: str | None = None


_ENTRY = "vid första inträdet i projektet"
_CONSENT = f"Den som {_ENTRY} själv har uppgett det och samtyckt till att det registreras."
_EXIT = "inom fyra veckor efter det senaste utträdet"
_SIX_MONTHS = "sex månader efter det senaste utträdet, enligt besvarad uppföljning"
_ELSEWHERE = "Avser organisationer, inte deltagare, och redovisas inte av denna tjänst."

INDICATORS: tuple[Indicator, ...] = (
    Indicator("EECO01", "output", "Deltagare totalt", "Varje deltagare med fullständig post."),
    Indicator("EECO02", "output", "Arbetslösa", f"Arbetslösa {_ENTRY}, även långtidsarbetslösa."),
    Indicator("EECO03", "output", "Långtidsarbetslösa", f"Långtidsarbetslösa {_ENTRY}."),
    Indicator("EECO04", "output", "Ekonomiskt inaktiva", f"Inaktiva {_ENTRY}."),
    Indicator("EECO05", "output", "Anställda och egenföretagare", f"I arbete {_ENTRY}."),
    Indicator("EECO06", "output", "Barn under 18 år", f"Yngre än 18 år {_ENTRY}."),
    Indicator("EECO07", "output", "Unga 18-29 år", f"18 till 29 år {_ENTRY}."),
    Indicator("EECO08", "output", "Deltagare 55 år och äldre", f"55 år eller äldre {_ENTRY}."),
    Indicator(
        "EECO09", "output", "Högst högstadieutbildning", f"Högst grundskola (ISCED 0-2) {_ENTRY}."
    ),
    Indicator(
        "EECO10",
        "output",
        "Gymnasial eller eftergymnasial utbildning",
        f"Gymnasieskola (ISCED 3) eller kortare eftergymnasial utbildning (ISCED 4) {_ENTRY}.",
    ),
    Indicator(
        "EECO11", "output", "Högskoleutbildning", f"Högskoleutbildning (ISCED 5-8) {_ENTRY}."
    ),
    Indicator("EECO12", "output", "Personer med funktionsnedsättning", _CONSENT),
    Indicator("EECO13", "output", "Tredjelandsmedborgare", _CONSENT),
    Indicator("EECO14", "output", "Personer med utländsk bakgrund", _CONSENT),
    Indicator(
        "EECO15",
        "output",
        "Minoriteter",
        "Redovisas inte.",
        "Samlas inte in i Sverige: inga register förs över etnicitet.",
    ),
    Indicator("EECO16", "output", "Hemlösa eller utestängda från bostadsmarknaden", _CONSENT),
    Indicator("EECO17", "output", "Personer från landsbygdsområden", _CONSENT),
    Indicator("EECO18", "entity", "Offentliga förvaltningar", "Redovisas inte här.", _ELSEWHERE),
    Indicator(
        "EECO19", "entity", "Mikro-, små och medelstora företag", "Redovisas inte här.", _ELSEWHERE
    ),
    Indicator(
        "EECR01",
        "immediate_result",
        "Arbetssökande efter deltagandet",
        f"Inaktiva {_ENTRY} som {_EXIT} söker arbete.",
    ),
    Indicator(
        "EECR02", "immediate_result", "I utbildning efter deltagandet", f"I utbildning {_EXIT}."
    ),
    Indicator("EECR03", "immediate_result", "Har fått en kvalifikation", f"Kvalifikation {_EXIT}."),
    Indicator(
        "EECR04",
        "immediate_result",
        "I arbete efter deltagandet",
        f"Arbetslösa eller inaktiva {_ENTRY} som är i arbete {_EXIT}.",
    ),
    Indicator(
        "EECR05",
        "longer_term_result",
        "I arbete efter sex månader",
        f"Arbetslösa eller inaktiva {_ENTRY} som är i arbete {_SIX_MONTHS}.",
    ),
    Indicator(
        "EECR06",
        "longer_term_result",
        "Bättre ställning på arbetsmarknaden efter sex månader",
        f"I arbete {_ENTRY} med fastare, utökat eller mer kvalificerat arbete eller befordran "
        f"{_SIX_MONTHS}. Enbart högre lön räknas inte.",
    ),
)

COUNTED = tuple(each.code for each in INDICATORS if each.not_collected is None)

INCOMPLETE, LEAVERS = "incomplete", "leavers"
LEAVERS_ANSWERED, SIX_MONTHS_ANSWERED = "leavers-answered", "six-months-answered"
BASES = (INCOMPLETE, LEAVERS, LEAVERS_ANSWERED, SIX_MONTHS_ANSWERED)
"""Counted beside the indicators: who is in none, and what results are to be measured against."""

_UNANSWERED: tuple[tuple[str, frozenset[str | None]], ...] = (
    ("sex", frozenset((None, Sex.UNKNOWN))),
    ("employment_status", frozenset((None, EntryStatus.UNKNOWN))),
    ("age", frozenset((None,))),
    ("education", frozenset((None, Education.UNKNOWN))),
)


@dataclass(frozen=True, slots=True)
class Participation:
    """What is known of one participant in one operation: first entry, last exit."""

    sex: str | None
    employment_status: str | None
    age: int | None
    education: str | None
    entered_on: date
    exited_on: date | None
    results: Sequence[str] | None
    results_on: date | None
    improvement_answered: bool = False


def missing(participation: Participation) -> list[str]:
    """Return what keeps a record out of every indicator: "not answered" is no valid value.

    Source: ESF Annex D 4.9.1.
    """
    return [name for name, unanswered in _UNANSWERED if getattr(participation, name) in unanswered]


def record_faults(participation: Participation) -> list[str]:
    """Return the checks that a record does not pass; what is wrong counts for no result."""
    faults = []
    exited, observed = participation.exited_on, participation.results_on
    if exited is not None and exited < participation.entered_on:
        faults.append("exit_before_entry")
    if participation.age is not None and participation.age < 0:
        faults.append("born_after_entry")
    if observed is not None and exited is None:
        faults.append("results_without_exit")
    if observed and exited and not exited <= observed <= exited + RESULT_WINDOW:
        faults.append("result_outside_window")
    status = participation.employment_status
    if EsfResult.JOB_SEARCHING in (participation.results or ()) and status != EntryStatus.INACTIVE:
        faults.append("job_searching_not_inactive_at_entry")
    if EsfResult.EMPLOYMENT in (participation.results or ()) and status == EntryStatus.EMPLOYED:
        faults.append("employment_of_employed_at_entry")
    if participation.improvement_answered and status != EntryStatus.EMPLOYED:
        faults.append("improvement_of_not_employed_at_entry")
    return faults


BySex: TypeAlias = Mapping[str, int]
"""Numbers by sex, and ``total``."""

_Check: TypeAlias = tuple[str, str, tuple[str, ...], str, tuple[str, ...]]

AGGREGATE_CHECKS: tuple[_Check, ...] = (
    (
        "status_adds_up",
        "EECO01 = EECO02 + EECO04 + EECO05",
        ("EECO01",),
        "=",
        ("EECO02", "EECO04", "EECO05"),
    ),
    ("long_term_among_unemployed", "EECO03 ≤ EECO02", ("EECO03",), "<=", ("EECO02",)),
    (
        "age_within_total",
        "EECO06 + EECO07 + EECO08 ≤ EECO01",
        ("EECO06", "EECO07", "EECO08"),
        "<=",
        ("EECO01",),
    ),
    (
        "education_adds_up",
        "EECO09 + EECO10 + EECO11 = EECO01",
        ("EECO09", "EECO10", "EECO11"),
        "=",
        ("EECO01",),
    ),
    *(
        (f"{code.lower()}_within_total", f"{code} ≤ EECO01", (code,), "<=", ("EECO01",))
        for code in ("EECO12", "EECO13", "EECO14", "EECO16", "EECO17")
    ),
    *(
        (
            f"{code.lower()}_within_leavers",
            f"{code} ≤ deltagare som har lämnat",
            (code,),
            "<=",
            (LEAVERS,),
        )
        for code in ("EECR01", "EECR02", "EECR03", "EECR04", "EECR05", "EECR06")
    ),
    (
        "answered_within_leavers",
        "Besvarade utträden ≤ deltagare som har lämnat",
        (LEAVERS_ANSWERED,),
        "<=",
        (LEAVERS,),
    ),
)
"""Code, rule in words, and the sums that are to agree; each holds for every sex and in total."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """Whether a check holds, and the sexes for which it does not."""

    code: str
    rule: str
    fails_for: tuple[str, ...]

    @property
    def holds(self) -> bool:
        return not self.fails_for


def checked(table: Mapping[str, BySex]) -> list[CheckResult]:
    """Return every aggregate check over numbers by indicator and sex."""
    columns = (*(sex for sex in (Sex.WOMEN, Sex.MEN)), "total")
    results = []
    for code, rule, left, relation, right in AGGREGATE_CHECKS:
        fails = []
        for column in columns:
            a = sum(table.get(name, {}).get(column, 0) for name in left)
            b = sum(table.get(name, {}).get(column, 0) for name in right)
            if not (a == b if relation == "=" else a <= b):
                fails.append(str(column))
        results.append(CheckResult(code, rule, tuple(fails)))
    total = [
        name
        for name, by_sex in sorted(table.items())
        if by_sex.get("total", 0) != by_sex.get(Sex.WOMEN, 0) + by_sex.get(Sex.MEN, 0)
    ]
    results.append(CheckResult("total_is_sum_of_sexes", "Totalt = kvinnor + män", tuple(total)))
    return results
