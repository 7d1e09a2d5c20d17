"""Partners: collaborations by their states, and agreements that end, go on or continue others."""

# ruff: noqa: ANN401  bodies and parameters are whatever a test wants to send

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from services.outreach.domain.codes import CollaborationState
from services.outreach.domain.collaborations import on_day, require_next_state
from services.outreach.errors import CollaborationStateRefused, StateChangeNotLater
from services.outreach.queries import agreements_ending
from shared.clock import today
from shared.db import driver
from tests.outreach.arena import UNIT, Arena

FORUM = {
    "unit": UNIT,
    "name": "Samverkan med polisen",
    "purpose": "Avstämning om unga i området",
    "kind": "check_in",
    "cadence": "monthly",
    "partners": ["polisen"],
    "startsOn": "2023-02-01",
}
ACTIVE, PAUSED, ENDED = CollaborationState
DAY = date(2024, 5, 1)


async def partner(arena: Arena, code: str, **more: Any) -> dict[str, Any]:
    return await arena.made("/partners", {"code": code, "name": code, "kind": "authority", **more})


async def entered(arena: Arena, path: str, what: str, day: str, *, version: int) -> dict[str, Any]:
    body = {"validFrom": day, "reason": "Sammanslagning"}
    return await arena.made(f"{path}/{what}", body, version=version)


@pytest.mark.parametrize(
    ("latest", "wanted"), [(ACTIVE, PAUSED), (ACTIVE, ENDED), (PAUSED, ACTIVE), (PAUSED, ENDED)]
)
def test_state_follows_from_the_next_day_at_the_earliest(
    latest: CollaborationState, wanted: CollaborationState
) -> None:
    require_next_state(latest, DAY, wanted, DAY + timedelta(days=1))
    with pytest.raises(StateChangeNotLater):
        require_next_state(latest, DAY, wanted, DAY)


@pytest.mark.parametrize(
    ("latest", "wanted"),
    [(one, one) for one in CollaborationState] + [(ENDED, ACTIVE), (ENDED, PAUSED)],
)
def test_what_is_ended_or_so_already_does_not_change(
    latest: CollaborationState, wanted: CollaborationState
) -> None:
    with pytest.raises(CollaborationStateRefused):
        require_next_state(latest, DAY, wanted, DAY + timedelta(days=1))


def test_state_of_a_day_is_the_latest_that_has_begun() -> None:
    said = [(DAY, "a"), (DAY + timedelta(days=2), "b")]
    days = (DAY + timedelta(days=n) for n in (-1, 0, 1, 2, 900))
    assert [on_day(said, day) for day in days] == [None, "a", "a", "b", "b"]


async def test_collaboration_is_active_paused_and_ended_by_day(arena: Arena) -> None:
    await partner(arena, "polisen")
    await partner(arena, "psykiatrin")
    made = await arena.made("/collaborations", FORUM)
    assert (made["state"], made["version"]) == ("active", 1)
    on_site = {**FORUM, "kind": "on_site", "partners": ["psykiatrin", "polisen"]}
    await arena.made("/collaborations", {**on_site, "startsOn": "2024-01-08", "unit": "other"})
    path = f"/collaborations/{made['id']}"
    before = await arena.basis()

    await entered(arena, path, "pauses", "2023-06-15", version=1)
    await entered(arena, path, "resumptions", "2023-09-01", version=2)
    ended = await entered(arena, path, "ends", "2024-03-01", version=3)
    assert [each["state"] for each in ended["states"]] == ["active", "paused", "active", "ended"]
    days = ("2023-01-31", "2023-02-01", "2023-06-15", "2023-08-31", "2023-09-01", "2024-03-01")
    assert [(await arena.read(path, on=day))["state"] for day in days] == [
        None,
        "active",
        "paused",
        "paused",
        "active",
        "ended",
    ]
    levels = [await arena.total("collaborations", day) for day in days]
    assert levels == [0, 1, 0, 0, 1, 1]
    assert await arena.total("collaborations-paused", "2023-07", kind="check_in") == 1
    during = [await arena.total("collaborations-during", p) for p in ("2023", "2023-07", "2024")]
    assert during == [1, 0, 2]
    assert await arena.total("collaborations", "2024-12", basis=before) == 2

    mistaken = {"reason": "Samarbetet fortsatte"}
    back = await arena.made(f"{path}/state-retractions", mistaken, version=4)
    assert (back["state"], len(back["states"])) == ("active", 3)
    assert await arena.total("collaborations", "2024-12", unit=UNIT) == 1
    moved = {"startsOn": "2023-03-01", "kind": "forum", "reason": "Fel dag"}
    await arena.changed(path, moved, version=5)
    assert await arena.total("collaborations", "2023-02") == 0
    assert await arena.total("collaborations", "2023-03", kind="forum") == 1
    late = {"startsOn": "2023-06-15", "reason": "Fel dag"}
    refused = await arena.refused("PATCH", path, late, version=6)
    assert refused == "409 starts_after_state_change"

    assert await arena.refused("POST", f"{path}/ends", body(), version=5) == (
        "412 precondition_failed"
    )
    wrong = await arena.refused("POST", f"{path}/resumptions", body(), version=6)
    assert wrong == "409 collaboration_state_refused"
    early = await arena.refused("POST", f"{path}/ends", body("2023-09-01"), version=6)
    assert early == "409 state_change_not_later"
    await arena.made(f"{path}/retractions", mistaken, version=6)
    assert await arena.total("collaborations-during", "2023") == 0
    assert await arena.drifting() == {}


