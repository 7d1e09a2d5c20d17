"""Nothing about a protected person comes out anywhere to who may not see them.

People with a canary in every field are recorded in every way there is; then every route that
only reads is asked, by the specification, as a caller with every scope but
participants:protected, and logs, metrics, queues and events are looked through.
"""

from __future__ import annotations

import io
from collections.abc import Iterator
from dataclasses import replace
from typing import Any
from uuid import UUID

import pytest

from services.participants import queries
from services.participants.figures.definitions import FIGURES
from services.participants.main import create_app
from services.participants.queries import enrolments
from services.participants.registers import registers_of
from services.participants.settings import Settings
from shared.app import ServiceApp
from shared.db import driver
from tests.leaking import everything_in, logged, rows_of
from tests.participants.canary_records import (
    CANARIES,
    COMMON,
    NOT_READING,
    PLANTERS,
    READING_POSTS,
    REQUIRED_QUERY,
    Canary,
    open_places,
    protect,
    registered,
)
from tests.participants.canary_rows import ROWS
from tests.participants.city import EVERYTHING, City
from tests.participants.crawl import Answer, Questions, ask_everything, changes, scopes_of

PROTECTED = "participants:protected"
PLAIN = (
    "access_log",
    "delivery",
    "delivery_body",
    "idempotency_key",
    "inbox",
    "inbox_cursor",
    "journal_snapshot",
    "outbox",
    "outbox_counter",
    "scheduled_run",
    "standing_answer",
    "standing_question",
)
"""Tables of the mechanisms, which must not know who anybody is."""


@pytest.fixture
def log() -> Iterator[io.StringIO]:
    """Everything that is logged."""
    with logged("participants") as stream:
        yield stream


async def planted(city: City) -> tuple[list[Canary], dict[str, list[str]], set[tuple[str, str]]]:
    """Record everything about every canary; protect those who turn protected last."""
    await open_places(city)
    canaries = [replace(each, id=await registered(city, each)) for each in CANARIES]
    values: dict[str, list[str]] = {name: [value] for name, value in COMMON.items()}
    values["personId"] = [each.id for each in canaries]
    deliveries = await delivered(city, canaries)
    for canary in canaries:
        ids: dict[str, str] = {}
        for plant in PLANTERS:
            ids |= await plant(city, canary, ids)
        for name, value in ids.items():
            values.setdefault(name, []).append(value)
    values["register"] = sorted({register for register, _ in deliveries})
    values["deliveryId"] = sorted({delivery for _, delivery in deliveries})
    values["figure"] = [each.name for each in FIGURES]
    for canary in canaries:
        if not canary.protected_first:
            await protect(city, canary)
    return canaries, values, deliveries


async def delivered(city: City, canaries: list[Canary]) -> set[tuple[str, str]]:
    """Deliver rows about every canary to every register, tried out first and then for good."""
    made = set()
    for register in registers_of(city.seals).by_name:
        assert register in ROWS, f"{register}: rows in tests.participants.canary_rows"
        rows = [row for canary in canaries for row in ROWS[register](canary)]
        for dry_run in ("true", "false"):
            done = await city.delivered(register, rows, dryRun=dry_run)
            assert done.counts.get("rejected"), done
            made.add((register, str(done.resource["id"])))
    return made


def questions(
    app: ServiceApp,
    canaries: list[Canary],
    values: dict[str, list[str]],
    deliveries: set[tuple[str, str]],
) -> Questions:
    bodies = {path: [body(canary) for canary in canaries] for path, body in READING_POSTS.items()}
    long_ago = {"since": "2020-01-01T00:00:00Z"}
    bodies |= {
        "/figure-queries": [every_breakdown()],
        "/figure-changes": [every_breakdown() | long_ago],
    }
    return Questions(app, values, REQUIRED_QUERY, bodies, NOT_READING, deliveries)


def every_breakdown() -> dict[str, Any]:
    """Ask for each figure by each of its breakdowns at once."""
    return {
        "queries": [
            {"figure": each.name, "period": period, "by": [camel(name) for name in each.dimensions]}
            for each in FIGURES
            for period in ("2023", "2024")
        ]
    }


def camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(word.title() for word in rest)


