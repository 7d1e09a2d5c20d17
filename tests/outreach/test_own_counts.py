"""Operations' own numbers: side by side, each in its own unit, and split where a rule changes."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

from tests.outreach.arena import UNIT, Arena, session_body

GROUP = {"operation": "sff", "venue": "bla-huset", "unit": UNIT, "name": "SFF Tensta"}
YEARS = "2023-01-01/2024-12-31"
OTHER = "jobbtorg-vuxna-jarva"


def shown(answer: dict[str, Any]) -> list[tuple[str, str, int]]:
    return [(each["operation"], each["unit"], each["value"]) for each in answer["ownCounts"]]


async def some_of_everything(arena: Arena) -> None:
    """Record visits, contacts one way and two ways, and students, for two years."""
    for day in ("2023-03-07", "2024-03-05"):
        held = await arena.session(plannedOn=day)
        await arena.made(f"/sessions/{held['id']}/visit-tallies", {"women": 5, "men": 2})
        person = str(uuid4())
        for direction in ("two_way", "two_way", "one_way"):
            await arena.contact(happenedOn=day, personId=person, direction=direction)
    await arena.contact(operation="guidance")  # by visitors: a contact is none
    await arena.made("/sessions", session_body(operation="jobbtorg-outreach"))
    group = await arena.made("/groups", {**GROUP, "startsOn": "2024-01-15"})
    counted = {"year": 2024, "women": 15, "men": 1}
    await arena.made(f"/groups/{group['id']}/student-counts", counted)


async def test_each_operation_counts_in_its_own_unit_and_by_its_own_rule(arena: Arena) -> None:
    await some_of_everything(arena)
    basis = await arena.basis()
    asked: dict[str, Any] = {"period": "2024", "basis": basis}
    before = await arena.call("GET", "/own-counts", **asked)
    assert shown(before.json()) == [
        ("guidance", "visits", 7),
        ("jobbtorg-outreach", "contacts", 2),
        ("sff", "persons", 16),
    ]
    assert [note["kind"] for note in before.json()["notes"]] == ["not-a-sum"]
    assert before.json()["breaks"] == []
    for each in before.json()["ownCounts"]:
        figure = await arena.read(
            f"/figures/{each['figure']}", operation=each["operation"], **asked
        )
        assert (figure["total"], figure["unit"]) == (each["value"], each["unit"])
        assert figure["countingRules"] == [each["rule"]]
        assert (figure["version"], figure["definition"]) == (each["version"], each["definition"])

    # Until 2023 every attempt counted, as is recorded later: the earlier basis knows nothing.
    path = "/operations/jobbtorg-outreach/counting-rules"
    for counts, day in (("contacts", "2020-01-01"), ("two_way_contacts", "2024-01-01")):
        await arena.made(path, {"counts": counts, "validFrom": day, "note": "Nytt arbetssätt."})
    await arena.made(
        "/operations/guidance/counting-rules",
        {"counts": "two_way_contacts", "validFrom": "2024-01-01", "note": ""},
    )
    now = await arena.read("/own-counts", period=YEARS, basis=await arena.basis())
    assert shown(now) == [
        ("guidance", "visits", 7),
        ("guidance", "contacts", 1),
        ("jobbtorg-outreach", "contacts", 3),
        ("jobbtorg-outreach", "contacts", 2),
        ("sff", "persons", 16),
    ]
    spans = [(each["rule"]["version"], each["from"], each["to"]) for each in now["ownCounts"]]
    assert spans[2:4] == [(2, "2023-01-01", "2023-12-31"), (3, "2024-01-01", "2024-12-31")]
    assert [each["on"] for each in now["breaks"]] == ["2024-01-01", "2024-01-01"]
    assert (
        "räknar tvåvägskontakter (regel 3), tidigare alla kontaktförsök"
        in (now["breaks"][1]["text"])
    )
    reached = await arena.figure("contacts-reached", YEARS, by="direction")
    assert {row["direction"]: row["value"] for row in reached["rows"]} == {
        "one_way": 1,
        "two_way": 5,
    }
    # The person whom only a letter was sent to in 2023 was reached then, and would not be now.
    letter = {"direction": "one_way", "channel": "letter"}
    for day in ("2023-05-02", "2024-05-02"):
        await arena.contact(happenedOn=day, personId=str(uuid4()), **letter)
    assert [await arena.total("persons-reached", year) for year in ("2023", "2024")] == [2, 1]
    assert await arena.drifting() == {}

    again = await arena.call("GET", "/own-counts", **asked)
    assert (again.content, again.headers["ETag"]) == (before.content, before.headers["ETag"])


async def test_who_asks_sees_their_units_and_what_they_ask_for(arena: Arena) -> None:
    await some_of_everything(arena)
    await arena.contact(unit=OTHER, venue="bla-huset")
    asked: dict[str, Any] = {"period": "2024", "basis": await arena.basis()}
    own = await arena.read("/own-counts", units=(OTHER,), **asked)
    assert shown(own) == [
        ("guidance", "visits", 0),
        ("jobbtorg-outreach", "contacts", 1),
        ("sff", "persons", 0),
    ]
    assert (own["where"], own["notes"][1]["kind"]) == ({"unit": [OTHER]}, "restricted")
    chosen = await arena.read(
        "/own-counts", operation=["jobbtorg-outreach", "sff"], district="jarva", **asked
    )
    assert shown(chosen) == [("jobbtorg-outreach", "contacts", 1), ("sff", "persons", 16)]
    refused: dict[str, dict[str, Any]] = {
        "422 unknown_dimension": {"ageGroup": "20-24"},
        "422 unknown_code": {"operation": "nothing"},
        "403 unit_not_allowed": {"unit": UNIT, "units": (OTHER,)},
        "403 insufficient_scope": {"scopes": ("outreach:read",)},
    }
    for refusal, wrong in refused.items():
        assert await arena.refused("GET", "/own-counts", **{**asked, **wrong}) == refusal

    # What is not run in the period has no number, and whoever asks for it is told why.
    await arena.changed("/operations/sff", {"validTo": "2024-12-31", "reason": "Slut"}, version=1)
    asked = {"period": "2025", "basis": await arena.basis()}
    left = await arena.read("/own-counts", **asked)
    assert [each["operation"] for each in left["ownCounts"]] == ["guidance", "jobbtorg-outreach"]
    ended = await arena.read("/own-counts", operation="sff", **asked)
    assert (shown(ended), ended["notes"][-1]["kind"]) == (
        [("sff", "persons", 0)],
        "operation-ended",
    )
