"""Figures of groups, employers and outreach workers; zero, missing, and sums that mean nothing."""

from __future__ import annotations

from typing import Any

from shared.db import driver
from tests.outreach.arena import UNIT, Arena, session_body

GROUP = {"operation": "sff", "venue": "bla-huset", "unit": UNIT, "name": "SFF Tensta"}
WORKER = {
    "operation": "jobbtorg-outreach",
    "unit": UNIT,
    "district": "jarva",
    "role": "stadsdelsmamma",
    "contract": "ordinary",
    "startsOn": "2024-02-01",
}


async def employer(arena: Arena, code: str, sector: str = "care") -> None:
    await arena.made("/employers", {"code": code, "name": code, "sector": sector})


async def test_groups_that_ran_some_day_and_their_students(arena: Arena) -> None:
    first = await arena.made("/groups", {**GROUP, "startsOn": "2023-01-16"})
    await arena.made("/groups", {**GROUP, "startsOn": "2024-01-15", "endsOn": "2024-06-07"})
    await arena.made("/groups", {**GROUP, "startsOn": "2024-08-19"})
    path = f"/groups/{first['id']}/student-counts"
    await arena.made(path, {"year": 2023, "women": 27, "men": 2})
    later = await arena.made(path, {"year": 2024, "women": 15, "men": 1})

    groups = await arena.figure("groups", "2024", operation="sff")
    assert (groups["unit"], groups["total"]) == ("groups", 3)
    totals = [await arena.total("groups", p) for p in ("2022", "2023", "2024-Q1", "2024-12-31")]
    assert totals == [0, 1, 2, 2]
    assert await arena.total("students", "2023", sex="women") == 27
    assert await arena.total("students", "2024", district="jarva") == 16

    old = await arena.basis()
    count = f"/student-counts/{later['id']}"
    await arena.changed(count, {"women": 14, "reason": "Dubbelräknad"}, version=1)
    assert await arena.total("students", "2024") == 15
    assert await arena.total("students", "2024", basis=old) == 16

    moved = {"venue": "tensta-library", "reason": "Fel förskola"}
    await arena.changed(f"/groups/{first['id']}", moved, version=1)
    assert await arena.total("students", "2024", district="spanga-tensta") == 15
    answer = await arena.call(
        "POST", f"/groups/{first['id']}/retractions", {"reason": "Fanns inte"}, version=2
    )
    assert answer.status_code == 201
    assert await arena.total("students", "2023") == 0
    assert await arena.total("groups", "2023") == 0
    assert await arena.drifting() == {}


async def test_students_are_counted_once_in_years_the_group_ran(arena: Arena) -> None:
    group = await arena.made("/groups", {**GROUP, "startsOn": "2024-01-15", "endsOn": "2024-06-07"})
    path = f"/groups/{group['id']}/student-counts"
    await arena.made(path, {"year": 2024, "women": 15, "men": 1})
    again = await arena.refused("POST", path, {"year": 2024, "women": 1, "men": 1})
    assert again == "409 students_already_counted"
    wrong = await arena.refused("POST", path, {"year": 2023, "women": 1, "men": 1})
    assert wrong == "422 group_not_running_that_year"
    moved = {"startsOn": "2023-08-14", "endsOn": "2023-12-20", "reason": "Fel år"}
    refused = await arena.refused("PATCH", f"/groups/{group['id']}", moved, version=1)
    assert refused == "422 group_not_running_that_year"


async def test_employers_are_visited_once_however_often(arena: Arena) -> None:
    await employer(arena, "foretag-1")
    await employer(arena, "foretag-2", "transport")
    visits = [("foretag-1", "2024-02-01"), ("foretag-1", "2024-05-01"), ("foretag-2", "2024-05-02")]
    made = [
        await arena.made("/employer-visits", {"employer": code, "unit": UNIT, "visitedOn": day})
        for code, day in visits
    ]
    visited = await arena.figure("employers-visited", "2024")
    assert (visited["unit"], visited["total"]) == ("companies", 2)
    assert await arena.total("employers-visited", "2024-T1") == 1
    assert await arena.total("employer-visits", "2024") == 3

    path = f"/employer-visits/{made[-1]['id']}/retractions"
    assert (await arena.call("POST", path, {"reason": "Ställdes in"}, version=1)).is_success
    assert await arena.total("employers-visited", "2024") == 1
    assert await arena.drifting() == {}


