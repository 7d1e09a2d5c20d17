"""Signing in at the web front: OpenID Connect, and sessions kept in the database.

Authorization code with PKCE (OpenID Connect Core 1.0, RFC 7636). The browser holds an opaque
session id and nothing else; the tokens are sealed in the database.
"""

from __future__ import annotations

import secrets
from base64 import urlsafe_b64encode
from datetime import UTC, datetime, timedelta
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlencode, urlsplit

import msgspec

from services.reports.errors import SignInFailed
from services.reports.sign_in.provider import Provider
from services.reports.sign_in.sessions import Session, Sessions
from shared.crypto import SealBroken, Sealer, read_keys
from shared.db import driver

if TYPE_CHECKING:
    from collections.abc import Mapping

    from services.reports.settings import ReportsSettings
    from shared.auth import TokenVerifier
    from shared.db import Connection, Database

__all__ = ["FLOW_SECONDS", "Session", "SignIn", "local_path", "same_secret", "sign_in_address"]

FLOW_SECONDS = 600
"""How long a person may take at the identity provider."""


class Flow(msgspec.Struct):
    """What the browser carries, sealed, while the person is at the identity provider."""

    state: str
    nonce: str
    verifier: str
    back_to: str
    until: float


class SignIn:
    """One process's way of signing people in.

    Args:
        settings: the provider and the keys.
        verifier: checks the bearer tokens that the provider gives.

    """

    def __init__(self, settings: ReportsSettings, verifier: TokenVerifier) -> None:
        self._settings = settings
        self._verifier = verifier
        encoded = {
            version: key.get_secret_value() for version, key in settings.session_keys.items()
        }
        self._sealer = Sealer(read_keys(encoded))
        self._provider = Provider(settings)
        lifetime = timedelta(hours=settings.session_hours)
        self._sessions = Sessions(self._provider, verifier, self._sealer, lifetime)

    @property
    def redirect_uri(self) -> str:
        """Where the provider sends the person back."""
        return f"{self._settings.public_url.rstrip('/')}/inloggad"

    @property
    def secure(self) -> bool:
        """Whether people reach the front over TLS, so that cookies may be bound to it."""
        return urlsplit(self._settings.public_url).scheme == "https"

    async def begin(self, back_to: str) -> tuple[str, str]:
        """Return the provider's address for a person, and the sealed flow for their browser.

        Args:
            back_to: a path of this front.

        Raises:
            SignInFailed: the provider cannot be asked.

        """
        provider = await self._provider.discovered()
        until = datetime.now(UTC) + timedelta(seconds=FLOW_SECONDS)
        flow = Flow(
            state=secrets.token_urlsafe(32),
            nonce=secrets.token_urlsafe(32),
            verifier=secrets.token_urlsafe(48),
            back_to=local_path(back_to),
            until=until.timestamp(),
        )
        asked = {
            "response_type": "code",
            "client_id": self._settings.oidc_client_id,
            "redirect_uri": self.redirect_uri,
            "scope": self._settings.oidc_scopes,
            "state": flow.state,
            "nonce": flow.nonce,
            "code_challenge": _challenge(flow.verifier),
            "code_challenge_method": "S256",
        }
        joined = "&" if urlsplit(provider.authorization_endpoint).query else "?"
        address = f"{provider.authorization_endpoint}{joined}{urlencode(asked)}"
        sealed = self._sealer.seal(msgspec.json.encode(flow), place="web|flow")
        return address, sealed.hex()

    async def complete(
        self, db: Database, answered: Mapping[str, str], sealed_flow: str
    ) -> tuple[str, str]:
        """Open a session for a person who comes back; return its id and where they wanted to go.

        Raises:
            SignInFailed: what came back does not belong to the flow, or the provider's tokens
                do not hold; the reason is for the log.

        """
        flow = self._flow(sealed_flow)
        if not same_secret(answered.get("state", ""), flow.state):
            raise SignInFailed(reason="state")
        if not answered.get("code"):
            raise SignInFailed(reason="refused_by_provider")
        tokens = await self._provider.exchanged(answered["code"], flow.verifier, self.redirect_uri)
        claims = await self._provider.identity(tokens.id_token, flow.nonce)
        caller = await self._verifier.verify(tokens.access_token)
        if claims["sub"] != caller.subject:
            raise SignInFailed(reason="subject")
        name = str(claims.get("name") or caller.subject)
        async with db.begin() as session:
            session_id = await self._sessions.open(
                await driver(session), tokens, subject=caller.subject, name=name
            )
        return session_id, flow.back_to

    async def session(self, db: Database, session_id: str) -> Session | None:
        """Return a person's session, or None when it has ended.

        Raises:
            Unauthenticated: its token does not hold.

        """
        return await self._sessions.find(db, session_id)

    async def end(self, conn: Connection, session_id: str) -> None:
        """End a session."""
        await self._sessions.end(conn, session_id)

    def _flow(self, sealed: str) -> Flow:
        try:
            opened = self._sealer.open(bytes.fromhex(sealed), place="web|flow")
        except (ValueError, SealBroken) as broken:
            raise SignInFailed(reason="flow") from broken
        flow = msgspec.json.decode(opened, type=Flow)
        if flow.until < datetime.now(UTC).timestamp():
            raise SignInFailed(reason="flow_too_old")
        return flow


def local_path(asked: str) -> str:
    """Return a path of this front, whatever was asked: nobody is sent elsewhere."""
    parts = urlsplit(asked)
    local = asked.startswith("/") and not asked.startswith(("//", "/\\"))
    return asked if local and not parts.scheme and not parts.netloc else "/"


def same_secret(given: str, held: str) -> bool:
    """Tell whether a secret is the one that is held, in the same time wherever they part.

    As bytes: `compare_digest` raises on text with other letters than ASCII's, which whoever
    calls may send.
    """
    return secrets.compare_digest(given.encode(errors="replace"), held.encode())


def sign_in_address(back_to: str) -> str:
    """Return the address that a person without a session is sent to."""
    return f"/logga-in?{urlencode({'tillbaka': back_to})}"


def _challenge(verifier: str) -> str:
    """Return what only the verifier fits (RFC 7636 section 4.2, S256)."""
    return urlsafe_b64encode(sha256(verifier.encode()).digest()).rstrip(b"=").decode()
