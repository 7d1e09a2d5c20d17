"""The register of the responsibility for activity: join, change, leave, come back."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from services.participants.figures import facts
from services.participants.main import create_app
from services.participants.rotation import rekey, reseal_kaa_contacts
from services.participants.sealing import Seals
from services.participants.settings import Settings
from shared.db import driver
from shared.journal import drift
from tests.participants.city import City, number_of
from tests.participants.conftest import Calling, key
from tests.participants.youths import UNIT, open_unit, youth


@pytest.fixture
async def register(city: City) -> City:
    await open_unit(city)
    return city


async def in_kaa(city: City, number: str, *days: date) -> list[bool]:
    async with city.db.read() as session:
        rows = await (await driver(session)).fetch(
            "select in_kaa(p.id, day) from person p, unnest($2::date[]) day"
            " where p.identity_number_hash = $1 order by day",
            city.seals.hash_of(number),
            list(days),
        )
    return [row[0] for row in rows]


async def test_membership_ends_on_the_twentieth_birthday_by_itself(register: City) -> None:
    born = date(2005, 3, 10)
    number = number_of(born, 238)
    done = await register.delivered("kaa", [youth(number)])
    assert (done.state, done.counts, done.errors) == ("applied", {"rows": 1, "created": 1}, [])
    days = [date(2024, 8, 31), date(2024, 9, 1), date(2025, 3, 9), date(2025, 3, 10)]
    assert await in_kaa(register, number, *days) == [False, True, True, False]
    async with register.db.read() as session:
        rows = await (await driver(session)).fetch(
            "select measure, happened_on, amount, age_group, ground, outcome, district"
            " from participant_fact where record_kind = 'kaa_membership'"
            " order by happened_on, measure, amount"
        )
    assert [tuple(row)[:6] for row in rows] == [
        ("kaa_joined", date(2024, 9, 1), 1, "19", "never_started", ""),
        ("kaa_members", date(2024, 9, 1), 1, "19", "never_started", ""),
        ("kaa_left", date(2025, 3, 10), 1, "19", "never_started", "turned_twenty"),
        ("kaa_members", date(2025, 3, 10), -1, "19", "never_started", ""),
    ]
    assert {row["district"] for row in rows} == {"unknown"}


BAD_ROWS: tuple[tuple[dict[str, Any], tuple[str | None, str]], ...] = (
    ({"unit": "no-such-unit"}, ("unit", "unknown_unit")),
    ({"unit": "jobbtorg-unga"}, ("unit", "not_a_kaa_unit")),
    ({"joinedOn": "2014-12-31"}, ("unit", "unit_not_in_operation")),
    ({"joinedOn": "2025-06-30"}, ("joinedOn", "not_twenty")),
    ({"schooling": "ongoing"}, ("schooling", "compulsory_schooling")),
    ({"studies": "national_programme"}, ("studies", "not_in_upper_secondary")),
    ({"studies": "introductory_programme"}, ("studies", "not_in_upper_secondary")),
    ({"studies": "adapted"}, ("studies", "not_in_upper_secondary")),
    ({"studies": "equivalent"}, ("studies", "not_in_upper_secondary")),
    ({"diploma": True}, ("diploma", "no_diploma")),
    ({"adaptedCertificate": True}, ("adaptedCertificate", "no_adapted_certificate")),
    ({"equivalentEducation": True}, ("equivalentEducation", "no_equivalent_education")),
    ({"leftOn": "2024-10-01"}, ("leaveReason", "leaving_incomplete")),
    ({"leftOn": "2024-08-01", "leaveReason": "moved"}, ("leftOn", "left_before_joining")),
    ({"leftOn": "2025-05-31", "leaveReason": "turned_twenty"}, ("leftOn", "left_before_twenty")),
    ({"joinReason": "study_certificate"}, ("studyCertificate", "reason_contradicted")),
    ({"identityNumber": "20050601-2380x"}, ("identityNumber", "wrong_length")),
    ({"healthNotes": "anything"}, ("healthNotes", "unknown_field")),
    (
        {"studies": "national_programme", "leftOn": "2024-10-01", "leaveReason": "moved"},
        ("studies", "not_in_upper_secondary"),
    ),
)


async def test_row_whose_facts_make_no_member_is_refused_by_its_condition(register: City) -> None:
    good = youth(number_of(date(2005, 6, 1), 238))
    rows = [
        youth(number_of(date(2005, 6, day), 239)) | bad
        for day, (bad, _) in enumerate(BAD_ROWS, start=1)
    ]
    done = await register.delivered("kaa", [*rows, good])
    assert [(field, code) for _, field, code in done.refusals] == [
        expected for _, expected in BAD_ROWS
    ]
    assert done.counts == {
        "rows": len(rows) + 1,
        "created": 1,
        "rejected": len(rows),
    }


async def test_leave_and_come_back_under_a_new_key(register: City) -> None:
    number = number_of(date(2006, 5, 5), 239)
    first = youth(number)
    await register.delivered("kaa", [first])
    gone = first | {
        "leftOn": "2024-10-15",
        "leaveReason": "national_programme",
        "studies": "national_programme",
    }
    assert (await register.delivered("kaa", [gone])).counts == {"rows": 1, "changed": 1}
    assert (await register.delivered("kaa", [gone])).counts == {"rows": 1, "unchanged": 1}
    back = {"joinedOn": "2024-12-01", "joinReason": "broke_off_national_programme"}
    same_key = await register.delivered("kaa", [first | back])
    assert same_key.refusals == [(1, "sourceKey", "rejoined_under_old_key")]
    overlapping = await register.delivered("kaa", [youth(number, joinedOn="2024-10-14")])
    assert overlapping.refusals == [(1, "joinedOn", "kaa_overlap")]
    assert (await register.delivered("kaa", [youth(number, **back)])).counts["created"] == 1
    days = [date(2024, 10, 14), date(2024, 10, 15), date(2024, 11, 30), date(2024, 12, 1)]
    assert await in_kaa(register, number, *days) == [True, False, False, True]


async def test_snapshot_ends_what_is_gone_and_takes_it_back_when_it_returns(
    register: City,
) -> None:
    born = date.today() - timedelta(days=17 * 365)  # noqa: DTZ011  nobody turns twenty meanwhile
    stays, goes = (youth(number_of(born, serial)) for serial in (238, 239))
    twenty = youth(number_of(date(2005, 1, 1), 238))
    await register.delivered("kaa", [stays, goes, twenty])
    done = await register.delivered("kaa", [stays], mode="snapshot", deliveryDate="2024-11-15")
    assert done.counts == {"rows": 1, "unchanged": 1, "ended": 1}
    around = [date(2024, 11, 14), date(2024, 11, 15)]
    assert await in_kaa(register, goes["identityNumber"], *around) == [True, False]
    assert (await register.delivered("kaa", [goes])).counts == {"rows": 1, "changed": 1}
    assert await in_kaa(register, goes["identityNumber"], *around) == [True, True]


async def test_retraction_counts_for_nothing_and_the_journal_agrees(register: City) -> None:
    rows = [youth(number_of(date(2006, 1, day), 238)) for day in range(1, 11)]
    await register.delivered("kaa", rows)
    retracted = [{"op": "retract", "sourceKey": r["sourceKey"], "reason": "Fel"} for r in rows[:4]]
    assert (await register.delivered("kaa", retracted)).counts == {"rows": 4, "retracted": 4}
    assert await in_kaa(register, rows[0]["identityNumber"], date(2024, 10, 1)) == [False]
    async with register.db.read() as session:
        conn = await driver(session)
        ids = [r["id"] for r in await conn.fetch("select id from kaa_membership")]
        wanted = facts.KAA_MEMBERSHIP
        assert await drift(conn, facts.JOURNAL, "kaa_membership", ids, wanted_sql=wanted) == []
        wrong = wanted.replace("r.starts, 1", "r.starts, 2")
        assert len(await drift(conn, facts.JOURNAL, "kaa_membership", ids, wanted_sql=wrong)) == 6


async def test_contact_details_are_sealed_and_news_of_them_is_a_change(register: City) -> None:
    row = youth(number_of(date(2006, 2, 2), 238), phone="070-1740600", email="test@example.org")
    await register.delivered("kaa", [row])
    assert (await register.delivered("kaa", [row])).counts == {"rows": 1, "unchanged": 1}
    moved = row | {"homeAddress": "Testgatan 1, 111 11 Stockholm"}
    assert (await register.delivered("kaa", [moved])).counts == {"rows": 1, "changed": 1}
    async with register.db.read() as session:
        held = await (await driver(session)).fetchrow(
            "select contact_sealed, source_key, unit from kaa_membership"
        )
    assert held is not None
    assert b"070-1740600" not in held["contact_sealed"]
    opened = register.seals.open_kaa_contact(held["contact_sealed"], held["source_key"])
    assert (opened.phone, opened.home_address) == ("070-1740600", "Testgatan 1, 111 11 Stockholm")
    assert held["unit"] == UNIT


async def test_merged_record_is_a_member_as_the_one_it_ends_with(register: City) -> None:
    """The survivor's birth date decides, and either record answers for both."""
    number, other = number_of(date(2006, 6, 6), 238), number_of(date(2006, 6, 7), 238)
    survivor = await register.person(identityNumber=other, birthDate="2006-06-01")
    await register.delivered("kaa", [youth(number)])
    before = await register.basis()
    found = await register.call("POST", "/person-lookups", {"identityNumber": number})
    merge = {
        "absorbedId": found.json()["id"],
        "survivorId": survivor["id"],
        "reason": "Samma person",
    }
    merged = await register.made("/person-merges", merge)
    around = [date(2026, 5, 31), date(2026, 6, 1), date(2026, 6, 5)]
    assert await in_kaa(register, number, *around) == [True, False, False]
    assert await in_kaa(register, other, *around) == [True, False, False]
    assert (await register.figure("kaa-members", "2026-06-03"))["total"] == 0
    assert (await register.figure("kaa-members", "2026-06-03", basis=before))["total"] == 1
    undone = {"reason": "Inte samma person"}
    await register.made(f"/person-merges/{merged['id']}/reversals", undone)
    assert await in_kaa(register, number, *around) == [True, True, True]
    assert await in_kaa(register, other, *around) == [False, False, False]
    assert (await register.figure("kaa-members", "2026-06-03"))["total"] == 1


