"""Forecasts, thresholds, comments on deviations, and reports of a period.

Lines of a forecast or of a budget version belong to the transaction that records it: one that
came later would change what an earlier basis says.
"""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

DIMENSIONS = ("project", "settlement_row")

TABLES = """
create table forecast (
    id uuid default uuidv7() not null,
    year integer not null,
    occasion text not null,
    number integer not null,
    reason text not null,
    proposal_basis timestamp with time zone not null,
    by text not null,
    recorded_at timestamp with time zone default now() not null,
    constraint forecast_pkey primary key (id),
    constraint forecast_year_occasion_number_key unique (year, occasion, number),
    constraint forecast_occasion_check check (occasion in ('T1', 'T2', 'year_end')),
    constraint forecast_number_check check (number >= 1),
    constraint forecast_reason_check check (number = 1 or length(trim(reason)) > 0)
)

create table forecast_line (
    forecast_id uuid not null,
    row_code text not null,
    amount bigint not null,
    proposed bigint,
    method text not null,
    note text not null,
    constraint forecast_line_pkey primary key (forecast_id, row_code),
    constraint forecast_line_forecast_id_fkey foreign key (forecast_id) references forecast (id),
    constraint forecast_line_row_code_check check (row_code in (
        'operations', 'depreciation', 'internal-interest', 'revenue',
        'recognised-investment-income')),
    constraint forecast_line_method_check check (method in (
        'period_pattern', 'remaining_periods', 'mixed', 'complete_year', 'none')),
    constraint forecast_line_proposed_check check ((proposed is null) = (method = 'none')),
    constraint forecast_line_unproposed_check check (method <> 'none' or length(trim(note)) > 0)
)

create table deviation_threshold (
    id bigint generated always as identity not null,
    subject_kind text not null,
    valid_from date not null,
    share_basis_points integer,
    amount bigint,
    decided_by text not null,
    reference text not null,
    by text not null,
    recorded_at timestamp with time zone default now() not null,
    constraint deviation_threshold_pkey primary key (id),
    constraint deviation_threshold_subject_kind_check
        check (subject_kind in ('settlement-row', 'project')),
    constraint deviation_threshold_share_check
        check (share_basis_points >= 0 and share_basis_points <= 100000),
    constraint deviation_threshold_amount_check check (amount >= 0),
    constraint deviation_threshold_stated_check
        check (num_nonnulls(share_basis_points, amount) > 0)
)

create table deviation_comment (
    id uuid default uuidv7() not null,
    period integer not null,
    subject_kind text not null,
    subject_key text not null,
    number integer not null,
    cause text not null,
    action text not null,
    deviation bigint not null,
    compared_with text not null,
    basis timestamp with time zone not null,
    by text not null,
    recorded_at timestamp with time zone default now() not null,
    constraint deviation_comment_pkey primary key (id),
    constraint deviation_comment_period_subject_kind_subject_key_number_key
        unique (period, subject_kind, subject_key, number),
    constraint deviation_comment_subject_kind_check
        check (subject_kind in ('settlement-row', 'project')),
    constraint deviation_comment_compared_with_check
        check (compared_with in ('forecast', 'outcome')),
    constraint deviation_comment_number_check check (number >= 1),
    constraint deviation_comment_period_check
        check (period / 100 between 1900 and 2199 and period % 100 between 1 and 14),
    constraint deviation_comment_cause_check check (length(trim(cause)) > 0),
    constraint deviation_comment_action_check check (length(trim(action)) > 0)
)

create table period_report (
    id uuid default uuidv7() not null,
    first_period integer not null,
    last_period integer not null,
    basis timestamp with time zone not null,
    format smallint not null,
    content text not null,
    content_hash text not null,
    by text not null,
    recorded_at timestamp with time zone default now() not null,
    constraint period_report_pkey primary key (id),
    constraint period_report_periods_check
        check (first_period / 100 = last_period / 100 and first_period % 100 >= 1
               and first_period <= last_period and last_period % 100 <= 14),
    constraint period_report_format_check check (format >= 1),
    constraint period_report_basis_check check (basis < recorded_at),
    constraint period_report_content_hash_check
        check (content_hash = encode(sha256(convert_to(content, 'UTF8')), 'hex'))
)

create index period_report_last_period_idx on period_report (last_period)

alter table budget_version add column effective_on date,
    add column reason text not null default ''
"""

