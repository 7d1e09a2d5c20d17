"""What was told to outreach about people, and of whom there may be something to tell."""

from __future__ import annotations

from sqlalchemy import BigInteger, Boolean, Column, Date, Identity, Integer, Table
from sqlalchemy.dialects.postgresql import UUID

from services.participants.models.base import metadata


def _id(name: str, *, key: bool = False) -> Column[object]:
    # No foreign keys: what was told stays told when a person is gone.
    return Column(name, UUID(as_uuid=True), primary_key=key, nullable=False)


person_to_tell = Table(
    "person_to_tell",
    metadata,
    Column("position", BigInteger, Identity(always=True), primary_key=True),
    _id("person_id"),
)

told_person = Table(
    "told_person",
    metadata,
    _id("person_id", key=True),
    Column("state_version", Integer, nullable=False),
    _id("subject_id"),
)

told_kaa_membership = Table(
    "told_kaa_membership",
    metadata,
    _id("membership_id", key=True),
    Column("state_version", Integer, nullable=False),
    _id("person_id"),
    Column("joined_on", Date, nullable=False),
    Column("until", Date, nullable=False),
    Column("retracted", Boolean, nullable=False),
)
