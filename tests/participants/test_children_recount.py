"""Figures for the sake of children equal a plain count of the raw rows, at any basis."""

# ruff: noqa: ANN401  rows and figures are whatever they hold
from __future__ import annotations

from collections import Counter
from datetime import UTC, date, datetime, timedelta
from random import Random
from statistics import median
from typing import Any
from zoneinfo import ZoneInfo

import asyncpg

from shared.db import driver
from tests.participants.city import City
from tests.participants.test_child_checklists import checklist
from tests.participants.test_concern_reports import report
from tests.participants.test_plans import plan, renewal
from tests.participants.test_routine_documents import routine
from tests.servers import DatabaseUrls

UNITS = ("jobbtorg-vuxna", "jobbtorg-unga")
DAYS = ("2024-03-31", "2024-07-01", "2024-12-31")
STOCKHOLM = ZoneInfo("Europe/Stockholm")
Rows = list[dict[str, Any]]
Counted = dict[str, Any]


async def raw(city: City) -> dict[str, Rows]:
    tables = (
        "person", "plan", "child_checklist", "concern_report", "routine_document",
        "routine_review",
    )  # fmt: skip
    async with city.db.read() as session:
        conn = await driver(session)
        return {
            name: [dict(r) for r in await conn.fetch(f"select * from {name}")] for name in tables
        }


def shown(numbers: list[float]) -> str | None:
    """Return a median with one decimal, half a tenth rounded up."""
    return f"{int(median(numbers) * 10 + 0.5) / 10:.1f}" if numbers else None


def recounted(rows: dict[str, Rows]) -> Counted:
    """Count everything anew, row by row, as somebody would by hand."""
    people = {person["id"]: person for person in rows["person"]}
    answered = {c["plan_id"]: c for c in rows["child_checklist"] if c["retracted_at"] is None}
    plans: Counter[tuple[str, str, str]] = Counter()
    days: dict[tuple[str, str, str], list[float]] = {}
    for drawn in rows["plan"]:
        if drawn["retracted_at"] is not None or not drawn["guardian"]:
            continue
        if drawn["drawn_up_on"].year != 2024:
            continue
        subject = people[people[drawn["person_id"]]["subject_id"]]
        cell = (drawn["unit"], subject["sex"], "renewal" if drawn["follows"] else "first")
        plans[cell] += 1
        if drawn["id"] in answered:
            passed = answered[drawn["id"]]["answered_on"] - drawn["drawn_up_on"]
            days.setdefault(cell, []).append(passed.days)
    hours: dict[str, list[float]] = {}
    for each in rows["concern_report"]:
        told = min([at for at in (each["called_at"], each["sent_at"]) if at], default=None)
        if told is not None and told.astimezone(STOCKHOLM).year == 2024:
            minutes = (told - each["suspected_at"]) // timedelta(minutes=1)
            hours.setdefault(each["unit"], []).append(minutes / 60)
    return {
        "child-plans": dict(plans),
        "child-plans-with-checklist": {cell: len(each) for cell, each in days.items()},
        "child-checklist-days": {cell: shown(each) for cell, each in days.items()},
        "all days": shown([number for each in days.values() for number in each]),
        "concern-reports": {(unit,): len(each) for unit, each in hours.items()},
        "concern-report-hours": {(unit,): shown(each) for unit, each in hours.items()},
        "routines": [routines_on(rows, date.fromisoformat(day)) for day in DAYS],
    }


def routines_on(rows: dict[str, Rows], day: date) -> tuple[int, int]:
    """Return how many routines hold on a day, and how many of them are overdue."""
    holding = overdue = 0
    for document in rows["routine_document"]:
        made = [
            review
            for review in rows["routine_review"]
            if review["document_id"] == document["id"] and review["reviewed_on"] <= day
        ]
        gone = document["withdrawn_on"] is not None and document["withdrawn_on"] <= day
        if made and not gone:
            holding += 1
            last = max(made, key=lambda review: review["reviewed_on"])
            overdue += last["next_review_on"] < day
    return holding, overdue


async def answered(city: City, basis: str) -> Counted:
    """Ask the service for the same."""
    told: Counted = {}
    for name, by in (
        ("child-plans", "unit,sex,kind"),
        ("child-plans-with-checklist", "unit,sex,kind"),
        ("child-checklist-days", "unit,sex,kind"),
        ("concern-reports", "unit"),
        ("concern-report-hours", "unit"),
    ):
        figure = await city.figure(name, "2024", by=by, basis=basis)
        told[name] = {tuple(row[d] for d in by.split(",")): row["value"] for row in figure["rows"]}
        if name == "child-checklist-days":
            told["all days"] = figure["total"]
    told["routines"] = [
        tuple(
            [
                (await city.figure(name, day, basis=basis))["total"]
                for name in ("routine-documents", "routine-documents-overdue")
            ]
        )
        for day in DAYS
    ]
    return told