def body(day: str = "2025-01-01") -> dict[str, str]:
    return {"validFrom": day, "reason": "Avtalet förlängdes inte"}


async def test_collaborations_are_listed_by_state_partner_and_unit(arena: Arena) -> None:
    await partner(arena, "polisen")
    await partner(arena, "psykiatrin")
    await arena.made("/collaborations", FORUM)
    other = {"unit": "other", "partners": ["psykiatrin", "polisen"], "startsOn": "2024-01-08"}
    made = await arena.made("/collaborations", {**FORUM, **other})
    await entered(arena, f"/collaborations/{made['id']}", "pauses", "2024-02-01", version=1)

    async def listed(**query: Any) -> list[str]:
        page = await arena.read("/collaborations", **query)
        assert page["_meta"]["totalRecords"] == len(page["items"])
        return [item["unit"] for item in page["items"]]

    assert await listed() == ["other", UNIT]
    assert await listed(partner="psykiatrin") == ["other"]
    assert await listed(state="active", on="2024-01-31") == ["other", UNIT]
    assert await listed(state="active", on="2024-02-01") == [UNIT]
    assert await listed(state="active", on="2023-12-31") == [UNIT]
    assert await listed(state="paused", partner="polisen") == ["other"]
    assert await listed(units=(UNIT,)) == [UNIT]
    unseen = await arena.refused("GET", f"/collaborations/{made['id']}", units=(UNIT,))
    assert unseen == "404 not_found"

    for wrong, refusal in (
        ({"partners": ["polisen", "nobody"]}, "422 unknown_reference"),
        ({"partners": ["polisen", "polisen"]}, "422 partner_twice"),
        ({"partners": []}, "422 invalid_request"),
        ({"purpose": "Om 20010911-2380"}, "422 invalid_request"),
    ):
        assert await arena.refused("POST", "/collaborations", {**FORUM, **wrong}) == refusal
    alone = f"/collaborations/{(await arena.made('/collaborations', FORUM))['id']}"
    whole = {"reason": "Fanns inte"}
    refused = await arena.refused("POST", f"{alone}/state-retractions", whole, version=1)
    assert refused == "409 no_state_change"

    found = await arena.read("/partners/polisen/engagements", on="2024-06-01", units=(UNIT,))
    assert found["collaborations"] == {"total": 2, "current": 2}
    found = await arena.read("/partners/polisen/engagements", on="2024-06-01")
    assert found["collaborations"] == {"total": 3, "current": 2}


