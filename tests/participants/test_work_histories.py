"""Random histories of activities and entries, recounted from what the lists say of the records."""

# ruff: noqa: ANN401  JSON bodies and query parameters are whatever a test sends
from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from tests.participants.city import City, entry

DAY = "2024-12-31"
KINDS = ("internship", "sfi", "stockholmsjobb")


class History:
    """Enrolments of young people, and what happens to them at random."""

    def __init__(self, chance: random.Random, city: City) -> None:
        self.chance = chance
        self.city = city
        self.steps = Counter[str]()

    def day(self) -> str:
        return (date(2024, 1, 1) + timedelta(days=self.chance.randrange(420))).isoformat()

    async def begin(self, people: int) -> None:
        for _ in range(people):
            number = self.city.person_number(self.chance.choice(("women", "men")), year=2001)
            person = await self.city.person(identityNumber=number)
            await self.city.made("/enrolments", entry(person["id"], startedOn=self.day()))

    async def step(self) -> None:
        """Let something happen; what a rule refuses did not happen."""
        ways = (self.enters, self.ends, self.changes, self.goes, self.exits, self.corrects)
        does = self.chance.choices(ways, weights=(5, 3, 3, 1, 1, 3))[0]
        status = await does()
        self.steps[f"{does.__name__} {status}"] += 1
        assert status in (201, 409, 422), does.__name__

    async def enters(self) -> int:
        enrolled = await self.one("/enrolments")
        hours = self.chance.choice((None, 40, 80))
        first = date.fromisoformat(enrolled["startedOn"])
        began = (first + timedelta(days=self.chance.randrange(-5, 120))).isoformat()
        body = {"kind": self.chance.choice(KINDS), "startedOn": began, "hoursPerMonth": hours}
        return await self.post("/activities", body | {"enrolmentId": enrolled["id"]})

    async def ends(self) -> int:
        activity = await self.one("/activities")
        end = {"endedOn": self.day(), "outcome": self.chance.choice(("completed", "work"))}
        return await self.post(f"/activities/{activity['id']}/endings", end)

    async def changes(self) -> int:
        activity = await self.one("/activities")
        change = self.chance.choice(
            ({"kind": "osa"}, {"startedOn": self.day()}, {"end": None}, {"hoursPerMonth": 60})
        )
        path = f"/activities/{activity['id']}/corrections"
        return await self.post(path, change | {"reason": "Fel"}, version=activity["version"])

    async def goes(self) -> int:
        what = self.chance.choice(("/activities", "/activities", "/enrolments"))
        held = await self.one(what)
        path = f"{what}/{held['id']}/retractions"
        return await self.post(path, {"reason": "Aldrig sant"}, version=held["version"])

    async def exits(self) -> int:
        enrolled = await self.one("/enrolments")
        exit_ = {"exitedOn": self.day(), "outcome": self.chance.choice(("work", "moved"))}
        return await self.post(f"/enrolments/{enrolled['id']}/exits", exit_)

    async def corrects(self) -> int:
        enrolled = await self.one("/enrolments")
        change = self.chance.choice(
            (
                {"exit": None},
                {"startedOn": self.day()},
                {"statusAtEntry": self.chance.choice(("inactive", "employed", "unemployed"))},
                {"circumstances": ["disability_support", "newly_arrived"]},
                {"ground": "voluntary"},
            )
        )
        path = f"/enrolments/{enrolled['id']}/corrections"
        return await self.post(path, change | {"reason": "Fel"}, version=enrolled["version"])

    async def one(self, path: str) -> dict[str, Any]:
        held = await self.all(path)
        return (
            self.chance.choice(held) if held else {"id": "00000000-0000-7000-8000-0", "version": 1}
        )

    async def all(self, path: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = (await self.city.read(path, limit=200))["items"]
        return items

    async def post(self, path: str, body: Any, **more: Any) -> int:
        return (await self.city.call("POST", path, body, **more)).status_code

    async def recount(self) -> dict[str, Any]:
        """Count the records as they are believed now, one by one."""
        entries = [each for each in await self.all("/enrolments") if not each["retracted"]]
        stands = {each["id"] for each in entries}
        activities = [
            each
            for each in await self.all("/activities")
            if not each["retracted"] and each["enrolmentId"] in stands
        ]
        going = [each for each in activities if each["startedOn"] <= DAY < (each["endedOn"] or "9")]
        enrolled = [
            each for each in entries if each["startedOn"] <= DAY < (each["exitedOn"] or "9")
        ]
        return {
            "in-activity": persons(going, "kind"),
            "activities-started": dict(
                Counter(each["kind"] for each in activities if each["startedOn"][:4] == "2024")
            ),
            "activities-ended": dict(
                Counter(
                    each["outcome"] for each in activities if (each["endedOn"] or "")[:4] == "2024"
                )
            ),
            "activity-hours": sum(each["hoursPerMonth"] or 0 for each in going),
            "enrolled-by-target-group": {
                group: len({each["personId"] for each in enrolled if group in each["targetGroups"]})
                for group in {name for each in enrolled for name in each["targetGroups"]}
            },
            "enrolled": persons(enrolled, "statusAtEntry"),
            "enrolled-during": len(
                {
                    each["personId"]
                    for each in entries
                    if each["startedOn"] <= DAY
                    and each["startedOn"] != each["exitedOn"]
                    and (each["exitedOn"] or "9") > "2024-01-01"
                }
            ),
            "uvas-reached": len(
                {
                    each["personId"]
                    for each in entries
                    if "uvas" in each["targetGroups"] and each["startedOn"][:4] == "2024"
                }
            ),
        }


def persons(records: list[dict[str, Any]], by: str) -> dict[str, int]:
    pairs = {(each[by], each["personId"]) for each in records}
    return dict(Counter(value for value, _ in pairs))


async def counted(city: City, basis: str) -> dict[str, Any]:
    async def rows(name: str, period: str, by: str) -> dict[str, int]:
        answer = await city.figure(name, period, by=by, basis=basis)
        return {row[by]: row["value"] for row in answer["rows"] if row["value"]}

    async def total(name: str, period: str) -> int:
        value: int = (await city.figure(name, period, basis=basis))["total"]
        return value

    return {
        "in-activity": await rows("in-activity", DAY, "activity"),
        "activities-started": await rows("activities-started", "2024", "activity"),
        "activities-ended": await rows("activities-ended", "2024", "outcome"),
        "activity-hours": await total("activity-hours", DAY),
        "enrolled-by-target-group": await rows("enrolled-by-target-group", DAY, "targetGroup"),
        "enrolled": await rows("enrolled", DAY, "status"),
        "enrolled-during": await total("enrolled-during", "2024"),
        "uvas-reached": await total("uvas-reached", "2024"),
    }


@pytest.mark.parametrize("seed", [1, 2])
async def test_every_basis_keeps_what_was_believed_then(city: City, seed: int) -> None:
    history = History(random.Random(seed), city)
    await history.begin(7)
    believed: list[tuple[str, dict[str, Any]]] = []
    for _ in range(4):
        for _ in range(14):
            await history.step()
        believed.append((await city.basis(), await history.recount()))
    for basis, expected in believed:
        assert await counted(city, basis) == expected
    assert len({str(expected) for _, expected in believed}) > 2  # it did move
    done = [step for step in history.steps if step.endswith("201")]
    assert len(done) >= 5, history.steps  # most kinds of steps were taken
