"""Counted cells: what told cells counted at other bases, looked up to decide what may be told.

A revision must leave the version that runs before it working: expand, fill, then contract
one release later (migrations/README.md).
"""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLE = """
create table counted_cell (
    family text not null,
    region jsonb not null,
    basis timestamp with time zone not null,
    value bigint not null,
    constraint counted_cell_pkey primary key (family, region, basis)
);
comment on column counted_cell.family is 'the figure whose cells belong together';
comment on column counted_cell.region is 'the days and values that it counts';
comment on column counted_cell.value is 'what was true at the basis';
"""


def upgrade() -> None:
    for statement in TABLE.strip().split(";\n"):
        if statement:
            op.execute(statement)
    op.execute(
        "create trigger counted_cell_append_only before update or delete or truncate "
        "on counted_cell for each statement execute function refuse_change()"
    )


def downgrade() -> None:
    op.execute("drop table counted_cell")
