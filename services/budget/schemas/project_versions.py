"""Shapes of a project's history: what each version said, and what it changed."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import Self

from pydantic import Field
from pydantic.alias_generators import to_camel

from services.budget.queries.projects import Known
from services.budget.schemas.projects import AmountOut, PartnerOut, ProjectOut
from shared.models import ApiModel

_ABOUT_THE_VERSION = {"id", "version", "number", "reason", "by", "recorded_at"}


class ChangeOut(ApiModel):
    """One thing that a version says otherwise than the one before it; null is not stated."""

    field: str = Field(max_length=60, examples=["budget"])
    before: str | None = Field(max_length=2000, examples=["18700000.00 SEK"])
    after: str | None = Field(max_length=2000, examples=["19200000.00 SEK"])


class ProjectVersionOut(ApiModel):
    """What a project said in one version, why it was made, and what it changed."""

    project: ProjectOut
    changes: list[ChangeOut] = Field(description="Since the version before; the first has none")

    @classmethod
    def history(cls, versions: Sequence[Known]) -> list[Self]:
        """Return every version, the oldest first."""
        said = [ProjectOut.of(version) for version in versions]
        first = [cls(project=each, changes=[]) for each in said[:1]]
        return [
            *first,
            *(cls(project=now, changes=changes(before, now)) for before, now in pairwise(said)),
        ]


def changes(before: ProjectOut, after: ProjectOut) -> list[ChangeOut]:
    """Return what two versions say differently, in the order of the fields."""
    return [
        ChangeOut(
            field=to_camel(name),
            before=_text(getattr(before, name)),
            after=_text(getattr(after, name)),
        )
        for name in ProjectOut.model_fields
        if name not in _ABOUT_THE_VERSION and getattr(before, name) != getattr(after, name)
    ]


def _text(value: object) -> str | None:
    match value:
        case None:
            return None
        case AmountOut():
            return f"{value.amount} {value.currency}"
        case PartnerOut():
            return _partner(value)
        case list():
            return "; ".join(_text(item) or "" for item in value)
        case _:
            return str(value)


def _partner(partner: PartnerOut) -> str:
    part = _text(partner.amount)
    if partner.share_basis_points is not None:
        part = f"{partner.share_basis_points} of 10000"
    return ", ".join(filter(None, (partner.name, partner.role, part)))
