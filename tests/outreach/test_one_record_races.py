"""Changes of one record that meet: one stands, the other is told why, nothing is half done."""

from __future__ import annotations

import asyncio
from collections.abc import AsyncIterator
from contextlib import suppress
from datetime import timedelta
from functools import partial
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import asyncpg
import httpx2

from services.outreach import (
    contact_links,
    contacts,
    keeping,
    operations,
    referrals,
    schedules,
    session_reports,
    sessions,
    visits,
)
from services.outreach.domain.counting import Counts
from services.outreach.domain.session_reports import Report
from services.outreach.facts import take_catalogues
from services.outreach.queries import CONTACTS
from services.outreach.scheduled_sessions import plan_ahead
from services.outreach.schemas.meetings import ContactIn
from services.outreach.schemas.referral import ReferralIn
from services.outreach.schemas.session_reports import SessionReportIn
from shared.clock import today, utcnow
from shared.database_errors import DATABASE_ERRORS
from shared.db import WriteSession, driver
from tests.outreach.arena import (
    EVERYTHING,
    ROOT,
    UNIT,
    Arena,
    contact_body,
    referral_body,
)
from tests.outreach.meeting import CLERK, WAITING, Deed, meet

Meetings: TypeAlias = "AsyncIterator[tuple[str, Deed, Deed, str | None]]"
"""What meets, first and second, and how the second is refused."""

SAID: dict[str, Any] = {"version": 1, "reason": "Rättat", "by": CLERK}
A_DAY = timedelta(days=1)
STALE = "precondition_failed"


def reported(**more: Any) -> Deed:  # noqa: ANN401  whatever a report may say
    said: Report = SessionReportIn.model_validate({"id": str(uuid4()), **more}).report()
    return partial(session_reports.report, said=said, by=CLERK)


async def of_a_session(arena: Arena) -> Meetings:
    async def planned() -> UUID:
        return UUID((await arena.session(state="planned"))["id"])

    def changed(session_id: UUID, **values: Any) -> Deed:  # noqa: ANN401  columns
        return partial(sessions.change, session_id=session_id, values=values, **SAID)

    def came(session_id: UUID, age_group: str) -> Deed:
        visited = [{"ageGroup": age_group, "women": 3, "men": 1}]
        return reported(sessionId=str(session_id), visits=visited)

    one = await planned()
    yield "reports of the same", came(one, "20-24"), came(one, "20-24"), "tally_exists"
    one = await planned()
    yield "reports of others", came(one, "20-24"), came(one, "25-29"), None
    one = await planned()
    held, cancelled = changed(one, state="held"), changed(one, state="cancelled")
    yield "hold, cancel", held, cancelled, STALE
    one = await planned()
    held, cancelled = changed(one, state="held"), changed(one, state="cancelled")
    yield "cancel, hold", cancelled, held, STALE
    one = await planned()
    cancelled = changed(one, state="cancelled")
    yield "report, cancel", came(one, "20-24"), cancelled, STALE
    one = await planned()
    cancelled = changed(one, state="cancelled")
    yield "cancel, report", cancelled, came(one, "20-24"), "session_was_cancelled"
    for first in ("count", "cancel"):
        one = UUID((await arena.session())["id"])
        cancelled = changed(one, state="cancelled")
        values: dict[str, Any] = {"age_group": "20-24", "women": 1, "men": 1, "unknown": 0}
        counted = partial(visits.count, session_id=one, values=values, by=CLERK)
        if first == "count":
            yield "count, cancel", counted, cancelled, "session_has_visits"
        else:
            yield "cancel, count", cancelled, counted, "session_not_held"


