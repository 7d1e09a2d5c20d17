"""What a plan (plan, handlingsplan) says: a goal, and the steps towards it."""

from __future__ import annotations

from datetime import date

import msgspec


class Step(msgspec.Struct, frozen=True, omit_defaults=True):
    """One step: what is to be done, and by when."""

    what: str
    by: date | None = None


class PlanContent(msgspec.Struct, frozen=True):
    """What is sealed of a plan."""

    goal: str
    steps: tuple[Step, ...]


_CONTENT = msgspec.json.Decoder(PlanContent)


def encoded(content: PlanContent) -> bytes:
    return msgspec.json.encode(content)


def decoded(content: bytes) -> PlanContent:
    return _CONTENT.decode(content)
