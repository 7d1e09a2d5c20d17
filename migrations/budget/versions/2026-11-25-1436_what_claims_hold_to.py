"""What claims hold to, whoever writes.

One balance row per project carries what was granted, claimed, decided and paid; its checks are
what concurrent claims cannot get past, because each of them must change that row. The service's
role may not write it, nor a claim's standing, nor the lists of what live claims hold: these
follow from the decisions and events that it appends, by functions that run as their owner.
"""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

BACK_DATED = (
    "programme_period_version",
    "cost_type",
    "cost_type_account",
    "flat_rate",
    "hourly_rate",
    "grant_decision",
    "claim",
    "claim_event",
    "staff_hours_version",
    "participant_hours",
)
UNCHANGED = (*BACK_DATED, "programme_period", "staff_hours", "claim_line", "claim_source")

ROUNDING = """
-- The quotient to the nearest integer, a half to the even one: domain/rounding.py.
create function half_even(numerator bigint, denominator bigint) returns bigint
    language sql immutable parallel safe as $$
    select numerator / denominator + case
        when 2 * abs(numerator % denominator) > denominator
          or (2 * abs(numerator % denominator) = denominator and numerator / denominator % 2 <> 0)
        then sign(numerator)::bigint else 0 end
$$;
"""

GRANTS = """
-- Locks a project's balance until the transaction ends, and says what it holds.
create function lock_grant(wanted uuid) returns setof grant_balance
    language sql security definer set search_path = public, pg_temp as $$
    select * from grant_balance where project_id = wanted for update
$$;

create function grant_decision_waits() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into grant_balance (project_id) values (new.project_id) on conflict do nothing;
    select greatest(transaction_timestamp(), recorded_at + interval '1 microsecond')
        into new.recorded_at from lock_grant(new.project_id);
    return new;
end $$;

create trigger grant_decision_waits before insert on grant_decision
    for each row execute function grant_decision_waits();

create function grant_decision_counts() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    held grant_balance;
begin
    select * into held from grant_balance where project_id = new.project_id;
    if new.number <> held.decisions + 1 then
        raise exception 'decisions on a grant are numbered without gaps'
            using errcode = 'check_violation', constraint = 'grant_decision_numbering',
                  table = 'grant_decision';
    end if;
    if exists (select from grant_decision g where g.project_id = new.project_id
               and (g.currency, g.programme_period) <> (new.currency, new.programme_period)) then
        raise exception 'a grant keeps its programme period and currency'
            using errcode = 'check_violation', constraint = 'grant_decision_programme',
                  table = 'grant_decision';
    end if;
    if new.amount < held.claimed then
        raise exception 'a grant is not lowered below what is claimed'
            using errcode = 'check_violation', constraint = 'grant_decision_covers_claims',
                  table = 'grant_decision';
    end if;
    update grant_balance
    set granted = new.amount, decisions = new.number, recorded_at = new.recorded_at
    where project_id = new.project_id;
    return null;
end $$;

create trigger grant_decision_counts after insert on grant_decision
    for each row execute function grant_decision_counts();
"""

