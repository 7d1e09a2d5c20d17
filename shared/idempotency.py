"""A repeated request has one effect and one answer (``Idempotency-Key``).

The key is claimed in the business transaction and the answer is stored in it before the
commit: there is no "in progress" row that a crash could leave behind, and a failure takes
the key back with everything else. A concurrent twin waits on the unique index; after the
lock timeout it is told to come back. Keys are the client's own and live seven days.

Routes get all this with ``router.post(..., idempotent=True)``. One that takes `Opening` claims
its key when it opens its transaction: of twins that work at once the first to end is kept.
A route that streams its body (deliveries) uses `Claim`, `claim` and `keep` on its own
connection.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING
from uuid import UUID

import asyncpg
import msgspec
from sqlalchemy import Column, LargeBinary, SmallInteger, Table, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PG_UUID

from shared.auth import ALL, UnitNotAllowed
from shared.clock import utcnow
from shared.errors import BadRequest, Conflict, DomainError
from shared.schema import timestamptz

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import MetaData

    from shared.auth import Caller
    from shared.crypto import Sealer
    from shared.db import Connection

HEADER = "Idempotency-Key"
REPLAYED = "Idempotent-Replayed"
KEPT_FOR = timedelta(days=7)
MAX_KEY_LENGTH = 255


class IdempotencyKeyMissing(BadRequest):
    code = "idempotency_key_missing"
    title = "This route needs an Idempotency-Key header of 1-255 visible ASCII characters"


class IdempotencyKeyReused(DomainError):
    code, status = "idempotency_key_reused", 422
    title = "The Idempotency-Key was used for another request"


class RequestInProgress(Conflict):
    code = "request_in_progress"
    title = "A request with the same Idempotency-Key is being carried out"


def define_tables(metadata: MetaData) -> None:
    """Add the keys to a service's tables."""
    Table(
        "idempotency_key",
        metadata,
        Column("client_id", Text, primary_key=True),
        Column("key", Text, primary_key=True),
        Column("fingerprint", LargeBinary, nullable=False),
        Column("units", ARRAY(Text), nullable=True),
        Column("subjects", ARRAY(PG_UUID(as_uuid=True)), nullable=False, server_default="{}"),
        Column("status", SmallInteger, nullable=True),
        Column("headers", JSONB, nullable=True),
        Column("body", LargeBinary, nullable=True),
        timestamptz("created_at", default_now=True),
        timestamptz("expires_at"),
    )


@dataclass(frozen=True, slots=True)
class Claim:
    """One client's key and the fingerprint of what it stands for."""

    client: str
    key: str
    fingerprint: bytes
    units: tuple[str, ...] | None

    @classmethod
    def of(cls, caller: Caller, key: str | None, request: Sequence[bytes]) -> Claim:
        """Return the claim a request makes.

        Args:
            caller: keys are never shared between clients.
            key: the header's value.
            request: what makes the request this one: method, path with query, body.

        Raises:
            IdempotencyKeyMissing: no key, or one that is empty, too long or not plain ASCII.

        """
        if not key or len(key) > MAX_KEY_LENGTH or not key.isascii() or not key.isprintable():
            raise IdempotencyKeyMissing
        units = None if caller.units == ALL else tuple(sorted(caller.units))
        return cls(caller.subject, key, fingerprint(caller.subject.encode(), *request), units)


@dataclass(frozen=True, slots=True)
class Kept:
    """The answer given the first time, and the persons it was about."""

    status: int
    headers: dict[str, str]
    body: bytes
    subjects: tuple[UUID, ...]


def fingerprint(*parts: bytes) -> bytes:
    """Return a SHA-256 over the parts, each with its length so that none runs into the next."""
    digest = hashlib.sha256()
    for part in parts:
        digest.update(len(part).to_bytes(8))
        digest.update(part)
    return digest.digest()


def canonical_body(body: bytes) -> bytes:
    """Return JSON with sorted keys and no blanks, anything else as it is."""
    if not body:
        return body
    try:
        return msgspec.json.encode(msgspec.json.decode(body), order="deterministic")
    except (msgspec.DecodeError, ValueError, RecursionError):
        return body


async def claim(conn: Connection, wanted: Claim, sealer: Sealer | None = None) -> Kept | None:
    """Take the key for this transaction (None), or return the answer it already has.

    Raises:
        RequestInProgress: a twin holds the key and did not end within the lock timeout.
        IdempotencyKeyReused: the key stands for another request.
        UnitNotAllowed: the caller no longer covers what the first answer was given under.

    """
    expires = utcnow() + KEPT_FOR
    try:
        taken = await conn.fetchval(
            "insert into idempotency_key (client_id, key, fingerprint, units, expires_at)"
            " values ($1, $2, $3, $4, $5) on conflict do nothing returning true",
            wanted.client,
            wanted.key,
            wanted.fingerprint,
            None if wanted.units is None else list(wanted.units),
            expires,
        )
    except asyncpg.LockNotAvailableError as error:
        raise RequestInProgress(retry_after=1) from error
    if taken:
        return None
    kept = await find(conn, wanted, sealer)
    if kept is None:
        raise RequestInProgress(retry_after=1)
    return kept


async def find(conn: Connection, wanted: Claim, sealer: Sealer | None = None) -> Kept | None:
    """Return the answer that a key already has, and claim nothing; None while it has none.

    Raises:
        IdempotencyKeyReused: the key stands for another request.
        UnitNotAllowed: the caller no longer covers what the first answer was given under.

    """
    row = await conn.fetchrow(
        "select fingerprint, units, subjects, status, headers::text, body from idempotency_key"
        " where client_id = $1 and key = $2",
        wanted.client,
        wanted.key,
    )
    if row is None or row["status"] is None:
        return None
    if row["fingerprint"] != wanted.fingerprint:
        raise IdempotencyKeyReused
    if not _still_covered(row["units"], wanted.units):
        raise UnitNotAllowed
    body = row["body"]
    if sealer is not None:
        body = sealer.open(body, place=_place(wanted))
    return Kept(row["status"], json.loads(row["headers"]), body, tuple(row["subjects"]))


async def keep(
    conn: Connection,
    claimed: Claim,
    *,
    status: int,
    headers: Mapping[str, str],
    body: bytes,
    subjects: Sequence[UUID] = (),
    sealer: Sealer | None = None,
) -> None:
    """Store the answer beside the effect, sealed when the service seals what it keeps."""
    stored = sealer.seal(body, place=_place(claimed)) if sealer is not None else body
    await conn.execute(
        "update idempotency_key set status = $3, headers = $4::text::jsonb, body = $5,"
        " subjects = $6 where client_id = $1 and key = $2",
        claimed.client,
        claimed.key,
        status,
        json.dumps(dict(headers)),
        stored,
        list(subjects),
    )


async def purge(conn: Connection, *, limit: int) -> int:
    """Remove keys past their seven days, at most ``limit`` of them; return how many."""
    done = await conn.execute(
        "delete from idempotency_key where ctid = any(array("
        "select ctid from idempotency_key where expires_at < now() limit $1))",
        limit,
    )
    return int(done.rpartition(" ")[2])


def _still_covered(first: Sequence[str] | None, now: Sequence[str] | None) -> bool:
    """Say whether today's units include those of the first request (None is every unit)."""
    return now is None or (first is not None and set(first) <= set(now))


def _place(wanted: Claim) -> str:
    return f"idempotency_key|body|{wanted.client}|{wanted.key}"
