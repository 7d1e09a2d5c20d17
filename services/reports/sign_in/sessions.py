"""Sessions of people: sealed tokens in the database, renewed while the provider lets them be.

Without a refresh token a session ends with its bearer token. With one it lasts until
`ReportsSettings.session_hours` have passed, somebody signs out, or the provider refuses. A
refresh token may be good for one use only, so one request at a time renews a session, whatever
process it is in; it holds no connection while the provider is asked.
"""

from __future__ import annotations

import asyncio
import secrets
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec
import structlog

from services.reports.errors import SignInFailed
from services.reports.sign_in.provider import RefreshRefused
from shared.crypto import SealBroken
from shared.db import driver

if TYPE_CHECKING:
    from asyncpg import Record

    from services.reports.sign_in.provider import Provider, Tokens
    from shared.auth import Caller, TokenVerifier
    from shared.crypto import Sealer
    from shared.db import Connection, Database

_log = structlog.get_logger("front")

EARLY = timedelta(seconds=60)
"""How long before its token ends a session is renewed: others go on with the old one meanwhile."""
LEASE = timedelta(seconds=15)
"""How long one request may take to renew a session before another one tries."""
PATIENCE = 6.0
"""Seconds that a request waits for another one to renew a session whose token has ended."""

_NEW = """
    insert into web_session (id_hash, sealed_token, name, expires_at, sealed_refresh, token_until)
    values ($1, $2, $3, $4, $5, $6)
"""
_FOUND = "select * from web_session where id_hash = $1 and expires_at > now()"
_TAKEN = """
    update web_session set renewing_until = now() + $3
    where id_hash = $1 and sealed_token = $2 and coalesce(renewing_until, now()) <= now()
    returning true
"""
_RENEWED = """
    update web_session
    set sealed_token = $2, sealed_refresh = $3, token_until = $4, renewing_until = null
    where id_hash = $1
"""


@dataclass(frozen=True, slots=True)
class Session:
    """A person who is signed in: who they are to the services, their name, and a form's token."""

    caller: Caller
    name: str
    form_token: str
    expires_at: datetime


class Renewal(msgspec.Struct):
    """What a session is renewed with, and whose it must stay."""

    refresh_token: str
    subject: str