EVENTS = """
create function claim_begins() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    insert into claim_standing (claim_id) values (new.id);
    return null;
end $$;

create trigger claim_begins after insert on claim
    for each row execute function claim_begins();

-- Claims of one project come one after the other: each waits for the balance they share.
create function claim_event_waits() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    select greatest(transaction_timestamp(), b.recorded_at + interval '1 microsecond')
        into new.recorded_at
        from claim c cross join lateral lock_grant(c.project_id) b where c.id = new.claim_id;
    return new;
end $$;

create trigger claim_event_waits before insert on claim_event
    for each row execute function claim_event_waits();

create function release_claimed(released uuid) returns void
    language plpgsql set search_path = public, pg_temp as $$
begin
    delete from claimed_posting where claim_id = released;
    update claimed_hours held set minutes = held.minutes - freed.minutes
    from (select s.kind, s.record_id, sum(s.minutes)::bigint as minutes
          from claim_source s join claim_line l using (claim_id, line)
          where s.claim_id = released and l.kind in ('unit_cost', 'in_kind')
          group by s.kind, s.record_id) freed
    where held.kind = freed.kind and held.record_id = freed.record_id;
end $$;

revoke execute on function release_claimed from public;

create function claim_event_counts() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    made claim;
    held claim_standing;
    was_live boolean;
    settled bigint;
begin
    select * into made from claim where id = new.claim_id;
    select * into held from claim_standing where claim_id = new.claim_id for update;
    if held.state <> all (case new.action when 'submitted' then array['draft']
                                          when 'withdrawn' then array['draft', 'submitted']
                                          when 'paid' then array['decided']
                                          when 'repaid' then array['decided', 'paid']
                                          else array['submitted'] end)
       or (new.action = 'repaid' and made.kind <> 'final') then
        raise exception 'a claim that is % cannot be %', held.state, new.action
            using errcode = 'check_violation', constraint = 'claim_event_order',
                  table = 'claim_event';
    end if;
    was_live := held.state = 'submitted';
    if new.action = 'submitted' then
        if exists (select from grant_balance where project_id = made.project_id and final) then
            raise exception 'nothing is claimed after the final claim'
                using errcode = 'check_violation', constraint = 'claim_event_after_final',
                      table = 'claim_event';
        end if;
        update claim_standing
        set state = 'submitted', amount = new.amount, deducted = new.deducted,
            frozen_in = pg_current_xact_id()::text::bigint
        where claim_id = new.claim_id;
        update grant_balance
        set claimed = claimed + new.amount, deducted = deducted + new.deducted,
            final = made.kind = 'final'
        where project_id = made.project_id;
    elsif new.action in ('withdrawn', 'rejected') then
        update claim_standing set state = new.action where claim_id = new.claim_id;
        if was_live then
            update grant_balance
            set claimed = claimed - held.amount, deducted = deducted - held.deducted,
                final = final and made.kind <> 'final'
            where project_id = made.project_id;
            perform release_claimed(new.claim_id);
        end if;
    elsif new.action = 'decided' then
        settled := coalesce(new.settled, held.deducted);
        if settled > held.deducted then
            raise exception 'a decision settles no more of advances than the claim deducts'
                using errcode = 'check_violation', constraint = 'claim_event_settled',
                      table = 'claim_event';
        end if;
        update claim_standing
        set state = 'decided', decided = new.amount, deducted = settled
        where claim_id = new.claim_id;
        update grant_balance
        set claimed = claimed - held.amount + new.amount, decided = decided + new.amount,
            deducted = deducted - held.deducted + settled,
            advanced = advanced + case made.kind when 'advance' then new.amount else 0 end
        where project_id = made.project_id;
    elsif new.action = 'repaid' then
        update claim_standing set repaid = repaid + new.amount where claim_id = new.claim_id;
        update grant_balance set repaid = repaid + new.amount where project_id = made.project_id;
    else
        update claim_standing
        set paid = paid + new.amount,
            state = case when paid + new.amount = decided then 'paid' else 'decided' end
        where claim_id = new.claim_id;
        update grant_balance
        set paid = paid + new.amount,
            advance_paid = advance_paid + case made.kind when 'advance' then new.amount else 0 end
        where project_id = made.project_id;
    end if;
    update grant_balance set recorded_at = new.recorded_at where project_id = made.project_id;
    return null;
end $$;

create trigger claim_event_counts after insert on claim_event
    for each row execute function claim_event_counts();
"""

