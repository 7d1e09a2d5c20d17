"""Shapes of contacts that may be doubles, and of what is said of them."""

from __future__ import annotations

from typing import Annotated, Self, TypeAlias
from uuid import UUID

from pydantic import Field

from services.outreach.models import ContactDistinction
from services.outreach.schemas.fields import Reason
from services.outreach.schemas.meetings import ContactOut
from shared.models import ApiModel, Instant

TwoContacts: TypeAlias = Annotated[
    list[UUID], Field(min_length=2, max_length=2, description="The two contacts")
]


class LikelyDoubleOut(ApiModel):
    """Two contacts that may be one: both count until somebody retracts one."""

    by_hand: ContactOut
    pushed: ContactOut


class ContactDistinctionIn(ApiModel):
    """That two contacts were two, and how that is known."""

    contact_ids: TwoContacts
    reason: Reason


class ContactDistinctionOut(ContactDistinctionIn):
    """What was said of two contacts."""

    recorded_at: Instant

    @classmethod
    def of(cls, row: ContactDistinction) -> Self:
        """Return the shape of a row."""
        ids = [row.contact_id, row.other_id]
        return cls(contact_ids=ids, reason=row.reason, recorded_at=row.recorded_at)
