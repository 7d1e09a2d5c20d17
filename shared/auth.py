"""Who is asking: bearer tokens (RFC 9068) checked against the issuer's published keys.

The checks run in this order, and the first that fails ends them: size, header (algorithm,
type, no ``crit``; embedded keys and addresses are never looked at), key id, signature,
issuer, audience, expiry, not-before, issued-at, the claims of ours. Only then the route's
scope. Which one failed is logged and never answered.
"""

from __future__ import annotations

import base64
import binascii
import hashlib
import json
import time
import warnings
from collections import OrderedDict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from joserfc import jws
from joserfc.errors import ExpiredTokenError, JoseError, SecurityWarning
from joserfc.jwk import ECKey
from joserfc.jwt import JWTClaimsRegistry

from shared.errors import Forbidden, Unauthenticated

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.keys import KeySet, VerificationKey

ALL: Final = "*"
Units: TypeAlias = "frozenset[str] | Literal['*']"

MAX_TOKEN_BYTES = 8192
SKEW_SECONDS = 60
_CACHED_TOKENS = 4096
_ALGORITHMS = {"ES256": "EC", "Ed25519": "OKP", "EdDSA": "OKP"}


class UnitNotAllowed(Forbidden):
    code = "unit_not_allowed"
    title = "The token does not cover this unit"


class ScopeMissing(Forbidden):
    code = "insufficient_scope"
    title = "The token lacks the scope this route needs"


@dataclass(frozen=True, slots=True)
class Caller:
    """The subject behind a verified token, and what it may do.

    ``units`` are unit codes, or `ALL`. `token` is the bearer itself, passed on to the
    services that are asked on the caller's behalf; it never appears in a repr.
    """

    subject: str
    scopes: frozenset[str]
    units: Units
    token: str = field(default="", repr=False, compare=False)

    def may_see(self, unit: str | None) -> bool:
        """Say whether the caller covers a unit; what belongs to no unit needs `ALL`."""
        return self.units == ALL or (unit is not None and unit in self.units)

    def require_unit(self, unit: str | None) -> None:
        """Refuse a unit the token does not cover.

        Raises:
            UnitNotAllowed: always about the caller's token, never about what exists.

        """
        if not self.may_see(unit):
            raise UnitNotAllowed

    def require_scope(self, scope: str) -> None:
        """Refuse when the token lacks a scope.

        Raises:
            ScopeMissing: names the scope that is needed.

        """
        if scope not in self.scopes:
            raise ScopeMissing(f"The scope {scope} is needed.", scope=scope)

    def unit_filter(self) -> list[str] | None:
        """Return the unit codes for SQL, or None for all units.

        Used as ``where ($1::text[] is null or unit = any($1))``.
        """
        return None if self.units == ALL else sorted(self.units)


class TokenVerifier:
    """Turns a bearer token into a `Caller`, remembering verified tokens until they expire.

    Args:
        keys: the issuer's keys.
        issuer: the only ``iss`` accepted.
        audience: this service's name, which ``aud`` must contain.
        now: seconds since the epoch, replaceable in tests.

    """

    def __init__(
        self,
        keys: KeySet,
        *,
        issuer: str,
        audience: str,
        now: Callable[[], float] = time.time,
    ) -> None:
        self._keys = keys
        self._now = now
        self._claims = JWTClaimsRegistry(
            now=lambda: int(now()),
            leeway=SKEW_SECONDS,
            iss={"essential": True, "value": issuer},
            aud={"essential": True, "value": audience},
            sub={"essential": True},
            exp={"essential": True},
            nbf={"essential": True},
            iat={"essential": True},
            jti={"essential": True},
        )
        self._seen: OrderedDict[bytes, tuple[Caller, float]] = OrderedDict()
        self._seen_generation = keys.generation

    async def verify(self, token: str) -> Caller:
        """Return who the token speaks for.

        Raises:
            Unauthenticated: the token does not hold; `reason` says why, for the log only.
            KeysUnavailable: the issuer's keys cannot be read.

        """
        if len(token) > MAX_TOKEN_BYTES:
            raise _refused("oversized")
        digest = hashlib.sha256(token.encode("utf-8", "surrogatepass")).digest()
        known = self._remembered(digest)
        if known is not None:
            return known
        caller, expires = await self._verified(token)
        self._remember(digest, caller, expires)
        return caller

    async def _verified(self, token: str) -> tuple[Caller, float]:
        key_id, algorithm = _checked_header(token)
        key = await self._keys.find(key_id)
        if key is None:
            raise _refused("unknown_key")
        claims = _signed_claims(token, key, algorithm)
        try:
            self._claims.validate(claims)
        except ExpiredTokenError as error:
            raise _refused("expired") from error
        except (JoseError, TypeError, ValueError) as error:
            raise _refused("claims") from error
        return _caller(claims, token), float(claims["exp"])

    def _remembered(self, digest: bytes) -> Caller | None:
        self._forget_older_keys()
        entry = self._seen.get(digest)
        if entry is None:
            return None
        caller, expires = entry
        if expires <= self._now() - SKEW_SECONDS:
            del self._seen[digest]
            return None
        return caller

    def _remember(self, digest: bytes, caller: Caller, expires: float) -> None:
        self._forget_older_keys()
        if len(self._seen) >= _CACHED_TOKENS:
            self._seen.popitem(last=False)
        self._seen[digest] = (caller, expires)

    def _forget_older_keys(self) -> None:
        if self._seen_generation != self._keys.generation:
            self._seen.clear()
            self._seen_generation = self._keys.generation


