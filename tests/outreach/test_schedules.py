"""Schedules become sessions: by rule, holidays, stops and exceptions, and never twice."""

# ruff: noqa: ANN401  bodies and parameters are whatever a test wants to send

from __future__ import annotations

import asyncio
import json
from datetime import date, datetime, timedelta
from typing import Any

from jarva.demo import DATA
from services.outreach.scheduled_sessions import HORIZON, plan_ahead
from shared.clock import today, utcnow
from shared.db import driver
from tests.outreach.arena import UNIT, Arena

A_DAY = timedelta(days=1)
RED_DAYS_OF_2020 = {
    "2020-01-01",
    "2020-01-06",
    "2020-04-10",
    "2020-04-12",
    "2020-04-13",
    "2020-05-01",
    "2020-05-21",
    "2020-05-31",
    "2020-06-06",
    "2020-06-19",
    "2020-06-20",
    "2020-10-31",
    "2020-12-24",
    "2020-12-25",
    "2020-12-26",
    "2020-12-31",
}
"""From the almanac: the holidays of the law, and the eves of midsummer, Christmas, New Year."""
SPRING = ("2020-03-18", "2020-05-31")
WEEKDAYS = ("MO", "TU", "WE", "TH", "FR", "SA", "SU")


def schedule(**more: Any) -> dict[str, Any]:
    return {
        "operation": "guidance",
        "venue": "bla-huset",
        "unit": UNIT,
        "kind": "drop_in",
        "rule": "FREQ=WEEKLY;BYDAY=TU,TH",
        "startsOn": "2024-09-02",
        "endsOn": "2024-09-29",
        "startsAt": "13:00:00",
        "endsAt": "16:00:00",
        **more,
    }


async def sessions(arena: Arena, **query: Any) -> list[dict[str, Any]]:
    """Return every session, by day."""
    found: list[dict[str, Any]] = []
    page: str | None = "1"
    while page is not None:
        read = await arena.read("/sessions", limit="200", page=page, **query)
        found += read["items"]
        page = str(int(page) + 1) if read["_links"]["next"] else None
    return sorted(found, key=lambda each: (each["plannedOn"], each["id"]))


async def days(arena: Arena, *states: str) -> list[str]:
    return [each["plannedOn"] for each in await sessions(arena) if each["state"] in states]


async def test_the_schedules_of_2020_expand_with_holidays_and_a_stop_in_spring(
    arena: Arena,
) -> None:
    operation = {"code": "jobbtorg-drop-in", "name": "Drop-in", "counts": "visitors"}
    await arena.made("/operations", operation | {"validFrom": "2015-01-01"})
    for code in ("medborgarkontoret-tensta", "reactor", "ungdomens-hus", "jobbtorg-unga"):
        venue = {"code": code, "name": code, "kind": "other", "district": "jarva"}
        await arena.made("/venues", venue | {"validFrom": "2015-01-01"})
    lines = (DATA / "outreach" / "schedules.ndjson").read_text("utf-8").splitlines()
    of_2020 = [body for body in map(json.loads, lines) if body["startsOn"].startswith("2020")]
    assert len(of_2020) == 5
    for body in of_2020:
        made = await arena.made("/schedules", body)
        stopped = body["kind"] == "guidance"
        if stopped:
            await arena.made(
                f"/schedules/{made['id']}/exceptions",
                {"kind": "stop", "firstOn": SPRING[0], "lastOn": SPRING[1], "reason": "Pandemin"},
            )
        weekdays = body["rule"].removeprefix("FREQ=WEEKLY;BYDAY=").split(",")
        expected = {}
        day = date(2020, 1, 1)
        while day.year == 2020:
            if WEEKDAYS[day.weekday()] in weekdays and str(day) not in RED_DAYS_OF_2020:
                in_stop = stopped and SPRING[0] <= str(day) <= SPRING[1]
                # Stockholm is an hour ahead of UTC, and two from 29 March to 24 October.
                summer = date(2020, 3, 29) <= day < date(2020, 10, 25)
                hour = int(body["startsAt"][:2]) - (2 if summer else 1)
                state = ("cancelled", "Pandemin") if in_stop else ("planned", None)
                expected[str(day)] = (*state, f"{day}T{hour:02}:00:00Z")
            day += A_DAY
        given = [each for each in await sessions(arena) if each["scheduleId"] == made["id"]]
        assert {
            each["scheduledOn"]: (each["state"], each["reason"], each["startsInstant"])
            for each in given
        } == expected
        assert len(given) == len(expected) > 40


