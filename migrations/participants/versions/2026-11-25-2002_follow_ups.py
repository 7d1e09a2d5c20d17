"""Follow-ups are planned with the exit and opened when they fall due."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

TABLES = """
alter table programme
    add column esf_from date,
    add column esf_to date,
    add constraint programme_esf_check check (esf_to is null or esf_to >= esf_from),
    add constraint programme_esf_begins_check check (esf_to is null or esf_from is not null);

-- Where the month lacks the day, on its last (lag 1930:173, 1 §).
create function follow_up_due(ended_on date, kind text) returns date
    language sql immutable parallel safe as $$
    select (ended_on + case kind when 'esf' then interval '6 months'
                                 else interval '3 months' end)::date
$$;

drop function follow_up_due(date);

alter table follow_up
    add column kind text,
    add column activity_id uuid
        constraint follow_up_activity_id_fkey references activity (id),
    add column employment_status text,
    add column improvement text;

update follow_up f
set kind = case when g.kind = 'employment' then 'stockholmsjobb' else 'exit' end
from enrolment e join programme g on g.code = e.programme
where e.id = f.enrolment_id;

alter table follow_up
    alter column kind set not null,
    drop constraint follow_up_state_check,
    add constraint follow_up_state_check
        check (state in ('planned', 'open', 'answered', 'cancelled')),
    add constraint follow_up_kind_check check (kind in ('exit', 'stockholmsjobb', 'esf')),
    add constraint follow_up_employment_status_check check (
        employment_status in ('employed', 'self_employed', 'unemployed', 'inactive', 'unknown')),
    add constraint follow_up_improvement_check check (
        improvement in ('none', 'stable_employment', 'full_employment', 'more_demanding_work',
                        'promotion', 'unknown')),
    add constraint follow_up_esf_answer_check check (
        (kind = 'esf' and state = 'answered') = (employment_status is not null)),
    add constraint follow_up_improved_in_work_check check (
        improvement is null or employment_status in ('employed', 'self_employed')),
    add constraint follow_up_activity_check check (
        activity_id is null or kind = 'stockholmsjobb');

drop index follow_up_enrolment_key;

create unique index follow_up_exit_key on follow_up (enrolment_id, kind)
    where activity_id is null and state <> 'cancelled';

create unique index follow_up_activity_key on follow_up (activity_id)
    where activity_id is not null and state <> 'cancelled';

create index follow_up_enrolment_id_idx on follow_up (enrolment_id);

create index follow_up_planned_idx on follow_up (due_on) where state = 'planned';
"""

# Exits whose event was still on its way to whoever opened follow-ups: they are planned now, and
# the events have nobody to go to any more.
ON_THEIR_WAY = """
insert into follow_up (enrolment_id, kind, unit, exited_on, due_on, state)
select e.id, asked.kind, e.unit, e.exited_on, asked.due_on,
       case when asked.due_on <= (now() at time zone 'Europe/Stockholm')::date
            then 'open' else 'planned' end
from enrolment e join programme g on g.code = e.programme
cross join lateral (
    select kind, follow_up_due(e.exited_on, kind) as due_on
    from (select case when g.kind = 'employment' then 'stockholmsjobb' else 'exit' end as kind) one
) asked
where e.retracted_at is null and e.exited_on is not null
  and not exists (select from follow_up f where f.enrolment_id = e.id and f.state <> 'cancelled')
  and not exists (select from enrolment d where d.subject_id = e.subject_id
                  and d.outcome = 'deceased' and d.retracted_at is null
                  and d.exited_on <= asked.due_on);

delete from outbox where consumer = 'participants'
    and type = 'participants.enrolment.exited.v1' and confirmed_at is null;

delete from inbox where source = 'participants'
    and type = 'participants.enrolment.exited.v1' and applied_at is null;
"""

# Follow-ups are counted by kind, and by when they are overdue, from this upgrade on: what was
# booked is taken back and booked again as any correction is. The owner may not write facts
# otherwise, because the service cannot see that its transaction is under way; dated a minute
# ahead, the rows lie behind no basis that is given until this transaction is over, and a basis
# from before the upgrade keeps its answer.
CELL = (
    "unit, programme, team, ground, sex, age_group, district, education, outcome, kind, ownership,"
    " pilot, status, target_group, activity, indicator"
)

FACTS = f"""
grant insert on participant_fact to current_user;

insert into participant_fact (measure, happened_on, subject, record_id, {CELL}, amount,
                              record_kind, reason, recorded_at)
select measure, happened_on, subject, record_id, {CELL}, sum(amount)::bigint, 'follow_up',
       'counted by kind', clock_timestamp() + interval '1 minute'
from (
    select counted.measure, counted.day as happened_on, p.subject_id as subject,
           f.id as record_id, f.unit, e.programme, coalesce(e.team, '') as team, e.ground, e.sex,
           e.age_group, e.district, coalesce(e.education_at_entry, '') as education,
           coalesce(counted.outcome, '') as outcome, f.kind, '' as ownership, '' as pilot,
           e.status_at_entry as status, '' as target_group, '' as activity, '' as indicator,
           counted.amount
    from follow_up f join enrolment e on e.id = f.enrolment_id
    join person p on p.id = e.person_id
    cross join lateral (values
        ('follow_ups', f.due_on, 1, null),
        ('follow_up_answers', case when f.state = 'answered' then f.due_on end, 1, f.result),
        ('follow_ups_overdue', f.due_on + 1, 1, null),
        ('follow_ups_overdue',
         case when f.state = 'answered' then greatest(f.answered_on, f.due_on + 1) end, -1, null)
    ) as counted (measure, day, amount, outcome)
    where f.state <> 'cancelled' and counted.day is not null
    union all
    select measure, happened_on, subject, record_id, {CELL}, -amount
    from participant_fact where record_kind = 'follow_up'
) net
group by measure, happened_on, subject, record_id, {CELL}
having sum(amount) <> 0;

revoke insert on participant_fact from current_user;
"""

# Without plans and kinds there is one follow-up for each exit, open from the beginning.
DROPPED = """
delete from follow_up where activity_id is not null or kind = 'esf';

update follow_up set state = 'open' where state = 'planned';

drop index follow_up_planned_idx, follow_up_enrolment_id_idx, follow_up_activity_key,
    follow_up_exit_key;

create unique index follow_up_enrolment_key on follow_up (enrolment_id)
    where state <> 'cancelled';

alter table follow_up
    drop constraint follow_up_state_check,
    add constraint follow_up_state_check check (state in ('open', 'answered', 'cancelled')),
    drop constraint follow_up_esf_answer_check,
    drop constraint follow_up_improved_in_work_check,
    drop constraint follow_up_activity_check,
    drop column kind,
    drop column activity_id,
    drop column employment_status,
    drop column improvement;

create function follow_up_due(exited_on date) returns date
    language sql immutable parallel safe as $$
    select (exited_on + interval '3 months')::date
$$;

drop function follow_up_due(date, text);

alter table programme drop constraint programme_esf_begins_check, drop column esf_from,
    drop column esf_to;
"""


def upgrade() -> None:
    _run(TABLES)
    _run(ON_THEIR_WAY)
    _run(FACTS)


def downgrade() -> None:
    _run(DROPPED)


def _run(script: str) -> None:
    """Run statements one by one, as the driver takes them; they are parted by a blank line."""
    for statement in script.strip().split("\n\n"):
        op.execute(statement)
