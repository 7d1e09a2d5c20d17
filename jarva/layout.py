"""Which services there are, where they listen, and where the project's files lie."""

from __future__ import annotations

from pathlib import Path

PROJECT = Path(__file__).resolve().parents[1]

# The port of each API when it is free; the order is the one in which they are shown.
SERVICES = {"reports": 8000, "participants": 8001, "outreach": 8002, "budget": 8003}
ISSUER_PORT = 8004

# Settings that hold keys as {version: base64 of 32 bytes}; an embedded installation makes its own.
KEY_SETTINGS = ("PARTICIPANTS_SEAL_KEYS", "PARTICIPANTS_INDEX_KEYS", "REPORTS_SESSION_KEYS")
