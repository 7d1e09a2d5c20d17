"""Random histories in which it is known of every fact which deed booked it."""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from typing_extensions import override

from services.participants.figures import facts
from shared.clock import local_day
from shared.db import driver
from shared.figures import FigureDefinition
from shared.periods import Period
from tests.participants.city import City, entry, number_of
from tests.participants.deeds import PROJECT
from tests.participants.invented import DISTRICTS, ESF
from tests.participants.moving import (
    AREA,
    CORRECTED,
    LATE,
    MERGED,
    NEW,
    RETRACTED,
    RULED,
    Key,
)
from tests.participants.test_work_histories import History

CAUSES: dict[str, set[str | None]] = {
    NEW: {None, "progress"},
    CORRECTED: {"correction"},
    RETRACTED: {"retraction"},
    MERGED: {"merge"},
    RULED: {"rule_change"},
    AREA: {"area_change"},
}
"""What the rows that a deed of a kind books may keep as their cause."""


@dataclass(frozen=True)
class Booked:
    """A row of the journal, and what was done when it was booked."""

    deed: str
    kind: str
    row: dict[str, Any]

    @property
    def told_truly(self) -> bool:
        """Whether the row keeps a cause of its deed's kind."""
        return self.row["cause"] in CAUSES[self.kind]

    def part(self, since: datetime) -> str:
        """Return the part of a difference that it belongs to, seen from an earlier basis."""
        if self.kind != NEW or self.row["cause"] is not None:
            return self.kind
        return LATE if self.row["happened_on"] <= local_day(since) else NEW


