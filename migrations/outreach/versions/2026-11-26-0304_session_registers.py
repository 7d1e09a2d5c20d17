"""That two contacts which look alike were two."""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

DISTINCTIONS = (
    """
create table contact_distinction (
    contact_id uuid not null,
    other_id uuid not null,
    reason text not null,
    recorded_at timestamp with time zone default now() not null,
    recorded_by text not null,
    constraint contact_distinction_pkey primary key (contact_id, other_id),
    constraint contact_distinction_contact_id_fkey foreign key (contact_id) references contact (id),
    constraint contact_distinction_other_id_fkey foreign key (other_id) references contact (id),
    constraint contact_distinction_two_check check (contact_id < other_id)
)
""",
    """
create trigger contact_distinction_back_dated before insert on contact_distinction for each row
    when (new.recorded_at < transaction_timestamp()) execute function refuse_back_dated()
""",
    """
create trigger contact_distinction_append_only before update or delete or truncate
    on contact_distinction for each statement execute function refuse_change()
""",
)


def upgrade() -> None:
    for statement in DISTINCTIONS:
        op.execute(statement)


def downgrade() -> None:
    op.execute("drop table contact_distinction")
