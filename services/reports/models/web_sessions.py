"""Who is signed in at the web front."""

from __future__ import annotations

from sqlalchemy import Column, Index, LargeBinary, Table, Text

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
    Index("web_session_expires_at_idx", "expires_at"),
)
"""A session ends with its token, or when the person signs out: then the row is gone."""
