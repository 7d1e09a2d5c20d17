"""Collaborations, and when each was active, paused and ended."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, Text, text
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.orm import Mapped, mapped_column

from services.outreach.domain.codes import Cadence, CollaborationKind, CollaborationState
from services.outreach.models.base import RetractableRecord, one_of, reference


class Collaboration(RetractableRecord):
    """Work together with partners over time (samverkan): a forum, check-ins, somebody on site.

    Partners are codes of `partner`, held while they are read (they are never deleted). The
    latest state is that of the last change of state, which may be of a day to come.
    """

    __tablename__ = "collaboration"
    __table_args__ = (
        one_of("kind", CollaborationKind),
        one_of("cadence", Cadence),
        one_of("latest_state", CollaborationState),
        CheckConstraint("cardinality(partners) > 0", name="partners"),
        CheckConstraint("times is null or times between 1 and 31", name="times"),
        CheckConstraint("latest_from >= starts_on", name="interval"),
        Index("collaboration_listed_idx", "unit", text("starts_on desc"), text("id desc")),
    )

    unit: Mapped[str]
    name: Mapped[str]
    purpose: Mapped[str]
    kind: Mapped[str]
    cadence: Mapped[str]
    times: Mapped[int | None]
    partners: Mapped[list[str]] = mapped_column(ARRAY(Text))
    starts_on: Mapped[date]
    latest_state: Mapped[str]
    latest_from: Mapped[date]


class StateChange(RetractableRecord):
    """A collaboration became active, paused or ended, from a day on, for a reason."""

    __tablename__ = "collaboration_state"
    __table_args__ = (
        one_of("state", CollaborationState),
        CheckConstraint("state = 'active' or reason is not null", name="why"),
        Index(
            "collaboration_state_valid_from_key",
            "collaboration_id",
            "valid_from",
            unique=True,
            postgresql_where=text("retracted_at is null"),
        ),
    )

    collaboration_id: Mapped[UUID] = reference("collaboration.id")
    state: Mapped[str]
    valid_from: Mapped[date]
    reason: Mapped[str | None]
