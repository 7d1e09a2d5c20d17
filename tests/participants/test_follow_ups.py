# ruff: noqa: ANN401  JSON bodies and bound values are whatever a test says
from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID

from services.participants.figures import facts
from services.participants.follow_ups import open_due
from shared.clock import today
from shared.db import driver
from shared.journal import drift
from tests.participants.city import City


async def exited(city: City, *, on: str = "2024-11-30", outcome: str = "work", **more: Any) -> str:
    person = more.pop("person", None) or (await city.person())["id"]
    enrolled = await city.enrolment(person, **more)
    body = {"exitedOn": on, "outcome": outcome}
    await city.made(f"/enrolments/{enrolled['id']}/exits", body)
    made: str = enrolled["id"]
    return made


async def asked(city: City, enrolment: str) -> list[tuple[str, str, str]]:
    """Return kind, due day and state of an enrolment's follow-ups."""
    items = (await city.read("/follow-ups", limit=200))["items"]
    return [
        (item["kind"], item["dueOn"], item["state"])
        for item in items
        if item["enrolmentId"] == enrolment
    ]


async def the_one(city: City, enrolment: str, **about: str) -> dict[str, Any]:
    items = (await city.read("/follow-ups", limit=200))["items"]
    (one,) = (
        item
        for item in items
        if item["enrolmentId"] == enrolment
        and item["state"] != "cancelled"
        and about.items() <= item.items()
    )
    found: dict[str, Any] = one
    return found


async def by_hand(city: City, sql: str, *values: Any) -> None:
    async with city.db.begin() as session:
        await (await driver(session)).execute(sql, *values)


async def opened_by_job(city: City) -> None:
    async with city.db.begin() as session:
        await open_due(session, None)  # type: ignore[arg-type]  # the day is the database's


async def agree(city: City) -> bool:
    """Say whether the journal holds what the follow-ups count for."""
    async with city.db.read() as session:
        conn = await driver(session)
        ids = [row["id"] for row in await conn.fetch("select id from follow_up")]
        kind = facts.FOLLOW_UP
        return not await drift(conn, facts.JOURNAL, "follow_up", ids, wanted_sql=kind)


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


async def test_answer_is_kept_while_the_exit_stands_before_it(city: City) -> None:
    enrolment = await exited(city)
    given = {"result": "studies", "answeredOn": "2025-03-03"}
    opened = await the_one(city, enrolment)
    await city.made(f"/follow-ups/{opened['id']}/results", given)
    path = f"/enrolments/{enrolment}/corrections"
    moved = {"exit": {"exitedOn": "2024-12-05", "outcome": "work"}, "reason": "Fel dag"}
    await city.made(path, moved, version=2)
    held = await the_one(city, enrolment)
    assert (held["state"], held["dueOn"], held["result"]) == ("answered", "2025-03-05", "studies")
    later = {"exit": {"exitedOn": "2025-05-02", "outcome": "work"}, "reason": "Fel dag"}
    await city.made(path, later, version=3)
    held = await the_one(city, enrolment)
    assert (held["state"], held["dueOn"], held["result"]) == ("open", "2025-08-02", None)
    assert await agree(city)


async def test_answer_is_given_once_and_counted_where_it_is_due(city: City) -> None:
    opened = await the_one(city, await exited(city))
    path = f"/follow-ups/{opened['id']}/results"
    for day, refusal in (
        ("2024-11-29", "answered_before_exit"),
        ("2025-02-27", "answered_before_due"),
        ((today() + timedelta(days=1)).isoformat(), "answered_in_future"),
    ):
        early = {"result": "work", "answeredOn": day}
        assert await city.refused("POST", path, early) == f"422 {refusal}"
    esf = {"result": "work", "answeredOn": "2025-03-03", "employmentStatus": "employed"}
    assert await city.refused("POST", path, esf) == "422 employment_status_not_asked"
    given = {"result": "studies", "answeredOn": "2025-03-03"}
    answered = await city.made(path, given)
    assert (answered["state"], answered["result"], answered["version"], answered["late"]) == (
        "answered",
        "studies",
        2,
        False,
    )
    assert await city.refused("POST", path, given) == "409 follow_up_closed"
    figure = await city.figure("follow-up-answers", "2025-02", by="outcome")
    assert figure["rows"] == [{"outcome": "studies", "value": 1}]
    assert (await city.read("/follow-ups", dueBefore="2025-12-31"))["items"] == []


