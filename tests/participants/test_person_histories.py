"""Random histories of people: enrolled, corrected, retracted, merged and taken apart again.

A plain model says what may happen and what it counts for; at every basis the service must say
what the model said then, whatever was recorded since.
"""

from __future__ import annotations

import random
from collections import Counter
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

import pytest

from tests.participants.city import City, entry
from tests.participants.test_merges import nothing_drifts

DAY = date(2024, 12, 31)
PROGRAMMES = ("stockholmskraften", "kvinnors-etablering")
UNITS = ("jobbtorg-vuxna", "jobbtorg-unga")
DISTRICTS = ("jarva", "kista", "farsta")
FOREVER = date(2199, 1, 1)


@dataclass
class Enrolled:
    """An enrolment as it is believed now."""

    id: str
    person: str
    programme: str
    unit: str
    start: date
    exit: date | None = None
    outcome: str | None = None
    version: int = 1
    retracted: bool = False

    def meets(self, start: date, end: date | None) -> bool:
        """Say whether it shares a day with another time; the day of an exit is free."""
        mine = self.exit or FOREVER
        theirs = end or FOREVER
        return max(self.start, start) < min(mine, theirs)


class World:
    """What has happened, and what it counts for."""

    def __init__(self, chance: random.Random, city: City) -> None:
        self.chance = chance
        self.city = city
        self.people: dict[str, dict[str, Any]] = {}
        self.into: dict[str, str] = {}
        self.merges: dict[str, tuple[str, str]] = {}
        self.enrolments: list[Enrolled] = []
        self.did: Counter[str] = Counter()

    def root(self, person: str) -> str:
        while person in self.into:
            person = self.into[person]
        return person

    def live(self) -> list[Enrolled]:
        return [it for it in self.enrolments if not it.retracted]

    def of(self, root: str, programme: str, *, but: Enrolled | None = None) -> list[Enrolled]:
        return [
            it
            for it in self.live()
            if it is not but and it.programme == programme and self.root(it.person) == root
        ]

    def a_day(self) -> date:
        return date(2024, 1, 1) + timedelta(days=self.chance.randrange(450))

    async def register(self) -> None:
        sex, district = self.chance.choice(("women", "men")), self.chance.choice(DISTRICTS)
        lives = {"district": district, "validFrom": "2020-01-01"}
        made = await self.city.person(sex, residence=lives)
        self.people[made["id"]] = {"sex": sex, "district": district, "version": 1}
        self.did["register"] += 1

    async def enrol(self) -> None:
        person, programme = self.chance.choice(list(self.people)), self.chance.choice(PROGRAMMES)
        start, unit = self.a_day(), self.chance.choice(UNITS)
        body = entry(person, programme=programme, unit=unit, startedOn=start.isoformat())
        answer = await self.city.call("POST", "/enrolments", body)
        clash = any(it.meets(start, None) for it in self.of(self.root(person), programme))
        self.expect(answer, "enrolment_overlap" if clash else None)
        if not clash:
            made = answer.json()
            self.enrolments.append(Enrolled(made["id"], person, programme, unit, start))

    async def leave(self) -> None:
        if not (staying := [it for it in self.live() if it.exit is None]):
            return
        leaving = self.chance.choice(staying)
        day = leaving.start + timedelta(days=self.chance.randrange(120))
        body = {"exitedOn": day.isoformat(), "outcome": "work"}
        answer = await self.city.call("POST", f"/enrolments/{leaving.id}/exits", body)
        self.expect(answer, None)
        leaving.exit, leaving.outcome = day, "work"
        leaving.version = answer.json()["version"]

    async def correct(self) -> None:
        """Correct the entry: another day, another unit."""
        if not self.live():
            return
        held = self.chance.choice(self.live())
        start, unit = self.a_day(), self.chance.choice(UNITS)
        body = {"startedOn": start.isoformat(), "unit": unit, "reason": "Rättad anmälan"}
        await self.refresh(held)
        path = f"/enrolments/{held.id}/corrections"
        answer = await self.city.call("POST", path, body, version=held.version)
        refusal = None
        if held.exit is not None and held.exit < start:
            refusal = "exit_before_entry"
        elif any(
            it.meets(start, held.exit)
            for it in self.of(self.root(held.person), held.programme, but=held)
            if held.exit is None or held.exit > start
        ):
            refusal = "enrolment_overlap"
        self.expect(answer, refusal)
        if refusal is None:
            held.start, held.unit = start, unit

    async def retract(self) -> None:
        if not self.live():
            return
        held = self.chance.choice(self.live())
        await self.refresh(held)
        path = f"/enrolments/{held.id}/retractions"
        answer = await self.city.call("POST", path, {"reason": "Fel"}, version=held.version)
        self.expect(answer, None)
        held.retracted = True

    async def move(self) -> None:
        """Correct where somebody who stands for themselves has lived all the time."""
        person = self.chance.choice(list(self.people))
        district = self.chance.choice(DISTRICTS)
        version = (await self.city.read(f"/persons/{person}"))["version"]
        home = {"district": district, "validFrom": "2020-01-01"}
        body = {"residence": home, "reason": "Rättad adress"}
        answer = await self.city.call("PATCH", f"/persons/{person}", body, version=version)
        self.expect(answer, "person_merged" if person in self.into else None)
        if person not in self.into:
            self.people[person]["district"] = district

    async def merge(self) -> None:
        absorbed, survivor = self.chance.sample(list(self.people), 2)
        body = {"absorbedId": absorbed, "survivorId": survivor, "reason": "Samma person"}
        answer = await self.city.call("POST", "/person-merges", body)
        stuck = absorbed in self.into or survivor in self.into
        stuck = stuck or any(
            one.meets(other.start, other.exit)
            for programme in PROGRAMMES
            for one in self.of(absorbed, programme)
            for other in self.of(survivor, programme)
            if one.exit != one.start and other.exit != other.start
        )
        self.expect(answer, "merge_refused" if stuck else None)
        if not stuck:
            self.into[absorbed] = survivor
            self.merges[answer.json()["id"]] = (absorbed, survivor)

    async def part(self) -> None:
        if not self.merges:
            return
        merge = self.chance.choice(list(self.merges))
        path = f"/person-merges/{merge}/reversals"
        answer = await self.city.call("POST", path, {"reason": "Två personer"})
        self.expect(answer, None)
        absorbed, _ = self.merges.pop(merge)
        del self.into[absorbed]

    async def refresh(self, held: Enrolled) -> None:
        held.version = (await self.city.read(f"/enrolments/{held.id}"))["version"]

    def expect(self, answer: Any, refusal: str | None) -> None:  # noqa: ANN401  a response
        code = None if answer.is_success else answer.json()["code"]
        assert code == refusal, answer.text
        self.did[refusal or "done"] += 1

    async def step(self) -> None:
        often = [self.enrol] * 5 + [self.leave] * 3 + [self.merge] * 4
        acts = [*often, self.correct, self.correct, self.retract, self.move, self.part, self.part]
        await self.chance.choice(acts)()

    def recount(self) -> dict[str, Any]:
        """Count one by one, each person once and as the one who stands for them."""
        entered = {
            (self.root(it.person), it.unit) for it in self.live() if it.start.year == DAY.year
        }
        standing = {
            self.root(it.person) for it in self.live() if it.start <= DAY < (it.exit or FOREVER)
        }
        roots = {root for root, _ in entered}
        exits = [it for it in self.live() if it.exit and it.exit.year == DAY.year]
        return {
            "enrolled": len(standing),
            "entered": len(roots),
            "by_unit": dict(Counter(unit for _, unit in entered)),
            "by_sex": dict(Counter(self.people[root]["sex"] for root in roots)),
            "by_district": dict(Counter(self.people[root]["district"] for root in roots)),
            "exits": len(exits),
        }


