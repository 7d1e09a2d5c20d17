"""Schedules, their exceptions, and the sessions they give."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

SCHEDULE = """
create table schedule (
    id uuid default uuidv7() not null constraint schedule_pkey primary key,
    operation text not null constraint schedule_operation_fkey references operation (code),
    venue text constraint schedule_venue_fkey references venue (code),
    unit text not null,
    kind text not null constraint schedule_kind_check check (kind in (
        'drop_in', 'guidance', 'fair', 'information_meeting', 'recruitment_meeting',
        'study_visit', 'home_visit_round')),
    title text,
    public boolean default false not null,
    posts jsonb default '[]' not null,
    rule text not null,
    starts_on date not null,
    ends_on date,
    starts_at time,
    ends_at time,
    holidays text not null constraint schedule_holidays_check
        check (holidays in ('skip', 'hold')),
    applies_from date not null,
    version integer default 1 not null,
    recorded_at timestamp with time zone default now() not null,
    recorded_by text not null,
    constraint schedule_interval_check check (ends_on is null or ends_on >= starts_on),
    constraint schedule_times_check check (ends_at is null or starts_at is not null)
)
"""

EXCEPTION = """
create table schedule_exception (
    id uuid default uuidv7() not null constraint schedule_exception_pkey primary key,
    schedule_id uuid not null
        constraint schedule_exception_schedule_id_fkey references schedule (id),
    unit text not null,
    kind text not null constraint schedule_exception_kind_check
        check (kind in ('stop', 'moved', 'extra')),
    first_on date not null,
    last_on date,
    moved_to date,
    starts_at time,
    ends_at time,
    reason text not null,
    version integer default 1 not null,
    recorded_at timestamp with time zone default now() not null,
    recorded_by text not null,
    retracted_at timestamp with time zone,
    constraint schedule_exception_interval_check check (last_on is null or last_on >= first_on),
    constraint schedule_exception_one_day_check
        check (kind = 'stop' or last_on is not distinct from first_on),
    constraint schedule_exception_moved_check check (kind = 'moved' or moved_to is null),
    constraint schedule_exception_times_check check (ends_at is null or starts_at is not null)
)
"""

# A day is moved to one day, and is extra once.
EXCEPTION_KEY = """
create unique index schedule_exception_day_key on schedule_exception (schedule_id, kind, first_on)
    where retracted_at is null and kind <> 'stop'
"""

# A session that ends at or before the hour it begins at ends the next day.
SESSION = """
alter table session
    add column schedule_id uuid constraint session_schedule_id_fkey references schedule (id),
    add column scheduled_on date,
    add column follows_schedule boolean default false not null,
    drop constraint session_times_check,
    add constraint session_scheduled_check
        check ((schedule_id is null) = (scheduled_on is null)),
    add constraint session_follows_schedule_check
        check (schedule_id is not null or not follows_schedule)
"""


def upgrade() -> None:
    op.execute(SCHEDULE)
    op.execute(EXCEPTION)
    op.execute(EXCEPTION_KEY)
    op.execute(SESSION)
    op.execute(
        "create unique index session_schedule_id_scheduled_on_key "
        "on session (schedule_id, scheduled_on)"
    )


def downgrade() -> None:
    op.execute("drop index session_schedule_id_scheduled_on_key")
    op.execute("""
        alter table session
            drop constraint session_scheduled_check,
            drop constraint session_follows_schedule_check,
            add constraint session_times_check
                check (ends_at is null or ends_at > starts_at) not valid,
            drop column schedule_id,
            drop column scheduled_on,
            drop column follows_schedule
    """)
    op.execute("drop table schedule_exception")
    op.execute("drop table schedule")
