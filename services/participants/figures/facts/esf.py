"""What participations in ESF projects count for: the common indicators, code by code.

A participant is the enrolments of one person in one project while ESF+ paid for it. Outputs are
booked on the first of them and happen on its day, by what was known then; results are booked on
the last and happen on the day of its exit. So a person who comes back is one participant, whose
results are those of the last exit, and lineage leads to the enrolment that decides.
"""

from __future__ import annotations

from services.participants.domain.esf import (
    INCOMPLETE,
    LEAVERS,
    LEAVERS_ANSWERED,
    RESULT_WINDOW,
    SIX_MONTHS_ANSWERED,
)
from services.participants.figures.facts.journal import BY_ID, facts_of
from services.participants.queries.esf import COMPLETE, PARTICIPATION

ESF_KIND, ESF_MEASURE = "esf_participation", "esf"

_UNEMPLOYED = "r.status in ('unemployed', 'long_term_unemployed')"
_NOT_EMPLOYED = "r.status in ('unemployed', 'long_term_unemployed', 'inactive')"
_IN_WINDOW = f"r.results_on between r.exited_on and r.exited_on + {RESULT_WINDOW.days}"
_IN_WORK = "r.employment_status in ('employed', 'self_employed')"

_AT_ENTRY = {
    "EECO01": "true",
    "EECO02": _UNEMPLOYED,
    "EECO03": "r.status = 'long_term_unemployed'",
    "EECO04": "r.status = 'inactive'",
    "EECO05": "r.status = 'employed'",
    "EECO06": "r.age < 18",
    "EECO07": "r.age between 18 and 29",
    "EECO08": "r.age >= 55",
    "EECO09": "r.education in ('less_than_compulsory', 'compulsory')",
    "EECO10": "r.education in ('upper_secondary', 'post_secondary_short')",
    "EECO11": "r.education = 'post_secondary'",
    "EECO12": "'disability' = any(r.circumstances)",
    "EECO13": "'third_country_national' = any(r.circumstances)",
    "EECO14": "'foreign_background' = any(r.circumstances)",
    "EECO16": "'housing_exclusion' = any(r.circumstances)",
    "EECO17": "'rural_area' = any(r.circumstances)",
}
_AT_EXIT = {
    LEAVERS: "true",
    LEAVERS_ANSWERED: _IN_WINDOW,
    SIX_MONTHS_ANSWERED: "r.employment_status <> 'unknown'",
    "EECR01": f"{_IN_WINDOW} and 'job_searching' = any(r.results) and r.status = 'inactive'",
    "EECR02": f"{_IN_WINDOW} and 'education' = any(r.results)",
    "EECR03": f"{_IN_WINDOW} and 'qualification' = any(r.results)",
    "EECR04": f"{_IN_WINDOW} and 'employment' = any(r.results) and {_NOT_EMPLOYED}",
    "EECR05": f"{_IN_WORK} and {_NOT_EMPLOYED}",
    "EECR06": (
        f"{_IN_WORK} and r.improvement not in ('none', 'unknown') and r.status = 'employed'"
    ),
}


def _counted(code: str, day: str, condition: str) -> str:
    return f"('{ESF_MEASURE}', case when {condition} then {day} end, 1, '{code}')"


_MEASURES = ", ".join(
    (
        *(
            _counted(code, "r.started_on", f"r.first_entry and {COMPLETE} and {condition}")
            for code, condition in _AT_ENTRY.items()
        ),
        _counted(INCOMPLETE, "r.started_on", f"r.first_entry and not coalesce({COMPLETE}, false)"),
        *(
            _counted(code, "r.exited_on", f"r.last_exit and {COMPLETE} and {condition}")
            for code, condition in _AT_EXIT.items()
        ),
    )
)

_OF_ASKED = """
    (e.subject_id, e.programme) in
    (select o.subject_id, o.programme from enrolment o where o.id = any($1::uuid[]))
"""

ESF_PARTICIPATION = (
    facts_of(
        f"({PARTICIPATION.format(which=_OF_ASKED)}) r",
        _MEASURES,
        "true",
        subject="r.subject_id",
        unit="r.unit",
        programme="r.programme",
        team="r.team",
        sex="r.sex",
        age_group="r.age_group",
        district="r.district",
        education="r.education",
        status="r.status",
        indicator="counted.outcome",
    )
    + BY_ID
)
