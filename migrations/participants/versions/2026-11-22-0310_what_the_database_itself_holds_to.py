"""What the database itself holds to: the breakdown of a day, and a journal without a back door.

The functions are the single rule for one enrolment and for fifty thousand alike.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

BREAKDOWN = """
create function age_group(born date, day date) returns text
    language sql immutable parallel safe as $$
    select case
        when born is null or born > day then 'unknown'
        when extract(year from age(day, born)) < 16 then '0-15'
        when extract(year from age(day, born)) < 20 then '16-19'
        when extract(year from age(day, born)) < 25 then '20-24'
        when extract(year from age(day, born)) < 30 then '25-29'
        when extract(year from age(day, born)) < 40 then '30-39'
        when extract(year from age(day, born)) < 50 then '40-49'
        when extract(year from age(day, born)) < 60 then '50-59'
        when extract(year from age(day, born)) < 65 then '60-64'
        else '65-'
    end
$$;

-- Three months later; where that month lacks the day, on its last (lag 1930:173, 1 §).
create function follow_up_due(exited_on date) returns date
    language sql immutable parallel safe as $$
    select (exited_on + interval '3 months')::date
$$;

-- Sex, age group and district of a person on a day. What the delivering system said counts
-- where no residence is on record; a protected identity has no district at all.
create function breakdown_on(person_id uuid, day date, stated_district text)
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
"""

APPEND_ONLY = """
create or replace function refuse_back_dated() returns trigger language plpgsql as $$
begin
    raise exception 'a row of % is recorded when it is written, not earlier', tg_table_name
        using errcode = 'check_violation', constraint = tg_table_name || '_back_dated',
              table = tg_table_name;
end $$;

create or replace function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name
        using errcode = 'insufficient_privilege', constraint = tg_table_name || '_append_only',
              table = tg_table_name;
end $$;

create trigger participant_fact_back_dated before insert on participant_fact for each row
    when (new.recorded_at < transaction_timestamp()) execute function refuse_back_dated();

create trigger participant_fact_append_only before update or delete or truncate
    on participant_fact for each statement execute function refuse_change();

create trigger record_version_back_dated before insert on record_version for each row
    when (new.superseded_at < transaction_timestamp()) execute function refuse_back_dated();

create trigger record_version_append_only before update or delete or truncate
    on record_version for each statement execute function refuse_change();
"""


DROPPED = """
drop trigger participant_fact_back_dated on participant_fact;

drop trigger participant_fact_append_only on participant_fact;

drop trigger record_version_back_dated on record_version;

drop trigger record_version_append_only on record_version;

drop function refuse_back_dated, refuse_change, breakdown_on, follow_up_due, age_group;
"""


def upgrade() -> None:
    _run(BREAKDOWN)
    _run(APPEND_ONLY)


def downgrade() -> None:
    _run(DROPPED)


def _run(script: str) -> None:
    """Run statements one by one, as the driver takes them; they are parted by a blank line."""
    for statement in script.strip().split("\n\n"):
        op.execute(statement)