async def test_sessions_of_the_two_odd_nights_last_as_long_as_they_do(arena: Arena) -> None:
    await arena.made(
        "/schedules",
        schedule(
            rule="FREQ=WEEKLY;BYDAY=SA",
            startsOn="2020-03-28",
            endsOn="2020-10-24",
            startsAt="22:00:00",
            endsAt="03:30:00",
        ),
    )
    nights = {each["scheduledOn"]: each for each in await sessions(arena)}
    lasting = {
        day: datetime.fromisoformat(each["endsInstant"])
        - datetime.fromisoformat(each["startsInstant"])
        for day, each in nights.items()
    }
    assert lasting.pop("2020-03-28") == timedelta(hours=4, minutes=30)
    assert lasting.pop("2020-10-24") == timedelta(hours=6, minutes=30)
    assert set(lasting.values()) == {timedelta(hours=5, minutes=30)}


async def test_schedules_that_cannot_be(arena: Arena) -> None:
    for more, refusal in (
        ({"rule": "FREQ=HOURLY"}, "422 rule_refused"),
        ({"rule": "FREQ=MONTHLY;BYMONTHDAY=31"}, "422 rule_gives_nothing"),
        ({"endsOn": "2024-09-01"}, "422 ends_before_start"),
        ({"startsOn": "0001-01-01"}, "422 invalid_request"),
        ({"startsAt": None}, "422 end_without_start"),
        ({"endsAt": "12:00:00"}, "422 session_too_long"),
        ({"venue": "nowhere"}, "422 unknown_reference"),
        ({"startsOn": "2018-01-01"}, "422 not_valid_that_day"),
        ({"unit": "another", "units": None}, "403 unit_not_allowed"),
    ):
        units = ("*",) if more.pop("units", "*") else (UNIT,)
        refused = await arena.refused("POST", "/schedules", schedule(**more), units=units)
        assert refused == refusal, more
    assert await sessions(arena) == []


async def test_days_are_moved_added_stopped_and_all_of_it_taken_back(arena: Arena) -> None:
    made = await arena.made("/schedules", schedule())
    path = f"/schedules/{made['id']}/exceptions"
    regular = await days(arena, "planned")
    assert regular == [f"2024-09-{day:02}" for day in (3, 5, 10, 12, 17, 19, 24, 26)]

    moved = {"kind": "moved", "firstOn": "2024-09-10", "movedTo": "2024-09-11"}
    made_exceptions = [
        await arena.made(path, moved | {"reason": "Biblioteket stängt", "startsAt": "10:00:00"}),
        await arena.made(path, {"kind": "extra", "firstOn": "2024-09-14", "reason": "Mässa"}),
        await arena.made(
            path,
            {"kind": "stop", "firstOn": "2024-09-17", "lastOn": "2024-09-19", "reason": "Sjukdom"},
        ),
    ]
    planned = [f"2024-09-{day:02}" for day in (3, 5, 11, 12, 14, 24, 26)]
    assert await days(arena, "planned") == planned
    assert await days(arena, "cancelled") == ["2024-09-17", "2024-09-19"]
    (at_ten,) = (each for each in await sessions(arena) if each["plannedOn"] == "2024-09-11")
    assert (at_ten["scheduledOn"], at_ten["startsAt"]) == ("2024-09-10", "10:00:00")

    for body, refusal in (
        ({"kind": "moved", "firstOn": "2024-09-04", "movedTo": "2024-09-05"}, "422"),
        ({"kind": "moved", "firstOn": "2024-09-12"}, "422 exception_incomplete"),
        ({"kind": "extra", "firstOn": "2024-09-12"}, "409 day_of_the_schedule"),
        ({"kind": "stop", "firstOn": "2024-09-12", "movedTo": "2024-09-13"}, "422"),
        (moved, "409 day_excepted"),
    ):
        refused = await arena.refused("POST", path, body | {"reason": "Går inte"})
        assert refused.startswith(refusal), body

    for exception in made_exceptions:
        gone = f"/schedule-exceptions/{exception['id']}/retractions"
        assert (await arena.call("POST", gone, {"reason": "Misstag"}, version=1)).is_success
    assert await days(arena, "planned") == regular
    assert await days(arena, "cancelled") == ["2024-09-14"]


