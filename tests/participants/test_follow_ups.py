from __future__ import annotations

import asyncio
from datetime import date, timedelta
from uuid import UUID

from shared.clock import today
from tests.participants.city import City
from tests.participants.following import agree, asked, by_hand, exited, opened_by_job, the_one


async def test_exit_of_long_ago_opens_its_follow_up_at_once(city: City) -> None:
    enrolment = await exited(city)
    opened = await the_one(city, enrolment)
    assert (opened["kind"], opened["dueOn"], opened["state"], opened["unit"]) == (
        "exit",
        "2025-02-28",
        "open",
        "jobbtorg-vuxna",
    )
    assert opened["daysWaiting"] == (today() - date(2025, 2, 28)).days
    assert (await city.read("/follow-ups", dueBefore="2025-02-28"))["items"] == []
    assert len((await city.read("/follow-ups", dueBefore="2025-03-01"))["items"]) == 1
    elsewhere = await city.read("/follow-ups", units=("jobbtorg-unga",))
    assert elsewhere["items"] == []


async def test_follow_up_is_planned_with_the_exit_and_opened_on_its_day(city: City) -> None:
    enrolment = await exited(city, on=today().isoformat())
    planned = await the_one(city, enrolment)
    assert (planned["state"], planned["daysWaiting"]) == ("planned", None)
    path = f"/follow-ups/{planned['id']}/results"
    given = {"result": "work", "answeredOn": today().isoformat()}
    assert await city.refused("POST", path, given) == "409 follow_up_not_due"
    await opened_by_job(city)
    assert (await the_one(city, enrolment))["state"] == "planned"
    # Three months pass: the exit, told of then, is as long ago.
    await by_hand(
        city,
        "update enrolment set exited_on = exited_on - 92 where id = $1",
        UUID(enrolment),
    )
    await by_hand(
        city,
        "update follow_up set (exited_on, due_on) = (exited_on - 92, "
        "follow_up_due(exited_on - 92, kind))",
    )
    for _ in range(2):
        await opened_by_job(city)
        opened = await the_one(city, enrolment)
        assert (opened["state"], opened["version"]) == ("open", 2)
        assert opened["daysWaiting"] <= 3


async def test_nobody_follows_up_the_dead(city: City) -> None:
    """Nor after what they left before: the enrolment that tells of a death is another one."""
    person = (await city.person())["id"]
    long_ago = await exited(city, on="2023-03-01", person=person, startedOn="2023-02-01")
    left = await exited(city, on="2024-11-30", person=person)
    dead = await exited(
        city,
        on="2025-02-28",
        outcome="deceased",
        person=person,
        programme="kvinnors-etablering",
    )
    assert await asked(city, dead) == []
    assert await asked(city, left) == [("exit", "2025-02-28", "cancelled")]
    assert await asked(city, long_ago) == [("exit", "2023-06-01", "open")]
    wrong = {"exit": {"exitedOn": "2025-02-28", "outcome": "moved"}, "reason": "Förväxling"}
    await city.made(f"/enrolments/{dead}/corrections", wrong, version=2)
    assert ("exit", "2025-02-28", "open") in await asked(city, left)
    assert await asked(city, dead) == [("exit", "2025-05-28", "open")]
    assert await agree(city)


async def test_follow_up_goes_with_the_exit(city: City) -> None:
    enrolment = await exited(city)
    before = await city.basis()
    path = f"/enrolments/{enrolment}/corrections"
    moved = {"exit": {"exitedOn": "2024-10-15", "outcome": "studies"}, "reason": "Fel dag"}
    await city.made(path, moved, version=2)
    assert await asked(city, enrolment) == [("exit", "2025-01-15", "open")]
    await city.made(path, {"exit": None, "reason": "Ingen utskrivning"}, version=3)
    assert await asked(city, enrolment) == [("exit", "2025-01-15", "cancelled")]
    assert (await city.figure("follow-ups", "2025"))["total"] == 0
    again = {"exitedOn": "2024-12-20", "outcome": "work"}
    await city.made(f"/enrolments/{enrolment}/exits", again)
    assert sorted(await asked(city, enrolment)) == [
        ("exit", "2025-01-15", "cancelled"),
        ("exit", "2025-03-20", "open"),
    ]
    retraction = {"reason": "Fel person"}
    await city.made(f"/enrolments/{enrolment}/retractions", retraction, version=5)
    assert {state for _, _, state in await asked(city, enrolment)} == {"cancelled"}
    assert (await city.figure("follow-ups", "2025", basis=before))["total"] == 1
    assert (await city.figure("follow-ups", "2025"))["total"] == 0
    assert await agree(city)


