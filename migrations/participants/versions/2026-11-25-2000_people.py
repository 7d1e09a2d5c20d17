"""Merged records of one person, other numbers of theirs, contact details, more breakdowns."""

from __future__ import annotations

from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

BREAKDOWNS = ("status", "target_group", "activity", "indicator")

PERSON = """
alter table person
    add column contact_sealed bytea,
    add column postal_address_sealed bytea,
    add column forwarding_address_sealed bytea,
    add column country_of_birth text,
    add column arrived_on date,
    add column identity_level text,
    add column number_confirmed_on date,
    add column merged_into uuid constraint person_merged_into_fkey references person (id),
    add column merged_root uuid constraint person_merged_root_fkey references person (id);

alter table person
    add column subject_id uuid generated always as (coalesce(merged_root, id)) stored not null,
    add constraint person_country_of_birth_check
        check (country_of_birth in ('sweden', 'nordic', 'eu', 'other', 'unknown')),
    add constraint person_identity_level_check
        check (identity_level in ('confirmed', 'probable', 'uncertain')),
    add constraint person_postal_address_check
        check (postal_address_sealed is null or protection <> 'protected_registration'),
    add constraint person_forwarding_address_check
        check (forwarding_address_sealed is null or protection = 'protected_registration'),
    add constraint person_merged_check check ((merged_into is null) = (merged_root is null));

create index person_merged_into_idx on person (merged_into);

create index person_subject_id_idx on person (subject_id);

create table person_number_alias (
    id uuid not null default uuidv7(),
    person_id uuid not null,
    identity_number_sealed bytea not null,
    identity_number_hash bytea not null,
    seal_key_version integer generated always as
        (get_byte(identity_number_sealed, 0) * 256 + get_byte(identity_number_sealed, 1))
        stored not null,
    index_key_version integer generated always as
        (get_byte(identity_number_hash, 0) * 256 + get_byte(identity_number_hash, 1))
        stored not null,
    replaced_at timestamptz not null default now(),
    constraint person_number_alias_pkey primary key (id),
    constraint person_number_alias_person_id_fkey foreign key (person_id) references person (id),
    constraint person_number_alias_identity_number_hash_key unique (identity_number_hash)
);

create index person_number_alias_person_id_idx on person_number_alias (person_id);

create table person_merge (
    id uuid not null default uuidv7(),
    absorbed_id uuid not null,
    survivor_id uuid not null,
    absorbed_protection text not null,
    survivor_protection text not null,
    reason text not null,
    merged_by text not null,
    merged_at timestamptz not null default now(),
    reversal_reason text,
    reversed_by text,
    reversed_at timestamptz,
    version integer not null default 1,
    recorded_at timestamptz not null default now(),
    constraint person_merge_pkey primary key (id),
    constraint person_merge_absorbed_id_fkey foreign key (absorbed_id) references person (id),
    constraint person_merge_survivor_id_fkey foreign key (survivor_id) references person (id),
    constraint person_merge_two_people_check check (absorbed_id <> survivor_id),
    constraint person_merge_reversed_check check (
        (reversed_at is null) = (reversal_reason is null)
        and (reversed_at is null) = (reversed_by is null))
);

create unique index person_merge_absorbed_key on person_merge (absorbed_id)
    where reversed_at is null;

create index person_merge_survivor_id_idx on person_merge (survivor_id)
"""

ENROLMENT = """
alter table enrolment add column subject_id uuid;

update enrolment set subject_id = person_id;

alter table enrolment alter column subject_id set not null;

alter table enrolment
    drop constraint enrolment_overlap_excl,
    add constraint enrolment_subject_id_fkey foreign key (subject_id) references person (id),
    add constraint enrolment_overlap_excl exclude using gist (
        subject_id with =, programme with =, daterange(started_on, exited_on, '[)') with &&
    ) where (retracted_at is null) deferrable initially immediate;

create index enrolment_person_id_idx on enrolment (person_id)
"""

RESIDENCE = """
alter table residence
    add column source_key text constraint residence_source_key_key unique,
    add column retracted_at timestamptz,
    drop constraint residence_overlap_excl,
    add constraint residence_overlap_excl exclude using gist (
        person_id with =, daterange(valid_from, valid_to, '[]') with &&
    ) where (retracted_at is null) deferrable initially immediate
"""

