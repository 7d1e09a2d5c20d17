"""Shapes of merges of two records of one person."""

from __future__ import annotations

from uuid import UUID

from pydantic import Field

from services.participants.schemas.fields import Reason, RecordOut
from shared.models import ApiModel, Instant


class PersonMergeIn(ApiModel):
    """Two records of one person; the survivor stands for them from now on."""

    absorbed_id: UUID
    survivor_id: UUID
    reason: Reason


class ReversalIn(ApiModel):
    """Why the two are not one person after all."""

    reason: Reason


class PersonMergeOut(RecordOut):
    """A merge; with `reversedAt` it has been taken back."""

    id: UUID
    absorbed_id: UUID
    survivor_id: UUID
    reason: Reason
    merged_by: str = Field(max_length=200, examples=["coach-7"])
    merged_at: Instant
    reversal_reason: Reason | None
    reversed_by: str | None = Field(max_length=200, examples=["coach-7"])
    reversed_at: Instant | None
    version: int
