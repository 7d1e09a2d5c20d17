"""The register of contacts, as the integrator of another system meets it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import msgspec
import pytest
from asyncpg.connection import LoggedQuery

from services.outreach.models import JOURNAL
from services.outreach.registers import REGISTERS
from services.outreach.registers.contacts import ContactRow
from services.outreach.schemas.meetings import ContactIn
from shared.db import Connection
from shared.deliveries import DeliveryWorker
from tests.outreach.arena import UNIT, Arena, contact_row, visit_row

Answer = dict[str, Any]
FACTS = f"select count(*) from {JOURNAL.table}"
NUMBER = "20200109-2382"


def counted(delivery: Answer) -> dict[str, int]:
    """Return the counts of a delivery that are not zero."""
    return {name: count for name, count in delivery["counts"].items() if count}


async def test_contacts_are_pushed_and_count_by_the_rule(arena: Arena) -> None:
    person = str(uuid4())
    rows = [
        contact_row("vera:1", personId=person, sex="women", targetGroup="kaa"),
        contact_row("vera:2", direction="one_way", channel="letter"),
        contact_row("vera:3", operation="guidance", venue="bla-huset"),
    ]
    assert counted(await arena.push("contacts", rows)) == {"rows": 3, "created": 3}
    assert await arena.total("contacts", "2024") == 3
    assert await arena.total("contacts-reached", "2024") == 1
    assert await arena.total("persons-reached", "2024", targetGroup="kaa") == 1
    old = await arena.basis()

    changed = await arena.push("contacts", [contact_row("vera:2", channel="letter")])
    assert counted(changed) == {"rows": 1, "changed": 1}
    assert await arena.total("contacts-reached", "2024") == 2
    assert await arena.total("contacts-reached", "2024", basis=old) == 1
    assert await arena.drifting() == {}

    contact = next(c for c in (await arena.read("/contacts"))["items"] if c["channel"] == "letter")
    change = {"channel": "phone", "reason": "Det var ett samtal"}
    path = f"/contacts/{contact['id']}"
    assert await arena.refused("PATCH", path, change, version=2) == "409 owned_by_source"


async def test_a_year_of_deliveries_as_the_sender_sees_them(arena: Arena) -> None:
    person = str(uuid4())
    rows = [contact_row(f"vera:{n}", personId=str(uuid4())) for n in range(60)]
    rows[0] = contact_row("vera:0", personId=person, happenedOn="2019-01-01")
    dry = await arena.push("contacts", rows, dryRun=True)
    assert {moved["measure"] for moved in dry["movedFigures"]} == {"contacts", "reached"}
    assert await arena.scalar(FACTS) == 0
    assert counted(await arena.push("contacts", rows)) == {"rows": 60, "created": 60}
    # What comes late counts when it happened, and is not part of what was known before.
    assert await arena.total("contacts", "2019") == 1
    old = await arena.basis()
    late = contact_row("vera:late", happenedOn="2019-06-30", direction="one_way")
    await arena.push("contacts", [late, rows[1]])
    assert await arena.total("contacts", "2019") == 2
    assert await arena.total("contacts", "2019", basis=old) == 1

    faulty = [
        rows[2] | {"channel": "letter"},
        {"op": "retract", "sourceKey": "vera:3", "reason": "Testdata"},
        {"op": "retract", "sourceKey": "vera:4", "reason": f"Fel person, {NUMBER}"},
        {"op": "retract", "sourceKey": "vera:5"},
        {"op": "retract", "sourceKey": "vera:nowhere", "reason": "Fanns aldrig"},
        contact_row(f"vera:{NUMBER}"),
        rows[6] | {"personId": NUMBER},
        rows[7] | {"operation": "none", "venue": "none"},
        rows[8] | {"happenedOn": "2018-12-31"},
        rows[9] | {"happenedOn": "2190-01-01"},
    ]
    errors = [
        (3, "reason", "identity_number_in_text"),
        (4, "reason", "missing"),
        (5, None, "unknown_key"),
        (6, "sourceKey", "wrong_pattern"),
        (7, "personId", "invalid_uuid"),
        (8, "operation", "unknown_operation"),
        (8, "venue", "unknown_venue"),
        (9, "operation", "operation_not_in_use"),
        (10, "happenedOn", "in_the_future"),
    ]
    whole = await arena.push("contacts", faulty, atomic=True)
    assert (whole["state"], whole["explanation"]["code"]) == ("rejected", "atomic_rows_refused")
    assert await arena.row_errors(whole) == errors
    assert await arena.total("contacts", "2024") == 59
    part = await arena.push("contacts", faulty)
    assert counted(part) == {"rows": 10, "changed": 1, "retracted": 1, "rejected": 8}
    assert await arena.row_errors(part) == errors
    answer = await arena.call("GET", part["_links"]["errors"].split("/v1")[1])
    assert "2382" not in answer.text
    assert await arena.total("contacts", "2024") == 58
    assert await arena.total("contacts", "2024", basis=old) == 59
    await _end_with_a_snapshot(arena, rows)
    assert await arena.drifting() == {}


async def _end_with_a_snapshot(arena: Arena, rows: list[Answer]) -> None:
    """Let the source hold two records only: too few to believe without somebody's word."""
    other = await arena.push("contacts", [contact_row("flai:1")])
    assert other["state"] == "applied"
    before = await arena.total("contacts", "2024")
    snapshot = await arena.push("contacts", [rows[0], rows[1]], mode="snapshot")
    assert (snapshot["state"], counted(snapshot).get("ended")) == ("held", None)
    path = f"/registers/contacts/deliveries/{snapshot['id']}"
    released = await arena.call("POST", f"{path}/releases", {"reason": "Gallrat i VERA"})
    assert released.status_code == 202, released.text
    await DeliveryWorker(arena.db, REGISTERS).run_until_idle()
    assert counted(await arena.read(path)) == {"rows": 2, "unchanged": 2, "ended": 58}
    ended = "select count(*) from contact where ended_on is not null and retracted_at is null"
    assert await arena.scalar(ended) == 58
    assert await arena.scalar("select ended_on from contact where source_key = 'flai:1'") is None
    # What the source has let go of still happened.
    assert await arena.total("contacts", "2024") == before


