"""Random histories of deliveries, recounted by a plain script that knows nothing of journals."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import pytest

from tests.participants.city import City

DAY = "2024-12-31"
OUTCOMES = ("work", "studies", "moved")


class Source:
    """A register kept elsewhere: who is enrolled, corrected and retracted at random."""

    def __init__(self, chance: random.Random, city: City) -> None:
        self.chance = chance
        self.numbers = [city.person_number(sex) for sex in ("women", "men") for _ in range(12)]
        self.rows: dict[str, dict[str, Any]] = {}
        self.retracted: set[str] = set()

    def news(self) -> list[dict[str, Any]]:
        """Return the rows of the next delivery, and remember them as they will be held."""
        sent: dict[str, dict[str, Any]] = {}
        for number, programme in self._untouched():
            key = f"s:{number[-6:]}:{programme}"
            row = self._row(key, number, programme)
            if key in self.rows and self.chance.random() < 0.25:
                sent[key] = {"op": "retract", "sourceKey": key, "reason": "Aldrig sant"}
                self.retracted.add(key)
                continue
            sent[key] = self.rows[key] = row
            self.retracted.discard(key)
        return list(sent.values())

    def _untouched(self) -> list[tuple[str, str]]:
        pairs = [
            (number, programme)
            for number in self.numbers
            for programme in ("stockholmskraften", "kvinnors-etablering")
        ]
        return self.chance.sample(pairs, 15)

    def _row(self, key: str, number: str, programme: str) -> dict[str, Any]:
        started = date(2024, 1, 1) + timedelta(days=self.chance.randrange(500))
        row = {
            "sourceKey": key,
            "identityNumber": number,
            "unit": self.chance.choice(("jobbtorg-vuxna", "jobbtorg-unga")),
            "programme": programme,
            "ground": "outreach",
            "statusAtEntry": "inactive",
            "startedOn": started.isoformat(),
        }
        if self.chance.random() < 0.5:
            exited = started + timedelta(days=self.chance.randrange(200))
            row |= {"exitedOn": exited.isoformat(), "outcome": self.chance.choice(OUTCOMES)}
        return row

    def recount(self) -> dict[str, Any]:
        """Count the rows as they are believed now, one by one."""
        live = [row for key, row in self.rows.items() if key not in self.retracted]
        exits = Counter(
            row["outcome"] for row in live if row.get("exitedOn", "").startswith("2024")
        )
        standing = {
            (row["unit"], row["identityNumber"])
            for row in live
            if row["startedOn"] <= DAY < row.get("exitedOn", "9999")
        }
        return {
            "exits": dict(exits),
            "enrolled": len({number for _, number in standing}),
            "by_unit": dict(Counter(unit for unit, _ in standing)),
            "entered": len(
                {row["identityNumber"] for row in live if row["startedOn"].startswith("2024")}
            ),
        }


async def counted(city: City, basis: str) -> dict[str, Any]:
    async def rows(name: str, period: str, by: str) -> dict[str, int]:
        answer = await city.figure(name, period, by=by, basis=basis)
        return {row[by]: row["value"] for row in answer["rows"] if row["value"]}

    return {
        "exits": await rows("exits", "2024", "outcome"),
        "enrolled": (await city.figure("enrolled", DAY, basis=basis))["total"],
        "by_unit": await rows("enrolled", DAY, "unit"),
        "entered": (await city.figure("persons-enrolled", "2024", basis=basis))["total"],
    }


@pytest.mark.parametrize("seed", [1, 2])
async def test_every_basis_keeps_what_was_believed_then(city: City, seed: int) -> None:
    source = Source(random.Random(seed), city)
    believed: list[tuple[str, dict[str, Any]]] = []
    for _ in range(5):
        done = await city.delivered("enrolments", source.news())
        assert (done.state, done.errors) == ("applied", [])
        believed.append((await city.basis(), source.recount()))
    for basis, expected in believed:
        assert await counted(city, basis) == expected
    assert len({str(expected) for _, expected in believed}) == len(believed)  # it did move
