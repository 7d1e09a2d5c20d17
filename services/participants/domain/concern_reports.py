"""Concern reports (orosanmälningar): what one says, and who may not be its author.

Socialtjänstlagen (2001:453) 14 kap. 1 §, since 1 July 2025 succeeded by socialtjänstlagen
(2025:400): whoever in such work comes to know or suspect that a child fares badly reports it at
once. The duty is the officer's own, cannot be delegated and cannot be met anonymously.
"""

from __future__ import annotations

from uuid import UUID

import msgspec

_NOBODY = frozenset({"anonym", "anonymous", "okänd", "hemlig", "ingen", "unknown", "n.n", "nn"})


class Reporter(msgspec.Struct, frozen=True):
    """The officer who reports, by name."""

    name: str
    title: str
    phone: str | None = None


class Concern(msgspec.Struct, frozen=True):
    """What a report says, as it is sealed."""

    child: str
    concern: str
    reporter: Reporter
    person_id: UUID | None = None


_CONCERNS = msgspec.json.Decoder(Concern)


def written(concern: Concern) -> bytes:
    return msgspec.json.encode(concern)


def read(content: bytes) -> Concern:
    return _CONCERNS.decode(content)


def names_somebody(name: str) -> bool:
    """Say whether a name is one: not blank, and not a way of saying that there is none."""
    plain = name.strip().casefold().strip(".-? ")
    return plain not in _NOBODY and sum(letter.isalpha() for letter in plain) > 1
