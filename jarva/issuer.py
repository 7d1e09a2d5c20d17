"""The embedded issuer of bearer tokens: one key, made once, and the address it is published at.

For machines where no identity provider exists. A real installation sets ``AUTH_ISSUER`` and
``AUTH_JWKS_URL`` to its own, and nothing here is used.
"""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import Any

from joserfc import jwt
from joserfc.jwk import ECKey

from jarva.credentials import write_private
from jarva.layout import SERVICES

ALGORITHM = "ES256"
EVERY_UNIT = ("*",)


@dataclass(frozen=True)
class Issuer:
    """An issuer with its files.

    Args:
        folder: holds the private key (0600) and the published key set.
        name: the ``iss`` of its tokens: the address where its metadata is served.

    """

    folder: Path
    name: str

    @property
    def jwks_path(self) -> Path:
        return self.folder / "jwks.json"

    @property
    def jwks_url(self) -> str:
        """Where `jarva.issuer_app` publishes the key set."""
        return f"{self.name}/jwks.json"

    def ensure_key(self) -> ECKey:
        """Return the signing key; the first call makes it and publishes its public half."""
        path = self.folder / "key.json"
        if not path.exists():
            self.folder.mkdir(parents=True, exist_ok=True)
            fresh = ECKey.generate_key("P-256", {"kid": uuid.uuid4().hex, "use": "sig"})
            write_private(path, json.dumps(fresh.as_dict(private=True)))
        key = ECKey.import_key(json.loads(path.read_text("utf-8")))
        self.jwks_path.write_text(json.dumps({"keys": [self._public(key)]}), "utf-8")
        return key

    def _public(self, key: ECKey) -> dict[str, Any]:
        return {**key.as_dict(private=False), "alg": ALGORITHM, "use": "sig"}

    def mint(
        self,
        subject: str,
        scopes: Iterable[str],
        *,
        units: Sequence[str] = EVERY_UNIT,
        audience: Sequence[str] = tuple(SERVICES),
        lifetime: timedelta = timedelta(hours=1),
        extra: dict[str, Any] | None = None,
    ) -> str:
        """Sign a token (RFC 9068) for `subject`; a negative lifetime makes an expired one."""
        key = self.ensure_key()
        now = int(time.time())
        expires = now + int(lifetime.total_seconds())
        claims: dict[str, Any] = {
            "iss": self.name,
            "sub": subject,
            "aud": list(audience),
            "iat": min(now, expires),
            "nbf": min(now, expires),
            "exp": expires,
            "jti": uuid.uuid4().hex,
            "scope": " ".join(scopes),
            "units": list(units),
        }
        header = {"alg": ALGORITHM, "typ": "at+jwt", "kid": key.kid}
        return jwt.encode(header, claims | (extra or {}), key, algorithms=[ALGORITHM])
