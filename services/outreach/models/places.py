"""Operations with their counting rules, venues, partners and agreements."""

from __future__ import annotations

from datetime import date, datetime

from sqlalchemy import CheckConstraint, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.outreach.domain.codes import AgreementKind, PartnerKind, VenueKind
from services.outreach.domain.counting import Counts
from services.outreach.models.base import Base, Key, Record, one_of, ordered, reference
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
    """An organisation that the committee works with."""

    __tablename__ = "partner"
    __table_args__ = (one_of("kind", PartnerKind),)

    code: Mapped[str] = mapped_column(unique=True)
    name: Mapped[str]
    kind: Mapped[str]


class Agreement(Record):
    """An agreement with a partner and the days it covers; open-ended without a last day."""

    __tablename__ = "agreement"
    __table_args__ = (one_of("kind", AgreementKind), ordered("starts_on", "ends_on"))

    partner: Mapped[str] = reference("partner.code")
    kind: Mapped[str]
    purpose: Mapped[str]
    starts_on: Mapped[date]
    ends_on: Mapped[date | None]