async def counted(city: City, basis: str) -> dict[str, Any]:
    async def rows(by: str) -> dict[str, int]:
        answer = await city.figure("persons-enrolled", "2024", by=by, basis=basis)
        return {row[by]: row["value"] for row in answer["rows"] if row["value"]}

    return {
        "enrolled": (await city.figure("enrolled", DAY.isoformat(), basis=basis))["total"],
        "entered": (await city.figure("persons-enrolled", "2024", basis=basis))["total"],
        "by_unit": await rows("unit"),
        "by_sex": await rows("sex"),
        "by_district": await rows("district"),
        "exits": (await city.figure("exits", "2024", basis=basis))["total"],
    }


@pytest.mark.parametrize("seed", [3])
async def test_every_basis_keeps_who_was_believed_to_be_one_person(city: City, seed: int) -> None:
    world = World(random.Random(seed), city)
    for _ in range(6):
        await world.register()
    believed: list[tuple[str, dict[str, Any]]] = []
    for _ in range(6):
        for _ in range(10):
            await world.step()
        believed.append((await city.basis(), world.recount()))
    for basis, expected in believed:
        assert await counted(city, basis) == expected
    assert len({str(expected) for _, expected in believed}) >= len(believed) - 1  # it did move
    await nothing_drifts(city)
    assert world.did["merge_refused"]
    assert world.did["enrolment_overlap"]