def found(text: str, canaries: list[Canary]) -> set[str]:
    """Return the canaries that the text holds."""
    lowered = text.lower()
    return {secret for each in canaries for secret in each.secrets() if secret in lowered}


def leaks(answers: list[Answer], canaries: list[Canary]) -> dict[str, set[str]]:
    """Return the routes that told something, and what it was."""
    told: dict[str, set[str]] = {}
    for answer in answers:
        if here := found(answer.text, canaries):
            told.setdefault(answer.asked.route, set()).update(here)
    return told


async def records_of(city: City, canaries: list[Canary]) -> set[str]:
    """Return the ids of everything that is held about the canaries, their own included."""
    async with city.db.read() as session:
        held = await queries.held_about(
            await driver(session), [UUID(canary.id) for canary in canaries]
        )
    return {str(record) for each in held for record in each.records}


def listings(answers: list[Answer], records: set[str]) -> dict[str, set[str]]:
    """Return the routes that spoke of a record that they were not asked about by its id."""
    told: dict[str, set[str]] = {}
    for answer in answers:
        asked = f"{answer.asked.path} {answer.asked.query}"
        unasked = {it for it in records if it in answer.text and it not in asked}
        if unasked:
            told.setdefault(answer.asked.route, set()).update(unasked)
    return told


@pytest.mark.timeout(300)
@pytest.mark.usefixtures("worker")
async def test_no_canary_comes_out_without_the_scope(
    city: City,
    settings: Settings,
    redis_url: str,
    log: io.StringIO,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    app = create_app(settings)
    canaries, values, deliveries = await planted(city)
    everything = questions(app, canaries, values, deliveries)
    asked = list(everything.every())
    assert not everything.missing, "add these to tests/participants/canary_records.py"
    with_scope = tuple(sorted({*EVERYTHING, *scopes_of(app)}))
    without = tuple(scope for scope in with_scope if scope != PROTECTED)

    answers = await ask_everything(city, asked, without)
    assert leaks(answers, canaries) == {}
    records = await records_of(city, canaries)
    assert listings(answers, records) == {}
    assert not [(it.asked.route, it.text) for it in answers if it.status >= 500]

    # Nor can anything of theirs be changed: there is no such thing, if the body made sense at all.
    ids = {name: of[0] for name, of in values.items() if set(of) <= records}
    refused = await ask_everything(city, changes(app, ids), without)
    assert len(refused) > 30
    assert leaks(refused, canaries) == {}
    other = {it.asked.route: it.status for it in refused if it.status != 404}
    assert set(other.values()) <= {422}, other
    assert len(other) < 6, other

    # The negative controls: with the scope every way of asking works and tells a lot, ...
    open_answers = await ask_everything(city, asked, with_scope)
    assert [(it.asked, it.text) for it in open_answers if it.status != 200] == []
    told = leaks(open_answers, canaries)
    assert set.union(*told.values()) >= {c.number for c in canaries} | {"kanarie"}
    assert {"GET /plans", "GET /figures/{figure}/rows"} <= listings(open_answers, records).keys()
    assert {"GET /persons/{personId}", "POST /person-lookups", "GET /enrolments"} <= told.keys()
    # ... and so it does without the scope when the masking of lists is broken.
    with monkeypatch.context() as broken:
        broken.setattr(enrolments, "may_see_protected", lambda _caller: True)
        lists = [it for it in asked if it.route == "GET /enrolments"]
        assert leaks(await ask_everything(city, lists, without), canaries)

    # Log lines, metrics, the queue and the mechanisms' tables are nobody's to see people in.
    metrics = (await city.client.get("/metrics")).text
    assert 'route="GET /persons/{personId}"' in metrics
    assert '"route":"POST /person-lookups"' in log.getvalue()
    elsewhere = {
        "log": log.getvalue(),
        "metrics": metrics,
        "queue": await everything_in(redis_url),
        "tables": await rows_of(city.db, PLAIN),
    }
    assert {
        place: here for place, text in elsewhere.items() if (here := found(text, canaries))
    } == {}
    assert found(f"said {canaries[0].key}", canaries) == {"kanarie"}
    # The control of what was refused: with the scope the same changes meet their records.
    met = await ask_everything(city, changes(app, ids), with_scope)
    assert len([it for it in met if it.status != 404]) > 30
