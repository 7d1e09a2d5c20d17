"""Partners, collaborations that are paused and resumed, and agreements."""

from __future__ import annotations

from datetime import date

from services.outreach.domain.codes import AgreementKind, Cadence, CollaborationKind
from tests.outreach.histories.history import UNITS, Deed, History

WHY = "Sammanslagning av enheter"


async def add_partner(history: History) -> bool:
    code = f"partner-{len(history.made['/partners'])}"
    return await history.make("/partners", {"code": code, "name": code, "kind": "authority"})


async def begin_collaboration(history: History) -> bool:
    body = {
        "unit": history.one(UNITS),
        "name": "Samverkan",
        "purpose": "Avstämning",
        "kind": history.one(list(CollaborationKind)),
        "cadence": history.one(list(Cadence)),
        "partners": [_partner(history)],
        "startsOn": history.day(last=date(2023, 12, 31)),
    }
    return await history.make("/collaborations", body)


async def change_collaboration(history: History) -> bool:
    kind = history.one(list(CollaborationKind))
    changed = history.some(kind=kind, startsOn=history.day())
    return await history.change("/collaborations", {**changed, "reason": "Fel uppgift"})


async def pause(history: History) -> bool:
    return await _enter(history, "pauses", after="active")


async def resume(history: History) -> bool:
    return await _enter(history, "resumptions", after="paused")


async def end(history: History) -> bool:
    return await _enter(history, "ends", after="active")


async def retract_state(history: History) -> bool:
    return await history.add_to("/collaborations", "/state-retractions", {"reason": WHY})


async def retract_collaboration(history: History) -> bool:
    return await history.retract("/collaborations")


async def agree(history: History) -> bool:
    first = history.day()
    before = history.maybe(history.picked("/agreements"))
    body = {
        "partner": before["partner"] if before else _partner(history),
        "kind": history.one(list(AgreementKind)),
        "purpose": "Språkcaféer",
        "startsOn": first,
        "endsOn": history.maybe(history.later(first, 900)),
        "continues": before and before["id"],
    }
    return await history.make("/agreements", body)


async def change_agreement(history: History) -> bool:
    kind = history.one(list(AgreementKind))
    changed = history.some(kind=kind, endsOn=history.maybe(history.day()))
    return await history.change("/agreements", {**changed, "reason": "Förlängt"})


async def retract_agreement(history: History) -> bool:
    return await history.retract("/agreements")


async def _enter(history: History, what: str, *, after: str) -> bool:
    """Enter a state, most often of a collaboration that may."""
    found = history.picked("/collaborations", lambda one: one["states"][-1]["state"] == after)
    latest = found["states"][-1]["validFrom"] if found else history.day()
    body = {"validFrom": history.later(latest, 40), "reason": WHY}
    return await history.add_to("/collaborations", f"/{what}", body, of=found)


def _partner(history: History) -> str:
    partner = history.picked("/partners")
    return partner["code"] if partner else "nobody"


DEEDS: dict[Deed, int] = {
    add_partner: 2,
    begin_collaboration: 6,
    change_collaboration: 2,
    pause: 10,
    resume: 4,
    end: 1,
    retract_state: 1,
    retract_collaboration: 1,
    agree: 7,
    change_agreement: 2,
    retract_agreement: 1,
}
