"""The issuer's published keys (JWKS), kept in memory so that a request seldom waits for them.

A set is fresh for ten minutes and then renewed in the background while the old one still
serves. A key id we do not know causes one fetch, at most every thirty seconds, whoever asks.
When the issuer is away, the last good keys serve for 24 hours and then no longer.
"""

from __future__ import annotations

import asyncio
import json
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import url2pathname

import structlog
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, OKPKey

from shared.errors import Unavailable

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping

_PUBLIC_MEMBERS: tuple[str, ...] = ("kty", "crv", "x", "y", "kid")

VerificationKey = ECKey | OKPKey

TTL = 600.0
UNKNOWN_KEY_INTERVAL = 30.0
LAST_GOOD_FOR = 24 * 3600.0

_log = structlog.get_logger(__name__)


class KeysUnavailable(Unavailable):
    code = "keys_unavailable"
    title = "The issuer's keys cannot be read"


class KeySet:
    """The usable public keys of one issuer by key id.

    Args:
        url: ``https://``, ``http://`` or ``file://`` address of the JWKS document.
        fetch: reads that address; `shared.http.fetch` for anything but files.
        clock: monotonic seconds, replaceable in tests.

    """

    def __init__(
        self,
        url: str,
        *,
        fetch: Callable[[str], Awaitable[bytes]],
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._url = url
        self._fetch = read_file if url.startswith("file:") else fetch
        self._clock = clock
        self._keys: Mapping[str, VerificationKey] = {}
        self._good_at = float("-inf")
        self._asked_at = float("-inf")
        self._renewal: asyncio.Task[None] | None = None
        self.generation = 0
        """Grows when the keys change: what was verified with older keys must be verified again."""

    async def load(self) -> None:
        """Read the keys before the first request.

        Raises:
            KeysUnavailable: the document cannot be read or holds no usable key.

        """
        await self._renew()
        if not self._keys:
            raise KeysUnavailable("The issuer's keys could not be loaded.")

    async def find(self, key_id: str) -> VerificationKey | None:
        """Return the key with this id, or None when the issuer publishes none.

        Raises:
            KeysUnavailable: no keys were ever read, or the last good ones are too old.

        """
        now = self._clock()
        if now - self._good_at > TTL:
            await self._refresh(now)
        key = self._keys.get(key_id)
        if key is None and now - self._asked_at >= UNKNOWN_KEY_INTERVAL:
            await self._renew()
            key = self._keys.get(key_id)
        return key

    async def close(self) -> None:
        """Stop a renewal that is under way."""
        if self._renewal is not None:
            self._renewal.cancel()
            await asyncio.gather(self._renewal, return_exceptions=True)

    async def _refresh(self, now: float) -> None:
        if now - self._good_at > LAST_GOOD_FOR:
            await self._renew()
            if now - self._good_at > LAST_GOOD_FOR:
                raise KeysUnavailable(retry_after=5)
        elif now - self._asked_at >= UNKNOWN_KEY_INTERVAL:
            _ = self._start_renewal()

    async def _renew(self) -> None:
        # One fetch serves all who wait; a waiter that is cancelled does not cancel it.
        await asyncio.shield(self._start_renewal())

    def _start_renewal(self) -> asyncio.Task[None]:
        if self._renewal is None or self._renewal.done():
            self._asked_at = self._clock()
            self._renewal = asyncio.create_task(self._read(), name="jwks")
        return self._renewal

    async def _read(self) -> None:
        try:
            keys = usable_keys(await self._fetch(self._url))
        except Exception as error:  # noqa: BLE001  whatever the issuer does, the last good keys stand
            _log.warning("jwks_unreadable", error=type(error).__name__)
            return
        if not keys:
            _log.warning("jwks_without_usable_keys")
            return
        self._good_at = self._clock()
        if _material(keys) != _material(self._keys):
            self.generation += 1
        self._keys = keys


async def read_file(url: str) -> bytes:
    """Read a ``file://`` address."""
    path = Path(url2pathname(urlsplit(url).path))
    return await asyncio.to_thread(path.read_bytes)


def usable_keys(document: bytes) -> dict[str, VerificationKey]:
    """Return the keys fit for ES256 or Ed25519 with an id; others in the document are passed over.

    A private key is used only through its public half; ``use: enc`` is not for signatures.
    """
    usable: dict[str, VerificationKey] = {}
    for entry in json.loads(document)["keys"]:
        key_id = entry.get("kid")
        if not isinstance(key_id, str) or entry.get("use", "sig") != "sig":
            continue
        key = _verification_key(entry)
        if key is not None:
            usable[key_id] = key
    return usable


def _verification_key(entry: dict[str, Any]) -> VerificationKey | None:
    public: dict[str, str | list[str]] = {
        name: str(entry[name]) for name in _PUBLIC_MEMBERS if name in entry
    }
    try:
        match public.get("kty"), public.get("crv"):
            case "EC", "P-256":
                return ECKey.import_key(public)
            case "OKP", "Ed25519":
                return OKPKey.import_key(public)
            case _:
                return None
    except (JoseError, ValueError, KeyError):
        return None


def _material(keys: Mapping[str, VerificationKey]) -> dict[str, str]:
    return {key_id: key.thumbprint() for key_id, key in keys.items()}