async def of_a_contact(arena: Arena) -> Meetings:
    async def contact() -> UUID:
        return UUID((await arena.contact())["id"])

    def linked(contact_id: UUID) -> Deed:
        said: dict[str, Any] = {"person_id": uuid4(), "reason": None, "by": CLERK}
        return partial(contact_links.link, contact_id=contact_id, **said)

    def retracted(contact_id: UUID) -> Deed:
        return partial(keeping.retract, noun=CONTACTS, record_id=contact_id, **SAID)

    def recorded(contact_id: UUID) -> Deed:
        body = contact_body(id=str(contact_id), personId=str(uuid4()))
        return partial(contacts.record, values=ContactIn.model_validate(body).values(), by=CLERK)

    def counting(counts: Counts, day: int) -> Deed:
        since = today().replace(year=2024, month=1, day=day)
        said: dict[str, Any] = {"valid_from": since, "counts": counts, "note": "", "by": CLERK}
        return partial(operations.add_counting_rule, code="jobbtorg-outreach", **said)

    one = await contact()
    yield "link, retract", linked(one), retracted(one), STALE
    one = await contact()
    yield "retract, link", retracted(one), linked(one), "already_retracted"
    one = await contact()
    yield "links to two", linked(one), linked(one), "linked_to_another"
    one = uuid4()
    yield "two of one id", recorded(one), recorded(one), "id_taken"
    yield "rule, record", counting(Counts.VISITORS, 1), recorded(uuid4()), None
    yield "record, rule", recorded(uuid4()), counting(Counts.TWO_WAY_CONTACTS, 2), None


async def of_a_referral(_arena: Arena) -> Meetings:
    values = ReferralIn.model_validate(referral_body()).values()
    made = partial(referrals.make, values=values, answer_days=14, by=CLERK)
    yield "two referrals", made, made, "referral_already_open"


async def of_a_schedule(arena: Arena) -> Meetings:
    async def weekly() -> tuple[UUID, UUID]:
        body = {"operation": "guidance", "unit": UNIT, "kind": "drop_in", "startsOn": "2024-03-04"}
        until = {"rule": "FREQ=WEEKLY;BYDAY=TU", "endsOn": "2024-03-31"}
        made = await arena.made("/schedules", {**body, **until})
        of_day = "select id from session where schedule_id = $1 and scheduled_on = '2024-03-05'"
        return UUID(made["id"]), await arena.scalar(of_day, UUID(made["id"]))

    def changed(schedule_id: UUID, **values: Any) -> Deed:  # noqa: ANN401  columns
        since = today().replace(year=2024, month=3, day=4)
        values["applies_from"] = since
        return partial(schedules.change, schedule_id=schedule_id, values=values, **SAID)

    planning = partial(plan_ahead, slot=utcnow())

    wednesdays: dict[str, Any] = {"rule": "FREQ=WEEKLY;BYDAY=WE"}
    for of_day in (True, False):
        one, session_id = await weekly()
        day: dict[str, Any] = {"scheduleId": str(one), "scheduledOn": "2024-03-05"}
        report = reported(**(day if of_day else {"sessionId": str(session_id)}))
        yield f"change, report {of_day}", changed(one, title="Kafé"), report, None
        one, session_id = await weekly()
        day = {"scheduleId": str(one), "scheduledOn": "2024-03-05"}
        report = reported(**(day if of_day else {"sessionId": str(session_id)}))
        yield f"report, drop {of_day}", report, changed(one, **wednesdays), None
        assert await arena.scalar("select state from session where id = $1", session_id) == "held"
    one, session_id = await weekly()
    report = reported(sessionId=str(session_id))
    yield "drop, report", changed(one, **wednesdays), report, "session_was_cancelled"
    one, _ = await weekly()
    yield "drop twice", changed(one, **wednesdays), changed(one, **wednesdays), STALE
    endless: dict[str, Any] = {"ends_on": None, "rule": "FREQ=DAILY"}
    one, _ = await weekly()
    yield "plan, change", planning, changed(one, **endless), None
    one, _ = await weekly()
    yield "change, plan", changed(one, **endless), planning, None


async def test_one_stands_and_the_other_is_told_why(arena: Arena) -> None:
    went_wrong: dict[str, Any] = {}
    for meetings in (of_a_session, of_a_contact, of_a_referral, of_a_schedule):
        async for name, first, second, refusal in meetings(arena):
            refused = await meet(arena, first, second)
            if refused != refusal:
                went_wrong[name] = refused
    assert went_wrong == {}
    assert await arena.drifting() == {}
    await planned_once(arena)
    await killed_while_planning(arena)
    await planned_while_a_venue_changes(arena)
    await caught_in_a_deadlock(arena)


