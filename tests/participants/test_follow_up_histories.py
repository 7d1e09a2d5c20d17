"""Random histories of people who come, leave and die, recounted by a plain script."""

from __future__ import annotations

import random
from collections import Counter
from datetime import date, timedelta
from typing import Any

import msgspec
import pytest

from shared.clock import today
from shared.db import driver
from tests.participants.city import City
from tests.participants.following import agree, by_hand, opened_by_job

OUTCOMES = ("work", "studies", "moved", "deceased")
PROGRAMMES = ("stockholmskraften", "kvinnors-etablering", "stockholmsjobb")
ESF = ("stockholmskraften", date(2025, 1, 1))


class Source:
    """Another city system: a few people, of whom it learns something now and then."""

    def __init__(self, chance: random.Random, city: City) -> None:
        self.chance = chance
        self.people = [city.person_number() for _ in range(8)]
        self.known: set[str] = set()

    def news(self) -> list[dict[str, Any]]:
        keys = [f"h:{n}:{programme}" for n in range(8) for programme in PROGRAMMES]
        return [self._row(key) for key in self.chance.sample(keys, 10)]

    def _row(self, key: str) -> dict[str, Any]:
        if key in self.known and self.chance.random() < 0.2:
            return {"op": "retract", "sourceKey": key, "reason": "Aldrig sant"}
        self.known.add(key)
        _, person, programme = key.split(":")
        started = date(2024, 1, 1) + timedelta(days=self.chance.randrange(500))
        row = {
            "sourceKey": key,
            "identityNumber": self.people[self._whose(int(person))],
            "unit": self.chance.choice(("jobbtorg-vuxna", "jobbtorg-unga")),
            "programme": programme,
            "ground": "voluntary",
            "statusAtEntry": "inactive",
            "startedOn": started.isoformat(),
        }
        if self.chance.random() < 0.7:
            longest = (today() - started).days
            exited = started + timedelta(days=self.chance.randrange(longest))
            chosen = self.chance.choices(OUTCOMES, (5, 5, 5, 1))[0]
            row |= {"exitedOn": exited.isoformat(), "outcome": chosen}
        return row

    def _whose(self, person: int) -> int:
        """Now and then a row turns out to be about somebody else."""
        return self.chance.randrange(8) if self.chance.random() < 0.2 else person


def months_later(day: date, months: int) -> date:
    """Count months as lag (1930:173) 1 § does: to the same day, or the month's last."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    for last in (day.day, 30, 29, 28):
        try:
            return date(year, month + 1, min(day.day, last))
        except ValueError:
            continue
    raise AssertionError


def recounted(enrolments: list[dict[str, Any]]) -> Counter[tuple[Any, ...]]:
    """Say which follow-ups there ought to be, one enrolment at a time."""
    live = [each for each in enrolments if each["retracted_at"] is None]
    wanted: Counter[tuple[Any, ...]] = Counter()
    for each in live:
        if each["exited_on"] is None:
            continue
        exited = date.fromisoformat(each["exited_on"])
        own = [other for other in live if other["subject_id"] == each["subject_id"]]
        kinds = [("stockholmsjobb" if each["programme"] == "stockholmsjobb" else "exit", 3)]
        last_day = max(exited - timedelta(days=1), date.fromisoformat(each["started_on"]))
        came_back = any(
            (other["started_on"], other["id"]) > (each["started_on"], each["id"])
            for other in own
            if other["programme"] == each["programme"]
        )
        if each["programme"] == ESF[0] and last_day >= ESF[1] and not came_back:
            kinds.append(("esf", 6))
        for kind, months in kinds:
            due = months_later(exited, months)
            if any(
                other["outcome"] == "deceased" and date.fromisoformat(other["exited_on"]) <= due
                for other in own
            ):
                continue
            state = "open" if due <= today() else "planned"
            wanted[each["id"], kind, each["unit"], exited.isoformat(), due.isoformat(), state] += 1
    return wanted


async def rows(city: City, table: str) -> list[dict[str, Any]]:
    async with city.db.read() as session:
        sql = f"select to_jsonb(t)::text as row from {table} t"
        found = await (await driver(session)).fetch(sql)
    return [msgspec.json.decode(each["row"]) for each in found]


async def held(city: City) -> Counter[tuple[Any, ...]]:
    names = ("enrolment_id", "kind", "unit", "exited_on", "due_on", "state")
    return Counter(
        tuple(row[name] for name in names)
        for row in await rows(city, "follow_up")
        if row["state"] != "cancelled"
    )


@pytest.mark.parametrize("seed", [5])
async def test_every_exit_has_the_follow_ups_that_a_plain_script_gives_it(
    city: City, seed: int
) -> None:
    job = {"code": "stockholmsjobb", "name": "Stockholmsjobb", "kind": "employment"}
    await city.made("/programmes", job | {"validFrom": "2020-01-01"})
    funded = {"esfFrom": ESF[1].isoformat(), "reason": "Beslut"}
    await city.made(f"/programmes/{ESF[0]}/esf-fundings", funded)
    source = Source(random.Random(seed), city)
    believed: list[tuple[str, int]] = []
    wanted: Counter[tuple[Any, ...]] = Counter()
    for _ in range(5):
        done = await city.delivered("enrolments", source.news())
        assert done.state == "applied", done.errors
        wanted = recounted(await rows(city, "enrolment"))
        assert await held(city) == wanted
        in_2025 = sum(
            count
            for (_, kind, _, _, due, _), count in wanted.items()
            if kind != "esf" and due.startswith("2025")
        )
        believed.append((await city.basis(), in_2025))
    await opened_by_job(city)
    assert await held(city) == wanted
    for basis, expected in believed:
        assert (await city.figure("follow-ups", "2025", basis=basis))["total"] == expected
    assert len({expected for _, expected in believed}) > 1  # it did move
    assert await agree(city)
    # The control: the script finds one that is where it should not be.
    await by_hand(city, "update follow_up set due_on = due_on + 1 where state <> 'cancelled'")
    assert await held(city) != wanted


async def test_death_that_was_somebody_elses_no_longer_counts_for_who_lives(city: City) -> None:
    alive, dead = city.person_number(), city.person_number()
    left = {
        "sourceKey": "h:left",
        "identityNumber": alive,
        "unit": "jobbtorg-vuxna",
        "programme": "stockholmskraften",
        "ground": "voluntary",
        "statusAtEntry": "inactive",
        "startedOn": "2024-01-01",
        "exitedOn": "2024-12-01",
        "outcome": "work",
    }
    died = {"sourceKey": "h:died", "programme": "kvinnors-etablering", "outcome": "deceased"}
    await city.delivered("enrolments", [left, left | died])
    assert await held(city) == {}
    await city.delivered("enrolments", [left | died | {"identityNumber": dead}])
    assert [(kind, due) for _, kind, _, _, due, _ in await held(city)] == [("exit", "2025-03-01")]
    assert await agree(city)
