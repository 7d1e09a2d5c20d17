"""Sessions reported in one call, and contacts linked to people later."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

REPORTS = (
    """
create table session_report (
    id uuid default uuidv7() not null,
    session_id uuid not null,
    unit text not null,
    body jsonb not null,
    recorded_at timestamp with time zone default now() not null,
    recorded_by text not null,
    constraint session_report_pkey primary key (id),
    constraint session_report_session_id_fkey foreign key (session_id) references session (id)
)
""",
    """
create trigger session_report_back_dated before insert on session_report for each row
    when (new.recorded_at < transaction_timestamp()) execute function refuse_back_dated()
""",
    """
create trigger session_report_append_only before update or delete or truncate
    on session_report for each statement execute function refuse_change()
""",
    "alter table visit_tally add column report_id uuid",
    """
alter table visit_tally add constraint visit_tally_report_id_fkey
    foreign key (report_id) references session_report (id)
""",
    """
create index visit_tally_report_id_idx on visit_tally (report_id) where report_id is not null
""",
)

LINKS = (
    "alter table contact add column linked_at timestamp with time zone",
    # Whoever was anonymous once was linked here: no register said who it was.
    """
update contact set linked_at = recorded_at
where person_id is not null
  and exists (select from record_version v
              where v.kind = 'contact' and v.record_id = contact.id
                and v.body ->> 'person_id' is null)
""",
    """
alter table contact add constraint contact_linked_to_check
    check (linked_at is null or person_id is not null)
""",
    """
create index contact_session_id_idx on contact (session_id) where session_id is not null
""",
)

UNDONE = (
    "drop index contact_session_id_idx",
    "alter table contact drop constraint contact_linked_to_check",
    "alter table contact drop column linked_at",
    "drop index visit_tally_report_id_idx",
    "alter table visit_tally drop constraint visit_tally_report_id_fkey",
    "alter table visit_tally drop column report_id",
    "drop table session_report",
)


def upgrade() -> None:
    for statement in (*REPORTS, *LINKS):
        op.execute(statement)


def downgrade() -> None:
    for statement in UNDONE:
        op.execute(statement)
