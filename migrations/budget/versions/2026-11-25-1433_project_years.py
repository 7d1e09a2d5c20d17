"""What projects cost and earn by year, their partners, and exchange rates."""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# A date stated as a year or a month covers all of it; what is compared is the covered days.
TERMS = """
alter table project_version
    add column decided_cost_amount bigint,
    add column decided_cost_currency text,
    add column decided_income_amount bigint,
    add column decided_income_currency text,
    add column grant_share_points integer,
    add column strategic boolean not null default false,
    add column strategic_reason text not null default '',
    add column transaction_id bigint not null default (pg_current_xact_id()::text)::bigint,
    add constraint project_version_decided_cost_currency_check
        check (decided_cost_currency in ('SEK', 'EUR')),
    add constraint project_version_decided_cost_stated_check
        check ((decided_cost_amount is null) = (decided_cost_currency is null)
               and decided_cost_amount >= 0),
    add constraint project_version_decided_income_currency_check
        check (decided_income_currency in ('SEK', 'EUR')),
    add constraint project_version_decided_income_stated_check
        check ((decided_income_amount is null) = (decided_income_currency is null)
               and decided_income_amount <= 0),
    add constraint project_version_grant_share_check
        check (grant_share_points between 0 and 10000),
    add constraint project_version_strategic_explained_check
        check (not strategic or length(trim(strategic_reason)) > 0),
    drop constraint project_version_dates_check,
    drop constraint project_version_forecast_explained_check,
    add constraint project_version_dates_check
        check (start_on < end_on + case end_precision when 'year' then interval '1 year' when 'month' then interval '1 month' else interval '1 day' end),
    add constraint project_version_forecast_dates_check
        check (coalesce(forecast_start_on, start_on) < coalesce(
            forecast_end_on + case forecast_end_precision when 'year' then interval '1 year' when 'month' then interval '1 month' else interval '1 day' end,
            end_on + case end_precision when 'year' then interval '1 year' when 'month' then interval '1 month' else interval '1 day' end)),
    add constraint project_version_forecast_explained_check
        check (length(trim(forecast_explanation)) > 0 or not coalesce(
            forecast_start_on >= start_on + case start_precision when 'year' then interval '1 year' when 'month' then interval '1 month' else interval '1 day' end
            or start_on >= forecast_start_on + case forecast_start_precision when 'year' then interval '1 year' when 'month' then interval '1 month' else interval '1 day' end, false)),
    add constraint project_version_forecast_end_explained_check
        check (length(trim(forecast_explanation)) > 0 or not coalesce(
            forecast_end_on >= end_on + case end_precision when 'year' then interval '1 year' when 'month' then interval '1 month' else interval '1 day' end
            or end_on >= forecast_end_on + case forecast_end_precision when 'year' then interval '1 year' when 'month' then interval '1 month' else interval '1 day' end, false))
"""

PARTNERS = """
create table project_partner (
    project_id uuid not null,
    version integer not null,
    position integer not null,
    name text not null,
    role text not null,
    is_committee boolean not null,
    share_points integer,
    amount bigint,
    currency text,
    constraint project_partner_pkey primary key (project_id, version, position),
    constraint project_partner_project_id_version_fkey foreign key (project_id, version)
        references project_version (project_id, version),
    constraint project_partner_role_check check (role in ('owner', 'part_owner', 'partner')),
    constraint project_partner_name_check check (length(trim(name)) > 0),
    constraint project_partner_share_check check (share_points between 0 and 10000),
    constraint project_partner_currency_check check (currency in ('SEK', 'EUR')),
    constraint project_partner_stated_check
        check ((amount is null) = (currency is null) and amount >= 0),
    constraint project_partner_one_part_check
        check (share_points is null or amount is null)
)

create unique index project_partner_committee_key on project_partner (project_id, version)
    where is_committee

-- Partners belong to the version that names them: none can join it later, and so nobody else
-- can be adding to the sum that is checked here.
create function project_partners_agreed() returns trigger language plpgsql as $$
begin
    if exists (
        select from agreed join project_version v using (project_id, version)
        where v.transaction_id <> pg_current_xact_id()::text::bigint)
    then
        raise exception 'a partner cannot join a version that is recorded'
            using errcode = 'check_violation', constraint = 'project_partner_sealed',
                  table = 'project_partner';
    end if;
    if exists (
        select from project_partner p
        where (p.project_id, p.version) in (select project_id, version from agreed)
        group by p.project_id, p.version having sum(p.share_points) > 10000)
    then
        raise exception 'the shares of a project are at most the whole of it'
            using errcode = 'check_violation', constraint = 'project_partner_shares',
                  table = 'project_partner';
    end if;
    return null;
end $$

create trigger project_partners_agreed after insert on project_partner
    referencing new table as agreed
    for each statement execute function project_partners_agreed()
"""

