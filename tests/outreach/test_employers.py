"""What employers offered and what came of it, and how long outreach workers are employed."""

# ruff: noqa: ANN401  bodies and parameters are whatever a test wants to send

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from services.outreach.domain.codes import Contract
from services.outreach.domain.employments import require_extension
from services.outreach.errors import ExtensionRefused
from shared.clock import today
from tests.outreach.arena import UNIT, Arena

LAST = date(2025, 3, 31)


@pytest.mark.parametrize(
    ("contract", "held", "wanted", "extensions"),
    [
        (Contract.SIX_MONTHS, LAST, date(2025, 9, 30), 0),
        (Contract.SIX_MONTHS, date(2024, 8, 30), date(2025, 2, 27), 0),
        (Contract.SIX_MONTHS, date(2024, 8, 31), date(2025, 2, 28), 0),
        (Contract.TWO_YEAR, LAST, date(2027, 3, 31), 3),
    ],
)
def test_employment_is_extended(
    contract: Contract, held: date, wanted: date, extensions: int
) -> None:
    require_extension(contract, held, wanted, extensions=extensions)


@pytest.mark.parametrize(
    ("contract", "held", "wanted", "extensions"),
    [
        (Contract.SIX_MONTHS, LAST, date(2025, 10, 1), 0),
        (Contract.SIX_MONTHS, date(2024, 8, 31), date(2025, 3, 1), 0),
        (Contract.SIX_MONTHS, LAST, date(2025, 9, 30), 1),
        (Contract.ORDINARY, LAST, LAST, 0),
        (Contract.ORDINARY, None, LAST, 0),
    ],
)
def test_extension_is_refused(
    contract: Contract, held: date | None, wanted: date, extensions: int
) -> None:
    with pytest.raises(ExtensionRefused):
        require_extension(contract, held, wanted, extensions=extensions)


async def employers(arena: Arena) -> None:
    for code, sector in (("bageri", "food"), ("hemtjanst", "care")):
        await arena.made("/employers", {"code": code, "name": code, "sector": sector})


async def test_internships_are_offered_and_taken(arena: Arena) -> None:
    await employers(arena)
    offer = {"employer": "bageri", "unit": UNIT, "offeredOn": "2024-02-01", "places": 5}
    made = await arena.made("/internships", offer)
    care = {"employer": "hemtjanst", "women": 2, "startsOn": "2024-03-01", "endsOn": "2024-05-31"}
    other = await arena.made("/internships", {**offer, **care})
    old = await arena.basis()
    figure = await arena.figure("internships-offered", "2024", by="sector")
    assert (figure["unit"], figure["total"]) == ("places", 10)
    assert await arena.total("internships-taken", "2024") == 2

    path = f"/internships/{made['id']}"
    taken = {"women": 3, "men": 1, "reason": "Tillsatta"}
    await arena.changed(path, taken, version=1)
    assert await arena.total("internships-taken", "2024", sector="food", sex="women") == 3
    more = {"places": 3, "reason": "Färre platser"}
    assert await arena.refused("PATCH", path, more, version=2) == "422 more_places_taken"
    await arena.made(f"/internships/{other['id']}/retractions", {"reason": "Fel"}, version=1)
    assert await arena.total("internships-offered", "2024") == 5
    totals = [
        await arena.total(name, "2024", basis=old)
        for name in ("internships-offered", "internships-taken")
    ]
    assert totals == [10, 2]
    for wrong, refusal in (
        ({"women": 6}, "422 more_places_taken"),
        ({"endsOn": "2024-05-31"}, "422 ends_without_start"),
        ({"startsOn": "2024-05-31", "endsOn": "2024-05-01"}, "422 ends_before_start"),
        ({"offeredOn": str(today() + timedelta(days=1))}, "422 in_the_future"),
        ({"employer": "nobody"}, "422 unknown_reference"),
        ({"places": 0}, "422 invalid_request"),
    ):
        assert await arena.refused("POST", "/internships", {**offer, **wrong}) == refusal

    async def listed(**query: Any) -> list[str]:
        return [row["employer"] for row in (await arena.read("/internships", **query))["items"]]

    assert await listed(sector="food") == ["bageri"]
    assert await listed(employer="hemtjanst", units=(UNIT,)) == ["hemtjanst"]
    assert await listed(units=("other",)) == []
    corrected = {"sector": "restaurants", "reason": "Fel bransch"}
    await arena.changed("/employers/bageri", corrected, version=1)
    assert await arena.total("internships-taken", "2024", sector="restaurants") == 4
    assert await arena.drifting() == {}


