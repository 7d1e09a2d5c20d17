"""The tables of the ledger, of plans and projects, and of the mechanisms they stand on."""

# ruff: noqa: PLR0915
# Constraints are written out as the database gives them back, one statement a table.

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "access_log",
        sa.Column("stream", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), autoincrement=False, nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("actor", sa.Text(), nullable=False),
        sa.Column("route", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("trace_id", sa.Text(), nullable=False),
        sa.Column("subjects", postgresql.ARRAY(sa.UUID()), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("stream", "seq", name=op.f("access_log_pkey")),
        info={"append_only": True},
    )
    op.create_index(
        op.f("access_log_subjects_idx"),
        "access_log",
        ["subjects"],
        unique=False,
        postgresql_using="gin",
    )
    op.create_table(
        "access_log_head",
        sa.Column("stream", sa.SmallInteger(), autoincrement=False, nullable=False),
        sa.Column("seq", sa.BigInteger(), nullable=False),
        sa.Column("hash", sa.LargeBinary(), nullable=False),
        sa.PrimaryKeyConstraint("stream", name=op.f("access_log_head_pkey")),
    )
    op.create_table(
        "account",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column(
            "account_group", sa.Text(), sa.Computed("left(code, 2)", persisted=True), nullable=False
        ),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("code ~ '^[1-8][0-9]{1,5}$'", name=op.f("account_code_check")),
        sa.PrimaryKeyConstraint("code", name=op.f("account_pkey")),
        info={"append_only": True},
    )
    op.create_table(
        "budget_fact",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column(
            "period",
            sa.Integer(),
            sa.Computed(
                "(extract(year from happened_on) * 100 + extract(month from happened_on))::integer",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("subject", sa.UUID(), nullable=True),
        sa.Column("record_kind", sa.Text(), nullable=False),
        sa.Column("record_id", sa.UUID(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("funder", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("programme", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("role", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("department", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("budget_fact_pkey")),
        info={
            "append_only": True,
            "facts": True,
            "dimensions": ("funder", "programme", "role", "department"),
        },
    )
    op.create_index(
        "budget_fact_measure_idx", "budget_fact", ["measure", "happened_on"], unique=False
    )
    op.create_index(
        "budget_fact_record_idx", "budget_fact", ["record_kind", "record_id"], unique=False
    )
    op.create_index(
        "budget_fact_recorded_at_idx",
        "budget_fact",
        ["recorded_at"],
        unique=False,
        postgresql_using="brin",
        postgresql_with={"autosummarize": "on"},
    )
    op.create_table(
        "budget_fact_sum",
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("funder", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("programme", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("role", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("department", sa.Text(), server_default=sa.text("''"), nullable=False),
        info={"append_only": True},
    )
    op.create_index(
        "budget_fact_sum_as_of_idx", "budget_fact_sum", ["as_of", "measure", "period"], unique=False
    )
    op.create_table(
        "budget_version",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=False),
        sa.Column("decided_by", sa.Text(), nullable=False),
        sa.Column("reference", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(kind = 'council_decision') = (number = 1)", name=op.f("budget_version_first_check")
        ),
        sa.CheckConstraint(
            "kind in ('council_decision', 'adjustment')", name=op.f("budget_version_kind_check")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("budget_version_pkey")),
        sa.UniqueConstraint("year", "number", name=op.f("budget_version_year_number_key")),
        info={"append_only": True},
    )
    op.create_table(
        "counterpart",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column(
            "counterpart_class",
            sa.Text(),
            sa.Computed(
                "case\n    when code ~ '^[1-4]' then 'internal'\n    when code ~ '^[5-7]' then 'municipal_company'\n    when code ~ '^[89]' then 'external'\n    else 'undivided' end",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("code ~ '^[0-9]{1,6}$'", name=op.f("counterpart_code_check")),
        sa.CheckConstraint(
            "counterpart_class in ('external', 'municipal_company', 'internal', 'undivided')",
            name=op.f("counterpart_counterpart_class_check"),
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("counterpart_pkey")),
        info={"append_only": True},
    )
    op.create_table(
        "delivery",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("register", sa.Text(), nullable=False),
        sa.Column("mode", sa.Text(), nullable=False),
        sa.Column("dry_run", sa.Boolean(), nullable=False),
        sa.Column("atomic", sa.Boolean(), nullable=False),
        sa.Column("day", sa.Date(), nullable=False),
        sa.Column("content_type", sa.Text(), nullable=False),
        sa.Column("idempotency_key", sa.Text(), nullable=False),
        sa.Column("delivered_by", sa.Text(), nullable=False),
        sa.Column("sha256", sa.LargeBinary(), nullable=False),
        sa.Column("bytes", sa.BigInteger(), nullable=False),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("state", sa.Text(), server_default="received", nullable=False),
        sa.Column("rows", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("created", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("changed", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("unchanged", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("retracted", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("rejected", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("ended", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("cursor", sa.BigInteger(), server_default="0", nullable=False),
        sa.Column("planned", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("moved_figures", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("explanation_code", sa.Text(), nullable=True),
        sa.Column("explanation", sa.Text(), nullable=True),
        sa.Column("failures", sa.Integer(), server_default="0", nullable=False),
        sa.Column("retry_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("started_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("finished_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("released_by", sa.Text(), nullable=True),
        sa.Column("release_reason", sa.Text(), nullable=True),
        sa.Column("released_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("cancelled_by", sa.Text(), nullable=True),
        sa.Column("cancelled_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "(finished_at is not null) = (state in ('applied', 'rejected', 'cancelled'))",
            name=op.f("delivery_finished_check"),
        ),
        sa.CheckConstraint("mode in ('delta', 'snapshot')", name=op.f("delivery_mode_check")),
        sa.CheckConstraint(
            "state in ('received', 'validating', 'held', 'applying', 'applied', 'rejected', 'cancelled')",
            name=op.f("delivery_state_check"),
        ),
        sa.CheckConstraint(
            "state not in ('applied', 'rejected') or created + changed + unchanged + retracted + rejected = rows",
            name=op.f("delivery_counts_add_up_check"),
        ),
        sa.CheckConstraint(
            "(cancelled_by is null) = (cancelled_at is null)",
            name=op.f("delivery_cancel_named_check"),
        ),
        sa.CheckConstraint(
            "(released_by is null) = (released_at is null)",
            name=op.f("delivery_release_named_check"),
        ),
        sa.CheckConstraint(
            "created + changed + unchanged + retracted + rejected <= rows",
            name=op.f("delivery_counts_within_rows_check"),
        ),
        sa.CheckConstraint(
            "least(created, changed, unchanged, retracted, rejected, ended, cursor) >= 0",
            name=op.f("delivery_counts_positive_check"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("delivery_pkey")),
        sa.UniqueConstraint(
            "register",
            "delivered_by",
            "idempotency_key",
            name=op.f("delivery_register_delivered_by_idempotency_key_key"),
        ),
    )
    op.create_index(
        "delivery_register_idx",
        "delivery",
        ["register", sa.literal_column("created_at desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(
        "delivery_waiting_idx",
        "delivery",
        ["register", "created_at", "id"],
        unique=False,
        postgresql_where=sa.text("state in ('received', 'validating', 'applying')"),
    )
    op.create_table(
        "delivery_body",
        sa.Column("delivery_id", sa.UUID(), nullable=False),
        sa.Column("chunk_no", sa.Integer(), nullable=False),
        sa.Column("data", sa.LargeBinary(), nullable=False),
        sa.Column(
            "stored_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("delivery_id", "chunk_no", name=op.f("delivery_body_pkey")),
    )
    op.create_table(
        "idempotency_key",
        sa.Column("client_id", sa.Text(), nullable=False),
        sa.Column("key", sa.Text(), nullable=False),
        sa.Column("fingerprint", sa.LargeBinary(), nullable=False),
        sa.Column("units", postgresql.ARRAY(sa.Text()), nullable=True),
        sa.Column("subjects", postgresql.ARRAY(sa.UUID()), server_default="{}", nullable=False),
        sa.Column("status", sa.SmallInteger(), nullable=True),
        sa.Column("headers", postgresql.JSONB(astext_type=sa.Text()), nullable=True),
        sa.Column("body", sa.LargeBinary(), nullable=True),
        sa.Column(
            "created_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("expires_at", sa.DateTime(timezone=True), nullable=False),
        sa.PrimaryKeyConstraint("client_id", "key", name=op.f("idempotency_key_pkey")),
    )
    op.create_table(
        "inbox",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("traceparent", sa.Text(), nullable=True),
        sa.Column("occurred_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "received_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "next_attempt_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=True,
        ),
        sa.Column("applied_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("source", "event_id", name=op.f("inbox_pkey")),
        sa.UniqueConstraint(
            "source", "subject", "sequence", name=op.f("inbox_source_subject_sequence_key")
        ),
    )
    op.create_index(
        "inbox_applied_idx",
        "inbox",
        ["applied_at"],
        unique=False,
        postgresql_where=sa.text("applied_at IS NOT NULL"),
    )
    op.create_index(
        "inbox_dead_idx",
        "inbox",
        ["dead_at"],
        unique=False,
        postgresql_where=sa.text("dead_at IS NOT NULL"),
    )
    op.create_index(
        "inbox_due_idx",
        "inbox",
        ["next_attempt_at"],
        unique=False,
        postgresql_where=sa.text("next_attempt_at IS NOT NULL"),
    )
    op.create_index(
        "inbox_pending_idx",
        "inbox",
        ["received_at"],
        unique=False,
        postgresql_where=sa.text("applied_at IS NULL"),
    )
    op.create_table(
        "inbox_cursor",
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("applied_sequence", sa.BigInteger(), server_default=sa.text("0"), nullable=False),
        sa.PrimaryKeyConstraint("source", "subject", name=op.f("inbox_cursor_pkey")),
    )
    op.create_table(
        "investment_category",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "code ~ '^[a-z0-9]+(-[a-z0-9]+)*$' and length(code) <= 60",
            name=op.f("investment_category_code_check"),
        ),
        sa.PrimaryKeyConstraint("code", name=op.f("investment_category_pkey")),
        info={"append_only": True},
    )
    op.create_table(
        "journal_snapshot",
        sa.Column("journal", sa.Text(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", sa.BigInteger(), nullable=False),
        sa.Column("cells", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("journal", "as_of", name=op.f("journal_snapshot_pkey")),
        info={"append_only": True},
    )
    op.create_table(
        "ledger_period",
        sa.Column("period", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("'open'"), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("state in ('open', 'closed')", name=op.f("ledger_period_state_check")),
        sa.CheckConstraint(
            "period / 100 between 1900 and 2199 and period % 100 between 0 and 14",
            name=op.f("ledger_period_period_check"),
        ),
        sa.PrimaryKeyConstraint("period", name=op.f("ledger_period_pkey")),
        info={"append_only": True},
    )
    op.create_table(
        "outbox",
        sa.Column("position", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("event_id", sa.UUID(), nullable=False),
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("type", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("sequence", sa.BigInteger(), nullable=False),
        sa.Column("data", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.Column("traceparent", sa.Text(), nullable=True),
        sa.Column(
            "occurred_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("attempts", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column(
            "next_attempt_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=True,
        ),
        sa.Column("published_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("confirmed_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("dead_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("last_error", sa.Text(), nullable=True),
        sa.PrimaryKeyConstraint("position", name=op.f("outbox_pkey")),
        sa.UniqueConstraint(
            "consumer", "subject", "sequence", name=op.f("outbox_consumer_subject_sequence_key")
        ),
        sa.UniqueConstraint("event_id", "consumer", name=op.f("outbox_event_id_consumer_key")),
    )
    op.create_index(
        "outbox_confirmed_idx",
        "outbox",
        ["confirmed_at"],
        unique=False,
        postgresql_where=sa.text("confirmed_at IS NOT NULL"),
    )
    op.create_index(
        "outbox_dead_idx",
        "outbox",
        ["dead_at"],
        unique=False,
        postgresql_where=sa.text("dead_at IS NOT NULL"),
    )
    op.create_index(
        "outbox_due_idx",
        "outbox",
        ["next_attempt_at", "position"],
        unique=False,
        postgresql_where=sa.text("next_attempt_at IS NOT NULL"),
    )
    op.create_table(
        "outbox_counter",
        sa.Column("consumer", sa.Text(), nullable=False),
        sa.Column("subject", sa.Text(), nullable=False),
        sa.Column("last_sequence", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("consumer", "subject", name=op.f("outbox_counter_pkey")),
    )
    op.create_table(
        "posting_sum",
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("account", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("account_group", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("counterpart", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("counterpart_class", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("project", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("responsibility", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("activity", sa.Text(), server_default=sa.text("''"), nullable=False),
        info={"append_only": True},
    )
    op.create_index(
        "posting_sum_as_of_idx", "posting_sum", ["as_of", "measure", "period"], unique=False
    )
    op.create_table(
        "project",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("number", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "number ~ '^[A-Za-z0-9][A-Za-z0-9-]{0,19}$'", name=op.f("project_number_check")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("project_pkey")),
        sa.UniqueConstraint("number", name=op.f("project_number_key")),
    )
    op.create_table(
        "record_version",
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("record_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("recorded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("superseded_at", sa.DateTime(timezone=True), nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column("body", postgresql.JSONB(astext_type=sa.Text()), nullable=False),
        sa.PrimaryKeyConstraint("kind", "record_id", "version", name=op.f("record_version_pkey")),
        info={"append_only": True},
    )
    op.create_index(
        "record_version_superseded_at_idx",
        "record_version",
        ["superseded_at"],
        unique=False,
        postgresql_using="brin",
    )
    op.create_table(
        "scheduled_run",
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("slot", sa.DateTime(timezone=True), nullable=False),
        sa.Column(
            "ran_at", sa.DateTime(timezone=True), server_default=sa.text("now()"), nullable=False
        ),
        sa.PrimaryKeyConstraint("name", "slot", name=op.f("scheduled_run_pkey")),
    )
    op.create_table(
        "trial_balance",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("statement", sa.Text(), nullable=False),
        sa.Column("first_period", sa.Integer(), nullable=False),
        sa.Column("last_period", sa.Integer(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("delivery_id", sa.UUID(), nullable=False),
        sa.Column("vouchers", postgresql.ARRAY(sa.UUID()), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "statement in ('income-statement', 'balance-sheet')",
            name=op.f("trial_balance_statement_check"),
        ),
        sa.CheckConstraint(
            "first_period / 100 = last_period / 100", name=op.f("trial_balance_year_check")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("trial_balance_pkey")),
        info={"append_only": True},
    )
    op.create_index(
        "trial_balance_version_key",
        "trial_balance",
        ["statement", "first_period", "last_period", "version"],
        unique=True,
    )
    op.create_table(
        "voucher_series",
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("last_number", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.CheckConstraint("series ~ '^[A-Z]{1,4}$'", name=op.f("voucher_series_series_check")),
        sa.PrimaryKeyConstraint("series", "year", name=op.f("voucher_series_pkey")),
        info={"append_only": True},
    )
    op.create_table(
        "account_version",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("settlement_row", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "settlement_row in ('recognised-investment-income')",
            name=op.f("account_version_settlement_row_check"),
        ),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("account_version_validity_check")),
        sa.ForeignKeyConstraint(["code"], ["account.code"], name=op.f("account_version_code_fkey")),
        sa.PrimaryKeyConstraint("code", "version", name=op.f("account_version_pkey")),
        info={"append_only": True},
    )
    op.create_table(
        "budget_line",
        sa.Column("version_id", sa.UUID(), nullable=False),
        sa.Column("row_code", sa.Text(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.CheckConstraint(
            "row_code in ('operations', 'depreciation', 'internal-interest', 'revenue', 'recognised-investment-income', 'investment-expenditure', 'investment-income', 'development-income', 'sales-target')",
            name=op.f("budget_line_row_code_check"),
        ),
        sa.ForeignKeyConstraint(
            ["version_id"], ["budget_version.id"], name=op.f("budget_line_version_id_fkey")
        ),
        sa.PrimaryKeyConstraint("version_id", "row_code", name=op.f("budget_line_pkey")),
        info={"append_only": True},
    )
    op.create_table(
        "counterpart_version",
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "valid_to >= valid_from", name=op.f("counterpart_version_validity_check")
        ),
        sa.ForeignKeyConstraint(
            ["code"], ["counterpart.code"], name=op.f("counterpart_version_code_fkey")
        ),
        sa.PrimaryKeyConstraint("code", "version", name=op.f("counterpart_version_pkey")),
        info={"append_only": True},
    )
    op.create_table(
        "delivery_error",
        sa.Column("delivery_id", sa.UUID(), nullable=False),
        sa.Column("row_no", sa.BigInteger(), nullable=False),
        sa.Column("error_no", sa.Integer(), nullable=False),
        sa.Column("key", sa.Text(), nullable=True),
        sa.Column("field", sa.Text(), nullable=True),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("detail", sa.Text(), nullable=False),
        sa.Column("difference", sa.Text(), nullable=True),
        sa.ForeignKeyConstraint(
            ["delivery_id"], ["delivery.id"], name=op.f("delivery_error_delivery_id_fkey")
        ),
        sa.PrimaryKeyConstraint(
            "delivery_id", "row_no", "error_no", name=op.f("delivery_error_pkey")
        ),
    )
    op.create_table(
        "investment_entry",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("category", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("flow", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("stated_to", sa.BigInteger(), server_default=sa.text("1"), nullable=False),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "flow in ('expenditure', 'income', 'development_income', 'sales')",
            name=op.f("investment_entry_flow_check"),
        ),
        sa.CheckConstraint(
            "kind <> 'outcome' or year = period / 100",
            name=op.f("investment_entry_outcome_year_check"),
        ),
        sa.CheckConstraint(
            "kind in ('plan', 'forecast', 'outcome')", name=op.f("investment_entry_kind_check")
        ),
        sa.CheckConstraint("stated_to >= 1", name=op.f("investment_entry_stated_to_check")),
        sa.ForeignKeyConstraint(
            ["category"], ["investment_category.code"], name=op.f("investment_entry_category_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("investment_entry_pkey")),
        info={"append_only": True},
    )
    op.create_index("investment_entry_year_idx", "investment_entry", ["year"], unique=False)
    op.create_table(
        "period_event",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("action", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "action = 'closed' or coalesce(length(trim(reason)), 0) > 0",
            name=op.f("period_event_reason_check"),
        ),
        sa.CheckConstraint(
            "action in ('closed', 'reopened')", name=op.f("period_event_action_check")
        ),
        sa.ForeignKeyConstraint(
            ["period"], ["ledger_period.period"], name=op.f("period_event_period_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("period_event_pkey")),
        info={"append_only": True},
    )
    op.create_index("period_event_period_idx", "period_event", ["period"], unique=False)
    op.create_table(
        "project_version",
        sa.Column("project_id", sa.UUID(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("funder", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("department", sa.Text(), nullable=False),
        sa.Column("phase", sa.Text(), nullable=False),
        sa.Column("budget_amount", sa.BigInteger(), nullable=True),
        sa.Column("budget_currency", sa.Text(), nullable=True),
        sa.Column("budget_note", sa.Text(), nullable=False),
        sa.Column("own_share_amount", sa.BigInteger(), nullable=True),
        sa.Column("own_share_currency", sa.Text(), nullable=True),
        sa.Column("cofinancing_amount", sa.BigInteger(), nullable=True),
        sa.Column("cofinancing_currency", sa.Text(), nullable=True),
        sa.Column("start_on", sa.Date(), nullable=True),
        sa.Column("start_precision", sa.Text(), nullable=True),
        sa.Column("end_on", sa.Date(), nullable=True),
        sa.Column("end_precision", sa.Text(), nullable=True),
        sa.Column("forecast_start_on", sa.Date(), nullable=True),
        sa.Column("forecast_start_precision", sa.Text(), nullable=True),
        sa.Column("forecast_end_on", sa.Date(), nullable=True),
        sa.Column("forecast_end_precision", sa.Text(), nullable=True),
        sa.Column("forecast_explanation", sa.Text(), nullable=False),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(state = 'decided') = (decided_on is not null)",
            name=op.f("project_version_decided_check"),
        ),
        sa.CheckConstraint(
            "budget_currency in ('SEK', 'EUR')", name=op.f("project_version_budget_currency_check")
        ),
        sa.CheckConstraint(
            "cofinancing_currency in ('SEK', 'EUR')",
            name=op.f("project_version_cofinancing_currency_check"),
        ),
        sa.CheckConstraint(
            "end_precision in ('day', 'month', 'year')",
            name=op.f("project_version_end_precision_check"),
        ),
        sa.CheckConstraint(
            "forecast_end_precision in ('day', 'month', 'year')",
            name=op.f("project_version_forecast_end_precision_check"),
        ),
        sa.CheckConstraint(
            "forecast_start_precision in ('day', 'month', 'year')",
            name=op.f("project_version_forecast_start_precision_check"),
        ),
        sa.CheckConstraint(
            "funder in ('esf', 'eu-commission', 'finsam', 'social-investment-fund', 'county-board', 'other')",
            name=op.f("project_version_funder_check"),
        ),
        sa.CheckConstraint(
            "own_share_currency in ('SEK', 'EUR')",
            name=op.f("project_version_own_share_currency_check"),
        ),
        sa.CheckConstraint(
            "role in ('owner', 'part_owner', 'partner')", name=op.f("project_version_role_check")
        ),
        sa.CheckConstraint(
            "start_precision in ('day', 'month', 'year')",
            name=op.f("project_version_start_precision_check"),
        ),
        sa.CheckConstraint(
            "state in ('proposed', 'decided')", name=op.f("project_version_state_check")
        ),
        sa.CheckConstraint(
            "(budget_amount is null) = (budget_currency is null) and budget_amount >= 0",
            name=op.f("project_version_budget_stated_check"),
        ),
        sa.CheckConstraint(
            "(cofinancing_amount is null) = (cofinancing_currency is null) and cofinancing_amount >= 0",
            name=op.f("project_version_cofinancing_stated_check"),
        ),
        sa.CheckConstraint(
            "(forecast_start_on is null and forecast_end_on is null) or length(trim(forecast_explanation)) > 0",
            name=op.f("project_version_forecast_explained_check"),
        ),
        sa.CheckConstraint(
            "(own_share_amount is null) = (own_share_currency is null) and own_share_amount >= 0",
            name=op.f("project_version_own_share_stated_check"),
        ),
        sa.CheckConstraint(
            "budget_amount is not null or length(trim(budget_note)) > 0",
            name=op.f("project_version_budget_known_check"),
        ),
        sa.CheckConstraint("start_on <= end_on", name=op.f("project_version_dates_check")),
        sa.CheckConstraint(
            "start_on is not null and end_on is not null",
            name=op.f("project_version_dates_given_check"),
        ),
        sa.ForeignKeyConstraint(
            ["project_id"], ["project.id"], name=op.f("project_version_project_id_fkey")
        ),
        sa.PrimaryKeyConstraint("project_id", "version", name=op.f("project_version_pkey")),
        info={"append_only": True},
    )
    op.create_table(
        "trial_balance_row",
        sa.Column("trial_balance_id", sa.UUID(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("record_id", sa.UUID(), nullable=False),
        sa.Column("ordinal", sa.Integer(), nullable=False),
        sa.Column("is_account", sa.Boolean(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("opening", sa.BigInteger(), nullable=True),
        sa.Column("change", sa.BigInteger(), nullable=True),
        sa.Column("external", sa.BigInteger(), nullable=True),
        sa.Column("municipal_company", sa.BigInteger(), nullable=True),
        sa.Column("internal", sa.BigInteger(), nullable=True),
        sa.Column("undivided", sa.BigInteger(), nullable=True),
        sa.Column("total", sa.BigInteger(), nullable=True),
        sa.ForeignKeyConstraint(
            ["trial_balance_id"],
            ["trial_balance.id"],
            name=op.f("trial_balance_row_trial_balance_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("trial_balance_id", "code", name=op.f("trial_balance_row_pkey")),
        info={"append_only": True},
    )
    op.create_table(
        "voucher",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("covers_from", sa.Integer(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("text", sa.Text(), nullable=False),
        sa.Column("reversal_of", sa.UUID(), nullable=True),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("delivery_id", sa.UUID(), nullable=True),
        sa.Column("by", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column(
            "transaction_id",
            sa.BigInteger(),
            server_default=sa.text("(pg_current_xact_id()::text)::bigint"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(reversal_of is null) = (reason is null)", name=op.f("voucher_reason_check")
        ),
        sa.CheckConstraint(
            "covers_from between year * 100 and period", name=op.f("voucher_covers_check")
        ),
        sa.CheckConstraint("extract(year from happened_on) = year", name=op.f("voucher_day_check")),
        sa.CheckConstraint("length(trim(reason)) > 0", name=op.f("voucher_reason_given_check")),
        sa.CheckConstraint("number >= 1", name=op.f("voucher_number_check")),
        sa.CheckConstraint("year = period / 100", name=op.f("voucher_year_check")),
        sa.ForeignKeyConstraint(
            ["period"], ["ledger_period.period"], name=op.f("voucher_period_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["reversal_of"], ["voucher.id"], name=op.f("voucher_reversal_of_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["series", "year"],
            ["voucher_series.series", "voucher_series.year"],
            name=op.f("voucher_series_year_fkey"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("voucher_pkey")),
        sa.UniqueConstraint(
            "id", "period", "happened_on", name=op.f("voucher_id_period_happened_on_key")
        ),
        sa.UniqueConstraint("reversal_of", name=op.f("voucher_reversal_of_key")),
        sa.UniqueConstraint(
            "series", "year", "number", name=op.f("voucher_series_year_number_key")
        ),
        info={"append_only": True},
    )
    op.create_index(
        "voucher_delivery_idx",
        "voucher",
        ["delivery_id"],
        unique=False,
        postgresql_where=sa.text("delivery_id is not null"),
    )
    op.create_index("voucher_period_idx", "voucher", ["period"], unique=False)
    op.create_table(
        "posting",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("voucher_id", sa.UUID(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("account", sa.Text(), nullable=False),
        sa.Column("counterpart", sa.Text(), nullable=False),
        sa.Column("project", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("responsibility", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("activity", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column(
            "account_group",
            sa.Text(),
            sa.Computed("left(account, 2)", persisted=True),
            nullable=False,
        ),
        sa.Column(
            "counterpart_class",
            sa.Text(),
            sa.Computed(
                "case\n    when counterpart ~ '^[1-4]' then 'internal'\n    when counterpart ~ '^[5-7]' then 'municipal_company'\n    when counterpart ~ '^[89]' then 'external'\n    else 'undivided' end",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("amount <> 0", name=op.f("posting_amount_check")),
        sa.ForeignKeyConstraint(["account"], ["account.code"], name=op.f("posting_account_fkey")),
        sa.ForeignKeyConstraint(
            ["counterpart"], ["counterpart.code"], name=op.f("posting_counterpart_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["voucher_id", "period", "happened_on"],
            ["voucher.id", "voucher.period", "voucher.happened_on"],
            name=op.f("posting_voucher_id_period_happened_on_fkey"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("posting_pkey")),
        info={"append_only": True},
    )
    op.create_index("posting_period_idx", "posting", ["period"], unique=False)
    op.create_index(
        "posting_recorded_at_idx",
        "posting",
        ["recorded_at"],
        unique=False,
        postgresql_using="brin",
        postgresql_with={"autosummarize": "on"},
    )
    op.create_index("posting_voucher_id_idx", "posting", ["voucher_id"], unique=False)


def downgrade() -> None:
    op.drop_index("posting_voucher_id_idx", table_name="posting")
    op.drop_index(
        "posting_recorded_at_idx",
        table_name="posting",
        postgresql_using="brin",
        postgresql_with={"autosummarize": "on"},
    )
    op.drop_index("posting_period_idx", table_name="posting")
    op.drop_table("posting")
    op.drop_index("voucher_period_idx", table_name="voucher")
    op.drop_index(
        "voucher_delivery_idx",
        table_name="voucher",
        postgresql_where=sa.text("delivery_id is not null"),
    )
    op.drop_table("voucher")
    op.drop_table("trial_balance_row")
    op.drop_table("project_version")
    op.drop_index("period_event_period_idx", table_name="period_event")
    op.drop_table("period_event")
    op.drop_index("investment_entry_year_idx", table_name="investment_entry")
    op.drop_table("investment_entry")
    op.drop_table("delivery_error")
    op.drop_table("counterpart_version")
    op.drop_table("budget_line")
    op.drop_table("account_version")
    op.drop_table("voucher_series")
    op.drop_index("trial_balance_version_key", table_name="trial_balance")
    op.drop_table("trial_balance")
    op.drop_table("scheduled_run")
    op.drop_index(
        "record_version_superseded_at_idx", table_name="record_version", postgresql_using="brin"
    )
    op.drop_table("record_version")
    op.drop_table("project")
    op.drop_index("posting_sum_as_of_idx", table_name="posting_sum")
    op.drop_table("posting_sum")
    op.drop_table("outbox_counter")
    op.drop_index(
        "outbox_due_idx",
        table_name="outbox",
        postgresql_where=sa.text("next_attempt_at IS NOT NULL"),
    )
    op.drop_index(
        "outbox_dead_idx", table_name="outbox", postgresql_where=sa.text("dead_at IS NOT NULL")
    )
    op.drop_index(
        "outbox_confirmed_idx",
        table_name="outbox",
        postgresql_where=sa.text("confirmed_at IS NOT NULL"),
    )
    op.drop_table("outbox")
    op.drop_table("ledger_period")
    op.drop_table("journal_snapshot")
    op.drop_table("investment_category")
    op.drop_table("inbox_cursor")
    op.drop_index(
        "inbox_pending_idx", table_name="inbox", postgresql_where=sa.text("applied_at IS NULL")
    )
    op.drop_index(
        "inbox_due_idx", table_name="inbox", postgresql_where=sa.text("next_attempt_at IS NOT NULL")
    )
    op.drop_index(
        "inbox_dead_idx", table_name="inbox", postgresql_where=sa.text("dead_at IS NOT NULL")
    )
    op.drop_index(
        "inbox_applied_idx", table_name="inbox", postgresql_where=sa.text("applied_at IS NOT NULL")
    )
    op.drop_table("inbox")
    op.drop_table("idempotency_key")
    op.drop_table("delivery_body")
    op.drop_index(
        "delivery_waiting_idx",
        table_name="delivery",
        postgresql_where=sa.text("state in ('received', 'validating', 'applying')"),
    )
    op.drop_index("delivery_register_idx", table_name="delivery")
    op.drop_table("delivery")
    op.drop_table("counterpart")
    op.drop_table("budget_version")
    op.drop_index("budget_fact_sum_as_of_idx", table_name="budget_fact_sum")
    op.drop_table("budget_fact_sum")
    op.drop_index(
        "budget_fact_recorded_at_idx",
        table_name="budget_fact",
        postgresql_using="brin",
        postgresql_with={"autosummarize": "on"},
    )
    op.drop_index("budget_fact_record_idx", table_name="budget_fact")
    op.drop_index("budget_fact_measure_idx", table_name="budget_fact")
    op.drop_table("budget_fact")
    op.drop_table("account")
    op.drop_table("access_log_head")
    op.drop_index(op.f("access_log_subjects_idx"), table_name="access_log", postgresql_using="gin")
    op.drop_table("access_log")
