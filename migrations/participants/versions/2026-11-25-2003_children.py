"""Child checklists, concern reports and routine documents."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

CONCERN_REPORTS = """
create table unit_manager (
    id uuid default uuidv7() not null,
    unit text not null,
    manager text not null,
    valid_from date not null,
    valid_to date,
    version integer default 1 not null,
    recorded_at timestamptz default now() not null,
    constraint unit_manager_pkey primary key (id),
    constraint unit_manager_unit_fkey foreign key (unit) references unit (code),
    constraint unit_manager_validity_check check (valid_to >= valid_from),
    constraint unit_manager_manager_check check (manager <> ''),
    constraint unit_manager_overlap_excl exclude using gist
        (unit with =, daterange(valid_from, valid_to, '[]') with &&)
);

create table concern_report (
    id uuid not null,
    unit text not null,
    written_by text not null,
    suspected_at timestamptz not null,
    written_at timestamptz not null,
    called_at timestamptz,
    signed_by text,
    signed_at timestamptz,
    sent_at timestamptz,
    content_sealed bytea not null,
    seal_key_version integer generated always as
        (get_byte(content_sealed, 0) * 256 + get_byte(content_sealed, 1)) stored not null,
    version integer default 1 not null,
    recorded_at timestamptz default now() not null,
    constraint concern_report_pkey primary key (id),
    constraint concern_report_unit_fkey foreign key (unit) references unit (code),
    constraint concern_report_written_after_check check (written_at >= suspected_at),
    constraint concern_report_called_after_check check (called_at >= suspected_at),
    constraint concern_report_sent_after_check check (sent_at >= written_at),
    constraint concern_report_signed_check check ((signed_by is null) = (signed_at is null)),
    constraint concern_report_signed_when_sent_check
        check (sent_at is null or signed_at is not null)
);

create index concern_report_unit_idx on concern_report (unit, suspected_at);

create index concern_report_seal_key_version_idx on concern_report (seal_key_version);

-- A report cannot be taken away, whoever asks: what was wrong is corrected by a new version.
create trigger concern_report_kept before delete or truncate on concern_report
    for each statement execute function refuse_change();
"""

ROUTINES = """
create table routine_document (
    id uuid default uuidv7() not null,
    unit text not null,
    kind text not null,
    title text not null,
    owner text not null,
    edition text not null,
    withdrawn_on date,
    version integer default 1 not null,
    recorded_at timestamptz default now() not null,
    constraint routine_document_pkey primary key (id),
    constraint routine_document_unit_fkey foreign key (unit) references unit (code),
    constraint routine_document_kind_check
        check (kind in ('concern_reports', 'child_checklists', 'children_heard', 'other'))
);

create unique index routine_document_unit_kind_title_key on routine_document (unit, kind, title)
    where withdrawn_on is null;

create table routine_review (
    id uuid default uuidv7() not null,
    document_id uuid not null,
    reviewed_on date not null,
    next_review_on date not null,
    version integer default 1 not null,
    recorded_at timestamptz default now() not null,
    constraint routine_review_pkey primary key (id),
    constraint routine_review_document_id_fkey
        foreign key (document_id) references routine_document (id),
    constraint routine_review_next_after_check check (next_review_on > reviewed_on)
);

create unique index routine_review_document_day_key on routine_review (document_id, reviewed_on);
"""

CHECKLISTS = """
create table child_checklist (
    id uuid not null,
    plan_id uuid not null,
    answered_on date not null,
    answered_by text not null,
    retracted_at timestamptz,
    content_sealed bytea not null,
    seal_key_version integer generated always as
        (get_byte(content_sealed, 0) * 256 + get_byte(content_sealed, 1)) stored not null,
    version integer default 1 not null,
    recorded_at timestamptz default now() not null,
    constraint child_checklist_pkey primary key (id),
    constraint child_checklist_plan_id_fkey foreign key (plan_id) references plan (id)
);

create unique index child_checklist_plan_key on child_checklist (plan_id)
    where retracted_at is null;

create index child_checklist_seal_key_version_idx on child_checklist (seal_key_version);

-- Parameters by their function's name: a column of the same name would hide them.
-- Why a plan of a day needs a checklist: whoever has children under 18, also as a child; and the
-- youths of 16 and 17 in the municipal responsibility for activity, who are children themselves.
create function checklist_ground(person_id uuid, guardian boolean, day date) returns text
    language sql stable parallel safe as $$
    select case
        when checklist_ground.guardian then 'guardian'
        when extract(year from age(checklist_ground.day, subject.birth_date)) between 16 and 17
             and in_kaa(p.id, checklist_ground.day) then 'kaa_youth'
    end
    from person p join person subject on subject.id = p.subject_id
    where p.id = checklist_ground.person_id
$$;

alter table plan
    add column checklist_ground text constraint plan_checklist_ground_check
        check (checklist_ground in ('guardian', 'kaa_youth'));

create function judge_checklist_ground() returns trigger language plpgsql as $$
begin
    new.checklist_ground := checklist_ground(new.person_id, new.guardian, new.drawn_up_on);
    return new;
end $$;

create trigger plan_checklist_ground
    before insert or update of person_id, guardian, drawn_up_on on plan
    for each row execute function judge_checklist_ground();
"""

DROPPED = """
drop trigger plan_checklist_ground on plan;

drop function judge_checklist_ground;

alter table plan drop column checklist_ground;

drop function checklist_ground;

drop table child_checklist;

drop table routine_review;

drop table routine_document;

drop table concern_report;

drop table unit_manager;
"""


def upgrade() -> None:
    for script in (CONCERN_REPORTS, ROUTINES, CHECKLISTS):
        _run(script)


def downgrade() -> None:
    _run(DROPPED)


def _run(script: str) -> None:
    """Run statements one by one, as the driver takes them; they are parted by a blank line."""
    for statement in script.strip().split("\n\n"):
        op.execute(statement)
