"""The tables of places, meetings and contacts, and of the mechanisms they stand on."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None


def upgrade() -> None:  # noqa: PLR0915  one statement a table or index
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
        "employer",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("sector", sa.Text(), nullable=False),
        sa.Column("organisation_number", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "organisation_number ~ '^[0-9]{2}[2-9][0-9]{7}$'",
            name=op.f("employer_legal_person_check"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("employer_pkey")),
        sa.UniqueConstraint("code", name=op.f("employer_code_key")),
        sa.UniqueConstraint("organisation_number", name=op.f("employer_organisation_number_key")),
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
        "journal_snapshot",
        sa.Column("journal", sa.Text(), nullable=False),
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("facts", sa.BigInteger(), nullable=False),
        sa.Column("cells", sa.BigInteger(), nullable=False),
        sa.PrimaryKeyConstraint("journal", "as_of", name=op.f("journal_snapshot_pkey")),
        info={"append_only": True},
    )
    op.create_table(
        "operation",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "valid_to is null or valid_to >= valid_from", name=op.f("operation_interval_check")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("operation_pkey")),
        sa.UniqueConstraint("code", name=op.f("operation_code_key")),
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
        "outreach_fact",
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
        sa.Column("unit", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("operation", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("venue", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("district", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("kind", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("sex", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("age_group", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("target_group", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("channel", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("direction", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("role", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("contract", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("sector", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("employer", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("programme", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.CheckConstraint("amount <> 0", name=op.f("outreach_fact_amount_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("outreach_fact_pkey")),
        info={
            "append_only": True,
            "facts": True,
            "dimensions": (
                "unit",
                "operation",
                "venue",
                "district",
                "kind",
                "sex",
                "age_group",
                "target_group",
                "channel",
                "direction",
                "role",
                "contract",
                "sector",
                "employer",
                "programme",
                "state",
            ),
        },
    )
    op.create_index(
        "outreach_fact_measure_idx", "outreach_fact", ["measure", "happened_on"], unique=False
    )
    op.create_index(
        "outreach_fact_record_idx", "outreach_fact", ["record_kind", "record_id"], unique=False
    )
    op.create_index(
        "outreach_fact_recorded_at_idx",
        "outreach_fact",
        ["recorded_at"],
        unique=False,
        postgresql_using="brin",
        postgresql_with={"autosummarize": "on"},
    )
    op.create_table(
        "outreach_fact_sum",
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("operation", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("venue", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("district", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("kind", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("sex", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("age_group", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("target_group", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("channel", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("direction", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("role", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("contract", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("sector", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("employer", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("programme", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("state", sa.Text(), server_default=sa.text("''"), nullable=False),
        info={"append_only": True},
    )
    op.create_index(
        "outreach_fact_sum_as_of_idx",
        "outreach_fact_sum",
        ["as_of", "measure", "period"],
        unique=False,
    )
    op.create_table(
        "partner",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind in ('civil_society', 'authority', 'employer', 'municipal', 'school')",
            name=op.f("partner_kind_check"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("partner_pkey")),
        sa.UniqueConstraint("code", name=op.f("partner_code_key")),
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
        "venue",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("address", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind in ('library', 'citizen_office', 'open_preschool', 'family_centre', 'youth_centre', 'meeting_place', 'school', 'jobbtorg', 'congregation', 'other')",
            name=op.f("venue_kind_check"),
        ),
        sa.CheckConstraint(
            "valid_to is null or valid_to >= valid_from", name=op.f("venue_interval_check")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("venue_pkey")),
        sa.UniqueConstraint("code", name=op.f("venue_code_key")),
    )
    op.create_table(
        "agreement",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("partner", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("purpose", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind in ('iop', 'cooperation', 'project', 'procurement')",
            name=op.f("agreement_kind_check"),
        ),
        sa.CheckConstraint(
            "ends_on is null or ends_on >= starts_on", name=op.f("agreement_interval_check")
        ),
        sa.ForeignKeyConstraint(["partner"], ["partner.code"], name=op.f("agreement_partner_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("agreement_pkey")),
    )
    op.create_table(
        "counting_rule",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("counts", sa.Text(), nullable=False),
        sa.Column("note", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "counts in ('two_way_contacts', 'visitors', 'participants')",
            name=op.f("counting_rule_counts_check"),
        ),
        sa.CheckConstraint("version >= 1", name=op.f("counting_rule_version_check")),
        sa.ForeignKeyConstraint(
            ["operation"], ["operation.code"], name=op.f("counting_rule_operation_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("counting_rule_pkey")),
        sa.UniqueConstraint(
            "operation", "valid_from", name=op.f("counting_rule_operation_valid_from_key")
        ),
        sa.UniqueConstraint(
            "operation", "version", name=op.f("counting_rule_operation_version_key")
        ),
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
        "employer_visit",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("visited_on", sa.Date(), nullable=False),
        sa.Column("partner", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("retracted_at", sa.DateTime(timezone=True), nullable=True),
        sa.ForeignKeyConstraint(
            ["employer"], ["employer.code"], name=op.f("employer_visit_employer_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["partner"], ["partner.code"], name=op.f("employer_visit_partner_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("employer_visit_pkey")),
    )
    op.create_index("employer_visit_employer_idx", "employer_visit", ["employer"], unique=False)
    op.create_index(
        "employer_visit_listed_idx",
        "employer_visit",
        ["unit", sa.literal_column("visited_on desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_table(
        "outreach_worker",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("role", sa.Text(), nullable=False),
        sa.Column("contract", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("retracted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "contract in ('ordinary', 'two_year', 'six_months', 'hourly')",
            name=op.f("outreach_worker_contract_check"),
        ),
        sa.CheckConstraint(
            "role in ('stadsdelsmamma', 'stadsdelssyster', 'outreach_worker', 'coach', 'guidance_counsellor')",
            name=op.f("outreach_worker_role_check"),
        ),
        sa.CheckConstraint(
            "ends_on is null or ends_on >= starts_on", name=op.f("outreach_worker_interval_check")
        ),
        sa.ForeignKeyConstraint(
            ["operation"], ["operation.code"], name=op.f("outreach_worker_operation_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("outreach_worker_pkey")),
    )
    op.create_table(
        "recruitment_event",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("employer", sa.Text(), nullable=True),
        sa.Column("venue", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("retracted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "kind in ('recruitment_meeting', 'job_fair', 'study_visit')",
            name=op.f("recruitment_event_kind_check"),
        ),
        sa.ForeignKeyConstraint(
            ["employer"], ["employer.code"], name=op.f("recruitment_event_employer_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["venue"], ["venue.code"], name=op.f("recruitment_event_venue_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("recruitment_event_pkey")),
    )
    op.create_table(
        "session",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("venue", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("planned_on", sa.Date(), nullable=False),
        sa.Column("starts_at", sa.Time(), nullable=True),
        sa.Column("ends_at", sa.Time(), nullable=True),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.CheckConstraint(
            "kind in ('drop_in', 'guidance', 'fair', 'information_meeting', 'recruitment_meeting', 'study_visit', 'home_visit_round')",
            name=op.f("session_kind_check"),
        ),
        sa.CheckConstraint(
            "state <> 'cancelled' or reason is not null", name=op.f("session_cancelled_why_check")
        ),
        sa.CheckConstraint(
            "state in ('planned', 'held', 'cancelled')", name=op.f("session_state_check")
        ),
        sa.CheckConstraint(
            "ends_at is null or ends_at > starts_at", name=op.f("session_times_check")
        ),
        sa.ForeignKeyConstraint(
            ["operation"], ["operation.code"], name=op.f("session_operation_fkey")
        ),
        sa.ForeignKeyConstraint(["venue"], ["venue.code"], name=op.f("session_venue_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("session_pkey")),
    )
    op.create_index(
        "session_listed_idx",
        "session",
        ["unit", sa.literal_column("planned_on desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_table(
        "study_group",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("venue", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("starts_on", sa.Date(), nullable=False),
        sa.Column("ends_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("retracted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "ends_on is null or ends_on >= starts_on", name=op.f("study_group_interval_check")
        ),
        sa.ForeignKeyConstraint(
            ["operation"], ["operation.code"], name=op.f("study_group_operation_fkey")
        ),
        sa.ForeignKeyConstraint(["venue"], ["venue.code"], name=op.f("study_group_venue_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("study_group_pkey")),
    )
    op.create_table(
        "contact",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("venue", sa.Text(), nullable=True),
        sa.Column("session_id", sa.UUID(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("happened_on", sa.Date(), nullable=False),
        sa.Column("channel", sa.Text(), nullable=False),
        sa.Column("direction", sa.Text(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=True),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("age_group", sa.Text(), nullable=False),
        sa.Column("target_group", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=True),
        sa.Column("source_key", sa.Text(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("retracted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "age_group in ('0-15', '16-19', '20-24', '25-29', '30-39', '40-49', '50-59', '60-64', '65-', 'unknown')",
            name=op.f("contact_age_group_check"),
        ),
        sa.CheckConstraint(
            "channel in ('letter', 'phone', 'text_message', 'home_visit', 'meeting', 'social_media')",
            name=op.f("contact_channel_check"),
        ),
        sa.CheckConstraint(
            "direction in ('one_way', 'two_way')", name=op.f("contact_direction_check")
        ),
        sa.CheckConstraint("sex in ('women', 'men', 'unknown')", name=op.f("contact_sex_check")),
        sa.CheckConstraint(
            "target_group in ('kaa', 'uvas', 'women_far_from_work', 'newly_arrived', 'parents_on_leave', 'long_term_unemployed', 'social_assistance', 'disability', 'other', 'unknown')",
            name=op.f("contact_target_group_check"),
        ),
        sa.ForeignKeyConstraint(
            ["operation"], ["operation.code"], name=op.f("contact_operation_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("contact_session_id_fkey")
        ),
        sa.ForeignKeyConstraint(["venue"], ["venue.code"], name=op.f("contact_venue_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("contact_pkey")),
        sa.UniqueConstraint("source_key", name=op.f("contact_source_key_key")),
    )
    op.create_index(
        "contact_listed_idx",
        "contact",
        ["unit", sa.literal_column("happened_on desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index("contact_operation_idx", "contact", ["operation", "happened_on"], unique=False)
    op.create_table(
        "hire",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("employer", sa.Text(), nullable=False),
        sa.Column("recruitment_event_id", sa.UUID(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("hired_on", sa.Date(), nullable=False),
        sa.Column("women", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("men", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("unknown", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("retracted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint("least(women, men, unknown) >= 0", name=op.f("hire_counts_check")),
        sa.CheckConstraint("women + men + unknown > 0", name=op.f("hire_somebody_check")),
        sa.ForeignKeyConstraint(["employer"], ["employer.code"], name=op.f("hire_employer_fkey")),
        sa.ForeignKeyConstraint(
            ["recruitment_event_id"],
            ["recruitment_event.id"],
            name=op.f("hire_recruitment_event_id_fkey"),
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("hire_pkey")),
    )
    op.create_index("hire_employer_idx", "hire", ["employer"], unique=False)
    op.create_table(
        "student_count",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("group_id", sa.UUID(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("women", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("men", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("unknown", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("retracted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "least(women, men, unknown) >= 0", name=op.f("student_count_counts_check")
        ),
        sa.CheckConstraint("year between 1990 and 2100", name=op.f("student_count_year_check")),
        sa.ForeignKeyConstraint(
            ["group_id"], ["study_group.id"], name=op.f("student_count_group_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("student_count_pkey")),
        sa.UniqueConstraint("group_id", "year", name=op.f("student_count_group_id_year_key")),
    )
    op.create_table(
        "visit_tally",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("session_id", sa.UUID(), nullable=True),
        sa.Column("operation", sa.Text(), nullable=False),
        sa.Column("venue", sa.Text(), nullable=True),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("age_group", sa.Text(), nullable=False),
        sa.Column("women", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("men", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("unknown", sa.Integer(), server_default=sa.text("0"), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=True),
        sa.Column("ended_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.Column("retracted_at", sa.DateTime(timezone=True), nullable=True),
        sa.CheckConstraint(
            "age_group in ('0-15', '16-19', '20-24', '25-29', '30-39', '40-49', '50-59', '60-64', '65-', 'unknown')",
            name=op.f("visit_tally_age_group_check"),
        ),
        sa.CheckConstraint(
            "least(women, men, unknown) >= 0", name=op.f("visit_tally_counts_check")
        ),
        sa.ForeignKeyConstraint(
            ["operation"], ["operation.code"], name=op.f("visit_tally_operation_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("visit_tally_session_id_fkey")
        ),
        sa.ForeignKeyConstraint(["venue"], ["venue.code"], name=op.f("visit_tally_venue_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("visit_tally_pkey")),
        sa.UniqueConstraint("source_key", name=op.f("visit_tally_source_key_key")),
    )
    op.create_index(
        "visit_tally_listed_idx",
        "visit_tally",
        ["unit", sa.literal_column("held_on desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(
        "visit_tally_session_age_group_key",
        "visit_tally",
        ["session_id", "age_group"],
        unique=True,
        postgresql_where=sa.text("retracted_at is null"),
    )
    op.create_table(
        "referral",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("referring_unit", sa.Text(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("referred_on", sa.Date(), nullable=False),
        sa.Column("operation", sa.Text(), nullable=True),
        sa.Column("session_id", sa.UUID(), nullable=True),
        sa.Column("contact_id", sa.UUID(), nullable=True),
        sa.Column("received_on", sa.Date(), nullable=True),
        sa.Column("accepted_on", sa.Date(), nullable=True),
        sa.Column("declined_on", sa.Date(), nullable=True),
        sa.Column("enrolled_on", sa.Date(), nullable=True),
        sa.Column("exited_on", sa.Date(), nullable=True),
        sa.Column("enrolment_id", sa.UUID(), nullable=True),
        sa.Column("decline_reason", sa.Text(), nullable=True),
        sa.Column("exit_outcome", sa.Text(), nullable=True),
        sa.Column(
            "state",
            sa.Text(),
            sa.Computed(
                "case when exited_on is not null then 'exited' when enrolled_on is not null then 'enrolled' when declined_on is not null then 'declined' when accepted_on is not null then 'accepted' when received_on is not null then 'received' else 'made' end",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.Column("recorded_by", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(
            ["contact_id"], ["contact.id"], name=op.f("referral_contact_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["operation"], ["operation.code"], name=op.f("referral_operation_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["session_id"], ["session.id"], name=op.f("referral_session_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("referral_pkey")),
    )
    op.create_index(
        "referral_listed_idx",
        "referral",
        ["referring_unit", sa.literal_column("referred_on desc"), sa.literal_column("id desc")],
        unique=False,
    )
    op.create_index(
        "referral_open_key",
        "referral",
        ["person_id", "unit", "programme"],
        unique=True,
        postgresql_where=sa.text(
            "declined_on is null and enrolled_on is null and exited_on is null"
        ),
    )


def downgrade() -> None:  # noqa: PLR0915  same
    op.drop_index(
        "referral_open_key",
        table_name="referral",
        postgresql_where=sa.text(
            "declined_on is null and enrolled_on is null and exited_on is null"
        ),
    )
    op.drop_index("referral_listed_idx", table_name="referral")
    op.drop_table("referral")
    op.drop_index(
        "visit_tally_session_age_group_key",
        table_name="visit_tally",
        postgresql_where=sa.text("retracted_at is null"),
    )
    op.drop_index("visit_tally_listed_idx", table_name="visit_tally")
    op.drop_table("visit_tally")
    op.drop_table("student_count")
    op.drop_index("hire_employer_idx", table_name="hire")
    op.drop_table("hire")
    op.drop_index("contact_operation_idx", table_name="contact")
    op.drop_index("contact_listed_idx", table_name="contact")
    op.drop_table("contact")
    op.drop_table("study_group")
    op.drop_index("session_listed_idx", table_name="session")
    op.drop_table("session")
    op.drop_table("recruitment_event")
    op.drop_table("outreach_worker")
    op.drop_index("employer_visit_listed_idx", table_name="employer_visit")
    op.drop_index("employer_visit_employer_idx", table_name="employer_visit")
    op.drop_table("employer_visit")
    op.drop_table("delivery_error")
    op.drop_table("counting_rule")
    op.drop_table("agreement")
    op.drop_table("venue")
    op.drop_table("scheduled_run")
    op.drop_index(
        "record_version_superseded_at_idx", table_name="record_version", postgresql_using="brin"
    )
    op.drop_table("record_version")
    op.drop_table("partner")
    op.drop_index("outreach_fact_sum_as_of_idx", table_name="outreach_fact_sum")
    op.drop_table("outreach_fact_sum")
    op.drop_index(
        "outreach_fact_recorded_at_idx",
        table_name="outreach_fact",
        postgresql_using="brin",
        postgresql_with={"autosummarize": "on"},
    )
    op.drop_index("outreach_fact_record_idx", table_name="outreach_fact")
    op.drop_index("outreach_fact_measure_idx", table_name="outreach_fact")
    op.drop_table("outreach_fact")
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
    op.drop_table("operation")
    op.drop_table("journal_snapshot")
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
    op.drop_table("employer")
    op.drop_table("delivery_body")
    op.drop_index(
        "delivery_waiting_idx",
        table_name="delivery",
        postgresql_where=sa.text("state in ('received', 'validating', 'applying')"),
    )
    op.drop_index("delivery_register_idx", table_name="delivery")
    op.drop_table("delivery")
    op.drop_table("access_log_head")
    op.drop_index(op.f("access_log_subjects_idx"), table_name="access_log", postgresql_using="gin")
    op.drop_table("access_log")