async def test_visits_are_made_together_with_a_partner(arena: Arena) -> None:
    await employers(arena)
    sbr = {"code": "sbr", "name": "Stockholm Business Region", "kind": "municipal"}
    await arena.made("/partners", sbr)
    visit = {"unit": UNIT, "visitedOn": "2024-02-01"}
    await arena.made("/employer-visits", {**visit, "employer": "bageri"})
    together = {**visit, "partner": "sbr"}
    made = await arena.made("/employer-visits", {**together, "employer": "bageri"})
    await arena.made("/employer-visits", {**together, "employer": "hemtjanst"})
    figure = await arena.figure("employer-visits", "2024", by="partner")
    assert figure["total"] == 3
    assert await arena.total("employer-visits", "2024", partner="sbr") == 2
    assert await arena.total("employer-visits", "2024", partner="sbr", sector="care") == 1
    path = f"/employer-visits/{made['id']}/retractions"
    old = await arena.basis()
    await arena.made(path, {"reason": "Ställdes in"}, version=1)
    assert await arena.total("employer-visits", "2024", partner="sbr") == 1
    assert await arena.total("employer-visits", "2024", partner="sbr", basis=old) == 2
    visits = await arena.read("/employer-visits", partner="sbr", sector="care")
    assert [row["employer"] for row in visits["items"]] == ["hemtjanst"]
    found = await arena.read("/partners/sbr/engagements", on="2024-12-31")
    assert found["employerVisits"] == {"total": 1, "current": 1}
    found = await arena.read("/partners/sbr/engagements", on="2025-12-31")
    assert found["employerVisits"] == {"total": 1, "current": 0}
    assert await arena.drifting() == {}


async def test_events_led_to_hires_or_did_not(arena: Arena) -> None:
    await employers(arena)
    event = {"unit": UNIT, "kind": "job_fair", "heldOn": "2024-03-01"}
    fair = await arena.made("/recruitment-events", event)
    await arena.made("/recruitment-events", {**event, "kind": "study_visit"})
    own = await arena.made("/recruitment-events", {**event, "employer": "hemtjanst"})
    hire = {"employer": "bageri", "unit": "other", "hiredOn": "2024-04-02", "women": 1}
    linked = {**hire, "recruitmentEventId": fair["id"]}
    first, second = [await arena.made("/hires", linked) for _ in range(2)]
    await arena.made("/hires", hire)
    assert await arena.total("recruitment-events", "2024") == 3
    led = "recruitment-events-with-hires"
    assert (await arena.figure(led, "2024"))["unit"] == "events"
    assert await arena.total(led, "2024-03", kind="job_fair") == 1
    old = await arena.basis()
    wrong = {"reason": "Tackade nej"}
    await arena.made(f"/hires/{first['id']}/retractions", wrong, version=1)
    assert await arena.total(led, "2024") == 1
    await arena.made(f"/hires/{second['id']}/retractions", wrong, version=1)
    assert await arena.total(led, "2024") == 0
    assert await arena.total(led, "2024", basis=old) == 1

    for change, refusal in (
        ({"recruitmentEventId": own["id"]}, "422 event_of_another_employer"),
        ({"hiredOn": "2024-02-29"}, "422 hired_before_event"),
        ({"recruitmentEventId": first["id"]}, "422 unknown_reference"),
    ):
        assert await arena.refused("POST", "/hires", {**linked, **change}) == refusal
    hires = await arena.read("/hires", recruitmentEventId=fair["id"], sector="food")
    assert hires["_meta"]["totalRecords"] == 2
    events = await arena.read("/recruitment-events", kind="job_fair", sector="care")
    assert [row["id"] for row in events["items"]] == [own["id"]]
    assert await arena.drifting() == {}


async def test_employments_are_extended_and_end_soon(arena: Arena) -> None:
    now = today()
    work = {
        "operation": "jobbtorg-outreach",
        "unit": UNIT,
        "district": "jarva",
        "role": "stadsdelssyster",
        "contract": "six_months",
    }

    async def employ(first: int, last: int | None) -> dict[str, Any]:
        days = {"startsOn": str(now + timedelta(days=first))}
        days |= {} if last is None else {"endsOn": str(now + timedelta(days=last))}
        return await arena.made("/outreach-workers", {**work, **days})

    async def listed(**query: Any) -> list[str]:
        return [row["id"] for row in (await arena.read("/outreach-workers", **query))["items"]]

    later, soon, gone = await employ(-100, 50), await employ(-90, 20), await employ(-300, -150)
    await employ(-10, None)
    assert await listed(endsWithin=60) == [soon["id"], later["id"]]
    assert await listed(endsWithin=20, on=str(now)) == [soon["id"]]
    assert gone["id"] in await listed(on=str(now - timedelta(days=150)))

    period = f"{now - timedelta(days=200)}/{now}"
    assert (await arena.figure("outreach-workers-during", period))["unit"] == "employments"
    assert await arena.total("outreach-workers-during", period) == 4
    assert await arena.total("outreach-workers", str(now)) == 3
    ahead = str(now + timedelta(days=100))
    old = await arena.basis()
    assert await arena.total("outreach-workers", ahead) == 1
    path = f"/outreach-workers/{soon['id']}"
    longer = {"endsOn": ahead, "reason": "Förlängs sex månader"}
    extended = await arena.made(f"{path}/extensions", longer, version=1)
    assert (extended["extensions"], extended["endsOn"], extended["version"]) == (1, ahead, 2)
    assert await arena.total("outreach-workers", ahead) == 2
    assert await arena.total("outreach-workers", ahead, basis=old) == 1
    assert await arena.total("outreach-workers-during", period) == 4
    again = {**longer, "endsOn": str(now + timedelta(days=101))}
    refused = await arena.refused("POST", f"{path}/extensions", again, version=2)
    assert refused == "409 extension_refused"
    assert await listed(endsWithin=60) == [later["id"]]
    assert await arena.drifting() == {}
