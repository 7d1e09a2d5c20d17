"""One request reports a held session and everybody who came."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

from shared.db import driver
from tests.outreach.arena import UNIT, Arena, session_body

PATH = "/session-reports"


def report_body(**more: Any) -> dict[str, Any]:  # noqa: ANN401  bodies hold anything
    """Return a report of a drop-in evening that nobody had planned here."""
    return {
        "id": str(uuid4()),
        "session": {
            "operation": "guidance",
            "venue": "tensta-library",
            "unit": UNIT,
            "kind": "drop_in",
            "heldOn": "2024-03-05",
            "startsAt": "16:00",
            "endsAt": "19:00",
        },
        "visits": [
            {"ageGroup": "20-24", "women": 5, "men": 2},
            {"ageGroup": "25-29", "women": 1, "men": 0, "unknown": 3},
        ],
        "contacts": [
            {"id": str(uuid4()), "sex": "women", "ageGroup": "20-24"},
            {"id": str(uuid4()), "personId": str(uuid4()), "targetGroup": "parents_on_leave"},
        ],
        **more,
    }


def of_session(session: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401
    """Return a report of a session that is here already."""
    body = report_body(sessionId=session["id"], **more)
    del body["session"]
    return body


async def counted(arena: Arena, **query: Any) -> tuple[int, int, int]:  # noqa: ANN401
    """Return how many sessions, visits and contacts stand in the figures of 2024."""
    basis = await arena.basis()
    names = ("sessions", "visits", "contacts")
    sessions, visits, contacts = [
        await arena.total(name, "2024", basis=basis, **query) for name in names
    ]
    return sessions, visits, contacts


def entries(answer: Any) -> dict[str, str]:  # noqa: ANN401
    """Return code by property of a refusal."""
    return {e["property"]: e["code"] for e in answer.json()["invalid-parameters"]}


async def test_one_request_reports_a_session_with_its_visitors(arena: Arena) -> None:
    body = report_body()
    shown = await arena.made(PATH, body)
    assert (shown["id"], shown["session"]["id"]) == (body["id"], body["id"])
    assert (shown["session"]["state"], shown["session"]["plannedOn"]) == ("held", "2024-03-05")
    assert [(t["ageGroup"], t["women"], t["unknown"]) for t in shown["visits"]] == [
        ("20-24", 5, 0),
        ("25-29", 1, 3),
    ]
    assert {c["id"] for c in shown["contacts"]} == {c["id"] for c in body["contacts"]}
    assert {(c["channel"], c["direction"], c["venue"]) for c in shown["contacts"]} == {
        ("meeting", "two_way", "tensta-library")
    }
    assert await arena.read(f"{PATH}/{body['id']}") == shown
    assert await counted(arena) == (1, 11, 2)
    assert await arena.total("visits", "2024", district="spanga-tensta", sex="women") == 6
    assert await arena.drifting() == {}
    elsewhere = ("jobbtorg-vuxna-jarva",)
    assert await arena.refused("GET", f"{PATH}/{body['id']}", units=elsewhere) == "404 not_found"
    shown_people = "select count(*) from access_log where subjects = array[$1::uuid]"
    assert await arena.scalar(shown_people, body["contacts"][1]["personId"]) == 2


async def test_sent_three_times_at_once_it_counts_once(arena: Arena) -> None:
    body = report_body()
    answers = await asyncio.gather(*(arena.call("POST", PATH, body) for _ in range(3)))
    assert sorted(answer.status_code for answer in answers) == [200, 200, 201]
    again = await arena.call("POST", PATH, body, idempotency_key="same")
    replayed = await arena.call("POST", PATH, body, idempotency_key="same")
    assert again.json() == replayed.json() == answers[0].json()
    assert await counted(arena) == (1, 11, 2)
    # Control: under ids of its own the same evening is another evening.
    other = report_body()
    assert (await arena.call("POST", PATH, other)).status_code == 201
    assert await counted(arena) == (2, 22, 4)
    assert await arena.drifting() == {}


async def test_an_id_with_other_content_is_refused_naming_what_differs(arena: Arena) -> None:
    body = report_body()
    await arena.made(PATH, body)
    other = {
        **body,
        "session": {**body["session"], "venue": "bla-huset"},
        "visits": [{**body["visits"][0], "women": 6}, body["visits"][1], {"women": 1, "men": 0}],
        "contacts": body["contacts"][:1],
    }
    answer = await arena.call("POST", PATH, other)
    assert (answer.status_code, answer.json()["code"]) == (409, "id_taken")
    assert entries(answer) == dict.fromkeys(
        ("session.venue", "visits.0.women", "visits.2", "contacts.1"), "differs"
    )
    elsewhere = await arena.call("POST", PATH, other, units=("jobbtorg-vuxna-jarva",))
    assert "invalid-parameters" not in elsewhere.json()
    assert await counted(arena) == (1, 11, 2)


async def test_a_late_copy_of_a_corrected_report_is_still_the_same(arena: Arena) -> None:
    body = report_body()
    made = await arena.made(PATH, body)
    old = await arena.basis()
    tally, contact = made["visits"][0], made["contacts"][0]
    await arena.changed(
        f"/visit-tallies/{tally['id']}", {"women": 4, "reason": "Fel summa"}, version=1
    )
    await arena.call(
        "POST", f"/contacts/{contact['id']}/retractions", {"reason": "Samma person"}, version=1
    )
    moved = {"plannedOn": "2024-03-06", "reason": "Fel dag"}
    await arena.changed(f"/sessions/{body['id']}", moved, version=1)
    late = await arena.call("POST", PATH, body)
    assert late.status_code == 200
    assert late.json()["visits"][0]["women"] == 4
    assert await counted(arena) == (1, 10, 1)
    assert await arena.total("visits", "2024", basis=old) == 11
    assert await arena.total("contacts", "2024", basis=old) == 2
    months = await arena.figure("visits", "2024", by="period")
    assert months["rows"] == [{"period": "2024-03", "value": 10}]
    assert await arena.drifting() == {}


async def test_a_planned_session_becomes_held_and_may_be_reported_in_parts(arena: Arena) -> None:
    planned = await arena.session(state="planned")
    first = of_session(planned, visits=[{"ageGroup": "20-24", "women": 5, "men": 2}])
    shown = await arena.made(PATH, first)
    assert (shown["session"]["state"], shown["session"]["version"]) == ("held", 2)
    second = of_session(planned, contacts=[], visits=[{"ageGroup": "30-39", "women": 1, "men": 1}])
    again = await arena.made(PATH, second)
    assert [tally["ageGroup"] for tally in again["visits"]] == ["30-39"]
    assert await counted(arena) == (1, 9, 2)

    third = of_session(
        planned, visits=[{"women": 1, "men": 0}, {"ageGroup": "20-24", "women": 1, "men": 0}]
    )
    answer = await arena.call("POST", PATH, third)
    assert (answer.status_code, answer.json()["code"]) == (409, "tally_exists")
    assert entries(answer) == {"visits.1.ageGroup": "exists"}
    assert await counted(arena) == (1, 9, 2)
    assert await arena.drifting() == {}


async def test_two_reports_of_one_session_at_once_both_count(arena: Arena) -> None:
    planned = await arena.session(state="planned")
    ages = ("16-19", "20-24", "25-29", "30-39")
    bodies = [of_session(planned, visits=[{"ageGroup": a, "women": 1, "men": 1}]) for a in ages]
    answers = await asyncio.gather(*(arena.call("POST", PATH, body) for body in bodies))
    assert [answer.status_code for answer in answers] == [201] * 4
    assert await counted(arena) == (1, 8, 8)
    assert await arena.drifting() == {}


async def test_a_session_cancelled_meanwhile_is_refused_until_corrected(arena: Arena) -> None:
    planned = await arena.session(state="planned")
    path = f"/sessions/{planned['id']}"
    await arena.changed(path, {"state": "cancelled", "reason": "Sjukdom"}, version=1)
    body = of_session(planned)
    assert await arena.refused("POST", PATH, body) == "409 session_was_cancelled"
    assert await counted(arena) == (0, 0, 0)
    corrected = {**body, "correction": {"reason": "En vikarie kom"}}
    shown = await arena.made(PATH, corrected)
    assert (shown["session"]["state"], shown["session"]["reason"]) == ("held", None)
    assert await counted(arena) == (1, 11, 2)
    assert await arena.drifting() == {}


async def test_a_venue_closed_meanwhile_is_corrected_to_where_it_was(arena: Arena) -> None:
    planned = await arena.session(state="planned")
    venue = await arena.read("/venues/tensta-library")
    closed = {"validTo": "2024-02-29", "reason": "Stängt för ombyggnad"}
    await arena.changed("/venues/tensta-library", closed, version=venue["version"])
    body = of_session(planned)
    assert await arena.refused("POST", PATH, body) == "422 not_valid_that_day"
    corrected = {
        **body,
        "correction": {"reason": "Hölls i Blå huset", "venue": "bla-huset", "startsAt": "17:00"},
    }
    shown = await arena.made(PATH, corrected)
    assert (shown["session"]["venue"], shown["session"]["startsAt"]) == ("bla-huset", "17:00:00")
    assert await arena.total("visits", "2024", venue="bla-huset") == 11
    moved = {"reason": "Dagen var fel", "heldOn": "2024-03-06"}
    further = of_session(planned, contacts=[], visits=[], correction=moved)
    await arena.made(PATH, further)
    assert (await arena.read(f"/sessions/{planned['id']}"))["plannedOn"] == "2024-03-06"
    assert await counted(arena) == (1, 11, 2)
    assert await arena.drifting() == {}


async def test_nobody_came_is_reported_as_that(arena: Arena) -> None:
    shown = await arena.made(PATH, report_body(contacts=[], visits=[{"women": 0, "men": 0}]))
    assert [tally["women"] for tally in shown["visits"]] == [0]
    assert await counted(arena) == (1, 0, 0)


async def test_a_contact_sent_alone_before_is_not_counted_again(arena: Arena) -> None:
    body = report_body()
    met = {
        **body["contacts"][0],
        "operation": "guidance",
        "unit": UNIT,
        "happenedOn": "2024-03-05",
        "channel": "meeting",
        "direction": "two_way",
    }
    await arena.made("/sessions", session_body(id=body["id"], kind="drop_in"))
    await arena.made("/contacts", {**met, "venue": "tensta-library", "sessionId": body["id"]})
    body["sessionId"] = body["id"]
    del body["session"]
    await arena.made(PATH, body)
    assert await counted(arena) == (1, 11, 2)
    taken = {**of_session({"id": body["id"]}), "visits": [], "contacts": body["contacts"][:1]}
    taken["contacts"] = [{**taken["contacts"][0], "sex": "men"}]
    answer = await arena.call("POST", PATH, taken)
    assert (answer.status_code, answer.json()["property"]) == (409, "contacts.0.id")


async def test_reports_that_cannot_be_say_where(arena: Arena) -> None:
    body = report_body()
    session, tally = body["session"], body["visits"][0]
    planned = {"id": str(uuid4())}
    cases: list[tuple[dict[str, Any], str, dict[str, str]]] = [
        (
            {**body, "visits": [tally, {**tally, "ageGroup": "20-29"}]},
            "invalid_request",
            {"visits.1.ageGroup": "enum"},
        ),
        ({**body, "visits": [tally, tally]}, "said_twice", {"visits.1.ageGroup": "repeated"}),
        (
            {**body, "contacts": body["contacts"][:1] * 2},
            "said_twice",
            {"contacts.1.id": "repeated"},
        ),
        (
            {**body, "session": {**session, "venue": "nowhere"}},
            "unknown_reference",
            {"session.venue": "unknown"},
        ),
        (of_session(planned), "unknown_reference", {"sessionId": "unknown"}),
        (
            {**body, "visits": [{**tally, "women": -1}]},
            "invalid_request",
            {"visits.0.women": "greater_than_equal"},
        ),
        (
            {**of_session(planned), "correction": {"reason": "Nr 200109-2382"}},
            "invalid_request",
            {"correction.reason": "identity_number_in_text"},
        ),
    ]
    for sent, code, named in cases:
        answer = await arena.call("POST", PATH, sent)
        assert (answer.json()["code"], entries(answer)) == (code, named)
    plain = [
        ({**body, "sessionId": str(uuid4())}, "422 session_not_named"),
        ({k: v for k, v in body.items() if k != "session"}, "422 session_not_named"),
        ({**body, "correction": {"reason": "Utan grund"}}, "422 session_not_named"),
        ({**body, "session": {**session, "heldOn": "2190-01-01"}}, "422 in_the_future"),
        ({**body, "session": {**session, "heldOn": "2018-12-31"}}, "422 not_valid_that_day"),
        ({**body, "contacts": [body["contacts"][0]] * 201}, "422 invalid_request"),
    ]
    for sent, refusal in plain:
        assert await arena.refused("POST", PATH, sent) == refusal
    refused = await arena.refused("POST", PATH, body, units=("jobbtorg-vuxna-jarva",))
    assert refused == "403 unit_not_allowed"
    assert await counted(arena) == (0, 0, 0)


async def test_a_report_names_a_schedule_and_its_day_whether_planned_yet_or_not(
    arena: Arena,
) -> None:
    made = await arena.made(
        "/schedules",
        {
            "operation": "guidance",
            "venue": "tensta-library",
            "unit": UNIT,
            "kind": "drop_in",
            "rule": "FREQ=WEEKLY;BYDAY=TU",
            "startsOn": "2024-03-01",
            "endsOn": "2024-03-31",
        },
    )

    def of_day(day: str) -> dict[str, Any]:
        body = report_body(scheduleId=made["id"], scheduledOn=day, contacts=[])
        del body["session"]
        return body

    shown = await arena.made(PATH, of_day("2024-03-05"))
    assert (shown["session"]["state"], shown["session"]["followsSchedule"]) == ("held", False)
    # The job that plans sessions has not come to this one yet.
    async with arena.db.begin() as session:
        await (await driver(session)).execute("delete from session where state = 'planned'")
    assert (await arena.made(PATH, of_day("2024-03-12")))["session"]["state"] == "held"
    assert await counted(arena) == (2, 22, 0)
    refused = await arena.call("POST", PATH, of_day("2024-03-13"))
    assert entries(refused) == {"scheduledOn": "unknown"}
