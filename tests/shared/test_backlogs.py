"""The metrics of outbox and inbox: what waits, and unknown when it cannot be read."""

from __future__ import annotations

import re

import httpx2
import pytest

from shared import access_log, inbox, outbox
from shared.app import build_app
from shared.backlogs import MEANINGS
from shared.db import driver
from shared.events import new_id
from tests.conftest import Calling, ScratchDatabase
from tests.shared.messages import ROUTES, Counted, envelope, tables
from tests.shared.sample import SPEC, sample_settings, until
from tests.tokens import Issuer

_GAUGE = re.compile(r'^((?:in|out)box_\w+)\{service="sample"\} (\S+)$', re.MULTILINE)


async def shown(client: httpx2.AsyncClient) -> dict[str, str]:
    """Return the metrics as they are now."""
    return dict(_GAUGE.findall((await client.get("/metrics")).text))


async def first_reading(client: httpx2.AsyncClient) -> bool:
    return (await shown(client))["outbox_dead"] != "NaN"


async def test_what_waits_is_shown(
    scratch_database: ScratchDatabase, issuer: Issuer, calling: Calling
) -> None:
    metadata = tables()
    access_log.define_tables(metadata)
    db, urls = await scratch_database(metadata)
    async with db.begin() as session:
        conn = await driver(session)
        events = [Counted(counter_id=new_id(), number=1) for _ in range(3)]
        await outbox.record(conn, events, ROUTES)
        await conn.execute("UPDATE outbox SET occurred_at = now() - interval '5 minutes'")
        await inbox.receive(conn, [envelope(new_id(), 1)])
    app = build_app(SPEC, sample_settings(urls, issuer), [], schema_head=None)
    async with calling(app) as client:
        await until(lambda: first_reading(client))
        found = await shown(client)
    assert found["outbox_unpublished"] == "3.0"
    assert found.keys() == MEANINGS.keys()
    assert found["inbox_due"] == "1.0"
    assert 300 <= float(found["outbox_oldest_age_seconds"]) < 400


async def test_what_cannot_be_read_is_unknown_and_not_zero(
    scratch_database: ScratchDatabase,
    issuer: Issuer,
    calling: Calling,
    capsys: pytest.CaptureFixture[str],
) -> None:
    empty = tables()
    empty.clear()
    _, urls = await scratch_database(empty)
    app = build_app(SPEC, sample_settings(urls, issuer), [], schema_head=None)
    printed = ""

    def unread() -> bool:
        nonlocal printed
        printed += capsys.readouterr().out
        return "backlogs_unread" in printed

    async with calling(app) as client:
        await until(unread)
        assert set((await shown(client)).values()) == {"NaN"}
