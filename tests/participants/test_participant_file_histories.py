"""Random histories of participant files.

A file is what a plain count says, is given out the same for ever, and is issued anew exactly
when its month has changed.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Awaitable, Callable
from random import Random
from typing import Any

from tests.participants.city import City
from tests.participants.test_participant_files import HEADER, PROGRAMME, texts

MONTHS = [f"2024-{month:02}" for month in range(1, 7)]
STEPS, CHANGES = 8, 4


async def counted(city: City) -> dict[str, str]:
    """Return each month's file by a plain count over what the service lists."""
    enrolments = (await city.read("/enrolments", programme=PROGRAMME, limit=200))["items"]
    hours = (await city.read("/hour-attestations", programme=PROGRAMME, limit=200))["items"]
    attested = {
        (it["enrolmentId"], it["month"]): it["hours"] for it in hours if not it["withdrawn"]
    }
    numbers = {}
    for person in {it["personId"] for it in enrolments}:
        numbers[person] = (await city.read(f"/persons/{person}"))["identityNumber"]
    files = {}
    for month in MONTHS:
        last = f"{month}-{monthrange(2024, int(month[5:]))[1]}"
        rows = HEADER
        for it in sorted(enrolments, key=lambda it: it["id"]):
            started, exited = it["startedOn"], it["exitedOn"]
            if it["retracted"] or started > last or (exited or last) < f"{month}-01":
                continue
            begins = started if started.startswith(month) else ""
            ends = exited if (exited or "").startswith(month) else ""
            worked = attested.get((it["id"], month), "0:00")
            rows += f"{numbers[it['personId']]};{begins};{ends};{worked}\r\n"
        files[month] = rows
    return files


class Clerk:
    """Changes something at random, as far as the rules allow."""

    def __init__(self, city: City, rng: Random) -> None:
        self.city, self.rng = city, rng

    def day(self) -> str:
        return f"{self.rng.choice(MONTHS)}-{self.rng.randint(1, 28):02}"

    async def change(self) -> None:
        does: Callable[[], Awaitable[Any]] = self.rng.choice(
            [self.enrol, self.enrol, self.exit, self.correct, self.retract, self.attest]
        )
        await does()

    async def _one(self) -> dict[str, Any] | None:
        listed = (await self.city.read("/enrolments", programme=PROGRAMME, limit=200))["items"]
        live = sorted((it for it in listed if not it["retracted"]), key=lambda it: it["id"])
        return self.rng.choice(live) if live else None

    async def enrol(self) -> None:
        again = await self._one() if self.rng.random() < 0.3 else None
        person = again["personId"] if again else (await self.city.person())["id"]
        entry = {
            "personId": person,
            "unit": "jobbtorg-vuxna",
            "programme": PROGRAMME,
            "ground": "voluntary",
            "statusAtEntry": "inactive",
            "startedOn": self.day(),
        }
        await self._try("/enrolments", entry)

    async def exit(self) -> None:
        if it := await self._one():
            body = {"exitedOn": self.day(), "outcome": "other"}
            await self._try(f"/enrolments/{it['id']}/exits", body)

    async def correct(self) -> None:
        if it := await self._one():
            body: dict[str, Any] = {"reason": "Rättad"}
            if it["exitedOn"] and self.rng.random() < 0.5:
                body["exit"] = self.rng.choice([None, {"exitedOn": self.day(), "outcome": "work"}])
            else:
                body["startedOn"] = self.day()
            await self._try(f"/enrolments/{it['id']}/corrections", body, it["version"])

    async def retract(self) -> None:
        if self.rng.random() < 0.4 and (it := await self._one()):
            path = f"/enrolments/{it['id']}/retractions"
            await self._try(path, {"reason": "Fel person"}, it["version"])

    async def attest(self) -> None:
        if it := await self._one():
            month = self.rng.choice(MONTHS)
            body = {"enrolmentId": it["id"], "month": month, "hours": f"{self.rng.randint(1, 40)}"}
            await self._try("/hour-attestations", body)

    async def _try(self, path: str, body: dict[str, Any], version: int | None = None) -> None:
        """What a rule refuses (an exit before the entry, an overlap) has not happened."""
        response = await self.city.call("POST", path, body, version=version)
        assert response.status_code in (201, 409, 422), response.text


async def test_files_are_a_plain_count_and_only_changed_months_are_issued_anew(
    city: City,
) -> None:
    funding = {"esfFrom": "2023-01-01", "reason": "Beslut om stöd"}
    await city.made(f"/programmes/{PROGRAMME}/esf-fundings", funding)
    clerk = Clerk(city, Random(4))
    given: dict[tuple[str, int], str] = {}
    latest: dict[str, tuple[int, str]] = {}
    for _ in range(STEPS):
        for _ in range(CHANGES):
            await clerk.change()
        await city.basis()
        body = {"programme": PROGRAMME, "through": MONTHS[-1], "reason": "Månadsrapport"}
        made = await city.made("/participant-files", body)
        wanted = await counted(city)
        changed = []
        begun = False
        for month in MONTHS:
            issue, before = latest.get(month, (0, ""))
            begun = begun or issue > 0 or wanted[month] != HEADER
            if begun and wanted[month] != before:
                changed.append((month, issue + 1))
                latest[month] = (issue + 1, wanted[month])
                given[month, issue + 1] = wanted[month]
        assert [(it["month"], it["issue"]) for it in made["files"]] == changed
    assert await texts(city) == given
    assert len(given) > len(MONTHS) + STEPS
    numbers = [
        it["number"]
        for it in (await city.read("/participant-files", programme=PROGRAMME, limit=200))["items"]
    ]
    assert numbers == list(range(len(given), 0, -1))


async def test_merge_and_its_reversal_issue_anew_and_keep_what_was_given(city: City) -> None:
    funding = {"esfFrom": "2023-01-01", "reason": "Beslut om stöd"}
    await city.made(f"/programmes/{PROGRAMME}/esf-fundings", funding)
    people = [await city.person(), await city.person()]
    for person, day in zip(people, ("2024-01-08", "2024-02-05"), strict=True):
        made = await city.enrolment(person["id"], startedOn=day)
        exit_ = {"exitedOn": f"{day[:8]}28", "outcome": "other"}
        await city.made(f"/enrolments/{made['id']}/exits", exit_)
    ada, bea = (person["identityNumber"] for person in people)

    async def issue() -> list[tuple[str, int]]:
        await city.basis()
        body = {"programme": PROGRAMME, "through": "2024-02", "reason": "Månadsrapport"}
        made = await city.made("/participant-files", body)
        return [(it["month"], it["issue"]) for it in made["files"]]

    assert await issue() == [("2024-01", 1), ("2024-02", 1)]
    body = {"survivorId": people[0]["id"], "absorbedId": people[1]["id"], "reason": "Samma"}
    merge = await city.made("/person-merges", body)
    assert await issue() == [("2024-02", 2)]
    path = f"/person-merges/{merge['id']}/reversals"
    await city.made(path, {"reason": "Två personer"}, version=merge["version"])
    assert await issue() == [("2024-02", 3)]
    apart = f"{HEADER}{bea};2024-02-05;2024-02-28;0:00\r\n"
    assert await texts(city) == {
        ("2024-01", 1): f"{HEADER}{ada};2024-01-08;2024-01-28;0:00\r\n",
        ("2024-02", 1): apart,
        ("2024-02", 2): f"{HEADER}{ada};2024-02-05;2024-02-28;0:00\r\n",
        ("2024-02", 3): apart,
    }
