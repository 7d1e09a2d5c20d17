"""The checker of the storm, given what must not be."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import Any
from uuid import uuid4

from tests.concurrency.referral_courses import (
    EXITED,
    REFERRED,
    Answer,
    Found,
    differences,
    unanswered,
)

Row = dict[str, Any]


def test_control_the_checker_sees_each_kind_of_fault() -> None:
    """It is given two databases that agree, and then in turn what must not be."""
    course = replace(unanswered(uuid4()), answer=Answer.ACCEPTED, exited_on=EXITED)
    referral, enrolment, fate = uuid4(), uuid4(), course.fate
    row = asdict(fate) | {
        "person_id": course.person,
        "received_on": REFERRED,
        "withdrawn_on": None,
        "accepted_on": REFERRED,
        "declined_on": None,
        "enrolment_id": enrolment,
    }
    pending = {
        "person_id": course.person,
        "state": "accepted",
        "reason": None,
        "decided_on": REFERRED,
        "enrolment_id": enrolment,
    }
    live = {
        "id": enrolment,
        "started_on": fate.enrolled_on,
        "exited_on": fate.exited_on,
        "outcome": fate.exit_outcome,
    }

    def seen(rows: list[Row], pendings: list[Row], lives: list[Row]) -> set[str]:
        made = {referral: rows[0]} if rows else {}
        there = Found(made, {referral: [*pendings]}, {referral: [*lives]})
        return set(differences({referral: fate}, there))

    assert seen([row], [pending], [live]) == set()
    assert seen([], [pending], [live]) == {"lost or made twice", "nobody made it"}
    assert seen([row], [], [live]) == {"0 pending"}
    assert seen([row], [pending, pending], [live]) == {"2 pending"}
    assert seen([row], [pending], []) == {"0 enrolments when accepted"}
    assert seen([row], [pending], [live, live]) == {"2 enrolments when accepted"}
    assert seen([row], [pending | {"state": "declined"}], [live]) == {"1 enrolments when declined"}
    for name in set(row) - {"state", "decline_reason", "received_on"} - set(asdict(fate)):
        assert seen([row | {name: 0}], [pending], [live]) == {"the services disagree"}, name
    for name in asdict(fate):
        assert "another end than planned" in seen([row | {name: 0}], [pending], [live]), name
    for name in live:
        assert seen([row], [pending], [live | {name: 0}]) == {"the services disagree"}, name
