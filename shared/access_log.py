"""Who read or changed which persons: append-only and hash-chained, so that tampering shows.

Each line belongs to one of `STREAMS` chains (chosen by the actor, so that callers do not
queue behind each other) and its hash covers the previous line's. `access_log_head` holds
each chain's length and last hash; a copy of the heads kept elsewhere (`heads`) also reveals
a chain that was cut or rewritten together with its head (`verify`).

The chain is extended by one statement: the upsert of the head waits for the row, sees the
newest value and hashes on from it, as an advisory lock held to the commit would.
"""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any
from uuid import UUID

from sqlalchemy import BigInteger, Column, Index, LargeBinary, SmallInteger, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from shared.clock import rfc3339, utcnow
from shared.schema import APPEND_ONLY, timestamptz
from shared.trace import current_trace

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Mapping, Sequence

    from sqlalchemy import MetaData

    from shared.auth import Caller
    from shared.db import Connection

STREAMS = 16
_BATCH = 5000


def define_tables(metadata: MetaData) -> None:
    """Add the access log and its heads to a service's tables."""
    Table(
        "access_log",
        metadata,
        Column("stream", SmallInteger, primary_key=True, autoincrement=False),
        Column("seq", BigInteger, primary_key=True, autoincrement=False),
        timestamptz("recorded_at"),
        Column("actor", Text, nullable=False),
        Column("route", Text, nullable=False),
        Column("purpose", Text, nullable=False),
        Column("trace_id", Text, nullable=False),
        Column("subjects", ARRAY(PG_UUID(as_uuid=True)), nullable=False),
        Column("hash", LargeBinary, nullable=False),
        Index(None, "subjects", postgresql_using="gin"),
        info=APPEND_ONLY,
    )
    Table(
        "access_log_head",
        metadata,
        Column("stream", SmallInteger, primary_key=True, autoincrement=False),
        Column("seq", BigInteger, nullable=False),
        Column("hash", LargeBinary, nullable=False),
    )


@dataclass(frozen=True, slots=True)
class Line:
    """One access: who (token subject), whom (opaque person ids), when, by which route, why."""

    recorded_at: datetime
    actor: str
    route: str
    purpose: str
    trace_id: str
    subjects: tuple[UUID, ...]

    def canonical(self) -> bytes:
        """Return the bytes that the chain covers: a JSON array in the order of the fields."""
        return json.dumps(
            [
                rfc3339(self.recorded_at),
                self.actor,
                self.route,
                self.purpose,
                self.trace_id,
                [str(subject) for subject in self.subjects],
            ],
            ensure_ascii=False,
            separators=(",", ":"),
        ).encode()


@dataclass(frozen=True, slots=True)
class Head:
    """A chain's length and last hash at some moment."""

    seq: int
    hash: bytes


@dataclass(frozen=True, slots=True)
class Broken:
    """The first line of a chain that does not follow from the one before it."""

    stream: int
    seq: int
    reason: str


_RECORD = """
with head as (
  insert into access_log_head as h (stream, seq, hash)
  values ($1, 1, sha256($2))
  on conflict (stream) do update
    set seq = h.seq + 1, hash = sha256(h.hash || int8send(h.seq + 1) || $3)
  returning seq, hash
)
insert into access_log
  (stream, seq, recorded_at, actor, route, purpose, trace_id, subjects, hash)
select $1, seq, $4, $5, $6, $7, $8, $9, hash from head
"""


async def record(
    conn: Connection,
    caller: Caller,
    route: str,
    subjects: Sequence[UUID],
    *,
    purpose: str = "",
) -> None:
    """Append one line in the caller's transaction: it is kept if and only if that commits.

    Args:
        conn: a connection inside a writing transaction (READ COMMITTED).
        caller: whose access it is.
        route: method and route template, never the path with its values.
        subjects: opaque ids of the persons; nothing is written for none.
        purpose: why, as a code of the service's own.

    """
    if not subjects:
        return
    trace = current_trace()
    line = Line(
        recorded_at=utcnow(),
        actor=caller.subject,
        route=route,
        purpose=purpose,
        trace_id=trace.trace_id if trace else "",
        subjects=tuple(sorted(set(subjects))),
    )
    canonical = line.canonical()
    await conn.execute(
        _RECORD,
        zlib.crc32(line.actor.encode()) % STREAMS,
        _link(b"", 1, canonical),
        canonical,
        line.recorded_at,
        line.actor,
        line.route,
        line.purpose,
        line.trace_id,
        list(line.subjects),
    )


async def heads(conn: Connection) -> dict[int, Head]:
    """Return every chain's head, to be signed and kept where the database's owner cannot write."""
    rows = await conn.fetch("select stream, seq, hash from access_log_head")
    return {row["stream"]: Head(row["seq"], row["hash"]) for row in rows}


async def of_subject(
    conn: Connection, subject: UUID, *, limit: int, offset: int
) -> tuple[list[Line], int]:
    """Return who accessed one person, newest first, and how many lines there are."""
    total = await conn.fetchval(
        "select count(*) from access_log where subjects @> array[$1::uuid]", subject
    )
    rows = await conn.fetch(
        "select * from access_log where subjects @> array[$1::uuid]"
        " order by recorded_at desc, stream, seq desc limit $2 offset $3",
        subject,
        limit,
        offset,
    )
    return [_line(row) for row in rows], total


async def verify(conn: Connection, kept: Mapping[int, Head] | None = None) -> Broken | None:
    """Return the first line that breaks its chain, or None when every chain holds.

    Finds lines that were edited, removed, inserted or reordered, and a tail that was cut.

    Args:
        conn: a connection inside a transaction (one picture of log and heads).
        kept: heads taken earlier; a chain that no longer passes through one was rewritten.

    """
    present = await heads(conn)
    streams = set(present) | set(kept or {})
    streams |= {row["stream"] for row in await conn.fetch("select distinct stream from access_log")}
    for stream in sorted(streams):
        broken = await _verify_stream(conn, stream, present.get(stream), (kept or {}).get(stream))
        if broken is not None:
            return broken
    return None


async def _verify_stream(
    conn: Connection, stream: int, head: Head | None, kept: Head | None
) -> Broken | None:
    seq, last, passed = 0, b"", kept is None
    async for row in _rows(conn, stream):
        seq += 1
        if row["seq"] != seq:
            return Broken(stream, seq, "missing")
        last = hashlib.sha256(_link(last, seq, _line(row).canonical())).digest()
        if row["hash"] != last:
            return Broken(stream, seq, "altered")
        if kept is not None and seq == kept.seq:
            if last != kept.hash:
                return Broken(stream, seq, "rewritten")
            passed = True
    if head is None or head.seq != seq or head.hash != last:
        return Broken(stream, seq + 1, "cut")
    return None if passed else Broken(stream, seq + 1, "cut")


async def _rows(conn: Connection, stream: int) -> AsyncIterator[Any]:
    after = 0
    while True:
        rows = await conn.fetch(
            "select * from access_log where stream = $1 and seq > $2 order by seq limit $3",
            stream,
            after,
            _BATCH,
        )
        for row in rows:
            yield row
        if len(rows) < _BATCH:
            return
        after = rows[-1]["seq"]


def _link(previous: bytes, seq: int, canonical: bytes) -> bytes:
    return previous + seq.to_bytes(8) + canonical


def _line(row: Any) -> Line:  # noqa: ANN401  asyncpg's record
    return Line(
        recorded_at=row["recorded_at"],
        actor=row["actor"],
        route=row["route"],
        purpose=row["purpose"],
        trace_id=row["trace_id"],
        subjects=tuple(row["subjects"]),
    )