async def test_agreements_end_unless_continued(arena: Arena) -> None:
    await partner(arena, "foreningen", kind="civil_society", organisationNumber="802002-4553")
    await partner(arena, "polisen")
    now = today()

    async def agree(first: int, last: int | None, **more: Any) -> dict[str, Any]:
        days = {"startsOn": str(now + timedelta(days=first))}
        days |= {} if last is None else {"endsOn": str(now + timedelta(days=last))}
        terms = {"partner": "foreningen", "kind": "iop", "purpose": "Språkcaféer"}
        return await arena.made("/agreements", {**terms, **days, **more})

    async def listed(**query: Any) -> list[str]:
        return [item["id"] for item in (await arena.read("/agreements", **query))["items"]]

    later, soon = await agree(-400, 80), await agree(-300, 10)
    await agree(-900, -500)
    open_ended = await agree(-200, None, kind="project")
    assert await listed(endsWithin=90) == [soon["id"], later["id"]]
    assert await listed(endsWithin=10) == [soon["id"]]
    assert await listed(endsWithin=9) == []
    assert await listed(on=str(now)) == [open_ended["id"], soon["id"], later["id"]]
    assert await listed(on=str(now), kind="project", partner="foreningen") == [open_ended["id"]]
    old = await arena.basis()
    assert await arena.total("agreements", str(now)) == 3

    next_one = await agree(11, 375, continues=soon["id"])
    assert await listed(endsWithin=90) == [later["id"]]
    async with arena.db.read() as session:
        counts = [await agreements_ending(session, days, today=now) for days in (90, 79)]
    assert counts == [1, 0]
    terms = {"partner": "foreningen", "kind": "iop", "purpose": "A", "continues": soon["id"]}
    ahead = str(now + timedelta(days=12))
    twice = await arena.refused("POST", "/agreements", {**terms, "startsOn": ahead})
    assert twice == "409 agreement_continued"
    other = {**terms, "partner": "polisen", "startsOn": ahead}
    assert await arena.refused("POST", "/agreements", other) == "422 continues_another"
    before = {**terms, "startsOn": soon["startsOn"]}
    assert await arena.refused("POST", "/agreements", before) == "422 continues_another"

    path = f"/agreements/{soon['id']}"
    longer = {"endsOn": str(now + timedelta(days=300)), "reason": "Förlängt"}
    assert (await arena.changed(path, longer, version=1))["version"] == 2
    kept = "select body->>'ends_on' from record_version where record_id = $1"
    assert await arena.scalar(kept, soon["id"]) == soon["endsOn"]
    wrong = {"reason": "Skrevs aldrig under"}
    await arena.made(f"/agreements/{next_one['id']}/retractions", wrong, version=1)
    await arena.made(f"/agreements/{later['id']}/retractions", wrong, version=1)
    assert await listed(endsWithin=300) == [soon["id"]]
    assert await arena.total("agreements", str(now), partner="foreningen") == 2
    assert await arena.total("agreements", str(now), kind="iop") == 1
    assert await arena.total("agreements", str(now), basis=old) == 3
    found = await arena.read("/partners/foreningen/engagements")
    assert found["agreements"] == {"total": 3, "current": 2}
    assert await arena.drifting() == {}


async def test_partner_may_be_an_employer_and_is_never_a_person(arena: Arena) -> None:
    await arena.made("/employers", {"code": "bageri", "name": "Bageri", "sector": "food"})
    made = await partner(arena, "bageriet", organisationNumber="556016-0680", employer="bageri")
    assert (made["organisationNumber"], made["employer"]) == ("5560160680", "bageri")
    new = {"code": "x", "name": "X", "kind": "employer"}
    for wrong, refusal in (
        ({"organisationNumber": "200109-2382"}, "422 organisation_number_invalid"),
        ({"organisationNumber": "556016-0680"}, "409 code_taken"),
        ({"employer": "nobody"}, "422 unknown_reference"),
    ):
        assert await arena.refused("POST", "/partners", {**new, **wrong}) == refusal
    changed = {"organisationNumber": None, "reason": "Fel nummer"}
    assert (await arena.changed("/partners/bageriet", changed, version=1))["employer"] == "bageri"


async def test_agreements_about_to_end_are_a_metric(arena: Arena) -> None:
    metrics = (await arena.client.get("/metrics")).text
    assert "Agreements that end within 90 days and are not continued" in metrics
    assert 'agreements_ending{service="outreach"}' in metrics


async def test_states_stay_as_they_were_recorded(arena: Arena) -> None:
    """What is taken back is kept, with its reason."""
    await partner(arena, "polisen")
    made = await arena.made("/collaborations", FORUM)
    path = f"/collaborations/{made['id']}"
    await entered(arena, path, "pauses", "2023-06-15", version=1)
    gone = {"reason": "Missförstånd"}
    await arena.made(f"{path}/state-retractions", gone, version=2)
    await entered(arena, path, "pauses", "2023-06-15", version=3)
    async with arena.db.read() as session:
        rows = await (await driver(session)).fetch(
            "select state, retracted_at is not null as gone from collaboration_state "
            "where collaboration_id = $1 order by id",
            made["id"],
        )
    assert [tuple(row) for row in rows] == [
        ("active", False),
        ("paused", True),
        ("paused", False),
    ]
