"""Bearer tokens of a test issuer whose keys are published in a file."""

from __future__ import annotations

import json
import time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from joserfc import jwt
from joserfc.jwk import ECKey

if TYPE_CHECKING:
    from pathlib import Path

SERVICES = ("participants", "outreach", "budget", "reports")
_KEPT_FOR = 30.0
"""Seconds that headers are used again: signing costs more than many a request."""


@dataclass(frozen=True)
class Issuer:
    """An issuer made for one test run."""

    name: str
    key: ECKey
    jwks_url: str
    _kept: dict[object, tuple[float, str]] = field(default_factory=dict, repr=False, compare=False)

    @classmethod
    def create(cls, folder: Path) -> Issuer:
        """Make a key pair and publish its public half in ``folder``."""
        key = ECKey.generate_key("P-256", {"kid": uuid4().hex, "use": "sig", "alg": "ES256"})
        published = folder / "jwks.json"
        published.write_text(json.dumps({"keys": [key.as_dict(private=False)]}))
        return cls("https://issuer.test", key, published.as_uri())

    def token(
        self,
        *scopes: str,
        units: tuple[str, ...] = ("*",),
        subject: str = "test-clerk",
        audience: tuple[str, ...] = SERVICES,
        lifetime: float = 300,
        key: ECKey | None = None,
        **claims: Any,  # noqa: ANN401  a forged token may carry anything
    ) -> str:
        """Return a signed token; ``claims`` override or add."""
        now = int(time.time())
        body = {
            "iss": self.name,
            "aud": list(audience),
            "sub": subject,
            "iat": now,
            "nbf": now,
            "exp": int(now + lifetime),
            "jti": uuid4().hex,
            "scope": " ".join(scopes),
            "units": list(units),
        } | claims
        header = {"alg": "ES256", "kid": self.key.kid, "typ": "at+jwt"}
        return jwt.encode(header, body, key or self.key)

    def headers(self, *scopes: str, **more: Any) -> dict[str, str]:  # noqa: ANN401  passed on
        """Return the Authorization header with such a token; for a plain caller, a recent one."""
        plain = more.keys() <= {"units", "subject", "audience"}
        asked = (scopes, tuple(sorted(more.items()))) if plain else None
        now = time.monotonic()
        signed_at, token = self._kept.get(asked, (now - _KEPT_FOR, ""))
        if now - signed_at >= _KEPT_FOR:
            token = self.token(*scopes, **more)
            if plain:
                self._kept[asked] = (now, token)
        return {"Authorization": f"Bearer {token}"}