async def test_answers_are_corrected_and_taken_back(city: City) -> None:
    opened = await the_one(city, await exited(city))
    path = f"/follow-ups/{opened['id']}"
    none = {"answer": None, "reason": "Inget svar"}
    assert await city.refused("POST", f"{path}/corrections", none, version=1) == (
        "409 follow_up_not_answered"
    )
    await city.made(f"{path}/results", {"result": "unknown", "answeredOn": "2025-03-03"})
    before = await city.basis()
    late = {"result": "work", "answeredOn": "2025-04-01"}
    change = {"answer": late, "reason": "Personen hörde av sig"}
    corrected = await city.made(f"{path}/corrections", change, version=2)
    assert (corrected["result"], corrected["late"], corrected["version"]) == ("work", True, 3)
    stale = await city.refused("POST", f"{path}/corrections", change, version=2)
    assert stale == "412 precondition_failed"
    now = await city.figure("follow-up-answers", "2025", by="outcome")
    assert now["rows"] == [{"outcome": "work", "value": 1}]
    then = await city.figure("follow-up-answers", "2025", by="outcome", basis=before)
    assert then["rows"] == [{"outcome": "unknown", "value": 1}]
    await city.made(f"{path}/corrections", none, version=3)
    assert (await city.read(path))["state"] == "open"
    assert (await city.figure("follow-up-answers", "2025"))["total"] == 0
    assert (await city.figure("follow-ups-overdue", "2025-03-01"))["total"] == 1
    assert await agree(city)


async def esf_pays(city: City, first: str | None = "2024-01-01", **more: Any) -> None:
    body = {"esfFrom": first, "reason": "Beslut om stöd"} | more
    await city.made("/programmes/stockholmskraften/esf-fundings", body)


async def test_leaving_a_project_of_esf_is_followed_up_after_six_months_too(city: City) -> None:
    enrolment = await exited(city, on="2024-08-31", startedOn="2024-02-01")
    assert await asked(city, enrolment) == [("exit", "2024-11-30", "open")]
    early = {"esfFrom": None, "esfTo": "2024-12-31", "reason": "Stöd"}
    path = "/programmes/stockholmskraften/esf-fundings"
    assert await city.refused("POST", path, early) == "422 esf_end_before_start"
    await esf_pays(city, esfTo="2024-08-30")
    both = [("exit", "2024-11-30", "open"), ("esf", "2025-02-28", "open")]
    assert await asked(city, enrolment) == both
    await esf_pays(city, esfTo="2024-08-29")
    assert await asked(city, enrolment) == [both[0], ("esf", "2025-02-28", "cancelled")]
    assert (await city.figure("esf-follow-ups", "2025"))["total"] == 0
    assert (await city.figure("follow-ups", "2024"))["total"] == 1
    await esf_pays(city)
    assert (await city.figure("esf-follow-ups", "2025", by="kind"))["rows"] == [
        {"kind": "esf", "value": 1}
    ]
    assert await agree(city)


async def test_esf_asks_about_the_last_exit_from_a_project(city: City) -> None:
    await esf_pays(city, "2023-01-01")
    person = (await city.person())["id"]
    first = await exited(
        city, on="2023-03-31", person=person, startedOn="2023-01-01", statusAtEntry="employed"
    )
    again = await city.enrolment(person, startedOn="2024-06-01", statusAtEntry="unemployed")
    assert ("esf", "2023-09-30", "cancelled") in await asked(city, first)
    exit_ = {"exitedOn": "2024-12-01", "outcome": "work"}
    await city.made(f"/enrolments/{again['id']}/exits", exit_)
    last = await the_one(city, again["id"], kind="esf")
    assert (last["dueOn"], last["asksEmploymentStatus"], last["asksImprovement"]) == (
        "2025-06-01",
        True,
        True,  # employed at the first entry, which is the one that counts
    )


async def test_answers_for_esf_say_what_its_indicators_need(city: City) -> None:
    await esf_pays(city)
    unemployed = await exited(city, on="2024-12-01")
    at_work = await exited(city, on="2024-12-01", statusAtEntry="employed")
    day = {"answeredOn": "2025-06-10"}
    path = f"/follow-ups/{(await the_one(city, unemployed, kind='esf'))['id']}/results"
    for body, refusal in (
        ({"result": "work"}, "employment_status_needed"),
        ({"result": "work", "employmentStatus": "inactive"}, "status_contradicts_result"),
        ({"result": "unknown", "employmentStatus": "employed"}, "status_contradicts_result"),
        (
            {"result": "work", "employmentStatus": "employed", "improvement": "none"},
            "improvement_not_asked",
        ),
    ):
        assert await city.refused("POST", path, body | day) == f"422 {refusal}"
    given = {"result": "work", "employmentStatus": "self_employed"} | day
    assert (await city.made(path, given))["employmentStatus"] == "self_employed"
    path = f"/follow-ups/{(await the_one(city, at_work, kind='esf'))['id']}/results"
    given = {"result": "work", "employmentStatus": "employed"} | day
    assert await city.refused("POST", path, given) == "422 improvement_needed"
    better = given | {"improvement": "stable_employment"}
    assert (await city.made(path, better))["improvement"] == "stable_employment"
    answers = await city.figure("esf-follow-up-answers", "2025", by="outcome")
    assert answers["rows"] == [{"outcome": "work", "value": 2}]


