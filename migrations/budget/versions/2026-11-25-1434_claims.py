"""Claims on funders, what they rest on, and what was granted, decided and paid."""

# Constraints are written out as the database gives them back, one statement a table.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "claimed_hours",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("record_id", sa.UUID(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("kind", "record_id", name=op.f("claimed_hours_pkey")),
        info={"derived": True},
    )
    op.create_table(
        "participant_hours",
        sa.Column("attestation_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("month", sa.Date(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("minutes >= 0", name=op.f("participant_hours_minutes_check")),
        sa.PrimaryKeyConstraint("attestation_id", "version", name=op.f("participant_hours_pkey")),
        info={"append_only": True},
    )
    op.create_index(
        "participant_hours_project_idx", "participant_hours", ["project", "month"], unique=False
    )
    op.create_table(
        "programme_period",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "code ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(code) <= 60",
            name=op.f("programme_period_code_check"),
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("programme_period_pkey")),
        info={"append_only": True},
    )
    op.create_table(
        "staff_hours",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("employee", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("activity", sa.SmallInteger(), nullable=False),
        sa.Column("function", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("activity between 1 and 7", name=op.f("staff_hours_activity_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("staff_hours_pkey")),
        sa.UniqueConstraint(
            "employee",
            "day",
            "project",
            "activity",
            "function",
            name=op.f("staff_hours_employee_day_project_activity_function_key"),
        ),
        info={"append_only": True},
    )
    op.create_index("staff_hours_project_idx", "staff_hours", ["project", "day"], unique=False)
    op.create_table(
        "cost_type",
        sa.Column("programme_period", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "code ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(code) <= 60",
            name=op.f("cost_type_code_check"),
        ),
        sa.CheckConstraint("length(trim(source)) > 0", name=op.f("cost_type_source_check")),
        sa.ForeignKeyConstraint(
            ["programme_period"],
            ["programme_period.code"],
            name=op.f("cost_type_programme_period_fkey"),
        ),
        sa.PrimaryKeyConstraint("programme_period", "code", name=op.f("cost_type_pkey")),
        info={"append_only": True},
    )
    op.create_table(
        "flat_rate",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("programme_period", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("share", sa.Integer(), nullable=False),
        sa.Column("on_cost_types", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("replaces", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("cardinality(on_cost_types) > 0", name=op.f("flat_rate_base_check")),
        sa.CheckConstraint("length(trim(source)) > 0", name=op.f("flat_rate_source_check")),
        sa.CheckConstraint("not on_cost_types && replaces", name=op.f("flat_rate_own_base_check")),
        sa.CheckConstraint("share between 0 and 10000", name=op.f("flat_rate_share_check")),
        sa.ForeignKeyConstraint(
            ["programme_period"],
            ["programme_period.code"],
            name=op.f("flat_rate_programme_period_fkey"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("flat_rate_pkey")),
        info={"append_only": True},
    )
    op.create_table(
        "grant_balance",
        sa.Column("project_id", sa.UUID(), nullable=False),
        sa.Column("decisions", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("granted", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("claimed", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("decided", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("paid", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("advanced", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("deducted", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("repaid", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("advance_paid", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("final", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("claimed <= granted", name=op.f("grant_balance_claimed_check")),
        sa.CheckConstraint("decided <= claimed", name=op.f("grant_balance_decided_check")),
        sa.CheckConstraint("deducted <= advanced", name=op.f("grant_balance_deducted_check")),
        sa.CheckConstraint("paid <= decided", name=op.f("grant_balance_paid_check")),
        sa.CheckConstraint(
            "repaid = 0 or repaid + deducted <= advance_paid",
            name=op.f("grant_balance_repaid_check"),
        ),
        sa.CheckConstraint("paid >= 0 and deducted >= 0", name=op.f("grant_balance_sums_check")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("grant_balance_project_id_fkey")
        ),
        sa.PrimaryKeyConstraint("project_id", name=op.f("grant_balance_pkey")),
        info={"derived": True},
    )
    op.create_table(
        "grant_decision",
        sa.Column("project_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("currency", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("programme_period", sa.Text(), nullable=False),
        sa.Column("support_rate", sa.Integer(), nullable=False),
        sa.Column("staff_costs", sa.Text(), nullable=False),
        sa.Column("flat_rates", postgresql.ARRAY(sa.Text()), nullable=False),
        sa.Column("participant_rate", sa.Text(), nullable=True),
        sa.Column("eligible_from", sa.Date(), nullable=False),
        sa.Column("eligible_to", sa.Date(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "currency in ('SEK', 'EUR')", name=op.f("grant_decision_currency_check")
        ),
        sa.CheckConstraint(
            "staff_costs in ('actual', 'unit')", name=op.f("grant_decision_staff_costs_check")
        ),
        sa.CheckConstraint("amount >= 0", name=op.f("grant_decision_amount_check")),
        sa.CheckConstraint(
            "eligible_from <= eligible_to", name=op.f("grant_decision_eligible_check")
        ),
        sa.CheckConstraint(
            "number = 1 or length(trim(reason)) > 0", name=op.f("grant_decision_reason_check")
        ),
        sa.CheckConstraint(
            "support_rate between 1 and 10000", name=op.f("grant_decision_support_rate_check")
        ),
        sa.ForeignKeyConstraint(
            ["programme_period"],
            ["programme_period.code"],
            name=op.f("grant_decision_programme_period_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("grant_decision_project_id_fkey")
        ),
        sa.PrimaryKeyConstraint("project_id", "number", name=op.f("grant_decision_pkey")),
        info={"append_only": True},
    )
    op.create_table(
        "programme_period_version",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        sa.Column("last_day", sa.Date(), nullable=False),
        sa.Column("hours_per_year", sa.Integer(), nullable=False),
        sa.Column("hours_per_day", sa.Integer(), nullable=False),
        sa.Column("whole_hours", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "first_day <= last_day", name=op.f("programme_period_version_days_check")
        ),
        sa.CheckConstraint(
            "hours_per_day between 1 and 24",
            name=op.f("programme_period_version_hours_per_day_check"),
        ),
        sa.CheckConstraint(
            "hours_per_year between 1 and 8784",
            name=op.f("programme_period_version_hours_per_year_check"),
        ),
        sa.CheckConstraint(
            "length(trim(source)) > 0", name=op.f("programme_period_version_source_check")
        ),
        sa.ForeignKeyConstraint(
            ["code"], ["programme_period.code"], name=op.f("programme_period_version_code_fkey")
        ),
        sa.PrimaryKeyConstraint("code", "version", name=op.f("programme_period_version_pkey")),
        info={"append_only": True},
    )
    op.create_table(
        "staff_hours_version",
        sa.Column("staff_hours_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("minutes", sa.Integer(), nullable=False),
        sa.Column("attested_by", sa.Text(), nullable=False),
        sa.Column("attested_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "minutes between 0 and 1440", name=op.f("staff_hours_version_minutes_check")
        ),
        sa.ForeignKeyConstraint(
            ["staff_hours_id"],
            ["staff_hours.id"],
            name=op.f("staff_hours_version_staff_hours_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("staff_hours_id", "version", name=op.f("staff_hours_version_pkey")),
        info={"append_only": True},
    )
    op.create_table(
        "claim",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("project_id", sa.UUID(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("first_month", sa.Date(), nullable=False),
        sa.Column("last_month", sa.Date(), nullable=False),
        sa.Column("advance", sa.BigInteger(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(kind = 'advance') = (advance is not null)", name=op.f("claim_advance_check")
        ),
        sa.CheckConstraint(
            "kind in ('advance', 'interim', 'final')", name=op.f("claim_kind_check")
        ),
        sa.CheckConstraint("advance > 0", name=op.f("claim_advance_amount_check")),
        sa.CheckConstraint(
            "extract(day from first_month) = 1 and extract(day from last_month) = 1",
            name=op.f("claim_whole_months_check"),
        ),
        sa.CheckConstraint("first_month <= last_month", name=op.f("claim_months_check")),
        sa.ForeignKeyConstraint(
            ["project_id"], ["grant_balance.project_id"], name=op.f("claim_project_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("claim_pkey")),
        sa.UniqueConstraint("project_id", "number", name=op.f("claim_project_id_number_key")),
        info={"append_only": True},
    )
    op.create_table(
        "cost_type_account",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("programme_period", sa.Text(), nullable=False),
        sa.Column("prefix", sa.Text(), nullable=False),
        sa.Column("cost_type", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "prefix ~ '^[4-8][0-9]{0,5}$'", name=op.f("cost_type_account_prefix_check")
        ),
        sa.CheckConstraint("length(trim(source)) > 0", name=op.f("cost_type_account_source_check")),
        sa.ForeignKeyConstraint(
            ["programme_period", "cost_type"],
            ["cost_type.programme_period", "cost_type.code"],
            name=op.f("cost_type_account_programme_period_cost_type_fkey"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("cost_type_account_pkey")),
        info={"append_only": True},
    )
    op.create_table(
        "hourly_rate",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("programme_period", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("cost_type", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("kind in ('staff', 'participant')", name=op.f("hourly_rate_kind_check")),
        sa.CheckConstraint("amount >= 0", name=op.f("hourly_rate_amount_check")),
        sa.CheckConstraint("length(trim(source)) > 0", name=op.f("hourly_rate_source_check")),
        sa.ForeignKeyConstraint(
            ["programme_period", "cost_type"],
            ["cost_type.programme_period", "cost_type.code"],
            name=op.f("hourly_rate_programme_period_cost_type_fkey"),
        ),
        sa.ForeignKeyConstraint(
            ["programme_period"],
            ["programme_period.code"],
            name=op.f("hourly_rate_programme_period_fkey"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("hourly_rate_pkey")),
        info={"append_only": True},
    )
    op.create_table(
        "claim_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("claim_id", sa.UUID(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.Column("grant_number", sa.Integer(), nullable=True),
        sa.Column("basis", sa.DateTime(timezone=True), nullable=True),
        sa.Column("eligible", sa.BigInteger(), nullable=True),
        sa.Column("in_kind", sa.BigInteger(), nullable=True),
        sa.Column("support", sa.BigInteger(), nullable=True),
        sa.Column("deducted", sa.BigInteger(), nullable=True),
        sa.Column("cut", sa.BigInteger(), nullable=True),
        sa.Column("exchange_rate", sa.Numeric(14, 6), nullable=True),
        sa.Column("exchange_day", sa.Date(), nullable=True),
        sa.Column("exchange_source", sa.Text(), nullable=True),
        sa.Column("settled", sa.BigInteger(), nullable=True),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(action = 'submitted') = (num_nulls(grant_number, basis, eligible, in_kind, support, deducted, cut) = 0) and num_nulls(grant_number, basis, eligible, in_kind, support, deducted, cut) in (0, 7)",
            name=op.f("claim_event_sums_check"),
        ),
        sa.CheckConstraint(
            "(action in ('submitted', 'decided', 'paid', 'repaid')) = (amount is not null)",
            name=op.f("claim_event_amount_check"),
        ),
        sa.CheckConstraint(
            "action in ('submitted', 'withdrawn', 'decided', 'rejected', 'paid', 'repaid')",
            name=op.f("claim_event_action_check"),
        ),
        sa.CheckConstraint(
            "action not in ('withdrawn', 'rejected') or length(trim(reason)) > 0",
            name=op.f("claim_event_reason_check"),
        ),
        sa.CheckConstraint(
            "amount >= 0 and (action not in ('paid', 'repaid') or amount > 0)",
            name=op.f("claim_event_amount_sign_check"),
        ),
        sa.CheckConstraint(
            "amount = support - deducted - cut and deducted >= 0 and cut >= 0",
            name=op.f("claim_event_support_check"),
        ),
        sa.CheckConstraint(
            "num_nulls(exchange_rate, exchange_day, exchange_source) in (0, 3)"
            " and (exchange_rate is null or action = 'submitted')",
            name=op.f("claim_event_exchange_check"),
        ),
        sa.CheckConstraint(
            "settled is null or (action = 'decided' and settled >= 0)",
            name=op.f("claim_event_settled_check"),
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("claim_event_claim_id_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("claim_event_pkey")),
        info={"append_only": True},
    )
    op.create_index("claim_event_claim_id_idx", "claim_event", ["claim_id"], unique=False)
    op.create_table(
        "claim_line",
        sa.Column("claim_id", sa.UUID(), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("cost_type", sa.Text(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("minutes", sa.BigInteger(), nullable=True),
        sa.Column("rate", sa.BigInteger(), nullable=True),
        sa.Column("share", sa.Integer(), nullable=True),
        sa.Column("base", sa.BigInteger(), nullable=True),
        sa.Column("base_lines", postgresql.ARRAY(sa.Integer()), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "(kind = 'flat_rate') = (share is not null) and (kind in ('flat_rate', 'excluded')) = (base is not null)",
            name=op.f("claim_line_share_check"),
        ),
        sa.CheckConstraint(
            "(kind in ('unit_cost', 'in_kind')) = (rate is not null) and (rate is null or minutes is not null)",
            name=op.f("claim_line_rate_check"),
        ),
        sa.CheckConstraint(
            "kind <> 'excluded' or amount = 0", name=op.f("claim_line_excluded_check")
        ),
        sa.CheckConstraint(
            "kind in ('actual', 'unit_cost', 'flat_rate', 'in_kind', 'excluded')",
            name=op.f("claim_line_kind_check"),
        ),
        sa.ForeignKeyConstraint(["claim_id"], ["claim.id"], name=op.f("claim_line_claim_id_fkey")),
        sa.PrimaryKeyConstraint("claim_id", "line", name=op.f("claim_line_pkey")),
        info={"append_only": True},
    )
    op.create_table(
        "claim_standing",
        sa.Column("claim_id", sa.UUID(), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'draft'"), nullable=False),
        sa.Column("amount", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("deducted", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("decided", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("paid", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("repaid", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.Column("frozen_in", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "state in ('draft', 'submitted', 'decided', 'paid', 'rejected', 'withdrawn')",
            name=op.f("claim_standing_state_check"),
        ),
        sa.CheckConstraint("decided <= amount", name=op.f("claim_standing_decided_check")),
        sa.CheckConstraint("paid <= decided", name=op.f("claim_standing_paid_check")),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claim.id"], name=op.f("claim_standing_claim_id_fkey")
        ),
        sa.PrimaryKeyConstraint("claim_id", name=op.f("claim_standing_pkey")),
        info={"derived": True},
    )
    op.create_table(
        "claimed_posting",
        sa.Column("posting_id", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("claim_id", sa.UUID(), nullable=False),
        sa.ForeignKeyConstraint(
            ["claim_id"], ["claim.id"], name=op.f("claimed_posting_claim_id_fkey")
        ),
        sa.PrimaryKeyConstraint("posting_id", name=op.f("claimed_posting_pkey")),
        info={"derived": True},
    )
    op.create_index(
        op.f("claimed_posting_claim_id_idx"), "claimed_posting", ["claim_id"], unique=False
    )
    op.create_table(
        "claim_source",
        sa.Column("claim_id", sa.UUID(), nullable=False),
        sa.Column("line", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("ordinal", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("posting_id", sa.BigInteger(), nullable=True),
        sa.Column("record_id", sa.UUID(), nullable=True),
        sa.Column("record_version", sa.Integer(), nullable=True),
        sa.Column("minutes", sa.BigInteger(), nullable=True),
        sa.Column("amount", sa.BigInteger(), nullable=True),
        sa.CheckConstraint(
            "(kind = 'posting') = (posting_id is not null) and (posting_id is null) = (amount is null) and num_nulls(record_id, record_version, minutes) = case kind when 'posting' then 3 else 0 end",
            name=op.f("claim_source_named_check"),
        ),
        sa.CheckConstraint(
            "kind in ('posting', 'staff_hours', 'participant_hours')",
            name=op.f("claim_source_kind_check"),
        ),
        sa.ForeignKeyConstraint(
            ["claim_id", "line"],
            ["claim_line.claim_id", "claim_line.line"],
            name=op.f("claim_source_claim_id_line_fkey"),
        ),
        sa.PrimaryKeyConstraint("claim_id", "line", "ordinal", name=op.f("claim_source_pkey")),
        info={"append_only": True},
    )
    op.create_index("claim_source_posting_id_idx", "claim_source", ["posting_id"], unique=False)
    op.create_index("claim_source_record_id_idx", "claim_source", ["record_id"], unique=False)


def downgrade() -> None:
    op.drop_index("claim_source_record_id_idx", table_name="claim_source")
    op.drop_index("claim_source_posting_id_idx", table_name="claim_source")
    op.drop_table("claim_source")
    op.drop_index(op.f("claimed_posting_claim_id_idx"), table_name="claimed_posting")
    op.drop_table("claimed_posting")
    op.drop_table("claim_standing")
    op.drop_table("claim_line")
    op.drop_index("claim_event_claim_id_idx", table_name="claim_event")
    op.drop_table("claim_event")
    op.drop_table("hourly_rate")
    op.drop_table("cost_type_account")
    op.drop_table("claim")
    op.drop_table("staff_hours_version")
    op.drop_table("programme_period_version")
    op.drop_table("grant_decision")
    op.drop_table("grant_balance")
    op.drop_table("flat_rate")
    op.drop_table("cost_type")
    op.drop_index("staff_hours_project_idx", table_name="staff_hours")
    op.drop_table("staff_hours")
    op.drop_table("programme_period")
    op.drop_index("participant_hours_project_idx", table_name="participant_hours")
    op.drop_table("participant_hours")
    op.drop_table("claimed_hours")
