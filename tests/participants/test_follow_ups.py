from __future__ import annotations

from datetime import date
from uuid import UUID

import pytest

from services.participants.events import EnrolmentExited
from shared.db import driver
from tests.participants.city import City


async def exited(city: City, *, on: str = "2024-11-30", outcome: str = "work") -> str:
    enrolled = await city.enrolment((await city.person())["id"])
    body = {"exitedOn": on, "outcome": outcome}
    await city.made(f"/enrolments/{enrolled['id']}/exits", body)
    made: str = enrolled["id"]
    return made


async def test_exit_opens_one_follow_up_three_months_later(city: City, worker: None) -> None:
    enrolment = await exited(city)
    answer = await city.until("/follow-ups", lambda page: len(page["items"]) == 1)
    opened = answer["items"][0]
    assert opened["enrolmentId"] == enrolment
    assert (opened["dueOn"], opened["state"], opened["unit"]) == (
        "2025-02-28",
        "open",
        "jobbtorg-vuxna",
    )
    assert (await city.read("/follow-ups", dueBefore="2025-02-28"))["items"] == []
    assert len((await city.read("/follow-ups", dueBefore="2025-03-01"))["items"]) == 1
    elsewhere = await city.read("/follow-ups", units=("jobbtorg-unga",))
    assert elsewhere["items"] == []


def event_of(enrolment: str) -> EnrolmentExited:
    return EnrolmentExited(
        enrolment_id=UUID(enrolment), exited_on=date(2024, 11, 30), outcome="work"
    )


async def test_duplicate_exit_events_open_one_follow_up(city: City) -> None:
    enrolment = await exited(city)
    for _ in range(3):
        await city.told(event_of(enrolment), event_of(enrolment), source="participants")
    assert (await city.read("/follow-ups"))["_meta"]["totalRecords"] == 1
    assert (await city.figure("follow-ups", "2025"))["total"] == 1


async def test_without_its_index_duplicate_events_would_open_several(city: City) -> None:
    """The negative control of the test above: it is the unique index that holds."""
    enrolment = await exited(city)
    async with city.db.begin() as session:
        conn = await driver(session)
        sql = (
            "insert into follow_up (enrolment_id, unit, exited_on, due_on, state)"
            " select id, unit, exited_on, follow_up_due(exited_on), 'open' from enrolment"
            " where id = $1"
        )
        await conn.execute(sql, enrolment)
    with pytest.raises(Exception, match="follow_up_enrolment_key"):
        async with city.db.begin() as session:
            await (await driver(session)).execute(sql, enrolment)


async def test_nobody_follows_up_the_dead(city: City) -> None:
    enrolment = await exited(city, outcome="deceased")
    await city.told(event_of(enrolment), source="participants")
    assert (await city.read("/follow-ups"))["items"] == []


async def test_follow_up_goes_with_the_exit(city: City) -> None:
    enrolment = await exited(city)
    await city.told(event_of(enrolment), source="participants")
    path = f"/enrolments/{enrolment}/corrections"
    moved = {"exit": {"exitedOn": "2024-10-15", "outcome": "studies"}, "reason": "Fel dag"}
    await city.made(path, moved, version=2)
    assert [item["dueOn"] for item in (await city.read("/follow-ups"))["items"]] == ["2025-01-15"]
    await city.made(path, {"exit": None, "reason": "Ingen utskrivning"}, version=3)
    assert [item["state"] for item in (await city.read("/follow-ups"))["items"]] == ["cancelled"]
    assert (await city.figure("follow-ups", "2025"))["total"] == 0
    await city.told(event_of(enrolment), source="participants")  # late: the exit is gone
    assert (await city.read("/follow-ups"))["_meta"]["totalRecords"] == 1
    again = {"exitedOn": "2024-12-20", "outcome": "work"}
    await city.made(f"/enrolments/{enrolment}/exits", again)
    await city.told(event_of(enrolment), source="participants")
    states = [item["state"] for item in (await city.read("/follow-ups"))["items"]]
    assert sorted(states) == ["cancelled", "open"]


async def test_answer_is_given_once_and_counted_where_it_is_due(city: City) -> None:
    enrolment = await exited(city)
    await city.told(event_of(enrolment), source="participants")
    opened = (await city.read("/follow-ups"))["items"][0]
    path = f"/follow-ups/{opened['id']}/results"
    early = {"result": "work", "answeredOn": "2024-11-29"}
    assert await city.refused("POST", path, early) == "422 answered_before_exit"
    given = {"result": "studies", "answeredOn": "2025-03-03"}
    answered = await city.made(path, given)
    assert (answered["state"], answered["result"], answered["version"]) == (
        "answered",
        "studies",
        2,
    )
    assert await city.refused("POST", path, given) == "409 follow_up_closed"
    figure = await city.figure("follow-up-answers", "2025-02", by="outcome")
    assert figure["rows"] == [{"outcome": "studies", "value": 1}]
    assert (await city.read("/follow-ups", dueBefore="2025-12-31"))["items"] == []
