# ruff: noqa: ANN401  JSON bodies and query parameters are whatever a test sends
from __future__ import annotations

from itertools import count
from typing import Any

from services.participants.figures import facts
from shared.db import driver
from shared.journal import drift
from tests.participants.city import City, entry

_keys = count(1)


def row(number: str, **more: Any) -> dict[str, Any]:
    return {
        "sourceKey": f"flai:{next(_keys)}",
        "identityNumber": number,
        "unit": "jobbtorg-vuxna",
        "programme": "stockholmskraften",
        "ground": "social_assistance",
        "statusAtEntry": "unemployed",
        "startedOn": "2024-10-01",
    } | more


async def test_delivery_enrols_people_known_and_unknown(city: City) -> None:
    known = city.person_number("men")
    person = await city.person(identityNumber=known)
    rows = [
        row(
            known,
            team="pilot-one",
            circumstances=["not_in_work_or_studies", "disability_support"],
            residenceDistrict="kista",
        ),
        row(city.person_number(), givenName="Test", familyName="Ek", educationAtEntry="compulsory"),
        row(city.person_number(), exitedOn="2024-12-01", outcome="work"),
    ]
    done = await city.delivered("enrolments", rows)
    assert (done.state, done.counts, done.errors) == ("applied", {"rows": 3, "created": 3}, [])
    held = await city.read("/enrolments", personId=person["id"])
    assert [(e["team"], e["targetGroups"], e["district"], e["sex"]) for e in held["items"]] == [
        ("pilot-one", ["disability", "social_assistance"], "kista", "men")
    ]
    found = await city.call(
        "POST", "/person-lookups", {"identityNumber": rows[1]["identityNumber"]}
    )
    assert found.json()["name"] == {"given": "Test", "family": "Ek"}
    assert (await city.figure("enrolled", "2024-12-31"))["total"] == 2
    assert (await city.figure("exits", "2024", outcome="work"))["total"] == 1
    source = (await city.figure("exits", "2024"))["source"]
    assert source["lastDelivery"]["id"] == done.resource["id"]


async def test_the_same_delivery_again_changes_nothing(city: City) -> None:
    rows = [
        row(city.person_number(), givenName="Test", familyName="Ek", residenceDistrict="jarva"),
        row(city.person_number(), protectedIdentity="secrecy_marking", residenceDistrict="jarva"),
        row(
            city.person_number(),
            exitedOn="2024-12-01",
            outcome="work",
            circumstances=["foreign_born"],
        ),
    ]
    await city.delivered("enrolments", rows)
    again = await city.delivered("enrolments", rows)
    assert again.counts == {"rows": 3, "unchanged": 3}
    async with city.db.read() as session:
        assert await (await driver(session)).fetchval("select count(*) from record_version") == 0


BAD_ROWS: tuple[tuple[dict[str, Any], tuple[str | None, str], str], ...] = (
    ({"unit": "no-such-unit"}, ("unit", "unknown_unit"), "422 unknown_unit"),
    ({"startedOn": "2019-12-31"}, ("unit", "unit_not_in_operation"), "409 unit_not_in_operation"),
    ({"programme": "none"}, ("programme", "unknown_programme"), "422 unknown_programme"),
    (
        {"startedOn": "2022-12-31"},
        ("programme", "programme_not_in_operation"),
        "409 programme_not_in_operation",
    ),
    ({"team": "none"}, ("team", "unknown_team"), "422 unknown_team"),
    (
        {"team": "pilot-one", "programme": "kvinnors-etablering"},
        ("team", "unknown_team"),
        "422 unknown_team",
    ),
    (
        {"team": "late", "startedOn": "2024-10-31"},
        ("team", "team_not_in_operation"),
        "409 team_not_in_operation",
    ),
    ({"ground": "curiosity"}, ("ground", "not_allowed"), "422 invalid_request"),
    ({"statusAtEntry": None}, ("statusAtEntry", "wrong_type"), "422 invalid_request"),
    ({"startedOn": "2024-02-30"}, ("startedOn", "invalid_date"), "422 invalid_request"),
    ({"surprise": 1}, ("surprise", "unknown_field"), "422 invalid_request"),
)
"""What is wrong, how the register says it, and how the API does."""


