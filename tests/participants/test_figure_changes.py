"""Why a figure moved: every deed shows in the part of its kind, and in no other."""

from __future__ import annotations

import pytest

from tests.participants.city import City
from tests.participants.deeds import Deed, people, records, sources
from tests.participants.moving import (
    AREA,
    CORRECTED,
    KINDS,
    LATE,
    MERGED,
    NEW,
    RETRACTED,
    RULED,
    Moved,
    moved,
    nonzero,
    questions,
)
from tests.participants.test_register_enrolments import row

Case = tuple[Deed, str, str, str, int]
"""What is done, the kind of it, and a figure of a period that it moves, with how much in all."""

DEEDS: tuple[Case, ...] = (
    # What is told of days to come, or comes of a record later, is new; of days that were, late.
    (records.enrols_ahead, NEW, "persons-enrolled", "2099-02", 1),
    (records.enrols, LATE, "persons-enrolled", "2024", 1),
    (records.exits, LATE, "exits", "2024", 1),
    (records.begins_activity, LATE, "activity-hours", "2024", 80),
    (records.ends_activity, LATE, "in-activity", "2024", -1),
    (records.answers_follow_up, NEW, "follow-up-answers", "2025", 1),
    (records.holds_advice, LATE, "advised", "2024", 1),
    (records.draws_up_plan, LATE, "child-plans", "2024", 1),
    (records.answers_checklist, NEW, "child-plans-with-checklist", "2024", 1),
    (records.sends_concern, LATE, "concern-reports", "2024", 1),
    (records.reviews_routine, LATE, "routine-documents-overdue", "2024", -1),
    (records.withdraws_routine, LATE, "routine-documents", "2024", -1),
    (people.joins_kaa, LATE, "kaa-joined", "2024", 1),
    (people.leaves_kaa, LATE, "kaa-members", "2024", -1),
    (people.meets_youth, LATE, "kaa-contacts", "2024", 1),
    (people.ends_measure, LATE, "kaa-measures-ended", "2024", 1),
    (sources.delivers_enrolment, LATE, "persons-enrolled", "2024", 1),
    (sources.delivers_exit, LATE, "exits", "2024", 1),
    (sources.states_circumstances, NEW, "esf-eeco12", "2024", 1),
    (sources.delivers_answers, NEW, "esf-eeco12", "2024", 1),
    (sources.delivers_exit_with_results, LATE, "esf-eecr02", "2024", 1),
    (sources.tells_results, NEW, "esf-eecr02", "2024", 1),
    (people.youth_turns_out_to_be_in_kaa, LATE, "uvas-reached", "2025", -1),
    (sources.closes_unit, LATE, "units", "2025", -1),
    (sources.prolongs_unit, LATE, "units", "2025", 1),
    (sources.prolongs_project, LATE, "programmes", "2025", 1),
    # What was told wrongly, or is left out by a source that is to say what is so.
    (records.corrects_enrolment, CORRECTED, "enrolled", "2024", 0),
    (records.corrects_exit, CORRECTED, "exits", "2024", 0),
    (records.corrects_activity, CORRECTED, "in-activity", "2024", 0),
    (records.corrects_answer, CORRECTED, "follow-up-answers", "2025", 0),
    (records.corrects_advice, CORRECTED, "advised", "2024", 0),
    (records.corrects_checklist, CORRECTED, "child-checklist-days", "2024", 4),
    (records.corrects_concern, CORRECTED, "concern-report-hours", "2024", 1),
    (people.corrects_measure, CORRECTED, "kaa-measures-begun", "2024", 0),
    (people.corrects_sex, CORRECTED, "persons-enrolled", "2024", 0),
    (people.joined_kaa_on_another_day, CORRECTED, "kaa-joined", "2024", 0),
    (sources.delivers_correction, CORRECTED, "exits", "2024", 0),
    (sources.leaves_enrolment_out, CORRECTED, "exits", "2024", 1),
    (records.corrects_plan, CORRECTED, "child-plans", "2024", -1),
    (records.corrects_routine, CORRECTED, "routine-documents-overdue", "2024", -1),
    (people.changes_number, CORRECTED, "persons-enrolled", "2024", 0),
    (people.is_protected, CORRECTED, "persons-enrolled", "2024", 0),
    (people.register_leaves_home_out, CORRECTED, "persons-enrolled", "2024", 0),
    (people.register_leaves_youth_out, CORRECTED, "kaa-members", "2024", -1),
    (sources.tells_other_results, CORRECTED, "esf-eecr02", "2024", -1),
    (sources.delivers_again_what_was_retracted, CORRECTED, "persons-enrolled", "2024", 1),
    (sources.closes_unit_earlier, CORRECTED, "units", "2024", -1),
    (sources.shortens_project, CORRECTED, "programmes", "2025", -1),
    # What never was.
    (records.retracts_enrolment, RETRACTED, "exits", "2024", -1),
    (records.retracts_activity, RETRACTED, "activities-started", "2024", -1),
    (records.takes_answer_back, RETRACTED, "follow-up-answers", "2025", -1),
    (records.retracts_advice, RETRACTED, "advised", "2024", -1),
    (records.retracts_checklist, RETRACTED, "child-plans-with-checklist", "2024", -1),
    (records.retracts_plan, RETRACTED, "child-plans", "2024", -1),
    (people.retracts_meeting, RETRACTED, "kaa-contacts", "2024", -1),
    (people.never_in_kaa, RETRACTED, "kaa-joined", "2024", -1),
    (sources.delivers_retraction, RETRACTED, "exits", "2024", -1),
    (sources.withdraws_consent, RETRACTED, "esf-eeco12", "2024", -1),
    (people.register_takes_home_back, RETRACTED, "persons-enrolled", "2024", 0),
    # Who people are, what counts, and where they live.
    (people.merges_people, MERGED, "persons-enrolled", "2024", -1),
    (people.takes_merge_back, MERGED, "persons-enrolled", "2024", 1),
    (sources.funds_programme, RULED, "esf-eeco01", "2024", 1),
    (sources.decides_rule, RULED, "uvas-reached", "2099-02", 1),
    (people.lives_elsewhere, AREA, "persons-enrolled", "2024", 0),
    (people.register_tells_where, AREA, "persons-enrolled", "2024", 0),
    (sources.comes_back, NEW, "esf-leavers", "2024", -1),
)


