"""Public sessions as an iCalendar (RFC 5545), as the city's web and telephones read it.

Times are local with their zone, and mean what the sessions' own local times mean: one that
does not exist is read with the offset before the gap, one that exists twice is the first
(section 3.3.5). Why a session was cancelled is not told, and nothing about who was there.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from uuid import UUID

from icalendar import Calendar, Event

from services.outreach.domain.codes import SessionKind, SessionState
from services.outreach.domain.times import last_day
from shared.clock import STOCKHOLM

BACK, AHEAD = timedelta(days=31), timedelta(days=366)
"""How far a calendar reaches from today."""

NAMES = {
    SessionKind.DROP_IN: "Drop-in",
    SessionKind.GUIDANCE: "Studie- och yrkesvägledning",
    SessionKind.FAIR: "Mässa",
    SessionKind.INFORMATION_MEETING: "Informationsträff",
    SessionKind.RECRUITMENT_MEETING: "Rekryteringsträff",
    SessionKind.STUDY_VISIT: "Studiebesök",
    SessionKind.HOME_VISIT_ROUND: "Hembesöksrunda",
}
_STATUS = {
    SessionState.PLANNED: "CONFIRMED",
    SessionState.HELD: "CONFIRMED",
    SessionState.CANCELLED: "CANCELLED",
}


@dataclass(frozen=True, slots=True)
class Entry:
    """What is told of one session."""

    id: UUID
    version: int
    recorded_at: datetime
    kind: SessionKind
    state: SessionState
    title: str | None
    planned_on: date
    starts_at: time | None
    ends_at: time | None
    venue: str | None
    address: str | None


def calendar(name: str, entries: Iterable[Entry]) -> bytes:
    """Return a calendar with a name and an event for each session, the same for the same ones."""
    made = Calendar()
    made.add("prodid", "-//Stockholms stad//Uppsökande verksamhet//SV")
    made.add("version", "2.0")
    made.add("calscale", "GREGORIAN")
    made.add("method", "PUBLISH")
    made.add("x-wr-calname", name)
    for entry in entries:
        made.add_component(_event(entry))
    made.add_missing_timezones()
    written: bytes = made.to_ical()
    return written


def _event(entry: Entry) -> Event:
    event = Event()
    event.add("uid", f"{entry.id}@outreach.stockholm.se")
    event.add("sequence", entry.version - 1)
    event.add("dtstamp", entry.recorded_at)
    event.add("last-modified", entry.recorded_at)
    event.add("summary", entry.title or NAMES[entry.kind])
    event.add("status", _STATUS[entry.state])
    event.add("transp", "TRANSPARENT")
    place = ", ".join(part for part in (entry.venue, entry.address) if part)
    if place:
        event.add("location", place)
    _add_times(event, entry)
    return event


def _add_times(event: Event, entry: Entry) -> None:
    if entry.starts_at is None:
        event.add("dtstart", entry.planned_on)
        return
    starts = datetime.combine(entry.planned_on, entry.starts_at, tzinfo=STOCKHOLM)
    event.add("dtstart", starts)
    if entry.ends_at is not None:
        ends_on = last_day(entry.planned_on, entry.starts_at, entry.ends_at)
        event.add("dtend", datetime.combine(ends_on, entry.ends_at, tzinfo=STOCKHOLM))