LINES = """
create function claim_line_joins() returns trigger language plpgsql as $$
begin
    if exists (select from joined l left join claim_standing s
               on s.claim_id = l.claim_id and s.frozen_in = pg_current_xact_id()::text::bigint
               where s.claim_id is null) then
        raise exception 'a claim has its lines from the transaction that submits it'
            using errcode = 'check_violation', constraint = 'claim_line_sealed',
                  table = 'claim_line';
    end if;
    return null;
end $$;

create trigger claim_line_joins after insert on claim_line referencing new table as joined
    for each statement execute function claim_line_joins();

create function claim_source_joins() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
begin
    if exists (select from joined l left join claim_standing s
               on s.claim_id = l.claim_id and s.frozen_in = pg_current_xact_id()::text::bigint
               where s.claim_id is null) then
        raise exception 'a claim has its sources from the transaction that submits it'
            using errcode = 'check_violation', constraint = 'claim_line_sealed',
                  table = 'claim_source';
    end if;
    if exists (
        select from joined t join claim_line l using (claim_id, line)
        join claim c on c.id = t.claim_id join project p on p.id = c.project_id
        left join posting o on o.id = t.posting_id and o.project = p.number and o.amount = t.amount
        left join staff_hours h on h.id = t.record_id and h.project = p.number
        left join participant_hours a on a.attestation_id = t.record_id
             and a.version = t.record_version and a.project = p.number
        where case t.kind when 'posting' then o.id is null
                          when 'staff_hours' then h.id is null
                          else a.attestation_id is null end
           or t.kind <> case l.kind when 'actual' then 'posting' when 'unit_cost' then 'staff_hours'
                                    when 'in_kind' then 'participant_hours'
                                    when 'excluded' then t.kind else '' end)
    then
        raise exception 'a source is a posting or hours of the claim''s own project'
            using errcode = 'check_violation', constraint = 'claim_source_own',
                  table = 'claim_source';
    end if;
    insert into claimed_posting (posting_id, claim_id)
        select t.posting_id, t.claim_id from joined t join claim_line l using (claim_id, line)
        where l.kind = 'actual' order by t.posting_id;
    insert into claimed_hours as held (kind, record_id, minutes)
        select t.kind, t.record_id, sum(t.minutes)::bigint
        from joined t join claim_line l using (claim_id, line)
        where l.kind in ('unit_cost', 'in_kind') group by t.kind, t.record_id order by 1, 2
        on conflict (kind, record_id) do update set minutes = held.minutes + excluded.minutes;
    if exists (
        select from claimed_hours held
        where (held.kind, held.record_id) in (select kind, record_id from joined)
          and held.minutes > coalesce(case held.kind
              when 'staff_hours' then (
                  select minutes from staff_hours_version where staff_hours_id = held.record_id
                  order by version desc limit 1)
              else (select minutes from participant_hours where attestation_id = held.record_id
                    order by version desc limit 1) end, 0))
    then
        raise exception 'more hours are claimed than are attested'
            using errcode = 'check_violation', constraint = 'claimed_hours_attested',
                  table = 'claim_source';
    end if;
    return null;
end $$;

create trigger claim_source_joins after insert on claim_source referencing new table as joined
    for each statement execute function claim_source_joins();

-- At commit a submitted claim is what its lines come to, and takes no more of them.
create function claim_adds_up() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    faulty integer;
    made claim;
    granted grant_decision;
    cap bigint;
    divisor numeric;
    eligible_sum bigint;
    in_kind_sum bigint;
begin
    select min(l.line) into faulty from claim_line l
    cross join lateral (
        select coalesce(sum(amount), 0) as amount, coalesce(sum(minutes), 0) as minutes
        from claim_source s where s.claim_id = l.claim_id and s.line = l.line) s
    cross join lateral (
        select coalesce(sum(b.amount), 0) as amount from claim_line b
        where b.claim_id = l.claim_id and b.line = any(l.base_lines)
          and b.kind in ('actual', 'unit_cost')) b
    where l.claim_id = new.claim_id and not case l.kind
        when 'actual' then l.amount = s.amount
        when 'flat_rate' then l.base = b.amount and l.amount = half_even(l.base * l.share, 10000)
        when 'excluded' then l.base = s.amount
        else l.minutes = s.minutes and l.amount = half_even(l.minutes * l.rate, 60) end;
    if faulty is not null then
        raise exception 'line % is not what its sources come to', faulty
            using errcode = 'check_violation', constraint = 'claim_line_adds_up',
                  table = 'claim_line';
    end if;
    select * into made from claim where id = new.claim_id;
    select * into granted from grant_decision
        where project_id = made.project_id and number = new.grant_number;
    select coalesce(sum(amount), 0), coalesce(sum(amount) filter (where kind = 'in_kind'), 0)
        into eligible_sum, in_kind_sum from claim_line where claim_id = new.claim_id;
    cap := case made.kind when 'advance' then made.advance
           else least(half_even(eligible_sum * granted.support_rate, 10000),
                      greatest(eligible_sum - in_kind_sum, 0)) end;
    if new.exchange_rate is not null and made.kind <> 'advance' then
        divisor := new.exchange_rate * 1000000;
        cap := sign(cap) * div(2 * abs(cap)::numeric * 1000000 + divisor, 2 * divisor);
    end if;
    if granted.number is null or (new.eligible, new.in_kind) <> (eligible_sum, in_kind_sum)
       or new.support <> cap
       or (made.kind = 'advance' and new.deducted + new.cut <> 0)
       or (granted.currency = 'SEK') <> (new.exchange_rate is null)
       or (new.exchange_rate is not null and not exists (
           select from exchange_rate r
           where (r.currency, r.rate, r.valid_on, r.source)
               = (granted.currency, new.exchange_rate, new.exchange_day, new.exchange_source)))
    then
        raise exception 'a claim is not what its lines come to'
            using errcode = 'check_violation', constraint = 'claim_adds_up', table = 'claim_event';
    end if;
    update claim_standing set frozen_in = null where claim_id = new.claim_id;
    return null;
end $$;

create constraint trigger claim_adds_up after insert on claim_event
    deferrable initially deferred for each row when (new.action = 'submitted')
    execute function claim_adds_up();
"""

