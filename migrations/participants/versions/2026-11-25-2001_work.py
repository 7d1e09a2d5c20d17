"""Target groups, activities and plans."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ACTIVITIES = """
create table activity (
    id uuid default uuidv7() not null constraint activity_pkey primary key,
    enrolment_id uuid not null
        constraint activity_enrolment_id_fkey references enrolment (id),
    kind text not null constraint activity_kind_check check (kind in (
        'internship', 'work_training', 'osa', 'stockholmsjobb', 'supported_employment', 'sfi',
        'komvux', 'vocational_course', 'guidance', 'validation', 'other')),
    provider text,
    hours_per_month smallint constraint activity_hours_per_month_check
        check (hours_per_month between 1 and 403),
    started_on date not null,
    ended_on date,
    outcome text constraint activity_outcome_check check (outcome in (
        'completed', 'interrupted', 'work', 'studies', 'other')),
    ended_by_exit boolean default false not null,
    retracted_at timestamp with time zone,
    version integer default 1 not null,
    recorded_at timestamp with time zone default now() not null,
    constraint activity_end_after_start_check check (ended_on >= started_on),
    constraint activity_end_has_outcome_check check ((ended_on is null) = (outcome is null)),
    constraint activity_ended_by_exit_check check (not ended_by_exit or ended_on is not null),
    constraint activity_overlap_excl exclude using gist (
        enrolment_id with =, kind with =, daterange(started_on, ended_on, '[)') with &&
    ) where (retracted_at is null)
);

create index activity_enrolment_id_idx on activity (enrolment_id);
"""

PLANS = """
create table plan (
    id uuid default uuidv7() not null constraint plan_pkey primary key,
    person_id uuid not null constraint plan_person_id_fkey references person (id),
    enrolment_id uuid constraint plan_enrolment_id_fkey references enrolment (id),
    unit text not null constraint plan_unit_fkey references unit (code),
    drawn_up_on date not null,
    review_on date not null,
    follows uuid constraint plan_follows_fkey references plan (id),
    guardian boolean not null,
    content_sealed bytea not null,
    seal_key_version integer generated always as
        (get_byte(content_sealed, 0) * 256 + get_byte(content_sealed, 1)) stored not null,
    retracted_at timestamp with time zone,
    sex text not null,
    age_group text not null,
    district text not null,
    stated_district text,
    version integer default 1 not null,
    recorded_at timestamp with time zone default now() not null,
    constraint plan_review_after_check check (review_on > drawn_up_on)
);

create index plan_person_id_idx on plan (person_id);

create index plan_enrolment_id_idx on plan (enrolment_id);

create index plan_seal_key_version_idx on plan (seal_key_version);

create index plan_review_idx on plan (unit, review_on) where retracted_at is null;

create unique index plan_follows_key on plan (follows) where retracted_at is null;
"""

TARGET_GROUPS = """
create table target_group_rule (
    id uuid default uuidv7() not null constraint target_group_rule_pkey primary key,
    target_group text not null constraint target_group_rule_target_group_check check (
        target_group in ('social_assistance', 'disability', 'kaa', 'uvas', 'foreign_born_women',
                         'newly_arrived', 'long_term_unemployed')),
    rule_version integer not null
        constraint target_group_rule_rule_version_check check (rule_version > 0),
    valid_from date not null,
    valid_to date,
    title text not null,
    conditions jsonb not null constraint target_group_rule_conditions_check
        check (jsonb_array_length(conditions) > 0),
    version integer default 1 not null,
    recorded_at timestamp with time zone default now() not null,
    constraint target_group_rule_validity_check check (valid_to >= valid_from),
    constraint target_group_rule_target_group_rule_version_key unique (target_group, rule_version),
    constraint target_group_rule_overlap_excl exclude using gist (
        target_group with =, daterange(valid_from, valid_to, '[]') with &&
    )
);

alter table enrolment
    add column circumstances text[] default '{}' not null,
    add column unemployed_since date,
    add column target_group_rules text[] default '{}' not null;
"""

# Whether somebody is in the register of the municipal responsibility for activity on a day:
# nobody is, until that register is there.
KAA = """
create function in_kaa(person_id uuid, day date) returns boolean
    language sql stable parallel safe as $$
    select false
$$;
"""

DROPPED = """
drop function in_kaa;

alter table enrolment
    drop column circumstances, drop column unemployed_since, drop column target_group_rules;

drop table target_group_rule;

drop table plan;

drop table activity;
"""


def upgrade() -> None:
    for script in (ACTIVITIES, PLANS, TARGET_GROUPS, KAA):
        _run(script)


def downgrade() -> None:
    _run(DROPPED)


def _run(script: str) -> None:
    """Run statements one by one, as the driver takes them; they are parted by a blank line."""
    for statement in script.strip().split("\n\n"):
        op.execute(statement)
