"""Who one can be at the embedded issuer: one person for each kind of work at the web front."""

from __future__ import annotations

from dataclasses import dataclass

_READING = ("reports:read", "reports:committee", "figures:read", "budget:read", "outreach:read")


@dataclass(frozen=True)
class Role:
    """A made-up person and what they may do."""

    subject: str
    title: str
    does: str
    scopes: tuple[str, ...]


ROLES = (
    Role(
        "handlaggare",
        "Handläggare",
        "tar fram rapporter och ser raderna bakom siffrorna",
        (*_READING, "participants:read", "reports:write", "figures:rows", "operations:read"),
    ),
    Role(
        "direktor",
        "Direktör",
        "läser och attesterar rapporter",
        (*_READING, "participants:read", "reports:attest", "operations:read"),
    ),
    Role("ledamot", "Ledamot i nämnden", "läser nämndens rapporter", _READING),
    Role(
        "drift",
        "Driftansvarig",
        "ser leveranser och annat som inte gått som det ska",
        ("reports:read", "figures:read", "budget:read", "outreach:read", "operations:read"),
    ),
)


def role_named(subject: str) -> Role | None:
    """Return the role of a subject."""
    return next((role for role in ROLES if role.subject == subject), None)