async def test_what_somebody_has_touched_no_longer_follows(arena: Arena) -> None:
    made = await arena.made("/schedules", schedule())
    held, cancelled, moved, *_ = await sessions(arena)
    await arena.changed(f"/sessions/{held['id']}", {"state": "held"}, version=1)
    gone = {"state": "cancelled", "reason": "Ingen kunde komma"}
    await arena.changed(f"/sessions/{cancelled['id']}", gone, version=1)
    elsewhere = {"plannedOn": "2024-09-13", "reason": "Bytte dag"}
    await arena.changed(f"/sessions/{moved['id']}", elsewhere, version=1)

    body = {"rule": "FREQ=WEEKLY;BYDAY=WE", "reason": "Nya dagar", "appliesFrom": "2024-09-02"}
    await arena.changed(f"/schedules/{made['id']}", body, version=1)
    assert await days(arena, "held") == ["2024-09-03"]
    assert await days(arena, "planned") == [f"2024-09-{day:02}" for day in (4, 11, 13, 18, 25)]
    reasons = [each["reason"] for each in await sessions(arena) if each["state"] == "cancelled"]
    assert reasons == ["Ingen kunde komma", *["Schemat har ändrats."] * 5]


async def test_a_change_from_a_day_on_leaves_what_was_before(arena: Arena) -> None:
    made = await arena.made("/schedules", schedule())
    body = {"startsAt": "10:00:00", "appliesFrom": "2024-09-16", "reason": "Ny tid"}
    await arena.changed(f"/schedules/{made['id']}", body, version=1)
    begins = {each["scheduledOn"]: each["startsAt"] for each in await sessions(arena)}
    assert begins == {
        f"2024-09-{day:02}": "13:00:00" if day < 16 else "10:00:00"
        for day in (3, 5, 10, 12, 17, 19, 24, 26)
    }
    body = {"endsOn": "2024-09-20", "appliesFrom": "2024-09-16", "reason": "Slutar"}
    await arena.changed(f"/schedules/{made['id']}", body, version=2)
    assert await days(arena, "cancelled") == ["2024-09-24", "2024-09-26"]


async def test_sessions_are_planned_ahead_and_never_twice(arena: Arena) -> None:
    made = await arena.made(
        "/schedules", schedule(rule="FREQ=DAILY", startsOn=str(today()), endsOn=None)
    )
    first = await sessions(arena)

    async def plan(days_later: int) -> None:
        async with arena.db.begin() as session:
            await plan_ahead(session, utcnow() + timedelta(days=days_later))

    # Workers at once, with clocks that differ; then one whose clock is behind.
    await asyncio.gather(*(plan(days_later) for days_later in (0, 30, 30, 10)))
    await plan(0)
    later = await sessions(arena)
    assert [each["id"] for each in later[: len(first)]] == [each["id"] for each in first]
    assert max(each["scheduledOn"] for each in later) == str(today() + HORIZON + 30 * A_DAY)
    assert len({each["scheduledOn"] for each in later}) == len(later) > len(first)
    assert {each["scheduleId"] for each in later} == {made["id"]}

    async with arena.db.begin() as session:  # the control: under other keys all are planned again
        conn = await driver(session)
        await conn.execute("update session set scheduled_on = scheduled_on - 1000")
        await plan_ahead(session, utcnow())
    assert len(await sessions(arena)) > len(later)


async def test_a_preview_writes_nothing_and_names_the_holidays(arena: Arena) -> None:
    body = {
        "rule": "FREQ=WEEKLY;BYDAY=FR",
        "startsOn": "2020-04-01",
        "startsAt": "13:00:00",
        "from": "2020-04-03",
        "to": "2020-04-17",
    }
    answer = await arena.call("POST", "/schedule-previews", body)
    assert answer.status_code == 200, answer.text
    assert answer.json()["items"] == [
        {
            "scheduledOn": day,
            "startsInstant": f"{day}T11:00:00Z",
            "endsInstant": None,
            "holiday": name,
            "state": "skipped" if name else "planned",
        }
        for day, name in (
            ("2020-04-03", None),
            ("2020-04-10", "Långfredagen"),
            ("2020-04-17", None),
        )
    ]
    assert await sessions(arena) == []
