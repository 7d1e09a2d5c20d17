"""Whom outreach met, and what was said of it, is seen only where it is asked for.

People and texts that nothing else says are recorded in every way there is; then logs, metrics,
the queue, events, errors and addresses are looked through, and whoever is shown a person stands
in the access log.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from services.outreach.events import ReferralMade
from services.outreach.main import create_app
from services.outreach.settings import Settings
from shared.db import driver
from tests.leaking import everything_in, logged, rows_of
from tests.outreach.arena import (
    EVERYTHING,
    ROOT,
    Arena,
    contact_body,
    contact_row,
    referral_body,
    session_body,
    visit_row,
)
from tests.participants.crawl import Asked, Questions

MARK = "kanarie"
"""Stands in every text; nothing else says it."""
PEOPLE = {
    name: str(uuid4())
    for name in ("met", "linked", "came", "referred", "delivered", "refused", "mistaken")
}
"""Whom there is something about, by what; the last two are in what was refused."""
REFUSED = ("refused", "mistaken")
MECHANISMS = (
    "delivery",
    "delivery_body",
    "delivery_error",
    "inbox",
    "inbox_cursor",
    "journal_snapshot",
    "outbox_counter",
    "scheduled_run",
    "standing_answer",
    "standing_question",
)
"""Tables of the mechanisms that have no reason to know whom anything is about."""
SAID = {"reason": f"{MARK.title()} ringde"}


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged."""
    with logged("outreach") as stream:
        yield stream


async def planted(arena: Arena) -> dict[str, list[str]]:
    """Record somebody in every way there is; return values of path parameters."""
    met = await arena.contact(personId=PEOPLE["met"])
    await arena.changed(f"/contacts/{met['id']}", {"sex": "men", **SAID}, version=1)
    anonymous = await arena.contact()
    link = f"/contacts/{anonymous['id']}/person-links"
    await arena.made(link, {"personId": PEOPLE["linked"], **SAID})
    wrong = await arena.contact(personId=PEOPLE["linked"])
    await arena.made(f"/contacts/{wrong['id']}/retractions", SAID, version=1)
    planned = await arena.session(state="planned", title=f"Kafé {MARK}")
    came = {"id": str(uuid4()), "personId": PEOPLE["came"]}
    report = {"id": str(uuid4()), "sessionId": planned["id"], "contacts": [came]}
    correction = {"heldOn": "2024-03-06", **SAID}
    await arena.made("/session-reports", {**report, "correction": correction})
    gone = await arena.session(state="planned")
    await arena.changed(f"/sessions/{gone['id']}", {"state": "cancelled", **SAID}, version=1)
    referral = await arena.made("/referrals", referral_body(personId=PEOPLE["referred"]))
    return {
        "contactId": [met["id"], anonymous["id"], wrong["id"]],
        "sessionReportId": [report["id"]],
        "sessionId": [planned["id"], gone["id"]],
        "referralId": [referral["id"]],
        "figure": ["contacts", "referrals", "visits"],
        "register": ["contacts", "visits"],
    }


async def delivered(arena: Arena) -> set[tuple[str, str]]:
    """Deliver rows about people: some taken, others refused by a rule or not even read."""
    odd = {"channel": f"{MARK} bar"}
    rows = [
        contact_row("vera:1", personId=PEOPLE["delivered"]),
        contact_row("vera:2", personId=PEOPLE["refused"], operation=MARK),
        contact_row("vera:3", personId=PEOPLE["mistaken"], **odd),
    ]
    made = set()
    for register, sent in (("contacts", rows), ("visits", [visit_row("kv:1", operation=MARK)])):
        for dry_run in ("true", "false"):
            done = await arena.push(register, sent, dryRun=dry_run)
            assert done["counts"]["rejected"], done
            made.add((register, str(done["id"])))
    return made


