"""Released cells: what the public has been told.

A revision must leave the version that runs before it working: expand, fill, then contract
one release later (migrations/README.md).
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "2026112200"
branch_labels = None
depends_on = None

TABLES = """
create table release (
    id uuid default uuidv7() not null,
    template text not null,
    period text not null,
    area text default '' not null,
    programme text default '' not null,
    protection text not null,
    threshold integer not null,
    basis timestamp with time zone not null,
    status text not null,
    content bytea not null,
    by text not null,
    recorded_at timestamp with time zone default now() not null,
    constraint release_pkey primary key (id),
    constraint release_protection_check check (protection in ('suppression', 'rounding')),
    constraint release_status_check check (status in ('complete', 'partial'))
);
comment on column release.area is 'empty: about no area';
comment on column release.programme is 'empty: about no one';
comment on column release.threshold is 'counts below it were protected';
comment on column release.content is 'the bytes that were given';
create unique index release_question_key
    on release (template, period, area, programme, protection, basis)
    where status = 'complete';

create table released_cell (
    release_id uuid not null,
    number integer not null,
    family text not null,
    region jsonb not null,
    value bigint not null,
    shown text not null,
    constraint released_cell_pkey primary key (release_id, number),
    constraint released_cell_release_id_fkey foreign key (release_id) references release (id),
    constraint released_cell_shown_check
        check (shown in ('exact', 'withheld', 'rounded', 'untold'))
);
comment on column released_cell.number is 'among the cells of its release';
comment on column released_cell.family is 'the figure whose cells belong together';
comment on column released_cell.region is 'the days and values that it counts';
comment on column released_cell.value is 'what was true at the basis';
create index released_cell_family_idx on released_cell (family);
"""

APPENDED = ("release", "released_cell")


def upgrade() -> None:
    for statement in TABLES.strip().split(";\n"):
        if statement:
            op.execute(statement)
    for table in APPENDED:
        op.execute(
            f"create trigger {table}_append_only before update or delete or truncate on {table} "
            "for each statement execute function refuse_change()"
        )


def downgrade() -> None:
    for table in reversed(APPENDED):
        op.execute(f"drop table {table}")
