"""Groups, employers and what they led to, and outreach workers."""

from __future__ import annotations

from services.outreach.facts.declaring import (
    BY_SEX,
    HERE,
    VALID,
    VENUE,
    Kind,
    facts_of,
    interval,
)

_GROUP = {**HERE, "operation": "r.operation"}

_INTERNSHIP = {"unit": "r.unit", "sector": "e.sector", "employer": "e.code"}
_HIRED = (
    "exists (select from hire h where h.recruitment_event_id = r.id and h.retracted_at is null)"
)


def _event(measure: str, where: str) -> str:
    return facts_of(
        measure,
        of=f"recruitment_event r {VENUE} left join employer e on e.code = r.employer",
        on="r.held_on",
        where=where,
        kind="r.kind",
        sector="coalesce(e.sector, '')",
        employer="coalesce(e.code, '')",
        **HERE,
    )


LABOUR: dict[Kind, str] = {
    Kind.GROUP: interval("groups", f"study_group r {VENUE}", _GROUP),
    Kind.STUDENTS: facts_of(
        "students",
        of=(
            f"student_count s join study_group r on r.id = s.group_id {VENUE} "
            f"{BY_SEX.replace('r.', 's.')}"
        ),
        on="greatest(r.starts_on, make_date(s.year, 1, 1))",
        amount="n.amount",
        record="s.id",
        where=f"{VALID} and s.retracted_at is null and n.amount > 0",
        sex="n.sex",
        **_GROUP,
    ),
    Kind.EMPLOYER_VISIT: facts_of(
        "employer-visits",
        of="employer_visit r join employer e on e.code = r.employer",
        on="r.visited_on",
        subject="e.id",
        where=VALID,
        unit="r.unit",
        sector="e.sector",
        employer="e.code",
        partner="coalesce(r.partner, '')",
    ),
    Kind.RECRUITMENT_EVENT: (
        f"{_event('recruitment-events', VALID)} union all "
        f"{_event('recruitment-events-with-hires', f'{VALID} and {_HIRED}')}"
    ),
    Kind.INTERNSHIP: (
        facts_of(
            "internships-offered",
            of="internship r join employer e on e.code = r.employer",
            on="r.offered_on",
            amount="r.places",
            where=VALID,
            **_INTERNSHIP,
        )
        + " union all "
        + facts_of(
            "internships-taken",
            of=f"internship r join employer e on e.code = r.employer {BY_SEX}",
            on="r.offered_on",
            amount="n.amount",
            where=f"{VALID} and n.amount > 0",
            sex="n.sex",
            **_INTERNSHIP,
        )
    ),
    Kind.HIRE: facts_of(
        "hires",
        of=f"hire r join employer e on e.code = r.employer {BY_SEX}",
        on="r.hired_on",
        amount="n.amount",
        where=f"{VALID} and n.amount > 0",
        unit="r.unit",
        sex="n.sex",
        sector="e.sector",
        employer="e.code",
    ),
    Kind.WORKER: interval(
        "outreach-workers",
        "outreach_worker r",
        {
            "unit": "r.unit",
            "operation": "r.operation",
            "district": "r.district",
            "role": "r.role",
            "contract": "r.contract",
        },
    ),
}