async def test_register_and_api_refuse_the_same_rows(city: City) -> None:
    numbers = [city.person_number() for _ in BAD_ROWS]
    good = row(city.person_number())
    rows = [row(no) | bad for no, (bad, _, _) in zip(numbers, BAD_ROWS, strict=True)]
    done = await city.delivered("enrolments", [*rows, good])
    assert done.counts == {"rows": len(rows) + 1, "created": 1, "rejected": len(rows)}
    found = {number: (field, code) for number, field, code in done.refusals}
    # Dates before a programme's first day may precede the unit's as well: both are named.
    for number, (bad, (field, code), _) in enumerate(BAD_ROWS, 1):
        assert (number, field, code) in done.refusals, (bad, found[number])
    for written, (bad, _, refusal) in zip(numbers, BAD_ROWS, strict=True):
        person = await city.person(identityNumber=written)
        assert await city.refused("POST", "/enrolments", entry(person["id"]) | bad) == refusal


FAULTY_ROWS: tuple[tuple[dict[str, Any], tuple[str, str]], ...] = (
    ({"identityNumber": "200001092381"}, ("identityNumber", "wrong_check_digit")),
    ({"identityNumber": "20000109"}, ("identityNumber", "wrong_length")),
    ({"identityNumber": "2000o1092382"}, ("identityNumber", "malformed")),
    ({"exitedOn": "2024-12-01"}, ("outcome", "exit_incomplete")),
    ({"outcome": "work"}, ("outcome", "exit_incomplete")),
    ({"exitedOn": "2024-09-30", "outcome": "work"}, ("exitedOn", "exit_before_entry")),
    ({"exitedOn": "2024-12-01", "outcome": "bliss"}, ("outcome", "not_allowed")),
    ({"givenName": "Test"}, ("familyName", "half_a_name")),
    ({"startedOn": "1985-01-01"}, ("identityNumber", "not_yet_born")),
)


async def test_row_errors_name_the_field_and_the_rule(city: City) -> None:
    numbers = [city.person_number() for _ in FAULTY_ROWS]
    rows = [row(no) | bad for no, (bad, _) in zip(numbers, FAULTY_ROWS, strict=True)]
    done = await city.delivered("enrolments", [*rows, row(city.person_number())])
    assert done.refusals == [
        (number, *refusal) for number, (_, refusal) in enumerate(FAULTY_ROWS, 1)
    ]
    assert done.counts == {"rows": len(rows) + 1, "created": 1, "rejected": len(rows)}
    assert not [number for number in numbers if number in str(done)]


async def test_key_that_is_somebodys_number_is_refused(city: City) -> None:
    number = city.person_number()
    done = await city.delivered("enrolments", [row(number, sourceKey=number)])
    assert done.refusals == [(1, "sourceKey", "holds_identity_number")]


async def test_overlaps_are_refused_within_the_delivery_and_with_what_is_held(city: City) -> None:
    held, twice = city.person_number(), city.person_number()
    await city.delivered(
        "enrolments", [row(held, startedOn="2024-01-01", exitedOn="2024-06-01", outcome="work")]
    )
    done = await city.delivered(
        "enrolments",
        [
            row(held, startedOn="2024-05-31"),
            row(twice, startedOn="2024-01-01", exitedOn="2024-06-01", outcome="work"),
            row(twice, startedOn="2024-03-01"),
            row(twice, startedOn="2024-06-01"),
        ],
    )
    overlap = ("startedOn", "enrolment_overlap")
    # Row 3 overlaps row 2, and row 4 overlaps row 3: the sender mends 3 and sends 4 again.
    assert done.refusals == [(1, *overlap), (3, *overlap), (4, *overlap)]


