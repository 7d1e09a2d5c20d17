"""Passwords and keys of an embedded installation: made once, kept in one file (0600)."""

from __future__ import annotations

import base64
import json
import os
import secrets
from pathlib import Path


def write_private(path: Path, text: str) -> None:
    """Write a file only its owner can read, whole or not at all."""
    draft = path.with_name(f"{path.name}.{os.getpid()}.new")
    draft.unlink(missing_ok=True)
    descriptor = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(descriptor, "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    draft.replace(path)


class Credentials:
    """Secrets by name; one that does not exist yet is made up and kept."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._known: dict[str, str] = json.loads(path.read_text("utf-8")) if path.exists() else {}

    def password(self, name: str) -> str:
        """Return 32 URL-safe characters."""
        return self._get(f"password:{name}", secrets.token_urlsafe(24))

    def key(self, name: str) -> str:
        """Return 32 random bytes as base64."""
        return self._get(f"key:{name}", base64.b64encode(secrets.token_bytes(32)).decode("ascii"))

    def _get(self, name: str, fresh: str) -> str:
        if name not in self._known:
            self._known[name] = fresh
            write_private(self._path, json.dumps(self._known, indent=1, sort_keys=True))
        return self._known[name]
