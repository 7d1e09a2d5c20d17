"""What clerks do to enrolments, and to what hangs on them."""

from __future__ import annotations

from typing import Any

from tests.participants.city import City
from tests.participants.deeds import Story, changed, entered
from tests.participants.following import exited, the_one
from tests.participants.test_activities import begun
from tests.participants.test_child_checklists import checklist, guardians_plan
from tests.participants.test_concern_reports import CHIEF, appointed, sent, written
from tests.participants.test_routine_documents import routine

# Enrolments by hand.


async def enrols(city: City) -> Story:
    person = await city.person()
    yield
    await city.enrolment(person["id"])


async def enrols_ahead(city: City) -> Story:
    person = await city.person()
    yield
    await city.enrolment(person["id"], startedOn="2099-02-01")


async def exits(city: City) -> Story:
    made = await entered(city)
    yield
    body = {"exitedOn": "2024-11-30", "outcome": "work"}
    await city.made(f"/enrolments/{made['id']}/exits", body)


async def corrects_enrolment(city: City) -> Story:
    made = await entered(city)
    await exited(city)
    yield
    await changed(city, "/enrolments", made, {"unit": "jobbtorg-unga"})


async def corrects_exit(city: City) -> Story:
    made = await exited(city)
    yield
    exit_ = {"exitedOn": "2024-12-31", "outcome": "studies"}
    await changed(city, "/enrolments", {"id": made}, {"exit": exit_})


async def retracts_enrolment(city: City) -> Story:
    made = await exited(city)
    yield
    await changed(city, "/enrolments", {"id": made}, {})


# What hangs on them.


async def begins_activity(city: City) -> Story:
    made = await entered(city)
    yield
    await begun(city, made, hoursPerMonth=80)


async def ends_activity(city: City) -> Story:
    made = await begun(city, await entered(city), kind="stockholmsjobb")
    yield
    end = {"endedOn": "2024-12-15", "outcome": "work"}
    await city.made(f"/activities/{made['id']}/endings", end)


async def corrects_activity(city: City) -> Story:
    made = await begun(city, await entered(city))
    yield
    await changed(city, "/activities", made, {"kind": "osa"})


async def retracts_activity(city: City) -> Story:
    made = await begun(city, await entered(city))
    yield
    await changed(city, "/activities", made, {})


async def answers_follow_up(city: City) -> Story:
    asked = await the_one(city, await exited(city))
    yield
    given = {"result": "work", "answeredOn": asked["dueOn"]}
    await city.made(f"/follow-ups/{asked['id']}/results", given)


async def corrects_answer(city: City) -> Story:
    asked = await the_one(city, await exited(city))
    given = {"result": "work", "answeredOn": asked["dueOn"]}
    await city.made(f"/follow-ups/{asked['id']}/results", given)
    yield
    other = {"answer": given | {"result": "studies"}}
    await changed(city, "/follow-ups", asked, other)


async def takes_answer_back(city: City) -> Story:
    asked = await the_one(city, await exited(city))
    given = {"result": "work", "answeredOn": asked["dueOn"]}
    await city.made(f"/follow-ups/{asked['id']}/results", given)
    yield
    await changed(city, "/follow-ups", asked, {"answer": None})


async def holds_advice(city: City) -> Story:
    person = await city.person()
    yield
    await city.made("/advisory-sessions", _advice(person))


async def corrects_advice(city: City) -> Story:
    made = await city.made("/advisory-sessions", _advice(await city.person()))
    yield
    await changed(city, "/advisory-sessions", made, {"unit": "jobbtorg-vuxna"})


async def retracts_advice(city: City) -> Story:
    made = await city.made("/advisory-sessions", _advice(await city.person()))
    yield
    await changed(city, "/advisory-sessions", made, {})


def _advice(person: dict[str, Any]) -> dict[str, Any]:
    return {"personId": person["id"], "unit": "jobbtorg-unga", "heldOn": "2024-03-01"}


# Children, and routines for them.


async def draws_up_plan(city: City) -> Story:
    yield
    await guardians_plan(city)


async def answers_checklist(city: City) -> Story:
    made = await guardians_plan(city)
    yield
    await city.made("/child-checklists", checklist(made["id"]))


async def corrects_checklist(city: City) -> Story:
    plan = await guardians_plan(city)
    made = await city.made("/child-checklists", checklist(plan["id"]))
    yield
    await changed(city, "/child-checklists", made, {"answeredOn": "2024-10-09"})


async def retracts_checklist(city: City) -> Story:
    plan = await guardians_plan(city)
    made = await city.made("/child-checklists", checklist(plan["id"]))
    yield
    await changed(city, "/child-checklists", made, {})


async def retracts_plan(city: City) -> Story:
    made = await guardians_plan(city)
    yield
    await changed(city, "/plans", made, {})


async def sends_concern(city: City) -> Story:
    await appointed(city, "chief-1", "2024-01-01")
    made = await written(city)
    yield
    await sent(city, made, "2024-10-01T10:30:00Z")


async def corrects_concern(city: City) -> Story:
    await appointed(city, "chief-1", "2024-01-01")
    made = await written(city)
    await sent(city, made, "2024-10-01T10:30:00Z")
    yield
    later = {"sentAt": "2024-10-01T11:30:00Z", "reason": "Fel tid"}
    await city.made(f"/concern-reports/{made}/corrections", later, version=3, **CHIEF)


async def reviews_routine(city: City) -> Story:
    made = await city.made("/routine-documents", routine())
    yield
    review = {"reviewedOn": "2024-03-01", "nextReviewOn": "2025-03-01", "edition": "1.1"}
    await city.made(f"/routine-documents/{made['id']}/reviews", review, version=1)


async def withdraws_routine(city: City) -> Story:
    made = await city.made("/routine-documents", routine())
    yield
    gone = {"withdrawnOn": "2024-06-01", "reason": "Ersatt av stadens"}
    await city.made(f"/routine-documents/{made['id']}/withdrawals", gone, version=1)


async def corrects_plan(city: City) -> Story:
    made = await guardians_plan(city)
    yield
    await changed(city, "/plans", made, {"guardianOfChildren": False})


async def corrects_routine(city: City) -> Story:
    made = await city.made("/routine-documents", routine())
    yield
    await changed(city, "/routine-documents", made, {"nextReviewOn": "2025-02-01"})
