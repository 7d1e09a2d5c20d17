"""The register of the municipal responsibility for activity."""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

TABLES = """
create table kaa_membership (
    id uuid default uuidv7() not null,
    person_id uuid not null,
    unit text not null,
    joined_on date not null,
    join_reason text not null,
    left_on date,
    leave_reason text,
    schooling text not null,
    studies text not null,
    diploma boolean not null,
    adapted_certificate boolean not null,
    equivalent_education boolean not null,
    study_certificate boolean not null,
    contact_sealed bytea,
    contact_hash bytea,
    seal_key_version integer generated always as (get_byte(contact_sealed, 0) * 256 +
        get_byte(contact_sealed, 1)) stored,
    index_key_version integer generated always as (get_byte(contact_hash, 0) * 256 +
        get_byte(contact_hash, 1)) stored,
    source_key text not null,
    retracted_at timestamp with time zone,
    sex text not null,
    age_group text not null,
    district text not null,
    stated_district text,
    version integer default 1 not null,
    recorded_at timestamp with time zone default now() not null,
    constraint kaa_membership_pkey primary key (id),
    constraint kaa_membership_join_reason_check check (join_reason in
        ('broke_off_national_programme', 'left_introductory_programme', 'study_certificate',
        'never_started', 'not_known')),
    constraint kaa_membership_leave_reason_check check (leave_reason in ('national_programme',
        'introductory_programme', 'adapted', 'equivalent', 'diploma', 'adapted_certificate',
        'equivalent_completed', 'turned_twenty', 'moved', 'deceased', 'other', 'unknown')),
    constraint kaa_membership_schooling_check check (schooling in ('ongoing', 'completed',
        'registered_after_school_age')),
    constraint kaa_membership_studies_check check (studies in ('none', 'national_programme',
        'introductory_programme', 'adapted', 'equivalent')),
    constraint kaa_membership_left_after_joining_check check (left_on >= joined_on),
    constraint kaa_membership_left_for_a_reason_check check ((left_on is null) = (leave_reason
        is null)),
    constraint kaa_membership_contact_check check ((contact_sealed is null) = (contact_hash is
        null)),
    constraint kaa_membership_overlap_excl exclude using gist (person_id with =,
        daterange(joined_on, left_on, '[)') with &&) where (retracted_at is null) deferrable
        initially immediate,
    constraint kaa_membership_person_id_fkey foreign key(person_id) references person (id),
    constraint kaa_membership_unit_fkey foreign key(unit) references unit (code),
    constraint kaa_membership_source_key_key unique (source_key)
);

create index kaa_membership_key_versions_idx on kaa_membership (index_key_version,
    seal_key_version);

create index kaa_membership_person_id_idx on kaa_membership (person_id);

create index kaa_membership_unit_idx on kaa_membership (unit);

create table kaa_contact (
    id uuid default uuidv7() not null,
    membership_id uuid not null,
    held_on date not null,
    channel text not null,
    two_way boolean not null,
    occupation text not null,
    retracted_at timestamp with time zone,
    version integer default 1 not null,
    recorded_at timestamp with time zone default now() not null,
    constraint kaa_contact_pkey primary key (id),
    constraint kaa_contact_channel_check check (channel in ('letter', 'phone', 'text_message',
        'email', 'home_visit', 'meeting', 'social_media', 'other')),
    constraint kaa_contact_occupation_check check (occupation in ('work',
        'municipal_adult_education', 'folk_high_school', 'internship', 'measure',
        'parental_leave', 'ill', 'abroad', 'none', 'other', 'unknown')),
    constraint kaa_contact_membership_id_fkey foreign key(membership_id) references
        kaa_membership (id)
);

create index kaa_contact_membership_id_idx on kaa_contact (membership_id);

create table kaa_measure (
    id uuid default uuidv7() not null,
    membership_id uuid not null,
    kind text not null,
    responsible text not null,
    started_on date,
    declined_on date,
    ended_on date,
    end_reason text,
    occupation_after text,
    content_sealed bytea,
    seal_key_version integer generated always as (get_byte(content_sealed, 0) * 256 +
        get_byte(content_sealed, 1)) stored,
    follow_up_days date[] default '{}' not null,
    retracted_at timestamp with time zone,
    version integer default 1 not null,
    recorded_at timestamp with time zone default now() not null,
    constraint kaa_measure_pkey primary key (id),
    constraint kaa_measure_kind_check check (kind in ('introductory_programme',
        'study_guidance', 'internship', 'other')),
    constraint kaa_measure_responsible_check check (responsible in ('individual',
        'municipality', 'other_actor')),
    constraint kaa_measure_end_reason_check check (end_reason in ('completed',
        'interrupted_by_youth', 'interrupted_by_actor', 'responsibility_ended', 'other')),
    constraint kaa_measure_occupation_after_check check (occupation_after in
        ('national_programme', 'introductory_programme', 'municipal_adult_education', 'work',
        'none', 'other', 'unknown')),
    constraint kaa_measure_begun_or_declined_check check ((started_on is null) = (declined_on
        is not null)),
    constraint kaa_measure_end_after_start_check check (ended_on >= started_on),
    constraint kaa_measure_ended_was_begun_check check (ended_on is null or started_on is not
        null),
    constraint kaa_measure_end_has_reason_check check ((ended_on is null) = (end_reason is null)),
    constraint kaa_measure_end_has_occupation_check check ((ended_on is null) =
        (occupation_after is null)),
    constraint kaa_measure_membership_id_fkey foreign key(membership_id) references
        kaa_membership (id)
);

create index kaa_measure_membership_id_idx on kaa_measure (membership_id);

create index kaa_measure_seal_key_version_idx on kaa_measure (seal_key_version);

create table kaa_code_mapping (
    id uuid default uuidv7() not null,
    list text not null,
    code text not null,
    official_code text not null,
    valid_from date not null,
    source text not null,
    recorded_by text not null,
    recorded_at timestamp with time zone default now() not null,
    constraint kaa_code_mapping_pkey primary key (id),
    constraint kaa_code_mapping_list_check check (list in ('join_reason', 'leave_reason',
        'channel', 'two_way', 'occupation', 'measure_kind', 'responsible', 'end_reason',
        'occupation_after')),
    constraint kaa_code_mapping_form_check check (official_code ~ '^[A-Za-z0-9_-]+$' and
        length(official_code) <= 20)
);

create index kaa_code_mapping_list_idx on kaa_code_mapping (list, code, valid_from);

create table kaa_file (
    id uuid default uuidv7() not null,
    half_year text not null,
    number integer not null,
    basis timestamp with time zone not null,
    rows integer not null,
    youths integer not null,
    protected_included boolean not null,
    protected_left_out integer not null,
    sha256 text not null,
    content_sealed bytea not null,
    seal_key_version integer generated always as (get_byte(content_sealed, 0) * 256 +
        get_byte(content_sealed, 1)) stored not null,
    subjects uuid[] not null,
    made_by text not null,
    recorded_at timestamp with time zone default now() not null,
    constraint kaa_file_pkey primary key (id),
    constraint kaa_file_half_year_check check (half_year ~ '^20[0-9]{2}-H[12]$')
);

create unique index kaa_file_half_year_number_key on kaa_file (half_year, number);

create index kaa_file_seal_key_version_idx on kaa_file (seal_key_version);
"""

