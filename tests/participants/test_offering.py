from __future__ import annotations

from typing import Any

from tests.participants.city import City

UNIT = {
    "code": "komvux-rinkeby",
    "name": "Komvux Rinkeby",
    "kind": "komvux",
    "ownership": "own",
    "district": "jarva",
    "validFrom": "2024-07-01",
}


async def test_units_in_operation_are_counted_on_a_day(city: City) -> None:
    await city.made("/units", UNIT)
    before = await city.basis()
    closure = {"lastDay": "2024-12-31", "reason": "Nytt avtal"}
    closed = await city.made("/units/komvux-rinkeby/closures", closure)
    assert (closed["validTo"], closed["version"]) == ("2024-12-31", 2)
    for day, units in (("2024-06-30", 0), ("2024-07-01", 1), ("2024-12-31", 1), ("2025-01-01", 0)):
        figure = await city.figure("units", day, kind="komvux", ownership="own", district="jarva")
        assert figure["total"] == units, day
    still_open = await city.figure("units", "2025-01-01", kind="komvux", basis=before)
    assert still_open["total"] == 1


async def test_closing_again_corrects_the_day(city: City) -> None:
    await city.made("/units", UNIT)
    for day in ("2024-12-31", "2025-06-30"):
        closure = {"lastDay": day, "reason": "Nytt avtal"}
        await city.made("/units/komvux-rinkeby/closures", closure)
    assert (await city.figure("units", "2025-06-30", kind="komvux"))["total"] == 1
    assert (await city.figure("units", "2025-07-01", kind="komvux"))["total"] == 0


async def test_teams_are_counted_on_a_day(city: City) -> None:
    for day, teams in (("2024-08-31", 0), ("2024-09-01", 1), ("2024-11-30", 2)):
        figure = await city.figure("teams", day, programme="stockholmskraften")
        assert figure["total"] == teams, day
    by_pilot = await city.figure("teams", "2024-12", by="pilot")
    assert by_pilot["rows"] == [{"pilot": "no", "value": 1}, {"pilot": "yes", "value": 1}]


REFUSED: tuple[tuple[str, dict[str, Any], str], ...] = (
    ("/units", UNIT | {"code": "jobbtorg-unga"}, "409 code_taken"),
    ("/units", UNIT | {"code": "Komvux Rinkeby"}, "422 invalid_request"),
    ("/units", UNIT | {"kind": "bakery"}, "422 invalid_request"),
    (
        "/units/jobbtorg-unga/closures",
        {"lastDay": "2019-12-31", "reason": "Aldrig öppnad"},
        "422 closed_before_opened",
    ),
    (
        "/units/no-such-unit/closures",
        {"lastDay": "2024-12-31", "reason": "Stängd"},
        "404 unit_not_found",
    ),
    (
        "/teams",
        {
            "code": "t",
            "name": "T",
            "programme": "none",
            "pilot": False,
            "validFrom": "2024-01-01",
        },
        "422 unknown_programme",
    ),
    (
        "/programmes/stockholmskraften/closures",
        {"lastDay": "2024-10-31", "reason": "Klart"},  # a team opened in November
        "409 closed_before_last_use",
    ),
)


async def test_offering_rules(city: City) -> None:
    for path, body, refusal in REFUSED:
        assert await city.refused("POST", path, body) == refusal, (path, body)


async def test_unit_is_not_closed_before_its_last_entry(city: City) -> None:
    await city.enrolment((await city.person())["id"], startedOn="2024-10-02")
    path = "/units/jobbtorg-vuxna/closures"
    early = {"lastDay": "2024-10-01", "reason": "Stängd"}
    assert await city.refused("POST", path, early) == "409 closed_before_last_use"
    assert await city.made(path, early | {"lastDay": "2024-10-02"})


async def test_only_tokens_for_all_units_change_the_offering(city: City) -> None:
    refused = await city.refused("POST", "/units", UNIT, units=("jobbtorg-unga",))
    assert refused == "403 unit_not_allowed"
    listed = await city.read("/units", units=("jobbtorg-unga",), on="2024-12-31")
    assert [unit["code"] for unit in listed["items"]] == ["jobbtorg-unga", "jobbtorg-vuxna"]
    assert (await city.read("/units", on="2019-12-31"))["items"] == []


async def test_figures_of_some_units_are_theirs_alone(city: City) -> None:
    for unit in ("jobbtorg-vuxna", "jobbtorg-vuxna", "jobbtorg-unga"):
        await city.enrolment((await city.person())["id"], unit=unit)
    everyone = await city.figure("enrolled", "2024-12-31")
    young = await city.figure("enrolled", "2024-12-31", units=("jobbtorg-unga",))
    assert (everyone["total"], young["total"]) == (3, 1)


async def test_every_figure_answers_and_says_what_it_counts(city: City) -> None:
    definitions = (await city.read("/figures"))["figures"]
    assert {d["name"] for d in definitions} >= {
        "advised",
        "enrolled",
        "exits",
        "persons-enrolled",
        "teams",
        "units",
    }
    for definition in definitions:
        answer = await city.figure(definition["name"], "2024")
        assert answer["definition"] == definition["definition"]
