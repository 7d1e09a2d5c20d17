"""Releases: what the public is told, decided one at a time and recorded before it is given."""

from __future__ import annotations

import asyncio
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol

import msgspec

from services.reports import reporting
from services.reports.domain import notes
from services.reports.domain.audience import Audience, Protection
from services.reports.domain.disclosure.documents import ForThePublic
from services.reports.domain.disclosure.protecting import Rules
from services.reports.domain.disclosure.regions import Record, Region, Shown
from services.reports.errors import PublicNeedsEveryUnit, ReleaseNotFound, ReleasesInTheWay
from shared.auth import ALL
from shared.db import driver

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from uuid import UUID

    from asyncpg import Record as Row

    from services.reports.domain.assembly import Document
    from services.reports.reporting import Request
    from shared.auth import Caller
    from shared.db import Connection, Database

_PROVIDERS = frozenset({"participants", "outreach", "budget"})

_ALONE = "select pg_advisory_xact_lock(hashtextextended('reports.releasing', 0))"

_HELD = """
    select id, content from release
    where (template, period, area, programme, protection, basis) = ($1, $2, $3, $4, $5, $6)
      and status = 'complete'
"""

_LISTED = """
    select id, basis, recorded_at, status from release
    where (template, period, area, programme, protection) = ($1, $2, $3, $4, $5)
    order by recorded_at desc, id desc limit $6
"""

_EARLIER = """
    select distinct c.family, c.region, c.value, c.shown, r.basis
    from released_cell c join release r on r.id = c.release_id
    where c.family = any($1)
    union
    select family, region, value, 'untold', basis from counted_cell where family = any($1)
"""

_LOOKED_UP = """
    insert into counted_cell (family, region, basis, value) values ($1, $2, $3, $4)
    on conflict do nothing
"""

_TRIES = 8
"""How often is decided anew because others told something in the meantime."""


@dataclass(frozen=True)
class Release:
    """An answer to the public: the document, and the very bytes that were recorded."""

    id: UUID
    document: Document
    body: bytes


class Sources(Protocol):
    """Whom a release asks."""

    async def assemble(self) -> Document:
        """Return the report with exact numbers."""

    async def counted(self, wanted: Mapping[datetime, Sequence[Region]]) -> list[Record]:
        """Return what regions counted at other bases; what cannot be known is left out."""


async def release(
    db: Database,
    asked: Request,
    sources: Sources,
    *,
    threshold: int,
    by: Caller,
) -> Release:
    """Release a report to the public, or give again what was released.

    Args:
        db: the service's database.
        asked: the question; its protection says how small counts are protected.
        sources: give the report with exact numbers, without the notes that write themselves
            (those are of the protected one), and what must be known beside it.
        threshold: counts below it are protected.
        by: who asks; the token must cover every unit.

    Raises:
        PublicNeedsEveryUnit: the caller's figures would be those of some units only.
        ReleasesInTheWay: others were made all the time.

    """
    if by.units != ALL:
        raise PublicNeedsEveryUnit
    if asked.basis is not None:
        async with db.read() as session:
            held = await _held(await driver(session), asked, asked.period, asked.basis)
        if held is not None:
            return held
    document = await sources.assemble()
    public = ForThePublic(document, Rules(threshold, asked.protection))
    basis = datetime.fromisoformat(document["basis"])
    for _ in range(_TRIES):
        earlier = await _known(db, public, sources, basis)
        # decided before the lock is taken: that takes seconds when much was told before
        protected = await asyncio.to_thread(public.protected, earlier, basis)
        told = notes.written(protected.document)
        body, _tag = reporting.encode(told)
        status = "complete" if _answered_by_all(document) else "partial"
        async with db.begin() as session:
            conn = await driver(session)
            await conn.execute(_ALONE)
            held = await _held(conn, asked, document["period"]["period"], basis)
            if held is not None:
                return held
            if set(await _earlier(conn, public.families)) != set(earlier):
                continue  # another release was made meanwhile
            release_id = await _record(conn, asked, told, body, status, threshold, by)
            await _record_cells(conn, release_id, protected.records)
        return Release(release_id, told, body)
    raise ReleasesInTheWay


