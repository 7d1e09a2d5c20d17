"""What budget has told of its periods.

A revision must leave the version that runs before it working: expand, fill, then contract
one release later (migrations/README.md).
"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

TOLD_PERIOD = """
create table told_period (
    period integer not null,
    sequence bigint not null,
    closed boolean not null,
    event_id uuid not null,
    occurred_at timestamp with time zone not null,
    recorded_at timestamp with time zone default now() not null,
    constraint told_period_pkey primary key (period, sequence),
    constraint told_period_period_check check (period / 100 between 1900 and 2199)
)
"""


def upgrade() -> None:
    op.execute(TOLD_PERIOD)
    op.execute("comment on column told_period.period is 'YYYYPP'")
    op.execute("comment on column told_period.sequence is 'of budget''s news of the period'")
    op.execute(
        "create trigger told_period_append_only before update or delete or truncate on "
        "told_period for each statement execute function refuse_change()"
    )


def downgrade() -> None:
    op.execute("drop table told_period")
