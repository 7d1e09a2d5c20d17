"""The tables of standing questions, in each service that has figures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    ForeignKey,
    Identity,
    Integer,
    Table,
    Text,
    text,
)

from shared.schema import timestamptz

if TYPE_CHECKING:
    from sqlalchemy import MetaData


def define_standing_tables(metadata: MetaData) -> None:
    """Add ``standing_question`` and ``standing_answer``, both of which the service writes."""
    Table(
        "standing_question",
        metadata,
        Column("id", BigInteger, Identity(always=True), primary_key=True),
        Column("digest", Text, nullable=False, unique=True),
        Column("question", Text, nullable=False),
        Column("asked_on", Date, nullable=False, server_default=text("current_date")),
        timestamptz("looked_at", nullable=True),
        Column("reaches_back", Boolean, nullable=False, server_default=text("false")),
    )
    Table(
        "standing_answer",
        metadata,
        Column(
            "question_id",
            BigInteger,
            ForeignKey("standing_question.id", ondelete="CASCADE"),
            primary_key=True,
        ),
        Column("as_of", DateTime(timezone=True), primary_key=True),
        Column("total", BigInteger, nullable=False),
        Column("cells", Text, nullable=False),
        Column("facts", Integer, nullable=False),
    )
