"""Committee reports: drafts, frozen and attested ones.

A revision must leave the version that runs before it working: expand, fill, then contract
one release later (migrations/README.md).
"""

from __future__ import annotations

from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

TABLES = """
create table committee_report (
    id uuid default uuidv7() not null,
    template text not null,
    period text not null,
    area text default '' not null,
    programme text default '' not null,
    title text not null,
    state text default 'draft' not null,
    content_number integer not null,
    version integer default 1 not null,
    supersedes uuid,
    supersedes_reason text,
    by text not null,
    recorded_at timestamp with time zone default now() not null,
    constraint committee_report_pkey primary key (id),
    constraint committee_report_supersedes_fkey
        foreign key (supersedes) references committee_report (id),
    constraint committee_report_state_check check (state in ('draft', 'frozen', 'attested')),
    constraint committee_report_supersedes_reason_check
        check ((supersedes is null) = (supersedes_reason is null))
);
comment on column committee_report.area is 'empty: about no area';
comment on column committee_report.programme is 'empty: about no one';
comment on column committee_report.content_number is 'its newest content';
comment on column committee_report.supersedes is 'the attested report that this one replaces';
create index committee_report_listed_idx
    on committee_report (template, period, recorded_at desc);
create unique index committee_report_supersedes_key on committee_report (supersedes);

create table committee_report_content (
    report_id uuid not null,
    number integer not null,
    basis timestamp with time zone not null,
    status text not null,
    content bytea not null,
    content_hash text not null,
    by text not null,
    recorded_at timestamp with time zone default now() not null,
    constraint committee_report_content_pkey primary key (report_id, number),
    constraint committee_report_content_report_id_fkey
        foreign key (report_id) references committee_report (id),
    constraint committee_report_content_status_check check (status in ('complete', 'partial')),
    constraint committee_report_content_content_hash_check
        check (content_hash = encode(sha256(content), 'hex')),
    constraint committee_report_content_number_check check (number >= 1)
);
comment on column committee_report_content.content is 'the document''s bytes';

create table committee_report_step (
    report_id uuid not null,
    version integer not null,
    step text not null,
    reason text default '' not null,
    by text not null,
    recorded_at timestamp with time zone default now() not null,
    constraint committee_report_step_pkey primary key (report_id, version),
    constraint committee_report_step_report_id_fkey
        foreign key (report_id) references committee_report (id),
    constraint committee_report_step_step_check
        check (step in ('made', 'refreshed', 'frozen', 'thawed', 'attested'))
);
comment on column committee_report_step.version is 'of the report, after the step';

create table attestation (
    report_id uuid not null,
    number integer not null,
    basis timestamp with time zone not null,
    content_hash text not null,
    by text not null,
    name text not null,
    recorded_at timestamp with time zone default now() not null,
    constraint attestation_pkey primary key (report_id),
    constraint attestation_report_id_fkey
        foreign key (report_id) references committee_report (id)
);
comment on column attestation.name is 'as it stands on the report';
"""

APPENDED = ("committee_report_content", "committee_report_step", "attestation")

# What is attested stays, whoever asks: neither the report nor a content may be changed or added,
# and an attestation binds the content that the report has.
ATTESTED = """
create function attested_stays() returns trigger language plpgsql as $$
begin
    if old.state = 'attested' then
        raise exception 'an attested report never changes'
            using errcode = 'check_violation', constraint = 'committee_report_attested',
                  table = 'committee_report';
    end if;
    if tg_op = 'DELETE' then
        return old;
    end if;
    return new;
end $$;

create trigger committee_report_attested before update or delete on committee_report
    for each row execute function attested_stays();

create function content_of_a_draft() returns trigger language plpgsql as $$
begin
    if not exists (select from committee_report
                   where id = new.report_id and state = 'draft') then
        raise exception 'only a draft takes a new content'
            using errcode = 'check_violation', constraint = 'committee_report_content_draft',
                  table = 'committee_report_content';
    end if;
    return new;
end $$;

create trigger committee_report_content_draft before insert on committee_report_content
    for each row execute function content_of_a_draft();

create function attestation_binds() returns trigger language plpgsql as $$
begin
    if not exists (select from committee_report r
                   join committee_report_content c
                       on (c.report_id, c.number) = (r.id, r.content_number)
                   where r.id = new.report_id and r.state = 'frozen'
                     and (c.number, c.content_hash, c.basis, c.status)
                         = (new.number, new.content_hash, new.basis, 'complete')) then
        raise exception 'an attestation binds the whole content of a frozen report'
            using errcode = 'check_violation', constraint = 'attestation_binds',
                  table = 'attestation';
    end if;
    return new;
end $$;

create trigger attestation_binds before insert on attestation
    for each row execute function attestation_binds();
"""


def upgrade() -> None:
    for statement in _statements(TABLES):
        op.execute(statement)
    for table in APPENDED:
        op.execute(
            f"create trigger {table}_append_only before update or delete or truncate on {table} "
            "for each statement execute function refuse_change()"
        )
    op.execute(
        "create trigger committee_report_not_emptied before truncate on committee_report "
        "for each statement execute function refuse_change()"
    )
    for statement in ATTESTED.split("\n\n"):
        op.execute(statement)


def downgrade() -> None:
    for table in (
        "attestation",
        "committee_report_step",
        "committee_report_content",
        "committee_report",
    ):
        op.execute(f"drop table {table}")
    for function in ("attestation_binds", "content_of_a_draft", "attested_stays"):
        op.execute(f"drop function {function}")


def _statements(text: str) -> list[str]:
    return [part for part in text.strip().split(";\n") if part]
