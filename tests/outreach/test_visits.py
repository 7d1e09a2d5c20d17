"""Sessions and visits: what is held, counted, corrected and refused."""

from __future__ import annotations

from uuid import uuid4

import asyncpg
import pytest

from services.outreach.models import JOURNAL
from shared.db import driver
from tests.outreach.arena import UNIT, Arena, session_body

TALLY = {"ageGroup": "20-24", "women": 5, "men": 2}


async def test_visits_of_a_session_are_counted_by_sex_and_place(arena: Arena) -> None:
    held = await arena.session()
    await arena.made(f"/sessions/{held['id']}/visit-tallies", TALLY)
    await arena.made(
        f"/sessions/{held['id']}/visit-tallies", {"ageGroup": "25-29", "women": 1, "men": 0}
    )

    visits = await arena.figure("visits", "2024", by="sex,ageGroup")
    assert visits["unit"] == "visits"
    assert visits["total"] == 8
    assert visits["rows"] == [
        {"sex": "men", "ageGroup": "20-24", "value": 2},
        {"sex": "women", "ageGroup": "20-24", "value": 5},
        {"sex": "women", "ageGroup": "25-29", "value": 1},
    ]
    assert await arena.total("visits", "2024", district="spanga-tensta", operation="guidance") == 8
    assert await arena.total("sessions", "2024-Q1", venue="tensta-library") == 1
    assert await arena.drifting() == {}


async def test_a_correction_leaves_the_old_basis_alone(arena: Arena) -> None:
    held = await arena.session()
    tally = await arena.made(f"/sessions/{held['id']}/visit-tallies", TALLY)
    old = await arena.basis()
    before = await arena.figure("visits", "2024", by="sex", basis=old)

    path = f"/visit-tallies/{tally['id']}"
    corrected = await arena.changed(path, {"women": 4, "reason": "Fel summa"}, version=1)
    assert corrected["version"] == 2
    assert await arena.total("visits", "2024") == 6
    assert await arena.figure("visits", "2024", by="sex", basis=old) == before

    response = await arena.call("POST", f"{path}/retractions", {"reason": "Fel arena"}, version=2)
    assert response.status_code == 201
    assert await arena.total("visits", "2024") == 0
    assert await arena.figure("visits", "2024", by="sex", basis=old) == before
    again = await arena.refused("POST", f"{path}/retractions", {"reason": "igen"}, version=3)
    assert again == "409 already_retracted"
    assert await arena.drifting() == {}


async def test_an_equal_correction_writes_nothing(arena: Arena) -> None:
    held = await arena.session()
    tally = await arena.made(f"/sessions/{held['id']}/visit-tallies", TALLY)
    facts = await arena.scalar(f"select count(*) from {JOURNAL.table}")
    same = await arena.changed(
        f"/visit-tallies/{tally['id']}", {"women": 5, "reason": "Samma"}, version=1
    )
    assert same["version"] == 1
    assert await arena.scalar(f"select count(*) from {JOURNAL.table}") == facts


async def test_a_moved_session_takes_its_visits_along(arena: Arena) -> None:
    held = await arena.session()
    await arena.made(f"/sessions/{held['id']}/visit-tallies", TALLY)
    await arena.changed(
        f"/sessions/{held['id']}",
        {"venue": "bla-huset", "plannedOn": "2024-04-02", "reason": "Fel dag och arena"},
        version=1,
    )
    assert await arena.total("visits", "2024-03") == 0
    assert await arena.total("visits", "2024-04", venue="bla-huset", district="jarva") == 7
    months = await arena.figure("visits", "2024", by="period")
    assert months["rows"] == [{"period": "2024-04", "value": 7}]
    assert await arena.total("sessions", "2024-04") == 1
    assert await arena.drifting() == {}


async def test_a_moved_session_takes_along_contacts_that_were_where_it_was(arena: Arena) -> None:
    session = await arena.session()
    there = {"sessionId": session["id"], "venue": session["venue"]}
    at_it = await arena.contact(**there, happenedOn=session["plannedOn"])
    after_it = await arena.contact(**there, happenedOn="2024-03-07")
    retracted = await arena.contact(**there, happenedOn=session["plannedOn"])
    path = f"/contacts/{retracted['id']}/retractions"
    await arena.made(path, {"reason": "Dubbel"}, version=1)
    before = await arena.basis()
    await arena.changed(
        f"/sessions/{session['id']}",
        {"venue": "bla-huset", "plannedOn": "2024-04-02", "reason": "Fel dag och arena"},
        version=session["version"],
    )
    stands = [await arena.read(f"/contacts/{each['id']}") for each in (at_it, after_it, retracted)]
    assert [(each["happenedOn"], each["venue"]) for each in stands] == [
        ("2024-04-02", "bla-huset"),
        ("2024-03-07", "bla-huset"),
        (session["plannedOn"], session["venue"]),
    ]
    assert await arena.total("contacts", "2024-04", venue="bla-huset") == 1
    assert await arena.total("contacts", "2024-04", basis=before) == 0
    assert await arena.drifting() == {}


async def test_a_session_sent_three_times_is_one_session(arena: Arena) -> None:
    body = session_body(id=str(uuid4()))
    codes = [(await arena.call("POST", "/sessions", body)).status_code for _ in range(3)]
    assert codes == [201, 200, 200]
    assert await arena.total("sessions", "2024") == 1

    tally = {**TALLY, "id": str(uuid4())}
    path = f"/sessions/{body['id']}/visit-tallies"
    codes = [(await arena.call("POST", path, tally)).status_code for _ in range(3)]
    assert codes == [201, 200, 200]
    assert await arena.total("visits", "2024") == 7

    other = await arena.refused("POST", "/sessions", {**body, "plannedOn": "2024-03-06"})
    assert other == "409 id_taken"
    assert await arena.refused("POST", path, {**tally, "women": 6}) == "409 id_taken"