async def test_neighbours_may_move_in_one_delivery(city: City) -> None:
    number = city.person_number()
    first = row(number, startedOn="2024-01-01", exitedOn="2024-06-01", outcome="moved")
    second = row(number, startedOn="2024-06-01")
    await city.delivered("enrolments", [first, second])
    later = [first | {"exitedOn": "2024-09-01"}, second | {"startedOn": "2024-09-01"}]
    assert (await city.delivered("enrolments", later)).counts == {"rows": 2, "changed": 2}
    back = await city.delivered("enrolments", [second, first])
    assert back.counts == {"rows": 2, "changed": 2}


async def test_correction_leaves_the_figure_at_the_old_basis(city: City) -> None:
    number = city.person_number()
    sent = row(number, exitedOn="2024-12-01", outcome="work")
    await city.delivered("enrolments", [sent])
    before = await city.basis()
    corrected = await city.delivered("enrolments", [sent | {"outcome": "studies"}])
    assert corrected.counts == {"rows": 1, "changed": 1}
    query: dict[str, Any] = {"by": "outcome"}
    assert (await city.figure("exits", "2024", basis=before, **query))["rows"] == [
        {"outcome": "work", "value": 1}
    ]
    assert (await city.figure("exits", "2024", **query))["rows"] == [
        {"outcome": "studies", "value": 1}
    ]
    assert await city.figure("exits", "2024", basis=before, **query) == await city.figure(
        "exits", "2024", basis=before, **query
    )


async def test_row_corrected_to_another_person_moves_the_enrolment(city: City) -> None:
    wrong, right = city.person_number("men"), city.person_number("women")
    sent = row(wrong)
    await city.delivered("enrolments", [sent])
    done = await city.delivered("enrolments", [sent | {"identityNumber": right}])
    assert done.counts == {"rows": 1, "changed": 1}
    figure = await city.figure("enrolled", "2024-12-31", by="sex")
    assert figure["rows"] == [{"sex": "women", "value": 1}]


async def test_retraction_and_its_return(city: City) -> None:
    sent = row(city.person_number())
    await city.delivered("enrolments", [sent])
    retraction = {"op": "retract", "sourceKey": sent["sourceKey"], "reason": "Fel person"}
    assert (await city.delivered("enrolments", [retraction])).counts == {"rows": 1, "retracted": 1}
    assert (await city.figure("enrolled", "2024-12-31"))["total"] == 0
    assert (await city.delivered("enrolments", [retraction])).counts == {"rows": 1, "unchanged": 1}
    unknown = retraction | {"sourceKey": "flai:unknown"}
    assert (await city.delivered("enrolments", [unknown])).refusals == [(1, None, "unknown_key")]
    assert (await city.delivered("enrolments", [sent])).counts == {"rows": 1, "changed": 1}
    assert (await city.figure("enrolled", "2024-12-31"))["total"] == 1


async def test_snapshot_ends_what_is_absent_and_nothing_from_elsewhere(city: City) -> None:
    stays, leaves = row(city.person_number()), row(city.person_number())
    by_hand = await city.enrolment((await city.person())["id"])
    await city.delivered("enrolments", [stays, leaves])
    done = await city.delivered("enrolments", [stays], mode="snapshot", deliveryDate="2024-12-15")
    assert done.counts == {"rows": 1, "unchanged": 1, "ended": 1}
    figure = await city.figure("exits", "2024-12", by="outcome")
    assert figure["rows"] == [{"outcome": "other", "value": 1}]
    assert (await city.read(f"/enrolments/{by_hand['id']}"))["exitedOn"] is None


async def test_snapshot_ends_nothing_of_another_system(city: City) -> None:
    stays, leaves = row(city.person_number()), row(city.person_number())
    others = [row(city.person_number(), sourceKey=key) for key in ("vera:1", "unprefixed")]
    await city.delivered("enrolments", [stays, leaves, *others])
    done = await city.delivered("enrolments", [stays], mode="snapshot", deliveryDate="2024-12-15")
    assert done.counts == {"rows": 1, "unchanged": 1, "ended": 1}
    assert (await city.figure("exits", "2024-12"))["total"] == 1
    done = await city.delivered("enrolments", [others[0]], mode="snapshot")
    assert done.counts == {"rows": 1, "unchanged": 1}


