"""Referrals of people to units of participants."""

from __future__ import annotations

from datetime import date
from uuid import UUID

from sqlalchemy import CheckConstraint, Computed, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from services.outreach.domain.referrals import UNANSWERED, ReferralState, WithdrawalReason
from services.outreach.models.base import Record, one_of, reference

_WAITING = ", ".join(f"'{state}'" for state in UNANSWERED)
WAITS = f"state in ({_WAITING})"
"""Condition of the referrals that nobody has answered or withdrawn."""

NEWS = tuple(state for state in ReferralState if state is not ReferralState.MADE)
"""What may be told of a referral after it was made, from nearest to furthest."""

_FURTHEST = " ".join(f"when {state}_on is not null then '{state}'" for state in reversed(NEWS))
# One that waits again, because what it led to never was, may stand beside one made since.
_OPEN = (
    "withdrawn_on is null and declined_on is null and enrolled_on is null and exited_on is null"
    " and not reopened"
)


class Referral(Record):
    """A person (an opaque id) referred to a unit and programme, and what became of it.

    The answer is due within `answer_due_on`; `overdue_since` is the first day without it, noted
    once. `state` is computed by the database from the days noted, by the rule of domain.referrals;
    `reopened` says that an enrolment which it had led to was taken back.
    """

    __tablename__ = "referral"
    __table_args__ = (
        Index(
            "referral_open_key",
            "person_id",
            "unit",
            "programme",
            unique=True,
            postgresql_where=text(_OPEN),
        ),
        # What falls due, and what is overdue: a few of all.
        Index("referral_unanswered_idx", "answer_due_on", "id", postgresql_where=text(WAITS)),
        CheckConstraint("(withdrawn_on is null) = (withdrawal_reason is null)", name="withdrawn"),
        one_of("withdrawal_reason", WithdrawalReason),
        Index("referral_person_id_idx", "person_id"),
        Index(
            "referral_session_id_idx",
            "session_id",
            postgresql_where=text("session_id is not null"),
        ),
        Index(
            "referral_contact_id_idx",
            "contact_id",
            postgresql_where=text("contact_id is not null"),
        ),
        Index("referral_listed_idx", "referring_unit", text("referred_on desc"), text("id desc")),
    )

    person_id: Mapped[UUID]
    referring_unit: Mapped[str]
    unit: Mapped[str]
    programme: Mapped[str]
    referred_on: Mapped[date]
    operation: Mapped[str | None] = reference("operation.code")
    session_id: Mapped[UUID | None] = reference("session.id")
    contact_id: Mapped[UUID | None] = reference("contact.id")
    answer_due_on: Mapped[date]
    overdue_since: Mapped[date | None]
    received_on: Mapped[date | None]
    withdrawn_on: Mapped[date | None]
    accepted_on: Mapped[date | None]
    declined_on: Mapped[date | None]
    enrolled_on: Mapped[date | None]
    exited_on: Mapped[date | None]
    enrolment_id: Mapped[UUID | None]
    withdrawal_reason: Mapped[str | None]
    decline_reason: Mapped[str | None]
    exit_outcome: Mapped[str | None]
    reopened: Mapped[bool] = mapped_column(server_default=text("false"))
    state: Mapped[str] = mapped_column(
        Computed(f"case {_FURTHEST} else 'made' end", persisted=True)
    )