YEARS = """
create table project_year_amount (
    id bigint generated always as identity,
    project_id uuid not null,
    kind text not null,
    flow text not null,
    year integer not null,
    period integer not null,
    amount bigint,
    currency text,
    note text not null default '',
    by text not null,
    recorded_at timestamptz not null default now(),
    constraint project_year_amount_pkey primary key (id),
    constraint project_year_amount_project_id_fkey foreign key (project_id)
        references project (id),
    constraint project_year_amount_kind_check
        check (kind in ('budget', 'plan', 'forecast', 'earlier_outcome')),
    constraint project_year_amount_flow_check check (flow in ('cost', 'income')),
    constraint project_year_amount_currency_check
        check (currency in ('SEK', 'EUR')),
    constraint project_year_amount_stated_check
        check ((amount is null) = (currency is null)),
    constraint project_year_amount_sign_check
        check (case flow when 'cost' then amount >= 0 else amount <= 0 end),
    constraint project_year_amount_withdrawn_check
        check (amount is not null or length(trim(note)) > 0),
    constraint project_year_amount_year_check check (year between 1900 and 2199),
    constraint project_year_amount_period_check
        check (period / 100 between 1900 and 2199 and period % 100 between 0 and 14),
    constraint project_year_amount_earlier_check
        check (kind <> 'earlier_outcome' or year <= period / 100)
)

create index project_year_amount_project_id_year_idx on project_year_amount (project_id, year)

create table exchange_rate (
    id bigint generated always as identity,
    currency text not null,
    valid_on date not null,
    rate numeric(14, 6) not null,
    source text not null,
    by text not null,
    recorded_at timestamptz not null default now(),
    constraint exchange_rate_pkey primary key (id),
    constraint exchange_rate_currency_check check (currency in ('EUR')),
    constraint exchange_rate_rate_check check (rate > 0),
    constraint exchange_rate_source_check check (length(trim(source)) > 0)
)

create index exchange_rate_currency_valid_on_idx on exchange_rate (currency, valid_on)

create index posting_project_idx on posting (project, period) where project <> ''
"""

APPEND_ONLY = ("project_partner", "project_year_amount", "exchange_rate")
DATED = ("project_year_amount", "exchange_rate")

# Projects that were decided before are counted as those decided from now on; none is in euro,
# because no rate has been stated yet. Dated a minute ahead as the facts of revision 0005 are,
# for the same reasons. What a downgrade left behind is not counted twice.
COFINANCING = (
    "grant insert on budget_fact to current_user",
    """
    insert into budget_fact (measure, happened_on, amount, record_kind, record_id, recorded_at,
                             reason, funder, programme, role, department, project)
    select 'project-cofinancing', day.at, day.sign * v.cofinancing_amount, 'project_cofinancing',
           p.id, clock_timestamp() + interval '1 minute', 'co-financing is counted', v.funder,
           v.programme, v.role, v.department, p.number
    from project p join project_version v on v.project_id = p.id and v.version = p.version
    cross join lateral (values
        (v.start_on, 1),
        ((v.end_on + case v.end_precision when 'year' then interval '1 year' when 'month' then interval '1 month' else interval '1 day' end)::date, -1)) as day (at, sign)
    where v.state = 'decided' and v.cofinancing_currency = 'SEK' and v.cofinancing_amount <> 0
      and not exists (select from budget_fact f
                      where f.record_kind = 'project_cofinancing' and f.record_id = p.id)
    """,
    "revoke insert on budget_fact from current_user",
)

BEFORE = """
alter table project_version
    drop constraint project_version_dates_check,
    drop constraint project_version_forecast_dates_check,
    drop constraint project_version_forecast_explained_check,
    drop constraint project_version_forecast_end_explained_check,
    add constraint project_version_dates_check check (start_on <= end_on) not valid,
    add constraint project_version_forecast_explained_check
        check ((forecast_start_on is null and forecast_end_on is null)
               or length(trim(forecast_explanation)) > 0) not valid,
    drop column decided_cost_amount,
    drop column decided_cost_currency,
    drop column decided_income_amount,
    drop column decided_income_currency,
    drop column grant_share_points,
    drop column strategic,
    drop column strategic_reason,
    drop column transaction_id
"""


def upgrade() -> None:
    for part in (TERMS, PARTNERS, YEARS):
        _run(part)
    for statement in COFINANCING:
        op.execute(statement)
    for table in APPEND_ONLY:
        op.execute(
            f"create trigger {table}_append_only before update or delete or truncate on {table} "
            "for each statement execute function refuse_change()"
        )
    for table in DATED:
        op.execute(
            f"create trigger {table}_back_dated before insert on {table} for each row "
            "when (new.recorded_at < transaction_timestamp()) "
            "execute function refuse_back_dated()"
        )


def downgrade() -> None:
    op.execute("drop index posting_project_idx")
    for table in reversed(APPEND_ONLY):
        op.execute(f"drop table {table}")
    op.execute("drop function project_partners_agreed")
    _run(BEFORE)


def _run(script: str) -> None:
    """Run statements one by one, as the driver takes them; they are parted by a blank line."""
    for statement in script.strip().split("\n\n"):
        op.execute(statement)
