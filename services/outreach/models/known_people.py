"""What outreach knows about people, told by participants: as little as its figures need.

Ids are participants' opaque ones; no route reads these tables out. Who counts as UVAS (unga som
varken arbetar eller studerar) is a dated rule.
"""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from sqlalchemy import BigInteger, CheckConstraint, Index, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from services.outreach.models.base import Base, Key
from shared.schema import APPEND_ONLY


class KnownPerson(Base):
    """Whom a person is counted as, of those who were ever merged; others are themselves."""

    __tablename__ = "known_person"
    __table_args__ = (Index("known_person_subject_id_idx", "subject_id"),)

    person_id: Mapped[UUID] = mapped_column(primary_key=True)
    subject_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(BigInteger)


class KnownKaaMembership(Base):
    """A time in the municipal responsibility for activity (KAA); `until` is no longer part."""

    __tablename__ = "known_kaa_membership"
    __table_args__ = (Index("known_kaa_membership_person_id_idx", "person_id"),)

    membership_id: Mapped[UUID] = mapped_column(primary_key=True)
    person_id: Mapped[UUID]
    version: Mapped[int] = mapped_column(BigInteger)
    joined_on: Mapped[date]
    until: Mapped[date]
    retracted: Mapped[bool]


class UvasRuleRow(Base):
    """Who counts as UVAS from a day on; rules are added, never rewritten."""

    __tablename__ = "uvas_rule"
    __table_args__ = (
        UniqueConstraint("version"),
        UniqueConstraint("valid_from"),
        CheckConstraint("version >= 1", name="version"),
        CheckConstraint("0 <= youngest and youngest <= oldest", name="ages"),
        {"info": APPEND_ONLY},
    )

    id: Mapped[Key]
    version: Mapped[int]
    valid_from: Mapped[date]
    youngest: Mapped[int]
    oldest: Mapped[int]
    without_kaa: Mapped[bool]
    note: Mapped[str]
    recorded_at: Mapped[datetime] = mapped_column(server_default=text("now()"))
    recorded_by: Mapped[str]
