"""Invented youths with invented histories: every figure equals a recount of the raw rows.

The recount reads the tables as they are and counts in plain Python, day by day, with nothing of
the service's own rules.
"""

# ruff: noqa: ANN401  rows are whatever stands in the tables
from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

from shared.db import driver
from tests.participants.city import City, number_of
from tests.participants.youths import open_unit, youth

START, END = date(2023, 8, 1), date(2025, 6, 30)
YEAR = (date(2024, 1, 1), date(2024, 12, 31))
REASONS = ("moved", "national_programme", "diploma", "other", "turned_twenty")
CHANNELS = ("phone", "letter", "meeting")
AFTER = ("work", "none", "unknown")
DAYS = (date(2023, 12, 31), date(2024, 2, 29), date(2024, 3, 1), date(2024, 9, 30))


def full_years(born: date, day: date) -> int:
    return day.year - born.year - ((day.month, day.day) < (born.month, born.day))


def age(born: date, day: date) -> str:
    years = full_years(born, day)
    return "0-15" if years < 16 else str(years)


class Recount:
    """Raw rows, and what they come to."""

    def __init__(self, members: list[Any], contacts: list[Any], measures: list[Any]) -> None:
        self.members = [row for row in members if not row["gone"]]
        self.by_id = {row["id"]: row for row in self.members}
        self.contacts = [row for row in contacts if not row["gone"] and self._inside(row, "day")]
        self.measures = [row for row in measures if not row["gone"] and self._inside(row, "day")]

    @classmethod
    async def read(cls, city: City) -> Recount:
        async with city.db.read() as session:
            conn = await driver(session)
            return cls(
                await conn.fetch(
                    "select m.*, m.retracted_at is not null as gone, s.birth_date as born,"
                    " s.id as subject from kaa_membership m join person p on p.id = m.person_id"
                    " join person s on s.id = p.subject_id"
                ),
                await conn.fetch(
                    "select *, retracted_at is not null as gone, held_on as day from kaa_contact"
                ),
                await conn.fetch(
                    "select *, retracted_at is not null as gone,"
                    " coalesce(started_on, declined_on) as day from kaa_measure"
                ),
            )

    def _inside(self, row: Any, day: str) -> bool:
        member = self.by_id.get(row["membership_id"])
        return member is not None and self.on(member, row[day])

    @staticmethod
    def on(row: Any, day: date) -> bool:
        """Say whether the youth is a member on a day."""
        left = row["left_on"] is not None and day >= row["left_on"]
        return row["joined_on"] <= day and not left and full_years(row["born"], day) < 20

    def present(self, day: date) -> Counter[tuple[str, str]]:
        """Return how many are members on a day, by sex and age."""
        seen = {
            (row["subject"], row["sex"], age(row["born"], day))
            for row in self.members
            if self.on(row, day)
        }
        return Counter((sex, years) for _, sex, years in seen)

    def during(self, first: date, last: date) -> int:
        days = [first + timedelta(days=each) for each in range((last - first).days + 1)]
        return len(
            {row["subject"] for row in self.members if any(self.on(row, day) for day in days)}
        )

    def left(self, first: date, last: date) -> Counter[str]:
        """Return the leavings: the first day without membership after one with it."""
        found: Counter[str] = Counter()
        for row in self.members:
            day = first
            while day <= last:
                if self.on(row, day - timedelta(days=1)) and not self.on(row, day):
                    by_age = full_years(row["born"], day) >= 20
                    found["turned_twenty" if by_age else row["leave_reason"]] += 1
                day += timedelta(days=1)
        return found

    def contacted(self, first: date, last: date) -> int:
        return len(
            {
                self.by_id[row["membership_id"]]["subject"]
                for row in self.contacts
                if row["two_way"] and first <= row["day"] <= last
            }
        )

    def sought(self, first: date, last: date) -> Counter[str]:
        return Counter(row["channel"] for row in self.contacts if first <= row["day"] <= last)

    def ended(self, first: date, last: date) -> Counter[tuple[str, str]]:
        return Counter(
            (row["kind"], row["occupation_after"])
            for row in self.measures
            if row["ended_on"] is not None and first <= row["ended_on"] <= last
        )


def cells(figure: dict[str, Any], *names: str) -> dict[Any, int]:
    rows = {tuple(row[name] for name in names): row["value"] for row in figure["rows"]}
    return {key[0] if len(names) == 1 else key: value for key, value in rows.items()}


async def answers(city: City, basis: str) -> dict[str, Any]:
    """Return every figure that the recount knows."""
    return {
        "members": [
            cells(await city.figure("kaa-members", f"{day}", by="sex,ageGroup", basis=basis), "sex",
                  "ageGroup")
            for day in DAYS
        ],
        "during": (await city.figure("kaa-members-during", "2024", basis=basis))["total"],
        "left": cells(await city.figure("kaa-left", "2024", by="outcome", basis=basis), "outcome"),
        "contacted": (await city.figure("kaa-contacted", "2024", basis=basis))["total"],
        "sought": cells(await city.figure("kaa-contacts", "2024", by="kind", basis=basis), "kind"),
        "ended": cells(
            await city.figure("kaa-measures-ended", "2024", by="activity,outcome", basis=basis),
            "activity",
            "outcome",
        ),
    }  # fmt: skip