HOURS = """
-- Nobody works longer a day than the programme period of a project pays for, over all projects.
create function staff_hours_fit_the_day() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    faulty record;
begin
    perform pg_advisory_xact_lock(hashtext('staff_hours'));
    select h.employee, h.day into faulty
    from joined j join staff_hours h on h.id = j.staff_hours_id
    cross join lateral (
        select sum(v.minutes) as minutes from staff_hours d cross join lateral (
            select minutes from staff_hours_version where staff_hours_id = d.id
            order by version desc limit 1) v
        where d.employee = h.employee and d.day = h.day) whole
    where whole.minutes > 60 * staff_day(h.project) limit 1;
    if found then
        raise exception 'employee % has too many hours on %', faulty.employee, faulty.day
            using errcode = 'check_violation', constraint = 'staff_hours_day',
                  table = 'staff_hours_version';
    end if;
    return null;
end $$;

-- The hours a day that the programme period of a project's grant takes; 24 without a grant.
create function staff_day(project_number text) returns integer language sql stable as $$
    select coalesce((
        select r.hours_per_day
        from project p join grant_decision g on g.project_id = p.id
        join programme_period_version r on r.code = g.programme_period
        where p.number = project_number order by g.number desc, r.version desc limit 1), 24)
$$;

create trigger staff_hours_fit_the_day after insert on staff_hours_version
    referencing new table as joined
    for each statement execute function staff_hours_fit_the_day();
"""

DROPPED = """
drop trigger staff_hours_fit_the_day on staff_hours_version;

drop trigger claim_adds_up on claim_event;

drop trigger claim_source_joins on claim_source;

drop trigger claim_line_joins on claim_line;

drop trigger claim_event_counts on claim_event;

drop trigger claim_event_waits on claim_event;

drop trigger claim_begins on claim;

drop trigger grant_decision_counts on grant_decision;

drop trigger grant_decision_waits on grant_decision;

drop function staff_hours_fit_the_day, staff_day, claim_adds_up, claim_source_joins,
    claim_line_joins, claim_event_counts, release_claimed, claim_event_waits, claim_begins,
    grant_decision_counts, grant_decision_waits, lock_grant, half_even;
"""


def upgrade() -> None:
    for table in BACK_DATED:
        op.execute(
            f"create trigger {table}_back_dated before insert on {table} for each row "
            "when (new.recorded_at < transaction_timestamp()) "
            "execute function refuse_back_dated()"
        )
    for table in UNCHANGED:
        op.execute(
            f"create trigger {table}_append_only before update or delete or truncate on {table} "
            "for each statement execute function refuse_change()"
        )
    for part in (ROUNDING, GRANTS, EVENTS, LINES, HOURS):
        _run(part)


def downgrade() -> None:
    _run(DROPPED)
    for table in UNCHANGED:
        op.execute(f"drop trigger {table}_append_only on {table}")
    for table in BACK_DATED:
        op.execute(f"drop trigger {table}_back_dated on {table}")


def _run(script: str) -> None:
    """Run statements one by one, as the driver takes them; they are parted by a blank line."""
    for statement in script.strip().split("\n\n"):
        op.execute(statement)
