"""The list of a telephone: sessions that are over and of which something remains to be said."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import product

import pytest
from sqlalchemy import select

from services.outreach import queries
from services.outreach.domain import times
from services.outreach.domain.codes import MissingPart, SessionState
from services.outreach.domain.meetings import missing_parts
from services.outreach.models import OutreachSession
from shared.clock import today
from shared.db import driver
from tests.outreach.arena import UNIT, Arena

ELSEWHERE = "jobbtorg-vuxna-jarva"
ENDS = ((None, None), ("22:00", None), ("19:00", "21:30"), ("21:00", "02:30"), ("01:00", "03:10"))
DAYS = (date(2024, 3, 30), date(2024, 3, 31), date(2024, 10, 26), date(2024, 10, 27))
NIGHTS = (datetime(2024, 3, 30, 22, tzinfo=UTC), datetime(2024, 10, 26, 22, tzinfo=UTC))


@pytest.mark.parametrize(
    ("state", "over", "recorded", "missing"),
    [
        ("planned", True, False, [MissingPart.REPORT]),
        ("held", True, False, [MissingPart.VISITS]),
        ("held", True, True, []),
        ("planned", False, False, []),
        ("held", False, False, []),
        ("cancelled", True, False, []),
    ],
)
def test_what_is_missing_of_a_session(
    *, state: str, over: bool, recorded: bool, missing: list[MissingPart]
) -> None:
    assert missing_parts(SessionState(state), over=over, recorded=recorded) == missing


def test_a_session_is_over_at_its_end_past_midnight_or_with_its_day() -> None:
    evening = (date(2024, 6, 1), time(21), time(2, 30))
    assert not times.over(*evening, now=datetime(2024, 6, 2, 0, 29, tzinfo=UTC))
    assert times.over(*evening, now=datetime(2024, 6, 2, 0, 30, tzinfo=UTC))
    for starts_at in (None, time(10)):
        endless = (date(2024, 6, 1), starts_at, None)
        assert not times.over(*endless, now=datetime(2024, 6, 1, 21, 59, tzinfo=UTC))
        assert times.over(*endless, now=datetime(2024, 6, 1, 22, 0, tzinfo=UTC))


async def test_the_list_holds_what_remains_to_be_said(arena: Arena) -> None:
    day = today()
    earlier, later = [str(day + timedelta(days=n)) for n in (-3, 1)]
    silent = await arena.session(state="planned", plannedOn=str(day - timedelta(days=2)))
    held = await arena.session(plannedOn=earlier)
    counted, met, nobody = [await arena.session(plannedOn=earlier) for _ in range(3)]
    await arena.made(f"/sessions/{counted['id']}/visit-tallies", {"women": 1, "men": 0})
    await arena.made(f"/sessions/{nobody['id']}/visit-tallies", {"women": 0, "men": 0})
    contact = await arena.contact(sessionId=met["id"], happenedOn=earlier)
    await arena.session(state="planned", plannedOn=later)
    off = await arena.session(state="planned", plannedOn=earlier)
    cancelled = {"state": "cancelled", "reason": "Sjukdom"}
    await arena.changed(f"/sessions/{off['id']}", cancelled, version=1)
    away = await arena.session(state="planned", plannedOn=earlier, unit=ELSEWHERE)

    async def asked(*units: str, **query: str) -> list[tuple[str, list[str]]]:
        page = await arena.read("/sessions", unreported="true", units=units or (UNIT,), **query)
        assert page["_meta"]["totalRecords"] == len(page["items"])
        return [(item["id"], item["missingParts"]) for item in page["items"]]

    expected = [(silent["id"], ["report"]), (held["id"], ["visits"])]
    assert await asked() == expected
    assert await asked(sort="plannedOn") == expected[::-1]
    assert await asked(state="planned") == expected[:1]
    assert await asked(ELSEWHERE) == [(away["id"], ["report"])]
    assert len(await asked("*")) == 3
    assert await arena.refused("GET", "/sessions", sort="state") == "422 invalid_request"
    # Of the whole list, those that are not asked for miss nothing.
    whole = await arena.read("/sessions", limit=50, units=(UNIT,))
    assert {i["id"]: i["missingParts"] for i in whole["items"] if i["missingParts"]} == dict(
        expected
    )
    retraction = {"reason": "Var inte där"}
    await arena.call("POST", f"/contacts/{contact['id']}/retractions", retraction, version=1)
    assert (met["id"], ["visits"]) in await asked()

    await _compare_nights(arena)


async def _compare_nights(arena: Arena) -> None:
    """Ask the database and the rule at every ten minutes of the two odd nights."""
    async with arena.db.begin() as session:
        conn = await driver(session)
        for day, (starts_at, ends_at) in product(DAYS, ENDS):
            await conn.execute(
                "insert into session (operation, unit, kind, planned_on, starts_at, ends_at, state,"
                " recorded_by) values ('guidance', $1, 'drop_in', $2, $3, $4, 'planned', 'test')",
                UNIT,
                day,
                starts_at and time.fromisoformat(starts_at),
                ends_at and time.fromisoformat(ends_at),
            )
    async with arena.db.read() as session:
        rows = list(await session.scalars(select(OutreachSession)))
        seen = set()
        for night, step in product(NIGHTS, range(36)):
            now = night + step * timedelta(minutes=10)
            listed = select(OutreachSession.id).where(*queries.unreported(now))
            found = set(await session.scalars(listed))
            assert found == {
                row.id
                for row in rows
                if row.state == "planned"
                and times.over(row.planned_on, row.starts_at, row.ends_at, now=now)
            }, now
            seen.add(len(found))
        assert len(seen) > 6
