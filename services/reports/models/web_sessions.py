"""Who is signed in at the web front."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, Index, LargeBinary, Table, Text

from services.reports.models.base import metadata
from shared.schema import timestamptz

web_session = Table(
    "web_session",
    metadata,
    Column("id_hash", LargeBinary, primary_key=True, comment="SHA-256 of the cookie's value"),
    Column("sealed_token", LargeBinary, nullable=False, comment="the bearer, sealed"),
    Column("name", Text, nullable=False, comment="as the identity provider says it"),
    timestamptz("expires_at"),
    timestamptz("recorded_at", default_now=True),
    Column(
        "sealed_refresh",
        LargeBinary,
        comment="what the bearer is renewed with, sealed; none: it is not",
    ),
    timestamptz("token_until", nullable=True),
    timestamptz("renewing_until", nullable=True),
    CheckConstraint("sealed_refresh is null or token_until is not null", name="refresh"),
    Index("web_session_expires_at_idx", "expires_at"),
)
"""A session ends when the person signs out, or with its token unless that can be renewed."""