async def test_more_rows_need_no_more_statements(
    arena: Arena, monkeypatch: pytest.MonkeyPatch
) -> None:
    statements: list[str] = []
    connect = arena.db.connect

    async def watched() -> Connection:
        conn = await connect()

        def note(query: LoggedQuery) -> None:
            statements.append(query.query)

        conn.add_query_logger(note)
        return conn

    monkeypatch.setattr(arena.db, "connect", watched)
    days = {"rule": "FREQ=DAILY", "startsOn": "2024-03-01", "endsOn": "2024-04-30"}
    schedule = {"operation": "guidance", "unit": UNIT, "kind": "drop_in", **days}
    schedule_id = (await arena.made("/schedules", schedule | {"holidays": "hold"}))["id"]

    async def needed(register: str, rows: list[Answer]) -> int:
        statements.clear()
        delivery = await arena.push(register, rows)
        assert delivery["counts"]["rejected"] == 0
        return len(statements)

    def contacts(count: int, **more: Any) -> list[Answer]:  # noqa: ANN401
        return [
            contact_row(f"vera:{count}-{n}", personId=str(uuid4()), **more) for n in range(count)
        ]

    def visits(month: int, count: int) -> list[Answer]:
        named = [f"2024-{month:02}-{n + 1:02}" for n in range(count)]
        return [
            visit_row(
                f"kv:{on}", scheduleId=schedule_id, scheduledOn=on, heldOn=on, venue=None, women=1
            )
            for on in named
        ]

    few, many = contacts(20), contacts(40)
    assert await needed("contacts", few) == await needed("contacts", many) > 20
    changed = [[row | {"sex": "men"} for row in rows] for rows in (few, many)]
    assert await needed("contacts", changed[0]) == await needed("contacts", changed[1])
    assert await needed("visits", visits(3, 10)) == await needed("visits", visits(4, 30))
    # Control: as many rows in deliveries of their own do need more.
    alone = [await needed("contacts", [row]) for row in contacts(3)]
    assert sum(alone) > await needed("contacts", contacts(4))


BAD_CONTACTS = [
    {"channel": "carrier_pigeon"},
    {"direction": "sideways"},
    {"sex": "female"},
    {"ageGroup": "20-29"},
    {"targetGroup": "everyone"},
    {"personId": "19900101-2380"},
    {"operation": "Vägledning"},
    {"unit": "198001012384"},
    {"happenedOn": "2024-02-30"},
    {"happenedOn": "05/03/2024"},
    {"district": "Järva"},
    {"name": "Någon"},
]


@pytest.mark.parametrize("bad", BAD_CONTACTS)
def test_register_and_api_refuse_the_same_contacts(bad: dict[str, str]) -> None:
    row = contact_row("vera:1")
    sent = {name: value for name, value in row.items() if name != "sourceKey"}
    msgspec.convert(row, ContactRow)
    ContactIn.model_validate(sent)
    with pytest.raises(msgspec.ValidationError):
        msgspec.convert({**row, **bad}, ContactRow)
    with pytest.raises(ValueError, match="validation error"):
        ContactIn.model_validate({**sent, **bad})
