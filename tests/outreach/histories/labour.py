"""Groups, employers, workers, and the catalogues that breakdowns come from."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.outreach.domain.codes import Contract, EventKind, WorkerRole
from tests.outreach.histories.history import DISTRICTS, OPERATIONS, UNITS, Deed, History

SECTORS = ("retail", "private-elderly-care")


async def open_group(history: History) -> bool:
    first = history.day()
    body = {
        **history.place(),
        "name": "SFF Tensta",
        "startsOn": first,
        "endsOn": history.maybe(history.later(first)),
    }
    return await history.make("/groups", body)


async def change_group(history: History) -> bool:
    first = history.day()
    moved = history.some(venue=history.place()["venue"], startsOn=first, endsOn=None)
    return await history.change("/groups", {**moved, "reason": "Gruppen flyttade"})


async def retract_group(history: History) -> bool:
    return await history.retract("/groups")


async def count_students(history: History) -> bool:
    group = history.picked("/groups")
    if group is None:
        return False
    body = {"year": int(history.day()[:4]), **history.counts()}
    return await history.make(f"/groups/{group['id']}/student-counts", body, at="/student-counts")


async def correct_students(history: History) -> bool:
    body = {**history.some(**history.counts()), "reason": "Felräknat"}
    return await history.change("/student-counts", body)


async def add_employer(history: History) -> bool:
    code = f"employer-{len(history.made['/employers'])}"
    body = {"code": code, "name": code, "sector": history.one(SECTORS)}
    return await history.make("/employers", body)


async def change_employer(history: History) -> bool:
    body = {"sector": history.one(SECTORS), "reason": "Annan bransch"}
    return await history.change("/employers", body, key="code")


async def visit_employer(history: History) -> bool:
    partner = history.picked("/partners")
    body = {
        "employer": _employer(history),
        "unit": history.one(UNITS),
        "visitedOn": history.day(),
        "partner": history.maybe(partner["code"] if partner else None),
    }
    return await history.make("/employer-visits", body)


async def retract_employer_visit(history: History) -> bool:
    return await history.retract("/employer-visits")


async def hold_recruitment_event(history: History) -> bool:
    place = history.place()
    body = {
        "employer": history.maybe(_employer(history)),
        "venue": place["venue"],
        "unit": place["unit"],
        "kind": history.one(list(EventKind)),
        "heldOn": history.day(),
    }
    return await history.make("/recruitment-events", body)


async def retract_recruitment_event(history: History) -> bool:
    return await history.retract("/recruitment-events")


async def hire(history: History) -> bool:
    body = {
        "employer": _employer(history),
        "unit": history.one(UNITS),
        "hiredOn": history.day(),
        **history.counts(),
    }
    return await history.make("/hires", body)


async def hire_after_event(history: History) -> bool:
    event = history.picked("/recruitment-events")
    if event is None:
        return False
    body = {
        "employer": event["employer"] or _employer(history),
        "unit": history.one(UNITS),
        "recruitmentEventId": event["id"],
        "hiredOn": history.later(event["heldOn"]),
        **history.counts(),
    }
    return await history.make("/hires", body)


async def retract_hire(history: History) -> bool:
    return await history.retract("/hires")


async def offer_internships(history: History) -> bool:
    body = {
        "employer": _employer(history),
        "unit": history.one(UNITS),
        "offeredOn": history.day(),
        "places": history.chance.randint(1, 9),
        "women": history.maybe(1) or 0,
    }
    return await history.make("/internships", body)


async def take_internships(history: History) -> bool:
    body = {**history.some(**history.counts(), places=12), "reason": "Tillsatta"}
    return await history.change("/internships", body)


async def retract_internships(history: History) -> bool:
    return await history.retract("/internships")


async def extend_worker(history: History) -> bool:
    worker = history.picked("/outreach-workers", lambda worker: worker["endsOn"] is not None)
    if worker is None or worker["endsOn"] is None:
        return False
    body = {"endsOn": history.later(worker["endsOn"], 150), "reason": "Förlängs"}
    return await history.add_to("/outreach-workers", "/extensions", body, of=worker)


async def employ_worker(history: History) -> bool:
    first = history.day()
    body = {
        "operation": history.one(OPERATIONS),
        "unit": history.one(UNITS),
        **_employment(history),
        "startsOn": first,
        "endsOn": history.maybe(history.later(first)),
    }
    return await history.make("/outreach-workers", body)


async def change_worker(history: History) -> bool:
    changed = history.some(**_employment(history), startsOn=history.day(), endsOn=history.day())
    return await history.change("/outreach-workers", {**changed, "reason": "Annat avtal"})


async def add_counting_rule(history: History) -> bool:
    operation = history.one(OPERATIONS)
    body = {
        "counts": history.one(("visitors", "contacts", "two_way_contacts", "two_way_contacts")),
        "validFrom": history.day(),
        "note": "Räknas på nytt sätt.",
    }
    path = f"/operations/{operation}/counting-rules"
    return await history.make(path, body, at="/counting-rules")


async def add_uvas_rule(history: History) -> bool:
    youngest = history.chance.randint(16, 22)
    body = {
        "validFrom": history.day(first=date(2024, 1, 2)),
        "youngest": youngest,
        "oldest": youngest + history.chance.randint(2, 9),
        "withoutKaa": history.chance.random() < 0.7,
        "note": "Andra åldrar.",
    }
    return await history.make("/uvas-rules", body)


async def move_venue(history: History) -> bool:
    if not history.made["/venues"]:
        history.made["/venues"] = (await history.arena.read("/venues"))["items"]
    body = {"district": history.one(DISTRICTS), "reason": "Ny gräns"}
    return await history.change("/venues", body, key="code")


def _employer(history: History) -> str:
    employer = history.picked("/employers")
    return employer["code"] if employer else "nobody"


def _employment(history: History) -> dict[str, Any]:
    return {
        "district": history.one(DISTRICTS),
        "role": history.one(list(WorkerRole)),
        "contract": history.one(list(Contract)),
    }


DEEDS: dict[Deed, int] = {
    open_group: 5,
    change_group: 2,
    retract_group: 1,
    count_students: 9,
    correct_students: 2,
    add_employer: 2,
    change_employer: 3,
    visit_employer: 5,
    retract_employer_visit: 1,
    hold_recruitment_event: 4,
    retract_recruitment_event: 1,
    offer_internships: 6,
    take_internships: 4,
    retract_internships: 1,
    hire: 3,
    hire_after_event: 5,
    retract_hire: 1,
    employ_worker: 4,
    extend_worker: 2,
    change_worker: 3,
    add_counting_rule: 2,
    add_uvas_rule: 1,
    move_venue: 2,
}