async def test_hires_by_sector_follow_a_corrected_sector(arena: Arena) -> None:
    await employer(arena, "yalla-rinkeby", "care")
    event = await arena.made(
        "/recruitment-events",
        {"employer": "yalla-rinkeby", "unit": UNIT, "kind": "job_fair", "heldOn": "2020-03-02"},
    )
    hire = {"employer": "yalla-rinkeby", "unit": UNIT, "hiredOn": "2020-04-04"}
    await arena.made("/hires", {**hire, "women": 6, "men": 4, "recruitmentEventId": event["id"]})
    old = await arena.basis()
    assert await arena.total("hires", "2020-03-01/2020-05-31", sector="care") == 10
    await arena.changed(
        "/employers/yalla-rinkeby", {"sector": "restaurants", "reason": "Fel bransch"}, version=1
    )
    assert await arena.total("hires", "2020", sector="restaurants", employer="yalla-rinkeby") == 10
    assert await arena.total("hires", "2020", sector="care") == 0
    assert await arena.total("hires", "2020", sector="care", basis=old) == 10
    assert await arena.total("recruitment-events", "2020", sector="restaurants") == 1
    assert await arena.refused("POST", "/hires", hire) == "422 empty_count"
    assert await arena.drifting() == {}


async def test_no_employer_has_a_persons_number(arena: Arena) -> None:
    body = {"code": "akeri", "name": "Åkeri", "sector": "transport"}
    refused = await arena.call("POST", "/employers", {**body, "organisationNumber": "200109-2382"})
    assert refused.json()["code"] == "organisation_number_invalid"
    assert "2382" not in refused.text
    made = await arena.made("/employers", {**body, "organisationNumber": "212000-0142"})
    assert made["organisationNumber"] == "2120000142"


async def test_outreach_workers_are_a_level_on_a_day(arena: Arena) -> None:
    first = await arena.made("/outreach-workers", WORKER)
    await arena.made(
        "/outreach-workers", {**WORKER, "contract": "two_year", "startsOn": "2024-05-01"}
    )
    sister = {**WORKER, "role": "stadsdelssyster", "contract": "six_months"}
    await arena.made(
        "/outreach-workers", {**sister, "startsOn": "2024-10-01", "endsOn": "2025-03-31"}
    )
    mothers: dict[str, Any] = {"role": "stadsdelsmamma"}
    assert await arena.total("outreach-workers", "2024-12-31", **mothers) == 2
    assert await arena.total("outreach-workers", "2024", contract="two_year", **mothers) == 1
    ends = ["2024-01-31", "2024-02-01", "2025-03-31", "2025-04-01"]
    assert [await arena.total("outreach-workers", day) for day in ends] == [0, 1, 3, 2]

    old = await arena.basis()
    path = f"/outreach-workers/{first['id']}"
    await arena.changed(path, {"endsOn": "2024-11-30", "reason": "Slutade"}, version=1)
    assert await arena.total("outreach-workers", "2024-12-31", **mothers) == 1
    assert await arena.total("outreach-workers", "2024-12-31", basis=old, **mothers) == 2
    assert await arena.drifting() == {}


async def test_zero_is_an_answer_and_the_unknown_is_not(arena: Arena) -> None:
    await arena.made(
        "/operations",
        {
            "code": "parental-drop-in",
            "name": "Drop-in för föräldralediga",
            "counts": "visitors",
            "validFrom": "2023-01-01",
            "validTo": "2023-12-31",
        },
    )
    await arena.made(
        "/sessions", session_body(operation="parental-drop-in", plannedOn="2023-02-07")
    )
    last_year = await arena.figure("sessions", "2023", operation="parental-drop-in")
    assert (last_year["total"], last_year["notes"]) == (1, [NOTE_OF_PLACE])

    ended = await arena.figure("sessions", "2024", operation="parental-drop-in", by="operation")
    assert ended["total"] == 0
    assert ended["rows"] == [{"operation": "parental-drop-in", "value": 0}]
    (note,) = [note for note in ended["notes"] if note["kind"] == "operation-ended"]
    assert note["text"] == "Drop-in för föräldralediga drevs till och med 2023-12-31."

    refused = await arena.refused("GET", "/figures/sessions", period="2024", operation="nothing")
    assert refused == "422 unknown_code"


NOTE_OF_PLACE = {"kind": "definition", "text": "Stadsdelsområdet är arenans.", "on": None}


