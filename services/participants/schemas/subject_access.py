"""Shapes of what a person is told about themselves: what is held, and who has seen it."""

from __future__ import annotations

from typing import Annotated, Any, Literal, TypeAlias
from uuid import UUID

from pydantic import Field

from services.participants.schemas.fields import RecordOut
from shared.models import ApiModel, Instant

Kind: TypeAlias = Annotated[
    str, Field(max_length=60, examples=["enrolment"], description="What kind of record it is")
]
Said: TypeAlias = Annotated[
    dict[str, Any],
    Field(
        examples=[{"startedOn": "2024-10-01", "programme": "stockholmskraften"}],
        description="Everything the record says, by field; what needs another scope is left out",
    ),
]
By: TypeAlias = Annotated[
    str, Field(max_length=200, examples=["anna.andersson"], description="Who it was")
]
Why: TypeAlias = Annotated[str, Field(max_length=600, examples=["Fel startdag i anmälan"])]


class EarlierOut(ApiModel):
    """What a record said until it was changed, and why it was."""

    version: int
    recorded_at: Instant
    superseded_at: Instant
    changed_by: By
    reason: Why
    said: Said


class HeldRecordOut(ApiModel):
    """One record as it is now, and what it said before."""

    id: UUID
    says: Said | None = Field(description="Null when it was taken away as wrong")
    earlier_versions: list[EarlierOut]


class HeldKindOut(ApiModel):
    """All records of one kind."""

    kind: Kind
    records: list[HeldRecordOut]


class HoldingsOut(ApiModel):
    """Everything that is held about a person (registerutdrag, GDPR article 15)."""

    person_id: UUID
    given_at: Instant
    holdings: list[HeldKindOut]


class LogLineOut(RecordOut):
    """One occasion on which somebody read or changed what is held about a person."""

    at: Instant
    by: By
    what: Literal["accessed", "changed"]
    route: Annotated[
        str | None,
        Field(max_length=200, examples=["GET /persons/{personId}"], description="When accessed"),
    ]
    record_kind: Kind | None
    record_id: UUID | None
    reason: Why | None