class Chronicle(History):
    """People who are enrolled, merged, moved and asked, by hand and by their registers."""

    def __init__(self, chance: random.Random, city: City) -> None:
        super().__init__(chance, city)
        self.booked: list[Booked] = []
        self.told: dict[str, dict[str, Any]] = {}
        self.newest = self.keys = 0

    @override
    async def begin(self, people: int) -> None:
        """Enrol people in one project, and as many in another, so that some may be merged."""
        await super().begin(people)
        for _ in range(people):
            person = await self.city.person(self.chance.choice(("women", "men")))
            await self.city.enrolment(person["id"], programme=PROJECT, startedOn=self.day())
        await self.note("begin", NEW)

    async def do(self) -> None:
        """Let something happen, and take down what it booked."""
        deeds = {
            NEW: (self.enters, self.ends, self.exits, self.enrols, self.answers, self.tells),
            CORRECTED: (self.changes, self.corrects, self.corrects, self.tells_otherwise),
            RETRACTED: (self.goes, self.tells_of_nothing),
            MERGED: (self.merges, self.merges, self.parts),
            RULED: (self.funds,),
            AREA: (self.moves,),
        }
        kind = self.chance.choices(tuple(deeds), weights=(6, 4, 2, 3, 1, 2))[0]
        deed = self.chance.choice(deeds[kind])
        await deed()
        await self.note(deed.__name__, kind)

    async def note(self, deed: str, kind: str) -> None:
        """Take down what has been booked since the last time as a deed's."""
        rows = await self._rows()
        self.booked += [Booked(deed, kind, row) for row in rows]
        self.steps[kind] += bool(rows)

    async def enrols(self) -> int:
        person = await self.somebody()
        body = entry(person, startedOn=self.day(), educationAtEntry="compulsory")
        return await self.post("/enrolments", body)

    async def answers(self) -> int:
        asked = await self.one("/follow-ups")
        given = {"result": "work", "answeredOn": asked.get("dueOn")}
        if asked.get("asksEmploymentStatus"):
            given["employmentStatus"] = "employed"
        return await self.post(f"/follow-ups/{asked['id']}/results", given)

    async def merges(self) -> int:
        one, other = await self.somebody(), await self.somebody()
        body = {"absorbedId": one, "survivorId": other, "reason": "Samma person"}
        return await self.post("/person-merges", body)

    async def parts(self) -> int:
        merge = await self.one("/person-merges")
        path = f"/person-merges/{merge['id']}/reversals"
        return await self.post(path, {"reason": "Två personer"})

    async def moves(self) -> int:
        path = f"/persons/{await self.somebody()}"
        home = {"district": self.chance.choice(DISTRICTS), "validFrom": self.day()}
        body = {"residence": home, "reason": "Flyttad"}
        version = (await self.city.read(path))["version"]
        answer = await self.city.call("PATCH", path, body, version=version)
        return answer.status_code

    async def funds(self) -> int:
        body = {"esfFrom": self.day(), "reason": "Beslut om stöd"}
        return await self.post(f"/programmes/{ESF}/esf-fundings", body)

    async def tells(self) -> None:
        """Let the register tell of somebody new, or that somebody has left since."""
        staying = [row for row in self.told.values() if "exitedOn" not in row]
        if staying and self.chance.random() < 0.5:
            row = self.chance.choice(staying)
            row |= {"exitedOn": "2025-06-30", "outcome": self.chance.choice(("work", "studies"))}
        else:
            self.keys += 1
            key = self.keys
            number = number_of(date(2000, 1 + key // 28 % 12, 1 + key % 28), 239)
            more = {"sourceKey": f"flai:{key}", "identityNumber": number, "startedOn": self.day()}
            row = {k: v for k, v in entry("", **more).items() if k != "personId"}
        await self._deliver(row)

    async def tells_otherwise(self) -> None:
        if self.told:
            row = dict(self.chance.choice(list(self.told.values())))
            await self._deliver(row | {"ground": self.chance.choice(("outreach", "voluntary"))})

    async def tells_of_nothing(self) -> None:
        if self.told:
            key = self.chance.choice(list(self.told))
            del self.told[key]
            gone = {"op": "retract", "sourceKey": key, "reason": "Aldrig sant"}
            await self.city.delivered("enrolments", [gone])

    async def somebody(self) -> str:
        """Return who one of the enrolments is of."""
        return str(self.chance.choice(await super().all("/enrolments"))["personId"])

    async def _deliver(self, row: dict[str, Any]) -> None:
        done = await self.city.delivered("enrolments", [row])
        if not done.errors:
            self.told[row["sourceKey"]] = row

    @override
    async def all(self, path: str) -> list[dict[str, Any]]:
        """Return what clerks may change: of what the register tells, it alone decides."""
        return [
            each
            for each in await super().all(path)
            if each.get("externalReference") is None and each.get("state") in {None, "open"}
        ]

    async def _rows(self) -> list[dict[str, Any]]:
        async with self.city.db.read() as session:
            conn = await driver(session)
            sql = f"select * from {facts.JOURNAL.table} where id > $1 order by id"
            rows = [dict(row) for row in await conn.fetch(sql, self.newest)]
        self.newest = max((row["id"] for row in rows), default=self.newest)
        return rows


def sums(
    booked: list[Booked], figure: FigureDefinition, period: str, by: Key, between: tuple[str, str]
) -> dict[Key, Counter[str]]:
    """Return the parts of each cell of a flow or a stock by what was done, one row at a time."""
    since, basis = map(datetime.fromisoformat, between)
    found: dict[Key, Counter[str]] = {}
    for each in booked:
        if since < each.row["recorded_at"] <= basis and _counts(each.row, figure, period):
            cell = tuple(each.row[name] for name in by)
            found.setdefault(cell, Counter())[each.part(since)] += each.row["amount"]
    return found


def _counts(row: dict[str, Any], figure: FigureDefinition, text: str) -> bool:
    period = Period.parse(text)
    first = period.first if figure.kind == "flow" else date.min
    return (
        row["measure"] == figure.measure
        and first <= row["happened_on"] <= period.last
        and all(row[name] in values for name, values in figure.where.items())
    )


def pairs(bases: list[str], chance: random.Random, many: int) -> Iterator[tuple[str, str]]:
    """Yield the first and the last basis, and some pairs of an earlier and a later one."""
    yield bases[0], bases[-1]
    for _ in range(many - 1):
        earlier, later = sorted(chance.sample(range(len(bases)), 2))
        yield bases[earlier], bases[later]
