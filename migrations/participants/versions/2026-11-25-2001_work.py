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


def _rule(
    group: str, version: int, days: tuple[str, str | None], title: str, conditions: str
) -> str:
    """Return the INSERT of one version of a rule, valid from and to days."""
    first, last = days
    until = f"'{last}'" if last else "null"
    return (
        "insert into target_group_rule"
        " (target_group, rule_version, valid_from, valid_to, title, conditions) values"
        f" ('{group}', {version}, '{first}', {until}, '{title}', '[{conditions}]')"
    )


# From as far back as there are records, until another version is decided.
_EVER = ("1990-01-01", None)

RULES = (
    _rule(
        "social_assistance",
        1,
        _EVER,
        "Ekonomiskt bistånd",
        '{"kind": "any", "alternatives": [{"kind": "ground", "values": ["social_assistance"]}, '
        '{"kind": "stated", "values": ["social_assistance"]}]}',
    ),
    _rule(
        "disability",
        1,
        _EVER,
        "Funktionsnedsättning med kontakt med socialpsykiatrin eller insats enligt LSS",
        '{"kind": "any", "alternatives": [{"kind": "ground", "values": ["disability_support"]}, '
        '{"kind": "stated", "values": ["disability_support"]}]}',
    ),
    # Skollagen (2010:800) 29 kap. 9 §.
    _rule("kaa", 1, _EVER, "Kommunala aktivitetsansvaret", '{"kind": "kaa", "member": true}'),
    # The committee's own groups: 20-29 years in the report of 2020, 19-29 from 2024 on.
    _rule(
        "uvas",
        1,
        ("1990-01-01", "2023-12-31"),
        "Unga som varken arbetar eller studerar, 20-29 år",
        '{"kind": "age", "atLeast": 20, "atMost": 29}, {"kind": "not_in_work_or_studies"}',
    ),
    _rule(
        "uvas",
        2,
        ("2024-01-01", None),
        "Unga som varken arbetar eller studerar, 19-29 år, utom kommunala aktivitetsansvaret",
        '{"kind": "age", "atLeast": 19, "atMost": 29}, {"kind": "not_in_work_or_studies"}, '
        '{"kind": "kaa", "member": false}',
    ),
    _rule(
        "foreign_born_women",
        1,
        _EVER,
        "Utrikes födda kvinnor långt från arbetsmarknaden",
        '{"kind": "sex", "values": ["women"]}, {"kind": "any", "alternatives": ['
        '{"kind": "country_of_birth", "values": ["nordic", "eu", "other"]}, '
        '{"kind": "stated", "values": ["foreign_born"]}]}, {"kind": "any", "alternatives": ['
        '{"kind": "status", "values": ["long_term_unemployed", "inactive"]}, '
        '{"kind": "stated", "values": ["far_from_labour_market"]}]}',
    ),
    # The establishment programme of lag (2017:584) lasts two years.
    _rule(
        "newly_arrived",
        1,
        _EVER,
        "Nyanlända",
        '{"kind": "any", "alternatives": [{"kind": "years_in_sweden", "fewerThan": 2}, '
        '{"kind": "stated", "values": ["newly_arrived"]}]}',
    ),
    # As ESF+ counts: more than six months under 25 years, otherwise more than twelve.
    _rule(
        "long_term_unemployed",
        1,
        _EVER,
        "Långtidsarbetslösa",
        '{"kind": "any", "alternatives": [{"kind": "status", "values": ["long_term_unemployed"]}, '
        '{"kind": "unemployed", "monthsUnder25": 6, "monthsOtherwise": 12}, '
        '{"kind": "stated", "values": ["long_term_unemployed"]}]}',
    ),
)

# What has been judged by a rule stands: no version is changed or taken away, none begins on a
# day that has come, and a version that has begun is only ended, on today or a later day.
NEVER_THE_PAST_FUNCTION = """
create function refuse_rule_of_the_past() returns trigger language plpgsql as $$
declare
    today date := (now() at time zone 'Europe/Stockholm')::date;
begin
    if tg_op = 'INSERT' and new.valid_from > today
       or tg_op = 'UPDATE'
          and (new.target_group, new.rule_version, new.valid_from, new.title, new.conditions)
              is not distinct from
              (old.target_group, old.rule_version, old.valid_from, old.title, old.conditions)
          and coalesce(old.valid_to, 'infinity') >= today
          and coalesce(new.valid_to, 'infinity') >= today then
        return new;
    end if;
    raise exception 'the rules of days that have come stand'
        using errcode = 'check_violation', constraint = 'target_group_rule_past',
              table = 'target_group_rule';
end $$
"""

