"""Operations with their counting rules, venues, partners and agreements."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.outreach.domain.codes import AgreementKind, PartnerKind, VenueKind
from services.outreach.domain.counting import Counts
from services.outreach.models.base import (
    Base,
    Key,
    Record,
    RetractableRecord,
    one_of,
    ordered,
    reference,
)
from shared.schema import APPEND_ONLY


class Operation(Record):
    """A standing activity (guidance, sff, stadsdelsmammor, ...) and the days it was run."""

    __tablename__ = "operation"
    __table_args__ = (ordered("valid_from", "valid_to"),)

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class CountingRuleRow(Base):
    """What an operation counts from a day on; rules are added, never rewritten."""

    __tablename__ = "counting_rule"
    __table_args__ = (
        UniqueConstraint("operation", "version"),
        UniqueConstraint("operation", "valid_from"),
        one_of("counts", Counts),
        CheckConstraint("version >= 1", name="version"),
        {"info": APPEND_ONLY},
    )

    id: Mapped[Key]
    operation: Mapped[str] = reference("operation.code")
    version: Mapped[int]
    valid_from: Mapped[date]
    counts: Mapped[str]
    note: Mapped[str] = mapped_column(server_default=text("''"))
    recorded_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    recorded_by: Mapped[str]


class Venue(Record):
    """A place where people are met. The address is the venue's own, never a person's."""

    __tablename__ = "venue"
    __table_args__ = (one_of("kind", VenueKind), ordered("valid_from", "valid_to"))

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]
    district: Mapped[str]
    address: Mapped[str | None]
    valid_from: Mapped[date]
    valid_to: Mapped[date | None]


class Partner(Record):
    """An organisation that the committee works with. Whom one speaks to there is not kept."""

    __tablename__ = "partner"
    __table_args__ = (
        one_of("kind", PartnerKind),
        CheckConstraint("organisation_number ~ '^[0-9]{2}[2-9][0-9]{7}$'", name="legal_person"),
    )

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]
    organisation_number: Mapped[str | None] = mapped_column(unique=True)
    employer: Mapped[str | None] = reference("employer.code")


class Agreement(RetractableRecord):
    """An agreement with a partner and the days it covers; open-ended without a last day.

    One that continues another is its successor: the other then ends without being at its end.
    """

    __tablename__ = "agreement"
    __table_args__ = (
        one_of("kind", AgreementKind),
        ordered("starts_on", "ends_on"),
        CheckConstraint("continues <> id", name="not_itself"),
        Index(
            "agreement_continues_key",
            "continues",
            unique=True,
            postgresql_where=text("retracted_at is null"),
        ),
        Index("agreement_partner_idx", "partner"),
        Index("agreement_ends_on_idx", "ends_on"),
    )

    partner: Mapped[str] = reference("partner.code")
    kind: Mapped[str]
    purpose: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
    continues: Mapped[UUID | None] = reference("agreement.id")