class Sessions:
    """The sessions of an installation.

    Args:
        provider: gives new tokens.
        verifier: checks them.
        sealer: seals what is kept.
        lifetime: of a session that can be renewed.

    """

    def __init__(
        self, provider: Provider, verifier: TokenVerifier, sealer: Sealer, lifetime: timedelta
    ) -> None:
        self._provider = provider
        self._verifier = verifier
        self._sealer = sealer
        self._lifetime = lifetime

    async def open(self, conn: Connection, tokens: Tokens, *, subject: str, name: str) -> str:
        """Keep a new session and return its id; those that have ended are forgotten."""
        session_id = secrets.token_urlsafe(32)
        now = datetime.now(UTC)
        until = now + timedelta(seconds=tokens.expires_in)
        await conn.execute("delete from web_session where expires_at <= now()")
        await conn.execute(
            _NEW,
            hash_of(session_id),
            self._seal(session_id, "sealed_token", tokens.access_token.encode()),
            name[:200],
            now + self._lifetime if tokens.refresh_token else until,
            self._renewal(session_id, tokens.refresh_token, subject),
            until,
        )
        return session_id

    async def find(self, db: Database, session_id: str) -> Session | None:
        """Return a session, renewed when its token is about to end; None when it has ended.

        A renewed token is kept before it is checked, as its refresh token is good for one use,
        and checked before it is used: it must be the same person's.
        """
        row = await self._row(db, session_id)
        if row is not None and self._ends_soon(row):
            row = await self._renew(db, session_id, row)
        if row is None:
            return None
        try:
            token = self._open(session_id, "sealed_token", row["sealed_token"]).decode()
            renewal = self._renewal_of(session_id, row)
        except SealBroken:
            return None
        caller = await self._verifier.verify(token)
        if renewal is not None and caller.subject != renewal.subject:
            _log.warning("session_of_another", reason="subject")
            return None
        return Session(
            caller=caller,
            name=row["name"],
            form_token=_form_token(session_id),
            expires_at=row["expires_at"],
        )

    async def end(self, conn: Connection, session_id: str) -> None:
        """End a session."""
        await conn.execute("delete from web_session where id_hash = $1", hash_of(session_id))

    async def _row(self, db: Database, session_id: str) -> Record | None:
        async with db.read() as session:
            return await (await driver(session)).fetchrow(_FOUND, hash_of(session_id))

    @staticmethod
    def _ends_soon(row: Record) -> bool:
        """Tell whether a session can be renewed and should be; old versions kept no end."""
        until = row["token_until"]
        return row["sealed_refresh"] is not None and until <= datetime.now(UTC) + EARLY

    async def _renew(self, db: Database, session_id: str, row: Record) -> Record | None:
        """Renew a session, unless another request does; return its row then."""
        async with db.begin() as session:
            taken = await (await driver(session)).fetchval(
                _TAKEN, hash_of(session_id), row["sealed_token"], LEASE
            )
        if not taken:
            return await self._renewed_by_another(db, session_id, row)
        try:
            renewal = self._renewal_of(session_id, row)
            assert renewal is not None  # noqa: S101  only such sessions end soon
            tokens = await self._provider.refreshed(renewal.refresh_token)
        except (RefreshRefused, SealBroken):
            async with db.begin() as session:
                await self.end(await driver(session), session_id)
            return None
        except SignInFailed:
            # the provider is away: the token serves while it lasts, and the next request tries
            async with db.begin() as session:
                await (await driver(session)).execute(
                    "update web_session set renewing_until = null where id_hash = $1",
                    hash_of(session_id),
                )
            return row
        await self._keep(db, session_id, tokens, renewal)
        return await self._row(db, session_id)

    async def _keep(self, db: Database, session_id: str, tokens: Tokens, renewal: Renewal) -> None:
        # a provider that gives no new refresh token means the old one to be used again
        refresh = tokens.refresh_token or renewal.refresh_token
        async with db.begin() as session:
            await (await driver(session)).execute(
                _RENEWED,
                hash_of(session_id),
                self._seal(session_id, "sealed_token", tokens.access_token.encode()),
                self._renewal(session_id, refresh, renewal.subject),
                datetime.now(UTC) + timedelta(seconds=tokens.expires_in),
            )

    async def _renewed_by_another(
        self, db: Database, session_id: str, row: Record
    ) -> Record | None:
        """Return the row at once while its token lasts, otherwise when another has renewed it."""
        deadline = asyncio.get_running_loop().time() + PATIENCE
        now: Record | None = row
        while now is not None and now["token_until"] <= datetime.now(UTC):
            if asyncio.get_running_loop().time() > deadline:
                return None
            await asyncio.sleep(0.05)
            now = await self._row(db, session_id)
        return now

    def _renewal_of(self, session_id: str, row: Record) -> Renewal | None:
        if row["sealed_refresh"] is None:
            return None
        kept = self._open(session_id, "sealed_refresh", row["sealed_refresh"])
        return msgspec.json.decode(kept, type=Renewal)

    def _renewal(self, session_id: str, refresh_token: str, subject: str) -> bytes | None:
        if not refresh_token:
            return None
        kept = msgspec.json.encode(Renewal(refresh_token, subject))
        return self._seal(session_id, "sealed_refresh", kept)

    def _seal(self, session_id: str, column: str, plain: bytes) -> bytes:
        return self._sealer.seal(plain, place=_place(session_id, column))

    def _open(self, session_id: str, column: str, sealed: bytes) -> bytes:
        return self._sealer.open(sealed, place=_place(session_id, column))


def hash_of(session_id: str) -> bytes:
    """Return what a session is found by: who reads the table cannot take its place."""
    return sha256(session_id.encode()).digest()


def _place(session_id: str, column: str) -> str:
    return f"web_session|{column}|{hash_of(session_id).hex()}"


def _form_token(session_id: str) -> str:
    """Return what every form of a session carries; another site cannot know it."""
    return sha256(b"form|" + session_id.encode()).hexdigest()