NEVER_THE_PAST_TRIGGER = """
create trigger target_group_rule_past before insert or update or delete on target_group_rule
    for each row execute function refuse_rule_of_the_past()
"""

# Groups that were stated before they were judged become what was stated.
STATED = """
update enrolment set circumstances = array(
    select code from unnest(target_groups) stated (target_group)
    join (values ('social_assistance', 'social_assistance'), ('disability', 'disability_support'),
                 ('kaa', 'kaa'), ('uvas', 'not_in_work_or_studies'),
                 ('foreign_born_women', 'foreign_born'),
                 ('foreign_born_women', 'far_from_labour_market'),
                 ('newly_arrived', 'newly_arrived'),
                 ('long_term_unemployed', 'long_term_unemployed')
         ) means (target_group, code) using (target_group)
    order by code)
where target_groups <> '{}'
"""

_CELLS = (
    "measure, happened_on, subject, record_id, unit, programme, team, ground, sex, age_group,"
    " district, education, outcome, status, target_group"
)

_ENROLMENT = """
    select counted.measure, counted.day, p.subject_id, e.id, e.unit, e.programme,
           coalesce(e.team, ''), e.ground, e.sex, e.age_group, e.district,
           coalesce(e.education_at_entry, ''), coalesce(counted.outcome, ''), e.status_at_entry,
           counted.target_group, counted.amount
    from enrolment e join person p on p.id = e.person_id
    cross join lateral (
        values ('entries', e.started_on, 1, null, ''), ('enrolled', e.started_on, 1, null, ''),
               ('enrolled', e.exited_on, -1, null, ''), ('exits', e.exited_on, 1, e.outcome, '')
        union all
        select measure, day, amount, null, target_group from unnest(e.target_groups) target_group
        cross join (values ('group_entries', e.started_on, 1), ('group_enrolled', e.started_on, 1),
                           ('group_enrolled', e.exited_on, -1)) grouped (measure, day, amount)
    ) counted (measure, day, amount, outcome, target_group)
    where counted.day is not null and e.retracted_at is null
"""

_FOLLOW_UP = """
    select counted.measure, counted.day, p.subject_id, f.id, f.unit, e.programme,
           coalesce(e.team, ''), e.ground, e.sex, e.age_group, e.district,
           coalesce(e.education_at_entry, ''), coalesce(counted.outcome, ''), e.status_at_entry,
           '', 1
    from follow_up f join enrolment e on e.id = f.enrolment_id
    join person p on p.id = e.person_id
    cross join lateral (
        values ('follow_ups', f.due_on, null),
               ('follow_up_answers', case when f.state = 'answered' then f.due_on end, f.result)
    ) counted (measure, day, outcome)
    where counted.day is not null and f.state <> 'cancelled'
"""


def _settled(kind: str, wanted: str) -> str:
    """Return the INSERT of what booked facts differ from what records count for from now on.

    The old cell is taken back and the new one added, as a correction does: earlier bases stay.
    Dated a minute ahead, so that the rows lie behind no basis that is given before this
    transaction, which the service cannot see, is over.
    """
    return f"""
        insert into participant_fact ({_CELLS}, amount, record_kind, reason, recorded_at)
        select {_CELLS}, amount, '{kind}', 'counted by status and target group',
               greatest(clock_timestamp() + interval '1 minute', newest + interval '1 microsecond')
        from (
            select {_CELLS}, sum(amount)::bigint as amount,
                   max(max(booked_at)) over (partition by record_id) as newest
            from (
                select wanted.*, null::timestamptz as booked_at from ({wanted}) as wanted (
                    {_CELLS}, amount)
                union all
                select {_CELLS}, -amount, recorded_at
                from participant_fact where record_kind = '{kind}'
            ) both_sides group by {_CELLS}
        ) net where amount <> 0"""


COUNTED = (
    STATED,
    # The journal's owner may not write it, except here.
    "grant insert on participant_fact to current_user",
    _settled("enrolment", _ENROLMENT),
    _settled("follow_up", _FOLLOW_UP),
    "revoke insert on participant_fact from current_user",
)

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

drop function refuse_rule_of_the_past;

drop table plan;

drop table activity;
"""


def upgrade() -> None:
    for script in (ACTIVITIES, PLANS, TARGET_GROUPS, KAA):
        _run(script)
    for statement in (*RULES, NEVER_THE_PAST_FUNCTION, NEVER_THE_PAST_TRIGGER, *COUNTED):
        op.execute(statement)


def downgrade() -> None:
    _run(DROPPED)


def _run(script: str) -> None:
    """Run statements one by one, as the driver takes them; they are parted by a blank line."""
    for statement in script.strip().split("\n\n"):
        op.execute(statement)
