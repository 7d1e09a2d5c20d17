"""The ledger's own rules.

What the ledger refuses whoever asks, so that no path into it can go around them: unbalanced
vouchers, postings that join a booked voucher, gaps in a series, closed periods, a reversal that
is no mirror image, and any change of what is booked.

The functions that must write what the service's role may not (a period's state, a series' last
number) run as their owner; the role can reach those rows in no other way.
"""

from __future__ import annotations

from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

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
"""

BACK_DATED = (
    ("posting", "recorded_at"),
    ("voucher", "recorded_at"),
    ("budget_fact", "recorded_at"),
    ("budget_version", "recorded_at"),
    ("investment_entry", "recorded_at"),
    ("project_version", "recorded_at"),
    ("account_version", "recorded_at"),
    ("counterpart_version", "recorded_at"),
    ("period_event", "recorded_at"),
    ("trial_balance", "recorded_at"),
    ("record_version", "superseded_at"),
)
"""Tables that a basis looks into: nothing may slip in behind a basis already given."""

NUMBERING = """
create function voucher_series_begins() returns trigger language plpgsql as $$
begin
    new.last_number := 0;
    return new;
end $$;

create trigger voucher_series_begins before insert on voucher_series
    for each row execute function voucher_series_begins();

-- Locks the series' counter until the transaction ends and says its last number: a number is
-- given back when the transaction is rolled back, and never given twice.
create function reserve_voucher_numbers(wanted_series text, wanted_year integer)
    returns integer language plpgsql security definer set search_path = public, pg_temp as $$
declare
    found_number integer;
begin
    insert into voucher_series (series, year) values (wanted_series, wanted_year)
        on conflict do nothing;
    select last_number into found_number from voucher_series
        where series = wanted_series and year = wanted_year for update;
    return found_number;
end $$;
"""

BOOKING = """
create function voucher_booked() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    booked_series record;
    booked_period record;
begin
    if exists (select from booked where transaction_id <> pg_current_xact_id()::text::bigint) then
        raise exception 'a voucher belongs to the transaction that books it'
            using errcode = 'check_violation', constraint = 'posting_sealed', table = 'voucher';
    end if;
    -- Shared locks, in one order: closing a period waits for the vouchers being booked in it,
    -- and whoever books next waits for the closing and sees its outcome.
    for booked_period in
        select period, state from ledger_period
        where period in (select period from booked) order by period for share
    loop
        if booked_period.state = 'closed' then
            raise exception 'period % is closed', booked_period.period
                using errcode = 'check_violation', constraint = 'voucher_period_open',
                      table = 'voucher';
        end if;
    end loop;
    for booked_series in
        select series, year, min(number) as low, max(number) as high, count(*) as many
        from booked group by series, year order by series, year
    loop
        update voucher_series set last_number = booked_series.high
        where series = booked_series.series and year = booked_series.year
          and last_number = booked_series.low - 1
          and booked_series.high - booked_series.low + 1 = booked_series.many;
        if not found then
            raise exception 'series % of % is numbered without gaps',
                booked_series.series, booked_series.year
                using errcode = 'check_violation', constraint = 'voucher_numbering',
                      table = 'voucher';
        end if;
    end loop;
    return null;
end $$;

create trigger voucher_booked after insert on voucher referencing new table as booked
    for each statement execute function voucher_booked();

create function posting_booked() returns trigger language plpgsql as $$
begin
    if exists (
        select from booked join voucher on voucher.id = booked.voucher_id
        where voucher.transaction_id <> pg_current_xact_id()::text::bigint)
    then
        raise exception 'a posting cannot join a voucher that is booked'
            using errcode = 'check_violation', constraint = 'posting_sealed', table = 'posting';
    end if;
    return null;
end $$;

create trigger posting_booked after insert on posting referencing new table as booked
    for each statement execute function posting_booked();
