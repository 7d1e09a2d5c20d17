"""What enrolments count for."""

from __future__ import annotations

from services.participants.figures.facts.journal import BY_ID, facts_of

_AT_ENTRY = {
    "subject": "p.subject_id",
    "unit": "r.unit",
    "programme": "r.programme",
    "team": "r.team",
    "ground": "r.ground",
    "sex": "r.sex",
    "age_group": "r.age_group",
    "district": "r.district",
    "education": "r.education_at_entry",
    "status": "r.status_at_entry",
}


def enrolment_facts(source: str = "enrolment r") -> str:
    """Return what enrolments count for: an entry, being enrolled, and an exit by outcome.

    An entry and being enrolled count once more for each target group at entry, in measures of
    their own: somebody in two groups is in both.

    Args:
        source: ``enrolment r``, or a part of the same statement that has its columns.

    """
    return f"{_of_all(source)} union all {_by_group(source)}"


def _of_all(source: str) -> str:
    return facts_of(
        f"{source} join person p on p.id = r.person_id",
        """('entries', r.started_on, 1, null), ('enrolled', r.started_on, 1, null),
           ('enrolled', r.exited_on, -1, null), ('exits', r.exited_on, 1, r.outcome)""",
        "r.retracted_at is null",
        outcome="counted.outcome",
        **_AT_ENTRY,
    )


def _by_group(source: str) -> str:
    return facts_of(
        f"""{source} join person p on p.id = r.person_id
        cross join lateral unnest(r.target_groups) as belonged (target_group)""",
        """('group_entries', r.started_on, 1, null), ('group_enrolled', r.started_on, 1, null),
           ('group_enrolled', r.exited_on, -1, null)""",
        "r.retracted_at is null",
        target_group="belonged.target_group",
        **_AT_ENTRY,
    )


ENROLMENT = f"{_of_all('enrolment r')}{BY_ID} union all {_by_group('enrolment r')}{BY_ID}"
