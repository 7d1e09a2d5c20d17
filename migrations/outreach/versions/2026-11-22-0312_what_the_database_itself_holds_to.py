"""What the database itself holds to: rules that only go forward, visits that were held visits."""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

RULES = (
    """
-- What an operation counted is never rewritten: rules come one after the other, and the row
-- lock on the operation keeps two of them from being the next at the same time.
create function counting_rule_is_next() returns trigger language plpgsql as $$
begin
    perform from operation where code = new.operation for no key update;
    if exists (select from counting_rule
               where operation = new.operation
                 and (valid_from >= new.valid_from or version >= new.version)) then
        raise exception 'a counting rule begins after the one before it'
            using errcode = 'check_violation', constraint = 'counting_rule_later',
                  table = 'counting_rule';
    end if;
    return new;
end $$
""",
    """
create trigger counting_rule_later before insert on counting_rule
    for each row execute function counting_rule_is_next()
""",
)

VISITS = (
    """
-- Visits are counted on a held session, where and when it was held. The share lock makes a
-- cancellation wait for us, and we see one that was faster.
create function visits_were_held() returns trigger language plpgsql as $$
declare
    held session;
begin
    select * into held from session where id = new.session_id for share;
    if held.state <> 'held' then
        raise exception 'visits are counted on a held session'
            using errcode = 'check_violation', constraint = 'visit_tally_session_held',
                  table = 'visit_tally';
    end if;
    if (held.operation, held.unit, held.planned_on, held.venue)
       is distinct from (new.operation, new.unit, new.held_on, new.venue) then
        raise exception 'visits happened where and when their session did'
            using errcode = 'check_violation', constraint = 'visit_tally_as_session',
                  table = 'visit_tally';
    end if;
    return new;
end $$
""",
    """
create trigger visit_tally_session_held before insert or update on visit_tally
    for each row when (new.session_id is not null and new.retracted_at is null)
    execute function visits_were_held()
""",
    """
create function session_keeps_its_visits() returns trigger language plpgsql as $$
begin
    if exists (select from visit_tally
               where session_id = new.id and retracted_at is null) then
        raise exception 'visits are counted on the session'
            using errcode = 'check_violation', constraint = 'session_has_visits',
                  table = 'session';
    end if;
    return new;
end $$
""",
    """
create trigger session_has_visits before update of state on session
    for each row when (old.state = 'held' and new.state <> 'held')
    execute function session_keeps_its_visits()
""",
)

APPEND_ONLY = (
    """
create or replace function refuse_back_dated() returns trigger language plpgsql as $$
begin
    raise exception 'a row of % is recorded when it is written, not earlier', tg_table_name
        using errcode = 'check_violation', constraint = tg_table_name || '_back_dated',
              table = tg_table_name;
end $$
""",
    """
create or replace function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name
        using errcode = 'insufficient_privilege', constraint = tg_table_name || '_append_only',
              table = tg_table_name;
end $$
""",
    """
create trigger outreach_fact_back_dated before insert on outreach_fact for each row
    when (new.recorded_at < transaction_timestamp()) execute function refuse_back_dated()
""",
    """
create trigger outreach_fact_append_only before update or delete or truncate
    on outreach_fact for each statement execute function refuse_change()
""",
    """
create trigger record_version_back_dated before insert on record_version for each row
    when (new.superseded_at < transaction_timestamp()) execute function refuse_back_dated()
""",
    """
create trigger record_version_append_only before update or delete or truncate
    on record_version for each statement execute function refuse_change()
""",
    """
create trigger counting_rule_back_dated before insert on counting_rule for each row
    when (new.recorded_at < transaction_timestamp()) execute function refuse_back_dated()
""",
    """
create trigger counting_rule_append_only before update or delete or truncate
    on counting_rule for each statement execute function refuse_change()
""",
)

DROPPED = (
    "drop trigger outreach_fact_back_dated on outreach_fact",
    "drop trigger outreach_fact_append_only on outreach_fact",
    "drop trigger record_version_back_dated on record_version",
    "drop trigger record_version_append_only on record_version",
    "drop trigger counting_rule_back_dated on counting_rule",
    "drop trigger counting_rule_append_only on counting_rule",
    "drop function refuse_back_dated()",
    "drop function refuse_change()",
    "drop trigger session_has_visits on session",
    "drop function session_keeps_its_visits()",
    "drop trigger visit_tally_session_held on visit_tally",
    "drop function visits_were_held()",
    "drop trigger counting_rule_later on counting_rule",
    "drop function counting_rule_is_next()",
)


def upgrade() -> None:
    for statement in (*RULES, *VISITS, *APPEND_ONLY):
        op.execute(statement)


def downgrade() -> None:
    for statement in DROPPED:
        op.execute(statement)
