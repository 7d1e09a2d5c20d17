"""The database itself lets nothing be attested that nobody signed, whoever writes to it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from services.reports import committee_reports, kept_reports
from services.reports.committee_reports import Signing
from services.reports.reporting import Request
from shared.auth import ALL, Caller
from shared.db import driver

if TYPE_CHECKING:
    from collections.abc import AsyncIterator
    from datetime import datetime
    from uuid import UUID

    from shared.db import Database
    from tests.servers import DatabaseUrls

ASKED = Request(template="tertialrapport", period="2020-T2")
DOCUMENT: dict[str, Any] = {
    "template": "tertialrapport",
    "title": "Tertialrapport",
    "period": {"period": "2020-T2"},
    "basis": "2026-11-26T12:00:00Z",
    "status": "complete",
    "sections": [],
}
CLERK, MANAGER = (Caller(name, frozenset(), ALL) for name in ("clerk", "manager"))

SIGN = """insert into attestation (report_id, number, basis, content_hash, by, name)
    select report_id, number, basis, content_hash, 'x', 'x' from committee_report_content
    where report_id = $1"""
ENTER = "update committee_report set state = 'attested' where id = $1"


class NoStatements:
    """The report shows no statement, so nothing is asked of the ledger."""

    async def deviations(self, period: str, basis: datetime) -> list[dict[str, Any]]:
        raise AssertionError(period, basis)


@pytest.fixture(params=["app", "owner"])
async def writer(
    request: pytest.FixtureRequest, reports_urls: DatabaseUrls
) -> AsyncIterator[asyncpg.Connection[Any]]:
    """Someone who writes past the service: with its role, and as owner of the tables."""
    conn = await asyncpg.connect(getattr(reports_urls, request.param))
    yield conn
    await conn.close()


async def frozen(db: Database) -> UUID:
    async with db.begin() as session:
        conn = await driver(session)
        made = await committee_reports.make(conn, ASKED, DOCUMENT, replacing=None, by=CLERK)
        await committee_reports.freeze(conn, made, expected=1, by=CLERK)
    return made


async def attest(db: Database, report_id: UUID) -> None:
    async with db.begin() as session:
        conn = await driver(session)
        read = (await kept_reports.found(conn, report_id))["content_hash"]
        signing = Signing("Karin Ek", read, four_eyes=True)
        await committee_reports.attest(
            conn, report_id, signing, NoStatements(), expected=2, by=MANAGER
        )


async def test_no_report_is_attested_that_nobody_signed(
    reports_db: Database, writer: asyncpg.Connection[Any]
) -> None:
    kept = await frozen(reports_db)
    with pytest.raises(asyncpg.CheckViolationError, match="when it is signed"):
        await writer.execute(ENTER, kept)
    with pytest.raises(asyncpg.CheckViolationError, match="begins as a draft"):
        await writer.execute(
            """insert into committee_report (template, period, title, state, content_number, by)
               values ('tertialrapport', '2020-T2', 'x', 'attested', 1, 'x')"""
        )
    await attest(reports_db, kept)
    assert await writer.fetchval("select state from committee_report") == "attested"


async def test_a_signed_report_is_no_draft_again(
    reports_db: Database, writer: asyncpg.Connection[Any]
) -> None:
    kept = await frozen(reports_db)
    await writer.execute(SIGN, kept)
    with pytest.raises(asyncpg.CheckViolationError, match="when it is signed"):
        await writer.execute("update committee_report set state = 'draft' where id = $1", kept)


async def test_a_kept_report_answers_one_question_for_ever(
    reports_db: Database, writer: asyncpg.Connection[Any]
) -> None:
    kept = await frozen(reports_db)
    with pytest.raises(asyncpg.CheckViolationError, match="was made for"):
        await writer.execute("update committee_report set period = '2020-T1' where id = $1", kept)


async def test_one_report_of_a_question_is_attested(
    reports_db: Database, writer: asyncpg.Connection[Any]
) -> None:
    first, second = await frozen(reports_db), await frozen(reports_db)
    await attest(reports_db, first)
    await writer.execute(SIGN, second)
    with pytest.raises(asyncpg.CheckViolationError, match="another report"):
        await writer.execute(ENTER, second)
