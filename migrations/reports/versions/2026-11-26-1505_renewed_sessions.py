"""Sessions that are renewed with a refresh token.

Every column may be null: sessions from before it, and those that the old code opens meanwhile,
end with their token.
"""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ADDED = """
alter table web_session
    add column sealed_refresh bytea,
    add column token_until timestamp with time zone,
    add column renewing_until timestamp with time zone,
    add constraint web_session_refresh_check
        check (sealed_refresh is null or token_until is not null)
"""
COMMENT = """
comment on column web_session.sealed_refresh is
    'what the bearer is renewed with, sealed; none: it is not'
"""


def upgrade() -> None:
    op.execute(ADDED)
    op.execute(COMMENT)


def downgrade() -> None:
    op.execute(
        "alter table web_session drop column sealed_refresh, drop column token_until,"
        " drop column renewing_until"
    )