async def test_an_operation_is_unknown_at_a_basis_before_it_was_opened(arena: Arena) -> None:
    before = await arena.basis()
    body = {"code": "late", "name": "Sen", "counts": "visitors", "validFrom": "2020-01-01"}
    await arena.made("/operations", body)
    opened = await arena.basis()
    await arena.changed(
        "/operations/late", {"validTo": "2023-12-31", "reason": "Lades ned"}, version=1
    )
    question: dict[str, Any] = {"period": "2024", "operation": "late"}
    refused = await arena.refused("GET", "/figures/sessions", basis=before, **question)
    assert refused == "422 unknown_code"
    then = await arena.read("/figures/sessions", basis=opened, **question)
    now = await arena.figure("sessions", "2024", operation="late")
    kinds = [[note["kind"] for note in answer["notes"]] for answer in (then, now)]
    assert kinds == [["definition"], ["definition", "operation-ended"]]


MIXED = [
    ("visits", "contacts", "mixed_units"),
    ("visits", "students", "mixed_units"),
    ("contacts", "persons-reached", "mixed_units"),
    ("persons-reached", "persons-referred", "not_additive"),
    ("students", "outreach-workers", "not_additive"),
]


async def test_sums_that_mean_nothing_are_refused(arena: Arena) -> None:
    for figure, plus, refusal in MIXED:
        answer = await arena.call("GET", f"/figures/{figure}", period="2024", plus=plus)
        assert (answer.status_code, answer.json()["code"]) == (422, refusal)
        assert figure in answer.json()["detail"]
        assert plus in answer.json()["detail"]


async def test_figures_of_one_unit_add_up(arena: Arena) -> None:
    """The negative control of the refusals: this sum means something."""
    await arena.contact()
    summed = await arena.figure("contacts", "2024", plus="contacts-reached")
    assert (summed["unit"], summed["total"]) == ("contacts", 2)


async def test_a_corrected_district_of_a_venue_moves_what_was_counted_there(arena: Arena) -> None:
    held = await arena.session(venue="bla-huset")
    await arena.made(f"/sessions/{held['id']}/visit-tallies", {"women": 3, "men": 0})
    old = await arena.basis()
    change = {"district": "spanga-tensta", "reason": "Låg i Tensta"}
    await arena.changed("/venues/bla-huset", change, version=1)
    assert await arena.total("visits", "2024", district="spanga-tensta") == 3
    assert await arena.total("visits", "2024", district="jarva") == 0
    assert await arena.total("visits", "2024", district="jarva", basis=old) == 3
    assert await arena.drifting() == {}


async def test_a_record_changed_behind_the_journals_back_shows(arena: Arena) -> None:
    """The negative control of `drifting`, which every test here leans on."""
    held = await arena.session()
    await arena.made(f"/sessions/{held['id']}/visit-tallies", {"women": 3, "men": 0})
    assert await arena.drifting() == {}
    async with arena.db.begin() as session:
        await (await driver(session)).execute("update visit_tally set women = 4")
    assert await arena.drifting() == {"visit_tally": 1}


async def test_every_figure_is_defined_in_swedish_with_unit_and_version(arena: Arena) -> None:
    figures = (await arena.read("/figures"))["figures"]
    assert {figure["name"]: figure["unit"] for figure in figures} == {
        "contacts": "contacts",
        "contacts-reached": "contacts",
        "agreements": "agreements",
        "collaborations": "collaborations",
        "collaborations-during": "collaborations",
        "collaborations-paused": "collaborations",
        "employer-visits": "employer-visits",
        "internships-offered": "places",
        "internships-taken": "places",
        "outreach-workers-during": "employments",
        "recruitment-events-with-hires": "events",
        "employers-visited": "companies",
        "groups": "groups",
        "hires": "persons",
        "outreach-workers": "persons",
        "persons-reached": "persons",
        "persons-referred": "persons",
        "recruitment-events": "events",
        "referrals": "referrals",
        "referrals-accepted": "referrals",
        "referrals-enrolled": "referrals",
        "referrals-exited": "referrals",
        "sessions": "sessions",
        "students": "persons",
        "uvas-contacts": "contacts",
        "uvas-reached": "persons",
        "visits": "visits",
    }
    counted_anew = {"contacts-reached": 2, "persons-reached": 2}
    for figure in figures:
        assert figure["version"] == counted_anew.get(figure["name"], 1)
        assert figure["definition"].startswith("Antal ")
        assert (await arena.figure(figure["name"], "2024"))["total"] == 0