# A merged record has sex, age and district of the person it is counted as, and is protected
# when either of them is.
BREAKDOWN = """
create or replace function breakdown_on(person_id uuid, day date, stated_district text)
    returns table (sex text, age_group text, district text)
    language sql stable parallel safe as $$
    select s.sex, age_group(s.birth_date, day),
           case when p.protection <> 'none' or s.protection <> 'none' then 'unknown'
                else coalesce(
                    (select r.district from residence r
                     where r.person_id = s.id and r.retracted_at is null
                       and r.valid_from <= day and (r.valid_to is null or r.valid_to >= day)),
                    stated_district, 'unknown')
           end
    from person p join person s on s.id = p.subject_id where p.id = breakdown_on.person_id
$$
"""

# The rule that one number is one person's spans two tables; registering comes in thousands, so
# it is one look at all of them.
ALIASES = """
create function refuse_number_of_another() returns trigger language plpgsql as $$
begin
    if exists (select from added a
               join person_number_alias n on n.identity_number_hash = a.identity_number_hash) then
        raise exception 'the number is another person''s earlier one'
            using errcode = 'unique_violation', table = 'person',
                  constraint = 'person_identity_number_hash_key';
    end if;
    return null;
end $$;

create trigger person_number_of_another after insert on person
    referencing new table as added for each statement execute function refuse_number_of_another()
"""

DROPPED = """
drop trigger person_number_of_another on person;

drop function refuse_number_of_another;

create or replace function breakdown_on(person_id uuid, day date, stated_district text)
    returns table (sex text, age_group text, district text)
    language sql stable parallel safe as $$
    select p.sex, age_group(p.birth_date, day),
           case when p.protection <> 'none' then 'unknown'
                else coalesce(
                    (select r.district from residence r
                     where r.person_id = p.id and r.valid_from <= day
                       and (r.valid_to is null or r.valid_to >= day)),
                    stated_district, 'unknown')
           end
    from person p where p.id = breakdown_on.person_id
$$;

delete from residence where retracted_at is not null;

alter table residence
    drop constraint residence_overlap_excl,
    drop column source_key,
    drop column retracted_at;

alter table residence
    add constraint residence_overlap_excl exclude using gist (
        person_id with =, daterange(valid_from, valid_to, '[]') with &&
    );

alter table enrolment
    drop constraint enrolment_overlap_excl,
    add constraint enrolment_overlap_excl exclude using gist (
        person_id with =, programme with =, daterange(started_on, exited_on, '[)') with &&
    ) where (retracted_at is null) deferrable initially immediate;

drop index enrolment_person_id_idx;

alter table enrolment drop column subject_id;

drop table person_merge, person_number_alias;

alter table person
    drop constraint person_merged_check,
    drop constraint person_forwarding_address_check,
    drop constraint person_postal_address_check,
    drop column subject_id;

alter table person
    drop column merged_into, drop column merged_root, drop column contact_sealed,
    drop column postal_address_sealed, drop column forwarding_address_sealed,
    drop column country_of_birth, drop column arrived_on, drop column identity_level,
    drop column number_confirmed_on
"""


REFUSED_ROWS = """
alter table delivery_error add column subject bytea;

create index delivery_error_subject_idx on delivery_error (subject) where subject is not null
"""


def upgrade() -> None:
    for table in ("participant_fact", "participant_fact_sum"):
        for name in BREAKDOWNS:
            op.execute(f"alter table {table} add column {name} text not null default ''")
    for script in (PERSON, ENROLMENT, RESIDENCE, REFUSED_ROWS):
        _run(script)
    op.execute(BREAKDOWN)
    _run(ALIASES)


def downgrade() -> None:
    op.execute("alter table delivery_error drop column subject")
    _run(DROPPED)
    for table in ("participant_fact_sum", "participant_fact"):
        for name in BREAKDOWNS:
            op.execute(f"alter table {table} drop column {name}")


def _run(script: str) -> None:
    """Run statements one by one, as the driver takes them; they are parted by a blank line."""
    for statement in script.strip().split(";\n\n"):
        op.execute(statement)