async def test_contact_details_follow_a_new_key_and_are_no_news_then(
    register: City, settings: Settings, calling: Calling
) -> None:
    row = youth(number_of(date(2006, 2, 2), 238), phone="070-1740600")
    await register.delivered("kaa", [row])
    both = settings.model_copy(
        update={"seal_keys": {1: key(1), 2: key(3)}, "index_keys": {1: key(2), 2: key(4)}}
    )
    async with calling(create_app(both)) as client:
        later = City(client, register.issuer, register.db, Seals.of(both))
        assert await rekey(register.db, later.seals)
        waiting = await later.delivered("kaa", [row])
        assert waiting.refusals == [(1, "sourceKey", "keys_are_rotating")]
        assert await reseal_kaa_contacts(register.db, later.seals)
        assert not await reseal_kaa_contacts(register.db, later.seals)
        assert (await later.delivered("kaa", [row])).counts == {"rows": 1, "unchanged": 1}
    new = Seals.of(both.model_copy(update={"seal_keys": {2: key(3)}, "index_keys": {2: key(4)}}))
    async with register.db.read() as session:
        sealed = await (await driver(session)).fetchval("select contact_sealed from kaa_membership")
    assert new.open_kaa_contact(sealed, row["sourceKey"]).phone == "070-1740600"


async def test_csv_says_the_same_and_the_birth_date_on_record_counts(register: City) -> None:
    """The number says 6 June 2005; the person was born on 20 June, and is nineteen until then."""
    number = number_of(date(2005, 6, 6), 238)
    await register.person(identityNumber=number, birthDate="2005-06-20")
    row = youth(number, joinedOn="2025-06-10", studyCertificate=True)
    early = {"leftOn": "2025-06-19", "leaveReason": "turned_twenty"}
    refused = await register.delivered("kaa", [row | early])
    assert refused.refusals == [(1, "leftOn", "left_before_twenty")]
    said = {
        name: str(value).lower() if isinstance(value, bool) else value
        for name, value in row.items()
    }
    body = f"{';'.join(said)}\n{';'.join(map(str, said.values()))}\n".encode()
    done = await register.delivered("kaa", [], body=body, content_type="text/csv")
    assert (done.counts, done.errors) == ({"rows": 1, "created": 1}, [])
    around = [date(2025, 6, 9), date(2025, 6, 10), date(2025, 6, 19), date(2025, 6, 20)]
    assert await in_kaa(register, number, *around) == [False, True, True, False]
    assert (await register.delivered("kaa", [row])).counts == {"rows": 1, "unchanged": 1}