async def stockholmsjobb(city: City, enrolment: str, ended_on: str) -> str:
    begun = {"enrolmentId": enrolment, "kind": "stockholmsjobb", "startedOn": "2024-10-02"}
    made: str = (await city.made("/activities", begun))["id"]
    ended = {"endedOn": ended_on, "outcome": "completed"}
    await city.made(f"/activities/{made}/ends", ended)
    return made


async def test_stockholmsjobb_that_ends_is_followed_up_while_the_enrolment_goes_on(
    city: City,
) -> None:
    enrolment = (await city.enrolment((await city.person())["id"]))["id"]
    activity = await stockholmsjobb(city, enrolment, "2025-01-31")
    followed = await the_one(city, enrolment)
    assert (followed["kind"], followed["dueOn"], followed["activityId"]) == (
        "stockholmsjobb",
        "2025-04-30",
        activity,
    )
    path = f"/enrolments/{enrolment}"
    await city.made(f"{path}/exits", {"exitedOn": "2025-01-31", "outcome": "work"})
    assert sorted(await asked(city, enrolment)) == [
        ("exit", "2025-04-30", "open"),  # both ended that day: one question
        ("stockholmsjobb", "2025-04-30", "cancelled"),
    ]
    later = {"exit": {"exitedOn": "2025-06-30", "outcome": "work"}, "reason": "Fel dag"}
    await city.made(f"{path}/corrections", later, version=2)
    assert (await the_one(city, enrolment, kind="stockholmsjobb"))["dueOn"] == "2025-04-30"
    assert (await the_one(city, enrolment, kind="exit"))["dueOn"] == "2025-09-30"
    assert (await city.figure("follow-ups", "2025", by="kind"))["rows"] == [
        {"kind": "exit", "value": 1},
        {"kind": "stockholmsjobb", "value": 1},
    ]
    gone = {"reason": "Var ett annat jobb"}
    await city.made(f"/activities/{activity}/retractions", gone, version=2)
    assert (await city.figure("follow-ups", "2025", by="kind"))["rows"] == [
        {"kind": "exit", "value": 1}
    ]
    assert await agree(city)


async def test_programme_of_stockholmsjobb_is_followed_up_as_such(city: City) -> None:
    programme = {"code": "stockholmsjobb", "name": "Stockholmsjobb", "kind": "employment"}
    await city.made("/programmes", programme | {"validFrom": "2020-01-01"})
    enrolment = await exited(city, programme="stockholmsjobb")
    assert await asked(city, enrolment) == [("stockholmsjobb", "2025-02-28", "open")]


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


async def test_merge_of_two_records_follows_up_one_person_and_its_reversal_two(city: City) -> None:
    """What is known of one record holds for both: a death, and coming back to a project."""
    await esf_pays(city)
    first, second = await city.person(), await city.person()
    left = await exited(city, on="2024-10-31", person=first["id"])
    back = await exited(city, on="2025-01-31", person=second["id"], startedOn="2024-12-01")
    dead = await exited(
        city,
        on="2025-03-01",
        outcome="deceased",
        person=second["id"],
        programme="kvinnors-etablering",
    )
    apart = [("exit", "2025-01-31", "open"), ("esf", "2025-04-30", "open")]
    assert await asked(city, left) == apart
    assert {state for _, _, state in await asked(city, back)} == {"cancelled"}
    assert await asked(city, dead) == []
    before = await city.basis()
    merge = await city.made(
        "/person-merges",
        {"absorbedId": first["id"], "survivorId": second["id"], "reason": "Samma person"},
    )
    assert await asked(city, left) == [apart[0], ("esf", "2025-04-30", "cancelled")]
    assert (await city.figure("esf-follow-ups", "2025"))["total"] == 0
    assert (await city.figure("esf-follow-ups", "2025", basis=before))["total"] == 1
    await city.made(f"/person-merges/{merge['id']}/reversals", {"reason": "Två personer"})
    assert sorted(await asked(city, left)) == sorted([*apart, ("esf", "2025-04-30", "cancelled")])
    assert (await city.figure("esf-follow-ups", "2025"))["total"] == 1
    assert await agree(city)


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