FUNCTIONS = """
-- The day on which somebody turns so many years; who was born on 29 February turns a year
-- older on 1 March of a common year, as age() has it (domain.ages.birthday).
create function birthday(born date, years integer) returns date
    language sql immutable parallel safe as $$
    select later + (extract(day from later) <> extract(day from born))::integer
    from (select (born + make_interval(years => years))::date) moved (later)
$$;

-- Whether the city answers for a person's activity on a day (skollagen 29 kap. 9 §). A merged
-- record counts as the one it ends with, whose birth date decides: nobody is a member from the
-- twentieth birthday on, whatever the register holds. The day of leaving is no day of membership.
create or replace function in_kaa(person_id uuid, day date) returns boolean
    language sql stable parallel safe as $$
    select exists (
        select from person asked
        join person subject on subject.id = asked.subject_id
        join person held on held.subject_id = subject.id
        join kaa_membership m on m.person_id = held.id
        where asked.id = in_kaa.person_id and m.retracted_at is null
          and in_kaa.day >= m.joined_on and in_kaa.day < coalesce(m.left_on, 'infinity')
          and in_kaa.day < birthday(subject.birth_date, 20))
$$;
"""

DROPPED = """
create or replace function in_kaa(person_id uuid, day date) returns boolean
    language sql stable parallel safe as $$
    select false
$$;

drop function birthday;

drop table kaa_file;

drop table kaa_code_mapping;

drop table kaa_measure;

drop table kaa_contact;

drop table kaa_membership;
"""


def upgrade() -> None:
    _run(TABLES)
    _run(FUNCTIONS)


def downgrade() -> None:
    _run(DROPPED)


def _run(script: str) -> None:
    """Run statements one by one, as the driver takes them; they are parted by a blank line."""
    for statement in script.strip().split("\n\n"):
        op.execute(statement)