async def told(city: City, deed: Deed, *periods: str) -> list[Moved]:
    """Let a story come to its deed; return why every figure of these periods moved by it."""
    story = deed(city)
    await anext(story)
    since = await city.basis()
    assert await anext(story, "done") == "done"
    return await moved(city, since, await city.basis(), questions(periods))


@pytest.mark.parametrize("case", DEEDS, ids=[case[0].__name__ for case in DEEDS])
async def test_deed_moves_the_part_of_its_kind_alone(city: City, case: Case) -> None:
    deed, kind, figure, period, difference = case
    found = await told(city, deed, *{period, "2024", "2099-02"})
    assert [fault for each in found for fault in each.faults()] == []
    assert {each.figure for each in found if each.kinds() - {kind}} == set()
    (named,) = [each for each in found if (each.figure, each.period) == (figure, period)]
    assert named.parts() == ({kind: difference} if difference else {})
    assert named.kinds() == {kind}


def test_every_kind_of_part_has_a_deed() -> None:
    assert {kind for _, kind, *_ in DEEDS} == set(KINDS)


async def test_what_had_happened_by_the_day_of_the_earlier_basis_is_late(city: City) -> None:
    for day in ("2024-10-01", "2024-10-02"):
        await city.enrolment((await city.person())["id"], startedOn=day)
    basis = await city.basis()
    for since, parts in (
        ("2024-09-30T21:59:59.999999Z", {NEW: 2}),
        ("2024-09-30T22:00:00Z", {LATE: 1, NEW: 1}),  # the first of October in Stockholm
        ("2024-10-02T21:59:59Z", {LATE: 2}),
    ):
        found = await moved(city, since, basis, questions(["2024"]))
        (entered,) = [each for each in found if each.figure == "persons-enrolled"]
        assert entered.parts() == parts


async def test_rows_of_one_delivery_are_told_apart(city: City) -> None:
    leaves, was_elsewhere, comes = (row(city.person_number()) for _ in range(3))
    await city.delivered("enrolments", [leaves, was_elsewhere])
    since = await city.basis()
    exit_ = {"exitedOn": "2024-11-30", "outcome": "work"}
    told_now = [leaves | exit_, was_elsewhere | {"unit": "jobbtorg-unga"}, comes]
    done = await city.delivered("enrolments", told_now)
    assert done.counts == {"rows": 3, "created": 1, "changed": 2}
    asked = [{"figure": "persons-enrolled", "period": "2024", "by": ["unit"]}]
    asked += [{"figure": "exits", "period": "2024", "by": []}]
    entered, left = await moved(city, since, await city.basis(), asked)
    by_unit = {unit: nonzero(change) for (unit,), change in entered.cells().items()}
    assert by_unit == {"jobbtorg-unga": {CORRECTED: 1}, "jobbtorg-vuxna": {LATE: 1, CORRECTED: -1}}
    assert (entered.parts(), left.parts()) == ({LATE: 1}, {LATE: 1})