async def sessions_of_schedules(arena: Arena) -> set[tuple[Any, ...]]:
    async with arena.db.read() as session:
        rows = await (await driver(session)).fetch(
            "select id, version, schedule_id, scheduled_on from session where schedule_id notnull"
        )
    found = {tuple(row.values()) for row in rows}
    assert len({each[2:] for each in found}) == len(found)
    return found


async def planned_once(arena: Arena) -> None:
    """See that planning anew finds everything as it should be."""
    before = await sessions_of_schedules(arena)
    async with arena.db.begin() as session:
        await plan_ahead(session, utcnow())
    assert await sessions_of_schedules(arena) == before


async def killed_while_planning(arena: Arena) -> None:
    """Kill the planner's connection when all is planned but nothing committed; plan again."""
    before = await sessions_of_schedules(arena)
    later = utcnow() + 30 * A_DAY
    with suppress(*DATABASE_ERRORS):
        async with arena.db.begin() as session:
            await plan_ahead(session, later)
            own = await (await driver(session)).fetchval("select pg_backend_pid()")
            assert await arena.scalar("select pg_terminate_backend($1, 5000)", own)
    assert await sessions_of_schedules(arena) == before
    for _ in range(2):
        async with arena.db.begin() as session:
            await plan_ahead(session, later)
    after = await sessions_of_schedules(arena)
    assert after > before
    assert {version for _, version, *_ in after - before} == {1}


async def planned_while_a_venue_changes(arena: Arena) -> None:
    """Let a venue change when its sessions are next to be planned, after those of another."""
    body = {"operation": "guidance", "unit": UNIT, "kind": "drop_in", "rule": "FREQ=DAILY"}
    for venue in ("tensta-library", "bla-huset"):
        made = await arena.made("/schedules", {**body, "venue": venue, "startsOn": str(today())})
        astray = "update session set title = 'Kafé' where schedule_id = $1"
        async with arena.db.begin() as session:
            await (await driver(session)).execute(astray, UUID(made["id"]))

    async def held(session: WriteSession) -> None:
        conn = await driver(session)
        await conn.execute("select from venue where code = 'bla-huset' for update")

    async def planned(session: WriteSession) -> None:
        await plan_ahead(session, utcnow() + 40 * A_DAY)

    assert await meet(arena, held, planned, take_catalogues) is None


async def caught_in_a_deadlock(arena: Arena) -> None:
    """Let a correction wait for a venue whose holder waits for the contact it corrects."""
    contact = await arena.contact(venue="bla-huset")
    correction = {"sex": "men", "reason": "Rättat"}
    async with arena.db.begin() as session:
        conn = await driver(session)
        await conn.execute("select from venue where code = 'bla-huset' for update")
        correcting = asyncio.create_task(ask_once(arena, contact["id"], correction))
        async with asyncio.timeout(10):
            while not await arena.scalar(WAITING):
                await asyncio.sleep(0)
        # Whichever of the two the server finds first is the one that it sends away.
        with suppress(asyncpg.DeadlockDetectedError):
            await conn.execute("select from contact where id = $1 for update", UUID(contact["id"]))
            answer = await correcting
            assert (answer.status_code, answer.json()["code"]) == (409, "try_again"), answer.text
            assert answer.headers["retry-after"] == "1"
    await correcting
    again = await ask_once(arena, contact["id"], correction)
    assert again.status_code in (200, 412), again.text
    assert (await arena.read(f"/contacts/{contact['id']}"))["version"] == 2


async def ask_once(arena: Arena, contact: str, body: dict[str, Any]) -> httpx2.Response:
    headers = {**arena.issuer.headers(*EVERYTHING, units=("*",)), "If-Match": '"v1"'}
    path = f"{ROOT}/contacts/{contact}"
    return await arena.client.request("PATCH", path, json=body, headers=headers)
