"""Child checklists (barnchecklistor): what one answers, and what it must answer for whom.

Barnkonventionen articles 3 and 12, law in Sweden by lag (2018:1197): the best of the child comes
first, and a child is heard. For a guardian's plan the parents' view is asked for, not the
children's; a youth of the responsibility for activity is a child and speaks for themselves.
"""

from __future__ import annotations

import msgspec

from services.participants.domain.codes import ChecklistGround


class ChecklistContent(msgspec.Struct, frozen=True):
    """The answers, as they are sealed."""

    effect_short_term: str
    effect_long_term: str
    reflection: str
    parents_view: str | None = None
    childs_view: str | None = None


_CONTENTS = msgspec.json.Decoder(ChecklistContent)
_VIEW = {
    ChecklistGround.GUARDIAN: "parents_view",
    ChecklistGround.KAA_YOUTH: "childs_view",
}


def encoded(content: ChecklistContent) -> bytes:
    return msgspec.json.encode(content)


def decoded(content: bytes) -> ChecklistContent:
    return _CONTENTS.decode(content)


def missing_view(content: ChecklistContent, ground: ChecklistGround) -> str | None:
    """Return whose view the checklist lacks, by its field, if it does."""
    field = _VIEW[ground]
    return field if getattr(content, field) is None else None