async def test_dry_run_tells_what_would_move_and_moves_nothing(city: City) -> None:
    done = await city.delivered("enrolments", [row(city.person_number())], dryRun=True)
    assert done.counts == {"rows": 1, "created": 1}
    moved = {m["measure"]: m["amount"] for m in done.resource["movedFigures"]}
    by_group = {"group_entries": 1, "group_enrolled": 1}  # social assistance
    assert moved == {"entries": 1, "enrolled": 1} | by_group
    assert (await city.read("/enrolments"))["_meta"]["totalRecords"] == 0


async def test_csv_says_the_same(city: City) -> None:
    number = city.person_number()
    body = (
        "sourceKey;identityNumber;unit;programme;ground;statusAtEntry;startedOn;circumstances\n"
        f"vera:1;{number};jobbtorg-unga;kvinnors-etablering;outreach;inactive;2024-02-01;in_studies|foreign_born\n"
    )
    done = await city.delivered("enrolments", [], body=body.encode(), content_type="text/csv")
    assert done.counts == {"rows": 1, "created": 1}
    held = (await city.read("/enrolments"))["items"][0]
    assert (held["unit"], held["circumstances"]) == (
        "jobbtorg-unga",
        ["foreign_born", "in_studies"],
    )


async def test_protected_person_has_no_district_and_is_in_no_list(city: City) -> None:
    sent = row(city.person_number(), residenceDistrict="jarva")
    await city.delivered("enrolments", [sent])
    protect = sent | {"protectedIdentity": "protected_registration"}
    assert (await city.delivered("enrolments", [protect])).counts == {"rows": 1, "changed": 1}
    figure = await city.figure("enrolled", "2024-12-31", by="district")
    assert figure["rows"] == [{"district": "unknown", "value": 1}]
    clerk = ("participants:read",)
    assert (await city.read("/enrolments", scopes=clerk))["items"] == []


async def test_exits_delivered_are_followed_up(city: City, worker: None) -> None:
    sent = [
        row(city.person_number(), exitedOn="2024-12-01", outcome=outcome)
        for outcome in ("work", "studies", "deceased")
    ]
    await city.delivered("enrolments", sent)
    page = await city.until("/follow-ups", lambda page: len(page["items"]) == 2)
    assert {item["dueOn"] for item in page["items"]} == {"2025-03-01"}
    correction = sent[0] | {"exitedOn": "2024-12-10"}
    await city.delivered("enrolments", [correction])
    page = await city.read("/follow-ups")
    assert sorted(item["dueOn"] for item in page["items"]) == ["2025-03-01", "2025-03-10"]


async def test_journal_agrees_with_the_records_after_all_this(city: City) -> None:
    rows = [
        row(city.person_number(), exitedOn=f"2024-12-{day:02}", outcome="work")
        for day in range(1, 21)
    ]
    await city.delivered("enrolments", rows)
    await city.delivered("enrolments", [r | {"ground": "outreach"} for r in rows[:7]])
    retracted = [{"op": "retract", "sourceKey": r["sourceKey"], "reason": "Fel"} for r in rows[5:9]]
    await city.delivered("enrolments", retracted)
    async with city.db.read() as session:
        conn = await driver(session)
        ids = [r["id"] for r in await conn.fetch("select id from enrolment")]
        assert len(ids) == 20
        assert await drift(conn, facts.JOURNAL, "enrolment", ids, wanted_sql=facts.ENROLMENT) == []
        wrong = facts.ENROLMENT.replace("r.started_on, 1", "r.started_on, 2")
        assert await drift(conn, facts.JOURNAL, "enrolment", ids, wanted_sql=wrong) != []
    assert (await city.figure("exits", "2024", by="ground"))["rows"] == [
        {"ground": "outreach", "value": 5},
        {"ground": "social_assistance", "value": 11},
    ]
