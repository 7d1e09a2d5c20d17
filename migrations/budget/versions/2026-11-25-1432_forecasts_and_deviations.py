"""Forecasts, thresholds, comments on deviations, and reports of a period."""

from __future__ import annotations

from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

DIMENSIONS = ("project", "settlement_row")

# What was counted without a project is taken back and counted with it, as any correction of a
# journal. The owner may not write facts otherwise, because the service cannot see that its
# transaction is under way; dated a minute ahead, the rows lie behind no basis that is given
# until this transaction is over, and a basis from before the upgrade keeps its answer.
PROJECTS_BY_NUMBER = (
    "grant insert on budget_fact to current_user",
    """
    insert into budget_fact (measure, happened_on, amount, subject, record_kind, record_id,
                             recorded_at, reason, funder, programme, role, department, project)
    select f.measure, f.happened_on, side.sign * f.amount, f.subject, f.record_kind, f.record_id,
           clock_timestamp() + interval '1 minute', 'projects are counted by number', f.funder, f.programme, f.role, f.department,
           side.project
    from (select measure, happened_on, subject, record_kind, record_id, funder, programme, role,
                 department, sum(amount)::bigint as amount
          from budget_fact where record_kind = 'project'
          group by measure, happened_on, subject, record_kind, record_id, funder, programme,
                   role, department
          having sum(amount) <> 0) f
    join project p on p.id = f.record_id
    cross join lateral (values (-1, ''), (1, p.number)) as side (sign, project)
    """,
    "revoke insert on budget_fact from current_user",
)


def upgrade() -> None:
    for table in ("budget_fact", "budget_fact_sum"):
        for name in DIMENSIONS:
            op.execute(f"alter table {table} add column {name} text not null default ''")
    for statement in PROJECTS_BY_NUMBER:
        op.execute(statement)


def downgrade() -> None:
    for table in ("budget_fact_sum", "budget_fact"):
        for name in reversed(DIMENSIONS):
            op.execute(f"alter table {table} drop column {name}")
