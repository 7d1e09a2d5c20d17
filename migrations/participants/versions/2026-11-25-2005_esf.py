"""Attendance, monthly participant files and indicators of ESF+."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ANSWERS = """
alter table enrolment
    add column esf_circumstances text[],
    add column esf_consented_on date,
    add column esf_results text[],
    add column esf_results_on date;

alter table enrolment
    add constraint enrolment_esf_consent_check
        check ((esf_circumstances is null) = (esf_consented_on is null)),
    add constraint enrolment_esf_circumstances_check
        check (esf_circumstances <@ array['disability', 'third_country_national',
                                          'foreign_background', 'housing_exclusion',
                                          'rural_area']),
    add constraint enrolment_esf_results_dated_check
        check ((esf_results is null) = (esf_results_on is null)),
    add constraint enrolment_esf_results_check
        check (esf_results <@ array['job_searching', 'education', 'qualification',
                                    'employment']);

alter table hour_attestation
    add column from_attendance boolean default false not null;

create index enrolment_subject_id_programme_idx on enrolment (subject_id, programme);
"""

ATTENDANCE = """
create table attendance (
    id uuid default uuidv7() not null,
    enrolment_id uuid not null,
    day date not null,
    minutes integer not null,
    source_key text not null,
    retracted_at timestamptz,
    version integer default 1 not null,
    recorded_at timestamptz default now() not null,
    constraint attendance_pkey primary key (id),
    constraint attendance_source_key_key unique (source_key),
    constraint attendance_enrolment_id_fkey foreign key (enrolment_id) references enrolment (id),
    constraint attendance_minutes_check check (minutes between 1 and 780),
    constraint attendance_day_excl exclude using gist (enrolment_id with =, day with =)
        where (retracted_at is null) deferrable initially immediate
);

create index attendance_enrolment_id_day_idx on attendance (enrolment_id, day);
"""

FILES = """
create table participant_file (
    id uuid default uuidv7() not null,
    programme text not null,
    number integer not null,
    month date not null,
    issue integer not null,
    basis timestamptz not null,
    rows integer not null,
    content_hash bytea not null,
    reason text not null,
    issued_by text not null,
    recorded_at timestamptz default now() not null,
    constraint participant_file_pkey primary key (id),
    constraint participant_file_programme_number_key unique (programme, number),
    constraint participant_file_programme_month_issue_key unique (programme, month, issue),
    constraint participant_file_programme_fkey foreign key (programme) references programme (code),
    constraint participant_file_month_check check (extract(day from month) = 1),
    constraint participant_file_first_check check (number >= 1 and issue >= 1)
);

create trigger participant_file_append_only before update or delete or truncate
    on participant_file for each statement execute function refuse_change();

create table esf_replacement_code (
    id uuid default uuidv7() not null,
    sex text not null,
    suffix text not null,
    source text not null,
    recorded_by text not null,
    recorded_at timestamptz default now() not null,
    constraint esf_replacement_code_pkey primary key (id),
    constraint esf_replacement_code_sex_check check (sex in ('women', 'men', 'unknown')),
    constraint esf_replacement_code_suffix_check check (suffix ~ '^[A-Za-z0-9]{1,10}$')
);

create index esf_replacement_code_sex_idx on esf_replacement_code (sex, recorded_at);

create trigger esf_replacement_code_append_only before update or delete or truncate
    on esf_replacement_code for each statement execute function refuse_change();

insert into esf_replacement_code (sex, suffix, source, recorded_by)
values ('women', 'Tf29', 'Svenska ESF-rådets anvisning om rapportering till SCB', 'jarva');
"""

DROPPED = """
drop table esf_replacement_code;

drop table participant_file;

drop table attendance;

alter table hour_attestation drop column from_attendance;

drop index enrolment_subject_id_programme_idx;

alter table enrolment
    drop column esf_circumstances,
    drop column esf_consented_on,
    drop column esf_results,
    drop column esf_results_on;
"""


def upgrade() -> None:
    for script in (ANSWERS, ATTENDANCE, FILES):
        _run(script)


def downgrade() -> None:
    _run(DROPPED)


def _run(script: str) -> None:
    """Run statements one by one, as the driver takes them; they are parted by a blank line."""
    for statement in script.strip().split("\n\n"):
        op.execute(statement)
