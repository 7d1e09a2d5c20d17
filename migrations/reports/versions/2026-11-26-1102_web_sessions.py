"""Sessions of people at the web front.

A revision must leave the version that runs before it working: expand, fill, then contract
one release later (migrations/README.md).
"""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

WEB_SESSION = """
create table web_session (
    id_hash bytea not null,
    sealed_token bytea not null,
    name text not null,
    expires_at timestamp with time zone not null,
    recorded_at timestamp with time zone default now() not null,
    constraint web_session_pkey primary key (id_hash)
)
"""
COMMENTS = {
    "id_hash": "SHA-256 of the cookie''s value",
    "sealed_token": "the bearer, sealed",
    "name": "as the identity provider says it",
}


def upgrade() -> None:
    op.execute(WEB_SESSION)
    for column, comment in COMMENTS.items():
        op.execute(f"comment on column web_session.{column} is '{comment}'")
    op.execute("create index web_session_expires_at_idx on web_session (expires_at)")


def downgrade() -> None:
    op.execute("drop table web_session")