def mistakes(ids: dict[str, list[str]]) -> Iterator[tuple[str, str, Any]]:
    """Yield requests that hold somebody and are refused."""
    about = {"personId": PEOPLE["mistaken"]}
    yield "POST", "/contacts", contact_body(**about, channel=MARK)
    yield "POST", "/contacts", contact_body(**about, operation=MARK)
    yield "POST", "/contacts", contact_body(**about, name=MARK)
    yield "POST", "/contacts", contact_body(**about, happenedOn="2999-01-01")
    yield "POST", "/contacts", contact_body(personId=f"{MARK} {PEOPLE['mistaken']}")
    yield "POST", "/referrals", referral_body(**about, contactId=ids["contactId"][0])
    yield "POST", "/referrals", referral_body(personId=PEOPLE["referred"])
    never_was = {"personId": PEOPLE["linked"], "contactId": ids["contactId"][2]}
    yield "POST", "/referrals", referral_body(**never_was)
    yield "POST", f"/contacts/{ids['contactId'][0]}/person-links", {**about, **SAID}
    yield "POST", "/sessions", session_body(title=f"{MARK} 199001012382")
    yield "POST", "/sessions", session_body(kind=f"{MARK}\0")
    yield "POST", "/session-reports", {"id": MARK, "contacts": [about]}


def found(text: str, *, people: bool = True) -> set[str]:
    """Return what of the planted stands in a text."""
    lowered = text.lower()
    ids = PEOPLE.values() if people else ()
    return {each for each in (MARK, *ids) if each in lowered}


async def test_whom_outreach_met_is_seen_only_where_asked_for(
    arena: Arena, settings: Settings, redis_url: str, log: io.StringIO
) -> None:
    values = await planted(arena)
    together = await delivered(arena)
    values["deliveryId"] = [delivery for _, delivery in together]
    for method, path, body in mistakes(values):
        answer = await arena.call(method, path, body)
        assert 400 <= answer.status_code < 500, (answer.status_code, answer.text)
        assert found(answer.text) == set(), (path, body, answer.text)

    # Every way of asking; whoever is shown somebody stands in the access log with them.
    everything = Questions(
        create_app(settings), values, {"period": "2024", "step": "year"}, {}, frozenset(), together
    )
    shown: dict[str, set[str]] = {}
    for asked in everything.every():
        answer = await ask(arena, asked)
        assert answer.status_code == 200, (asked, answer.text)
        assert found(f"{answer.url} {dict(answer.headers)}") == set()
        shown.setdefault(asked.route, set()).update(found(answer.text) - {MARK})
    noted = await looked_at(arena)
    kept = set(PEOPLE.values()) - {PEOPLE[name] for name in REFUSED}
    assert set.union(*shown.values()) == kept
    assert {
        route: people for route, people in shown.items() if people - noted.get(route, set())
    } == {}
    assert shown["GET /contacts"] == kept - {PEOPLE["referred"]}

    async with arena.db.read() as session:
        conn = await driver(session)
        told = await conn.fetch("select type, data::text as data from outbox")
    assert {row["type"] for row in told if found(row["data"])} == {REFERRAL_MADE}
    metrics = (await arena.client.get("/metrics")).text
    assert 'route="GET /contacts/{contactId}"' in metrics
    assert '"route":"GET /contacts/{contactId}"' in log.getvalue()
    elsewhere = {
        "log": log.getvalue(),
        "metrics": metrics,
        "queue": await everything_in(redis_url),
        "tables": await rows_of(arena.db, MECHANISMS),
    }
    assert {place: here for place, text in elsewhere.items() if (here := found(text))} == {}
    assert found(await rows_of(arena.db, ["contact", "record_version"])) == {MARK, *kept} - {
        PEOPLE["referred"]
    }


REFERRAL_MADE = ReferralMade.wire_type()


async def ask(arena: Arena, asked: Asked) -> httpx2.Response:
    headers = arena.issuer.headers(*EVERYTHING, "operations:read", units=("*",), subject="curious")
    return await arena.client.request(
        asked.method,
        f"{ROOT}{asked.path}",
        params=asked.query,
        headers={**headers, "Accept": asked.accept},
    )


async def looked_at(arena: Arena) -> dict[str, set[str]]:
    """Return whom the curious caller was shown, by route, as the access log has it."""
    async with arena.db.read() as session:
        rows = await (await driver(session)).fetch(
            "select route, subjects::text[] as subjects from access_log where actor = 'curious'"
        )
    noted: dict[str, set[str]] = {}
    for row in rows:
        noted.setdefault(row["route"], set()).update(row["subjects"])
    return noted