BACK_DATED = (
    "forecast",
    "deviation_threshold",
    "deviation_comment",
    "period_report",
)
"""Tables that a basis looks into: nothing may slip in behind a basis already given."""

UNCHANGED = (*BACK_DATED, "forecast_line", "budget_line")
"""Tables that nobody changes, their owner included."""

SEALED = (
    ("forecast_line", "forecast", "forecast_id"),
    ("budget_line", "budget_version", "version_id"),
)
"""Lines, what they belong to, and how they name it."""

# What was counted without a project is taken back and counted with it, as any correction of a
# journal; budgets that were decided earlier are counted from now on. The owner may not write
# facts otherwise, because the service cannot see that its transaction is under way; dated a
# minute ahead, the rows lie behind no basis that is given until this transaction is over, and a
# basis from before the upgrade keeps its answer.
FACTS = (
    "grant insert on budget_fact to current_user",
    """
    insert into budget_fact (measure, happened_on, amount, subject, record_kind, record_id,
                             recorded_at, reason, funder, programme, role, department, project)
    select f.measure, f.happened_on, side.sign * f.amount, f.subject, f.record_kind, f.record_id,
           clock_timestamp() + interval '1 minute', 'projects are counted by number',
           f.funder, f.programme, f.role, f.department, side.project
    from (select measure, happened_on, subject, record_kind, record_id, funder, programme, role,
                 department, sum(amount)::bigint as amount
          from budget_fact where record_kind = 'project'
          group by measure, happened_on, subject, record_kind, record_id, funder, programme,
                   role, department
          having sum(amount) <> 0) f
    join project p on p.id = f.record_id
    cross join lateral (values (-1, ''), (1, p.number)) as side (sign, project)
    """,
    """
    insert into budget_fact (measure, happened_on, amount, record_kind, record_id, recorded_at,
                             reason, settlement_row)
    select 'budget', day.at, day.sign * l.amount, 'budget_version', v.id,
           clock_timestamp() + interval '1 minute', 'budgets are counted', l.row_code
    from budget_version v join budget_line l on l.version_id = v.id
    cross join lateral (values
        (greatest(v.decided_on, make_date(v.year, 1, 1)), 1),
        (make_date(v.year + 1, 1, 1), -1)) as day (at, sign)
    where v.decided_on < make_date(v.year + 1, 1, 1) and l.amount <> 0
    """,
    "revoke insert on budget_fact from current_user",
)


def upgrade() -> None:
    for table in ("budget_fact", "budget_fact_sum"):
        for name in DIMENSIONS:
            op.execute(f"alter table {table} add column {name} text not null default ''")
    for statement in FACTS:
        op.execute(statement)
    for statement in TABLES.strip().split("\n\n"):
        op.execute(statement)
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
    for lines, whole, reference in SEALED:
        op.execute(_sealing(lines, whole, reference))
        op.execute(
            f"create trigger {lines}_sealed before insert on {lines} "
            f"for each row execute function {lines}_sealed()"
        )


def downgrade() -> None:
    for lines, _, _ in SEALED:
        op.execute(f"drop trigger {lines}_sealed on {lines}")
        op.execute(f"drop function {lines}_sealed")
    op.execute("drop trigger budget_line_append_only on budget_line")
    op.execute("alter table budget_version drop column reason, drop column effective_on")
    for table in (
        "period_report",
        "deviation_comment",
        "deviation_threshold",
        "forecast_line",
        "forecast",
    ):
        op.execute(f"drop table {table}")
    for table in ("budget_fact_sum", "budget_fact"):
        for name in reversed(DIMENSIONS):
            op.execute(f"alter table {table} drop column {name}")


def _sealing(lines: str, whole: str, reference: str) -> str:
    return f"""
    create function {lines}_sealed() returns trigger language plpgsql as $$
    begin
        if not exists (select from {whole} where id = new.{reference}
                       and recorded_at >= transaction_timestamp()) then
            raise exception 'a line belongs to the transaction that records its {whole}'
                using errcode = 'check_violation', constraint = '{lines}_sealed',
                      table = '{lines}';
        end if;
        return new;
    end $$
    """