def bearer(authorization: str | None) -> str:
    """Return the token of an ``Authorization: Bearer`` header.

    Raises:
        Unauthenticated: no header, another scheme, or no token.

    """
    if not authorization:
        raise Unauthenticated
    scheme, _, token = authorization.partition(" ")
    token = token.strip()
    if scheme.lower() != "bearer" or not token:
        raise Unauthenticated
    return token


def _checked_header(token: str) -> tuple[str, str]:
    """Return key id and algorithm; nothing else in the header is ever used."""
    parts = token.split(".")
    if len(parts) != 3:  # noqa: PLR2004  header, claims, signature
        raise _refused("malformed")
    header = _json_part(parts[0])
    algorithm, key_id = header.get("alg"), header.get("kid")
    if not isinstance(algorithm, str) or algorithm not in _ALGORITHMS:
        raise _refused("algorithm")
    if str(header.get("typ", "")).lower() not in ("at+jwt", "application/at+jwt"):
        raise _refused("type")
    if "crit" in header or "b64" in header:
        raise _refused("crit")
    if not isinstance(key_id, str) or not key_id:
        raise _refused("unknown_key")
    return key_id, algorithm


def _signed_claims(token: str, key: VerificationKey, algorithm: str) -> dict[str, Any]:
    if _ALGORITHMS[algorithm] != ("EC" if isinstance(key, ECKey) else "OKP"):
        raise _refused("algorithm")
    registry = jws.JWSRegistry(algorithms=[algorithm], strict_check_header=False)
    try:
        with warnings.catch_warnings():
            # RFC 9864 renames EdDSA to Ed25519; issuers still write the old name.
            warnings.simplefilter("ignore", SecurityWarning)
            signed = jws.deserialize_compact(token, key, [algorithm], registry)
    except (JoseError, ValueError, TypeError, KeyError) as error:
        raise _refused("signature") from error
    return _json_object(signed.payload or b"")


def _caller(claims: dict[str, Any], token: str) -> Caller:
    scope, units, subject = claims.get("scope", ""), claims.get("units"), claims["sub"]
    if not isinstance(scope, str) or not isinstance(units, list) or not subject:
        raise _refused("claims")
    if not all(isinstance(unit, str) and unit for unit in units):
        raise _refused("claims")
    covered: Units = ALL if units == [ALL] else frozenset(units)
    if covered != ALL and ALL in covered:
        raise _refused("claims")
    return Caller(subject, frozenset(scope.split()), covered, token)


def _json_part(part: str) -> dict[str, Any]:
    try:
        decoded = base64.urlsafe_b64decode(part + "=" * (-len(part) % 4))
    except (binascii.Error, ValueError) as error:
        raise _refused("malformed") from error
    return _json_object(decoded)


def _json_object(text: bytes) -> dict[str, Any]:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError) as error:
        raise _refused("malformed") from error
    if not isinstance(value, dict):
        raise _refused("malformed")
    return value


def _refused(reason: str) -> Unauthenticated:
    return Unauthenticated("The bearer token is not valid.", reason=reason)