def recounted(recount: Recount) -> dict[str, Any]:
    return {
        "members": [dict(recount.present(day)) for day in DAYS],
        "during": recount.during(*YEAR),
        "left": dict(recount.left(*YEAR)),
        "contacted": recount.contacted(*YEAR),
        "sought": dict(recount.sought(*YEAR)),
        "ended": dict(recount.ended(*YEAR)),
    }


def invented(chance: random.Random) -> list[dict[str, Any]]:
    """Return rows about sixty youths around their sixteenth to twentieth birthdays."""
    births = [date(2004, 1, 1) + timedelta(days=41 * each) for each in range(29)]
    births.append(date(2004, 2, 29))
    rows = []
    for born in births:
        for serial in (238, 239):
            joined = START + timedelta(days=chance.randrange((END - START).days))
            row = youth(number_of(born, serial), joinedOn=f"{joined}")
            if full_years(born, joined) < 20:
                rows.append(row)
    return rows


def gone(row: dict[str, Any], chance: random.Random) -> dict[str, Any]:
    born = date.fromisoformat("-".join((row["identityNumber"][:4], row["identityNumber"][4:6],
                                        row["identityNumber"][6:8])))  # fmt: skip
    day = date.fromisoformat(row["joinedOn"]) + timedelta(days=chance.randrange(0, 300))
    reason = chance.choice(REASONS)
    if full_years(born, day) < 20 and reason == "turned_twenty":
        reason = "other"
    return row | {"leftOn": f"{day}", "leaveReason": reason}


async def reach(city: City, chance: random.Random) -> None:
    """Seek some youths, and begin and end measures for them."""
    page = await city.read("/kaa-memberships", limit=200)
    for member in chance.sample(page["items"], 12):
        first, last = (date.fromisoformat(member[name]) for name in ("joinedOn", "endsOn"))
        if member["retracted"] or first >= last or first > END:
            continue
        day = first + timedelta(days=chance.randrange(min((last - first).days, 200)))
        contact = {"channel": chance.choice(CHANNELS), "twoWay": chance.random() < 0.6}
        of = {"membershipId": member["id"]}
        await city.made(
            "/kaa-contacts", of | contact | {"heldOn": f"{day}", "occupation": "unknown"}
        )
        measure = {"kind": "study_guidance", "responsible": "municipality", "startedOn": f"{day}"}
        made = await city.made("/kaa-measures", of | measure)
        ended = {
            "endedOn": f"{day + timedelta(days=40)}",
            "endReason": "completed",
            "occupationAfter": chance.choice(AFTER),
        }
        await city.made(f"/kaa-measures/{made['id']}/endings", ended)


async def test_figures_equal_a_recount_now_and_stay_at_old_bases(city: City) -> None:
    chance = random.Random(29 * 9)
    await open_unit(city)
    rows = invented(chance)
    await city.delivered("kaa", rows)
    await reach(city, chance)
    then = await city.basis()
    believed = await answers(city, then)
    assert believed == recounted(await Recount.read(city))
    assert believed["left"]["turned_twenty"] > 5, "there is something to count"
    assert all(believed.values())

    changed = [gone(row, chance) for row in chance.sample(rows, 25)]
    moved = {row["sourceKey"] for row in changed}
    rest = [row for row in rows if row["sourceKey"] not in moved]
    done = await city.delivered("kaa", changed)
    assert done.counts["changed"] == len(changed)
    taken_back = [
        {"op": "retract", "sourceKey": row["sourceKey"], "reason": "Fel"} for row in rest[:6]
    ]
    await city.delivered("kaa", taken_back)
    person = (await city.read("/kaa-memberships", limit=1))["items"][0]["personId"]
    held = await city.read(f"/persons/{person}")
    patch = {"birthDate": "2004-02-29", "reason": "Rätt födelsedag"}
    await city.call("PATCH", f"/persons/{person}", patch, version=held["version"])
    await reach(city, chance)

    known = recounted(await Recount.read(city))
    assert await answers(city, await city.basis()) == known
    assert await answers(city, then) == believed
    assert known != believed

    async with city.db.begin() as session:
        await (await driver(session)).execute(
            "update kaa_membership set joined_on = joined_on - 400, left_on = null,"
            " leave_reason = null, retracted_at = null where id ="
            " (select id from kaa_membership where left_on is not null limit 1)"
        )
    wrong = recounted(await Recount.read(city))
    assert wrong != known, "the control: a row changed behind the journal's back is seen"
    assert await answers(city, await city.basis()) == known