"""

BALANCE = """
create function voucher_balances() returns trigger language plpgsql as $$
declare
    net bigint;
    many bigint;
begin
    select coalesce(sum(amount), 0), count(*) into net, many
        from posting where voucher_id = new.id;
    if many < 2 then
        raise exception 'a voucher has at least two postings'
            using errcode = 'check_violation', constraint = 'voucher_size', table = 'voucher';
    end if;
    if net <> 0 then
        raise exception 'voucher % % misses zero by % ore', new.series, new.number, net
            using errcode = 'check_violation', constraint = 'voucher_balance', table = 'voucher';
    end if;
    return null;
end $$;

create constraint trigger voucher_balances after insert on voucher
    deferrable initially deferred for each row execute function voucher_balances();

create function voucher_mirrors() returns trigger language plpgsql as $$
begin
    if exists (select from voucher where id = new.reversal_of and reversal_of is not null) then
        raise exception 'a reversal is not reversed'
            using errcode = 'check_violation', constraint = 'voucher_no_second_reversal',
                  table = 'voucher';
    end if;
    if exists (
        select from posting where voucher_id in (new.id, new.reversal_of)
        group by account, counterpart, project, responsibility, activity
        having sum(amount) <> 0)
    then
        raise exception 'a reversal is the mirror image of its voucher'
            using errcode = 'check_violation', constraint = 'voucher_mirror', table = 'voucher';
    end if;
    return null;
end $$;

create constraint trigger voucher_mirrors after insert on voucher
    deferrable initially deferred for each row when (new.reversal_of is not null)
    execute function voucher_mirrors();
"""

PERIODS = """
create function ledger_period_begins() returns trigger language plpgsql as $$
begin
    new.state := 'open';
    return new;
end $$;

create trigger ledger_period_begins before insert on ledger_period
    for each row execute function ledger_period_begins();

create function period_event_applies() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    update ledger_period set state = case new.action when 'closed' then 'closed' else 'open' end
    where period = new.period
      and state = case new.action when 'closed' then 'open' else 'closed' end;
    if not found then
        raise exception 'period % cannot be %', new.period, new.action
            using errcode = 'check_violation', table = 'period_event',
                  constraint = case new.action when 'closed' then 'period_event_open'
                                               else 'period_event_closed' end;
    end if;
    return null;
end $$;

create trigger period_event_applies after insert on period_event
    for each row execute function period_event_applies();
"""

DROPPED = """
drop trigger period_event_applies on period_event

drop trigger ledger_period_begins on ledger_period

drop trigger voucher_mirrors on voucher

drop trigger voucher_balances on voucher

drop trigger posting_booked on posting

drop trigger voucher_booked on voucher

drop trigger voucher_series_begins on voucher_series

drop function period_event_applies, ledger_period_begins, voucher_mirrors, voucher_balances,
    posting_booked, voucher_booked, reserve_voucher_numbers, voucher_series_begins
"""


def upgrade() -> None:
    _run(APPEND_ONLY)
    for table, recorded in BACK_DATED:
        op.execute(
            f"create trigger {table}_back_dated before insert on {table} for each row "
            f"when (new.{recorded} < transaction_timestamp()) "
            "execute function refuse_back_dated()"
        )
        op.execute(
            f"create trigger {table}_append_only before update or delete or truncate on {table} "
            "for each statement execute function refuse_change()"
        )
    for part in (NUMBERING, BOOKING, BALANCE, PERIODS):
        _run(part)


def downgrade() -> None:
    _run(DROPPED)
    for table, _ in BACK_DATED:
        op.execute(f"drop trigger {table}_append_only on {table}")
        op.execute(f"drop trigger {table}_back_dated on {table}")
    op.execute("drop function refuse_change, refuse_back_dated")


def _run(script: str) -> None:
    """Run statements one by one, as the driver takes them; they are parted by a blank line."""
    for statement in script.strip().split("\n\n"):
        op.execute(statement)