async def test_a_late_copy_of_a_corrected_session_is_still_the_same(arena: Arena) -> None:
    body = session_body(id=str(uuid4()))
    await arena.made("/sessions", body)
    await arena.changed(
        f"/sessions/{body['id']}", {"venue": "bla-huset", "reason": "Fel arena"}, version=1
    )
    late = await arena.call("POST", "/sessions", body)
    assert late.status_code == 200
    assert late.json()["venue"] == "bla-huset"


async def test_nobody_came_is_not_nothing_counted(arena: Arena) -> None:
    held = await arena.session()
    nobody = await arena.made(f"/sessions/{held['id']}/visit-tallies", {"women": 0, "men": 0})
    assert nobody["women"] == 0
    listed = await arena.read("/visit-tallies", sessionId=held["id"])
    assert listed["_meta"]["totalRecords"] == 1
    missing = await arena.refused("POST", f"/sessions/{held['id']}/visit-tallies", {"women": 1})
    assert missing == "422 invalid_request"


async def test_planned_and_cancelled_sessions_are_no_sessions(arena: Arena) -> None:
    planned = await arena.session(state="planned")
    path = f"/sessions/{planned['id']}"
    assert await arena.refused("POST", f"{path}/visit-tallies", TALLY) == "409 session_not_held"
    assert await arena.total("sessions", "2024") == 0

    cancelled = {"state": "cancelled"}
    assert await arena.refused("PATCH", path, cancelled, version=1) == "422 reason_required"
    shown = await arena.changed(path, {**cancelled, "reason": "Handledaren sjuk"}, version=1)
    assert shown["reason"] == "Handledaren sjuk"
    assert await arena.refused("POST", f"{path}/visit-tallies", TALLY) == "409 session_not_held"

    held = await arena.changed(path, {"state": "held", "reason": "Hölls ändå"}, version=2)
    assert held["reason"] is None
    assert await arena.total("sessions", "2024") == 1
    await arena.made(f"{path}/visit-tallies", TALLY)
    refused = await arena.refused("PATCH", path, {**cancelled, "reason": "Nej, inte"}, version=3)
    assert refused == "409 session_has_visits"


REFUSED_SESSIONS = [
    ({"plannedOn": "2190-01-01"}, "422 in_the_future"),
    ({"operation": "nothing"}, "422 unknown_reference"),
    ({"venue": "nowhere"}, "422 unknown_reference"),
    ({"plannedOn": "2018-01-01"}, "422 not_valid_that_day"),
    ({"state": "cancelled"}, "422 invalid_request"),
    ({"unit": "198001012384"}, "422 invalid_request"),
    ({"startsAt": "15:00", "endsAt": "14:00"}, "422 session_too_long"),
    ({"endsAt": "14:00"}, "422 end_without_start"),
]


async def test_sessions_that_cannot_be(arena: Arena) -> None:
    for more, refusal in REFUSED_SESSIONS:
        assert await arena.refused("POST", "/sessions", session_body(**more)) == refusal, more


async def test_an_age_group_is_counted_once_per_session(arena: Arena) -> None:
    held = await arena.session()
    path = f"/sessions/{held['id']}/visit-tallies"
    await arena.made(path, TALLY)
    assert await arena.refused("POST", path, TALLY) == "409 tally_exists"


async def test_changes_need_the_version_that_was_read(arena: Arena) -> None:
    held = await arena.session()
    path, body = f"/sessions/{held['id']}", {"kind": "fair", "reason": "Var en mässa"}
    assert await arena.refused("PATCH", path, body) == "428 precondition_required"
    await arena.changed(path, body, version=1)
    assert await arena.refused("PATCH", path, body, version=1) == "412 precondition_failed"


async def test_a_caller_sees_and_writes_only_its_units(arena: Arena) -> None:
    held = await arena.session()
    mine, others = (UNIT,), ("jobbtorg-vuxna-jarva",)
    assert (await arena.read(f"/sessions/{held['id']}", units=mine))["id"] == held["id"]
    path = f"/sessions/{held['id']}"
    assert await arena.refused("GET", path, units=others) == "404 not_found"
    change = {"kind": "fair", "reason": "Annan sort"}
    assert await arena.refused("PATCH", path, change, version=1, units=others) == "404 not_found"
    assert (await arena.read("/sessions", units=others))["items"] == []
    refused = await arena.refused("POST", "/sessions", session_body(), units=others)
    assert refused == "403 unit_not_allowed"


async def test_visits_never_stand_on_a_session_that_was_not_held(arena: Arena) -> None:
    """The database itself refuses, whoever writes: the negative control of the use case."""
    planned = await arena.session(state="planned")
    with pytest.raises(asyncpg.CheckViolationError, match="held session"):
        async with arena.db.begin() as session:
            conn = await driver(session)
            await conn.execute(
                "insert into visit_tally (session_id, operation, venue, unit, held_on, age_group,"
                " women, recorded_by) select id, operation, venue, unit, planned_on, 'unknown', 1,"
                " 'test' from session where id = $1::uuid",
                planned["id"],
            )