async def test_delivered_exits_are_followed_up_as_those_recorded_here(city: City) -> None:
    base = {
        "unit": "jobbtorg-vuxna",
        "programme": "stockholmskraften",
        "ground": "outreach",
        "statusAtEntry": "inactive",
        "startedOn": "2024-01-10",
    }
    rows = [
        base
        | {"sourceKey": f"f:{n}", "identityNumber": city.person_number()}
        | ({"exitedOn": "2024-03-01", "outcome": outcome} if outcome else {})
        for n, outcome in enumerate(("work", "deceased", None))
    ]
    done = await city.delivered("enrolments", rows)
    assert done.counts == {"rows": 3, "created": 3}
    assert (await city.figure("follow-ups", "2024"))["total"] == 1
    rows[0]["exitedOn"] = "2024-04-01"
    rows[2] |= {"exitedOn": "2024-05-01", "outcome": "studies"}
    await city.delivered("enrolments", rows)
    items = (await city.read("/follow-ups"))["items"]
    assert [(item["dueOn"], item["state"]) for item in items] == [
        ("2024-07-01", "open"),
        ("2024-08-01", "open"),
    ]
    gone = {"op": "retract", "sourceKey": "f:0", "reason": "Aldrig sant"}
    await city.delivered("enrolments", [gone])
    assert (await city.figure("follow-ups", "2024"))["total"] == 1
    assert await agree(city)


async def test_due_lists_say_how_long_what_waits_has_waited(city: City) -> None:
    days = (today(), today() - timedelta(days=10), today() - timedelta(days=40))
    for due in days:
        await exited(city)
        await by_hand(city, "update follow_up set due_on = $1 where due_on = '2025-02-28'", due)
    secret = await exited(
        city, person=(await city.person(protectedIdentity="secrecy_marking"))["id"]
    )
    assert await asked(city, secret) == [("exit", "2025-02-28", "open")]
    lists = await city.read("/follow-ups/due-lists", scopes=("participants:read",))
    assert lists["lists"] == [
        {
            "unit": "jobbtorg-vuxna",
            "kind": "exit",
            "open": 3,
            "overdue": 2,
            "olderThanFourWeeks": 1,
            "oldestDueOn": days[2].isoformat(),
        }
    ]
    everyone = await city.read("/follow-ups/due-lists")
    assert everyone["lists"][0]["open"] == 4
    elsewhere = await city.read("/follow-ups/due-lists", units=("jobbtorg-unga",))
    assert elsewhere["lists"] == []


async def test_opening_beside_corrections_leaves_one_follow_up_for_each_exit(city: City) -> None:
    """Each waits for the other's locks and reads afterwards; neither undoes what the other did."""
    day = today() - timedelta(days=80)
    enrolments = [await exited(city, on=day.isoformat()) for _ in range(6)]
    await by_hand(
        city,
        "with late as (update enrolment set exited_on = exited_on - 20 where exited_on is not null"
        " returning id) update follow_up set (exited_on, due_on) = (exited_on - 20,"
        " follow_up_due(exited_on - 20, kind)) where enrolment_id in (select id from late)",
    )
    moved = {"exitedOn": (day - timedelta(days=30)).isoformat(), "outcome": "work"}
    correction = {"exit": moved, "reason": "Fel dag"}
    done = await asyncio.gather(
        *(
            city.call("POST", f"/enrolments/{each}/corrections", correction, version=2)
            for each in enrolments
        ),
        *(opened_by_job(city) for _ in range(3)),
    )
    assert [each.status_code for each in done[: len(enrolments)] if each] == [201] * 6
    for each in enrolments:
        followed = await the_one(city, each)
        assert (followed["state"], followed["exitedOn"]) == ("open", moved["exitedOn"])
    assert await agree(city)
