"""What becomes of a referral, as participants knows it: what outreach shows once it has heard."""

from __future__ import annotations

from dataclasses import dataclass, field
from uuid import UUID


@dataclass
class Enrolled:
    """An enrolment that a referral led to; days are ISO texts."""

    id: UUID
    started_on: str
    exited_on: str | None = None
    outcome: str | None = None


@dataclass
class Fate:
    """A referral that waits once it is received, until it is accepted or declined."""

    received_on: str | None = None
    accepted_on: str | None = None
    declined_on: str | None = None
    withdrawn_on: str | None = None
    enrolled: Enrolled | None = None
    never_were: list[Enrolled] = field(default_factory=list)
    """Enrolments that were taken back."""

    @property
    def waits(self) -> bool:
        return self.received_on is not None and self.accepted_on is self.declined_on is None

    @property
    def is_enrolled(self) -> bool:
        return self.enrolled is not None and self.enrolled.exited_on is None

    def columns(self) -> dict[str, str | None]:
        """Return what the row of the referral is to say; texts, and null where nothing is."""
        enrolled = self.enrolled
        return {
            "received_on": self.received_on,
            "accepted_on": self.accepted_on,
            "declined_on": self.declined_on,
            "decline_reason": self.declined_on and "not_reached",
            "withdrawn_on": self.withdrawn_on,
            "enrolment_id": str(enrolled.id) if enrolled else None,
            "enrolled_on": enrolled.started_on if enrolled else None,
            "exited_on": enrolled.exited_on if enrolled else None,
            "exit_outcome": enrolled.outcome if enrolled else None,
            "reopened": "True" if self.never_were else None,
        }
