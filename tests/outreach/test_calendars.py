"""The calendars of public sessions, read back as a telephone reads them."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import httpx2
import pytest
from icalendar import Calendar, Event

from services.outreach.domain.calendars import NAMES, Entry, calendar
from services.outreach.domain.codes import SessionKind, SessionState
from shared.clock import today
from tests.outreach.arena import ROOT, Arena

STOCKHOLM = ZoneInfo("Europe/Stockholm")
NIGHT = (time(22), time(3, 30))


def entry(day: date, starts: time | None = None, ends: time | None = None) -> Entry:
    return Entry(
        id=UUID(int=day.toordinal()),
        version=3,
        recorded_at=datetime(2020, 1, 2, 3, 4, 5, 678, tzinfo=UTC),
        kind=SessionKind.DROP_IN,
        state=SessionState.PLANNED,
        title="Öppet hus för föräldralediga på Spånga-Tenstas öppna förskola, åk 1-3; ta med; " * 2,
        planned_on=day,
        starts_at=starts,
        ends_at=ends,
        venue="Blå huset",
        address="Tenstagången 20",
    )


def events(body: bytes) -> list[Event]:
    read = Calendar.from_ical(body)
    assert isinstance(read, Calendar)
    return list(read.events)


def test_every_kind_has_a_name() -> None:
    assert set(NAMES) == set(SessionKind)


@pytest.mark.parametrize(
    ("day", "times", "lasts"),
    [
        (date(2020, 3, 28), NIGHT, timedelta(hours=4, minutes=30)),
        (date(2020, 10, 24), NIGHT, timedelta(hours=6, minutes=30)),
        (date(2020, 6, 1), NIGHT, timedelta(hours=5, minutes=30)),
        (date(2020, 6, 1), (time(15), time(17)), timedelta(hours=2)),
        # From a time that does not exist, read with the offset before: 03:30 summer time.
        (date(2020, 3, 29), (time(2, 30), time(4)), timedelta(minutes=30)),
    ],
)
def test_nights_are_as_long_as_they_were(
    day: date, times: tuple[time, time], lasts: timedelta
) -> None:
    (event,) = events(calendar("Blå huset", [entry(day, *times)]))
    starts, ends = event.decoded("dtstart"), event.decoded("dtend")
    assert starts.replace(tzinfo=None) == datetime.combine(day, times[0])
    assert ends.astimezone(UTC) - starts.astimezone(UTC) == lasts


def test_zone_is_described_as_the_clocks_of_stockholm_go() -> None:
    body = calendar("Blå huset", [entry(date(2020, 3, 28), *NIGHT)])
    assert b"DTSTART;TZID=Europe/Stockholm:20200328T220000" in body
    read = Calendar.from_ical(body)
    assert isinstance(read, Calendar)
    (zone,) = read.timezones
    assert zone.tz_name == "Europe/Stockholm"
    described = zone.to_tz(lookup_tzid=False)
    for month in range(1, 13):
        for day in (1, 24, 29):
            if (month, day) != (2, 29):
                noon = datetime(2025, month, day, 12)  # noqa: DTZ001  the zone is what is tried
                offsets = [noon.replace(tzinfo=tz).utcoffset() for tz in (described, STOCKHOLM)]
                assert offsets[0] == offsets[1], noon


def test_lines_are_folded_and_texts_read_back() -> None:
    one = entry(date(2020, 6, 1))
    body = calendar("Blå huset", [one])
    assert max(map(len, body.split(b"\r\n"))) <= 75
    assert len(body.split(b"\r\n ")) > 2, "the control: there was something to fold"
    (event,) = events(body)
    assert event["summary"] == one.title
    assert event["location"] == "Blå huset, Tenstagången 20"
    assert event.decoded("dtstart") == one.planned_on
    assert (event["sequence"], event["status"]) == (2, "CONFIRMED")
    assert body == calendar("Blå huset", [one])


async def fetched(arena: Arena, path: str, **headers: str) -> httpx2.Response:
    """Ask as anybody may, without a token."""
    return await arena.client.get(f"{ROOT}/calendars/{path}", headers=headers)


async def told(arena: Arena, path: str) -> dict[str, Event]:
    answer = await fetched(arena, path)
    assert answer.status_code == 200, answer.text
    assert answer.headers["content-type"] == "text/calendar; charset=utf-8"
    return {str(event["uid"]).partition("@")[0]: event for event in events(answer.content)}


async def test_calendars_hold_public_sessions_and_nothing_else(arena: Arena) -> None:
    now = today()

    async def plan(days: int, **more: Any) -> dict[str, Any]:  # noqa: ANN401
        return await arena.session(
            plannedOn=str(now + timedelta(days=days)),
            state="planned",
            unit="hemlig-enhet",
            **{"public": True, **more},
        )

    soon = await plan(3, startsAt="15:00:00", endsAt="17:00:00", title="Öppet hus på lovet")
    hidden = await plan(4, public=False, title="Internt möte")
    elsewhere = await plan(5, venue="bla-huset")
    other = await plan(6, operation="sff", kind="information_meeting")
    edges = [await plan(days) for days in (-31, 366)]
    beyond = [await plan(days) for days in (-32, 367)]

    at_venue = await told(arena, "venues/tensta-library.ics")
    ids = [each["id"] for each in (soon, other, *edges)]
    assert sorted(at_venue) == sorted(ids)
    assert not {each["id"] for each in (hidden, elsewhere, *beyond)} & set(at_venue)
    of_operation = await told(arena, "operations/guidance.ics")
    assert set(of_operation) == {each["id"] for each in (soon, elsewhere, *edges)}
    assert set(await told(arena, "venues/tensta-library.ics?operation=sff")) == {other["id"]}
    assert set(await told(arena, "operations/guidance.ics?venue=bla-huset")) == {elsewhere["id"]}
    assert await told(arena, "operations/jobbtorg-outreach.ics") == {}
    assert [str(at_venue[each["id"]]["summary"]) for each in (soon, other)] == [
        "Öppet hus på lovet",
        "Informationsträff",
    ]
    starts = datetime.combine(now + timedelta(days=3), time(15), STOCKHOLM)
    assert at_venue[soon["id"]].decoded("dtstart") == starts
    assert at_venue[soon["id"]]["location"] == "tensta-library"

    path = f"/sessions/{soon['id']}"
    moved = {"plannedOn": str(now + timedelta(days=9)), "reason": "Flyttat"}
    await arena.changed(path, moved, version=1)
    cancelled = {"state": "cancelled", "reason": "Handledaren var sjuk"}
    await arena.changed(path, cancelled, version=2)
    answer = await fetched(arena, "venues/tensta-library.ics")
    again = (await told(arena, "venues/tensta-library.ics"))[soon["id"]]
    assert (again["status"], again["sequence"]) == ("CANCELLED", 2)
    assert again.decoded("dtstart") == starts + timedelta(days=6)
    assert "sjuk" not in answer.text
    assert "hemlig-enhet" not in answer.text

    await arena.changed(path, {"public": False, "reason": "Bara för anmälda"}, version=3)
    assert soon["id"] not in await told(arena, "venues/tensta-library.ics")


async def test_calendar_is_kept_until_something_changes(arena: Arena) -> None:
    first = await fetched(arena, "venues/tensta-library.ics")
    assert first.headers["cache-control"] == "public, max-age=900"
    tag = first.headers["etag"]
    unchanged = await fetched(arena, "venues/tensta-library.ics", **{"If-None-Match": tag})
    assert (unchanged.status_code, unchanged.content) == (304, b"")
    await arena.session(plannedOn=str(today()), state="planned", public=True)
    changed = await fetched(arena, "venues/tensta-library.ics", **{"If-None-Match": tag})
    assert changed.status_code == 200
    assert len(events(changed.content)) == 1

    for path, refusal in (
        ("venues/nowhere.ics", "404 not_found"),
        ("operations/nothing.ics", "404 not_found"),
        ("venues/tensta-library.ics?operation=nothing", "404 not_found"),
        ("venues/tensta-library", "422 invalid_request"),
    ):
        refused = await fetched(arena, path)
        assert f"{refused.status_code} {refused.json()['code']}" == refusal