class History:
    """What officers do in a year, by a seed."""

    def __init__(self, city: City, seed: int) -> None:
        self.city, self.by = city, Random(seed)
        self.people: list[str] = []
        self.plans: list[tuple[str, date]] = []
        self.checklists: list[str] = []
        self.routines: list[str] = []

    def day(self, first: date = date(2024, 1, 1)) -> date:
        return first + timedelta(days=self.by.randint(0, 300))

    async def some(self, path: str, body: Any, made: str = "") -> None:
        """Do something to a record at random, or be refused: both are part of a history."""
        version = 1
        if made:
            version = (await self.city.read(f"{path}/{made}"))["version"]
            path, body = f"{path}/{made}/{body[0]}", body[1]
        response = await self.city.call("POST", path, body, version=version, subject="chief")
        assert response.status_code in (201, 409, 422), response.text
        if response.status_code == 201 and not made:
            self.remember(path, response.json())

    def remember(self, path: str, made: dict[str, Any]) -> None:
        kind = path.split("/")[1]
        if kind == "plans":
            self.plans.append((made["id"], date.fromisoformat(made["drawnUpOn"])))
        elif kind == "child-checklists":
            self.checklists.append(made["id"])
        else:
            self.routines.append(made["id"])

    async def step(self) -> None:
        why = {"reason": "Rättat i efterhand"}
        unit, day = self.by.choice(UNITS), self.day()
        drawn, drawn_on = self.by.choice(self.plans)
        later = drawn_on + timedelta(days=self.by.randint(0, 40))
        match self.by.randrange(11):
            case 0 | 1:
                body = plan(self.by.choice(self.people), unit=unit, drawnUpOn=day.isoformat())
                body |= {"reviewOn": "2026-01-01", "guardianOfChildren": self.by.random() < 0.8}
                await self.some("/plans", body)
            case 2:
                await self.some(f"/plans/{drawn}/renewals", renewal(later.isoformat()))
            case 3:
                guardian = {"guardianOfChildren": self.by.random() < 0.5}
                await self.some("/plans", ("corrections", why | guardian), drawn)
            case 4:
                moved = {"drawnUpOn": day.isoformat(), "reviewOn": "2026-01-01"}
                await self.some("/plans", ("corrections", why | moved), drawn)
            case 5 | 6:
                body = checklist(drawn, answeredOn=later.isoformat())
                await self.some("/child-checklists", body)
            case 7 if self.checklists:
                change = self.by.choice(
                    (("retractions", why), ("corrections", why | {"answeredOn": day.isoformat()}))
                )
                await self.some("/child-checklists", change, self.by.choice(self.checklists))
            case 8:
                await self.concern(unit)
            case 9:
                title = f"Rutin {len(self.routines)}"
                dates = {"reviewedOn": day.isoformat(), "nextReviewOn": self.day(day).isoformat()}
                await self.some("/routine-documents", routine(unit=unit, title=title) | dates)
            case 10 if self.routines:
                dates = {"reviewedOn": day.isoformat(), "nextReviewOn": self.day(day).isoformat()}
                change = self.by.choice(
                    (
                        ("reviews", dates),
                        ("corrections", why | dates),
                        ("withdrawals", why | {"withdrawnOn": day.isoformat()}),
                    )
                )
                await self.some("/routine-documents", change, self.by.choice(self.routines))

    async def concern(self, unit: str) -> None:
        suspected = datetime(2024, 1, 1, tzinfo=UTC) + timedelta(hours=self.by.randint(0, 9000))
        written = suspected + timedelta(minutes=self.by.randint(0, 400))
        sent = written + timedelta(minutes=self.by.randint(0, 4000))
        called = suspected + timedelta(minutes=30) if self.by.random() < 0.3 else None
        body = report(
            unit=unit,
            suspectedAt=suspected.isoformat(),
            writtenAt=written.isoformat(),
            calledAt=called and called.isoformat(),
        )
        path = f"/concern-reports/{(await self.city.made('/concern-reports', body))['id']}"
        chief: dict[str, Any] = {"subject": "chief"}
        if self.by.random() < 0.8:
            await self.city.made(f"{path}/signatures", None, version=1, **chief)
            await self.city.made(
                f"{path}/dispatches", {"sentAt": sent.isoformat()}, version=2, **chief
            )
            if self.by.random() < 0.4:
                change = {
                    "sentAt": (sent + timedelta(minutes=77)).isoformat(), "reason": "Fel klockslag"
                }  # fmt: skip
                await self.city.made(f"{path}/corrections", change, version=3, **chief)


async def test_figures_equal_a_plain_count_of_the_raw_rows_at_any_basis(
    city: City, participants_urls: DatabaseUrls
) -> None:
    history = History(city, seed=4)
    for unit in UNITS:
        body = {"unit": unit, "manager": "chief", "validFrom": "2024-01-01", "reason": "Tillsatt"}
        await city.made("/unit-managers", body)
    for at in range(6):
        person = await city.person(("women", "men")[at % 2], guardianOfChildren=at < 5)
        history.people.append(person["id"])
    for person_id in history.people[:2]:
        await history.some("/plans", plan(person_id))
    known: list[tuple[str, Counted]] = []
    for part in range(3):
        for _ in range(30):
            await history.step()
        if part == 1:
            body = {"absorbedId": history.people[0], "survivorId": history.people[1]}
            await city.made("/person-merges", body | {"reason": "Samma person"})
        known.append((await city.basis(), recounted(await raw(city))))
    for basis, counted in known:
        assert await answered(city, basis) == counted
    last = known[-1][1]
    assert len(last["child-plans"]) > 3
    assert len(last["concern-report-hours"]) == 2
    assert max(overdue for _, overdue in last["routines"]) > 0
    assert known[0][1] != known[1][1] != last

    # Negative control: a row changed behind the service's back is counted otherwise.
    owner = await asyncpg.connect(participants_urls.owner)
    await owner.execute("update child_checklist set answered_on = answered_on + 50")
    await owner.close()
    assert recounted(await raw(city))["all days"] != last["all days"]