async def found(conn: Connection, release_id: UUID) -> tuple[Release, Request]:
    """Return what the public was told, and the question that it answered.

    Raises:
        ReleaseNotFound: there is no such release.

    """
    row = await conn.fetchrow("select * from release where id = $1", release_id)
    if row is None:
        raise ReleaseNotFound
    asked = reporting.Request(
        template=row["template"],
        period=row["period"],
        area=row["area"] or None,
        programme=row["programme"] or None,
        basis=row["basis"],
        audience=Audience.PUBLIC,
        protection=Protection(row["protection"]),
    )
    return _read(row), asked


async def listed(conn: Connection, asked: Request, period: str, *, limit: int) -> list[Row]:
    """Return when a question was answered to the public, newest first, without the answers."""
    rows: list[Row] = await conn.fetch(_LISTED, *_question(asked, period), limit)
    return rows


async def _known(
    db: Database, public: ForThePublic, sources: Sources, basis: datetime
) -> list[Record]:
    """Return every record that matters; what is missing is looked up, and kept."""
    async with db.read() as session:
        earlier = await _earlier(await driver(session), public.families)
    wanted = public.missing(earlier, basis)
    if not wanted:
        return earlier
    found = await sources.counted(wanted)
    rows = [(each.region.family.name, _json(each.region), each.basis, each.value) for each in found]
    async with db.begin() as session:
        conn = await driver(session)
        await conn.executemany(_LOOKED_UP, rows)
        return await _earlier(conn, public.families)


async def _held(conn: Connection, asked: Request, period: str, basis: datetime) -> Release | None:
    row = await conn.fetchrow(_HELD, *_question(asked, period), basis)
    return None if row is None else _read(row)


def _read(row: Row) -> Release:
    document: Document = msgspec.json.decode(row["content"], type=dict[str, Any])
    return Release(row["id"], document, row["content"])


def _question(asked: Request, period: str) -> tuple[str, ...]:
    return (
        asked.template,
        period,
        asked.area or "",
        asked.programme or "",
        asked.protection.value,
    )


async def _earlier(conn: Connection, families: Sequence[str]) -> list[Record]:
    rows = await conn.fetch(_EARLIER, families)
    return [
        Record(
            Region.of_json(row["family"], row["region"]),
            row["value"],
            Shown(row["shown"]),
            row["basis"],
        )
        for row in rows
    ]


async def _record(  # noqa: PLR0917  the columns of a release
    conn: Connection,
    asked: Request,
    document: Document,
    body: bytes,
    status: str,
    threshold: int,
    by: Caller,
) -> UUID:
    release_id: UUID = await conn.fetchval(
        """insert into release (template, period, area, programme, protection, threshold, basis,
               status, content, by)
           values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10) returning id""",
        *_question(asked, document["period"]["period"]),
        threshold,
        datetime.fromisoformat(document["basis"]),
        status,
        body,
        by.subject,
    )
    return release_id


def _answered_by_all(document: Document) -> bool:
    """Tell whether a question would be answered the same again: no service was away or refused.

    A series that nobody had delivered by the basis is missing for good.
    """
    lacking = [source["name"] for source in document["sources"] if source["status"] != "ok"]
    lacking += [
        item["reason"].partition(": ")[0]
        for section in document["sections"]
        for item in section["items"]
        if item["status"] != "ok"
    ]
    return document["status"] == "complete" or _PROVIDERS.isdisjoint(lacking)


async def _record_cells(conn: Connection, release_id: UUID, records: Sequence[Record]) -> None:
    await conn.executemany(
        """insert into released_cell (release_id, number, family, region, value, shown)
           values ($1, $2, $3, $4, $5, $6)""",
        [
            (
                release_id,
                number,
                record.region.family.name,
                _json(record.region),
                record.value,
                record.shown.value,
            )
            for number, record in enumerate(records, start=1)
        ],
    )


def _json(region: Region) -> str:
    return msgspec.json.encode(region.as_json()).decode()
