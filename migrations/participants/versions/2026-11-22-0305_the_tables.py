"""The tables of people and enrolments, and of the mechanisms they stand on."""

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
    # Equality beside ranges in one constraint: no two enrolments at a time.
    op.execute("create extension if not exists btree_gist")
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
        "participant_fact",
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
        sa.Column("programme", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("team", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("ground", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("sex", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("age_group", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("district", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("education", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("outcome", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("kind", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("ownership", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("pilot", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("participant_fact_pkey")),
        info={
            "append_only": True,
            "facts": True,
            "dimensions": (
                "unit",
                "programme",
                "team",
                "ground",
                "sex",
                "age_group",
                "district",
                "education",
                "outcome",
                "kind",
                "ownership",
                "pilot",
            ),
        },
    )
    op.create_index(
        "participant_fact_measure_idx", "participant_fact", ["measure", "happened_on"], unique=False
    )
    op.create_index(
        "participant_fact_record_idx",
        "participant_fact",
        ["record_kind", "record_id"],
        unique=False,
    )
    op.create_index(
        "participant_fact_recorded_at_idx",
        "participant_fact",
        ["recorded_at"],
        unique=False,
        postgresql_using="brin",
        postgresql_with={"autosummarize": "on"},
    )
    op.create_table(
        "participant_fact_sum",
        sa.Column("as_of", sa.DateTime(timezone=True), nullable=False),
        sa.Column("measure", sa.Text(), nullable=False),
        sa.Column("period", sa.Integer(), nullable=False),
        sa.Column("amount", sa.BigInteger(), nullable=False),
        sa.Column("unit", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("programme", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("team", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("ground", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("sex", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("age_group", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("district", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("education", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("outcome", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("kind", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("ownership", sa.Text(), server_default=sa.text("''"), nullable=False),
        sa.Column("pilot", sa.Text(), server_default=sa.text("''"), nullable=False),
        info={"append_only": True},
    )
    op.create_index(
        "participant_fact_sum_as_of_idx",
        "participant_fact_sum",
        ["as_of", "measure", "period"],
        unique=False,
    )
    op.create_table(
        "programme",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("project_reference", sa.Text(), nullable=True),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "code ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' and length(code) <= 60",
            name=op.f("programme_code_form_check"),
        ),
        sa.CheckConstraint(
            "kind in ('jobbtorg', 'project', 'employment', 'education', 'outreach', 'other')",
            name=op.f("programme_kind_check"),
        ),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("programme_validity_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("programme_pkey")),
        sa.UniqueConstraint("code", name=op.f("programme_code_key")),
        sa.UniqueConstraint("project_reference", name=op.f("programme_project_reference_key")),
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
        "unit",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("kind", sa.Text(), nullable=False),
        sa.Column("ownership", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "code ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' and length(code) <= 60",
            name=op.f("unit_code_form_check"),
        ),
        sa.CheckConstraint(
            "district ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' and length(district) <= 60",
            name=op.f("unit_district_form_check"),
        ),
        sa.CheckConstraint(
            "kind in ('jobbtorg', 'komvux', 'guidance', 'outreach', 'kaa', 'other')",
            name=op.f("unit_kind_check"),
        ),
        sa.CheckConstraint("ownership in ('own', 'procured')", name=op.f("unit_ownership_check")),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("unit_validity_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("unit_pkey")),
        sa.UniqueConstraint("code", name=op.f("unit_code_key")),
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
        "person",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("identity_number_sealed", postgresql.BYTEA(), nullable=False),
        sa.Column("identity_number_hash", postgresql.BYTEA(), nullable=False),
        sa.Column(
            "seal_key_version",
            sa.Integer(),
            sa.Computed(
                "get_byte(identity_number_sealed, 0) * 256 + get_byte(identity_number_sealed, 1)",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column(
            "index_key_version",
            sa.Integer(),
            sa.Computed(
                "get_byte(identity_number_hash, 0) * 256 + get_byte(identity_number_hash, 1)",
                persisted=True,
            ),
            nullable=False,
        ),
        sa.Column("name_sealed", postgresql.BYTEA(), nullable=True),
        sa.Column("birth_date", sa.Date(), nullable=False),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("protection", sa.Text(), server_default=sa.text("'none'"), nullable=False),
        sa.Column("guardian", sa.Boolean(), nullable=True),
        sa.Column("education", sa.Text(), nullable=True),
        sa.Column("registered_by_unit", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "education in ('less_than_compulsory', 'compulsory', 'upper_secondary', 'post_secondary_short', 'post_secondary', 'unknown')",
            name=op.f("person_education_check"),
        ),
        sa.CheckConstraint(
            "protection in ('none', 'secrecy_marking', 'protected_registration')",
            name=op.f("person_protection_check"),
        ),
        sa.CheckConstraint("sex in ('women', 'men', 'unknown')", name=op.f("person_sex_check")),
        sa.ForeignKeyConstraint(
            ["registered_by_unit"], ["unit.code"], name=op.f("person_registered_by_unit_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("person_pkey")),
        sa.UniqueConstraint("identity_number_hash", name=op.f("person_identity_number_hash_key")),
    )
    op.create_index(
        "person_key_versions_idx", "person", ["index_key_version", "seal_key_version"], unique=False
    )
    op.create_index(
        op.f("person_registered_by_unit_idx"), "person", ["registered_by_unit"], unique=False
    )
    op.create_table(
        "team",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("pilot", sa.Boolean(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "code ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' and length(code) <= 60",
            name=op.f("team_code_form_check"),
        ),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("team_validity_check")),
        sa.ForeignKeyConstraint(
            ["programme"], ["programme.code"], name=op.f("team_programme_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("team_pkey")),
        sa.UniqueConstraint("code", "programme", name=op.f("team_code_programme_key")),
        sa.UniqueConstraint("code", name=op.f("team_code_key")),
    )
    op.create_table(
        "advisory_session",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=True),
        sa.Column("held_on", sa.Date(), nullable=False),
        sa.Column("ordinal", sa.SmallInteger(), nullable=False),
        sa.Column("source_key", sa.Text(), nullable=True),
        sa.Column("retracted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("age_group", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("stated_district", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "ordinal between 1 and 3", name=op.f("advisory_session_at_most_three_check")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("advisory_session_person_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["programme"], ["programme.code"], name=op.f("advisory_session_programme_fkey")
        ),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name=op.f("advisory_session_unit_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("advisory_session_pkey")),
        sa.UniqueConstraint("source_key", name=op.f("advisory_session_source_key_key")),
    )
    op.create_index(
        "advisory_session_person_ordinal_key",
        "advisory_session",
        ["person_id", "ordinal"],
        unique=True,
        postgresql_where=sa.text("retracted_at is null"),
    )
    op.create_table(
        "enrolment",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("team", sa.Text(), nullable=True),
        sa.Column("ground", sa.Text(), nullable=False),
        sa.Column(
            "target_groups",
            postgresql.ARRAY(sa.Text()),
            server_default=sa.text("'{}'"),
            nullable=False,
        ),
        sa.Column("status_at_entry", sa.Text(), nullable=False),
        sa.Column("education_at_entry", sa.Text(), nullable=True),
        sa.Column("started_on", sa.Date(), nullable=False),
        sa.Column("exited_on", sa.Date(), nullable=True),
        sa.Column("outcome", sa.Text(), nullable=True),
        sa.Column("source_key", sa.Text(), nullable=True),
        sa.Column("referral_id", sa.UUID(), nullable=True),
        sa.Column("retracted_at", sa.DateTime(timezone=True), nullable=True),
        sa.Column("sex", sa.Text(), nullable=False),
        sa.Column("age_group", sa.Text(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("stated_district", sa.Text(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        postgresql.ExcludeConstraint(
            (sa.column("person_id"), "="),
            (sa.column("programme"), "="),
            (sa.text("daterange(started_on, exited_on, '[)')"), "&&"),
            where=sa.text("retracted_at is null"),
            deferrable=True,
            initially="IMMEDIATE",
            using="gist",
            name="enrolment_overlap_excl",
        ),
        sa.CheckConstraint(
            "education_at_entry in ('less_than_compulsory', 'compulsory', 'upper_secondary', 'post_secondary_short', 'post_secondary', 'unknown')",
            name=op.f("enrolment_education_at_entry_check"),
        ),
        sa.CheckConstraint(
            "ground in ('social_assistance', 'decision_4_2', 'outreach', 'kaa', 'disability_support', 'other_authority', 'voluntary')",
            name=op.f("enrolment_ground_check"),
        ),
        sa.CheckConstraint(
            "outcome in ('work', 'studies', 'other_measure', 'moved', 'declined', 'lost_contact', 'deceased', 'other')",
            name=op.f("enrolment_outcome_check"),
        ),
        sa.CheckConstraint("sex in ('women', 'men', 'unknown')", name=op.f("enrolment_sex_check")),
        sa.CheckConstraint(
            "status_at_entry in ('unemployed', 'long_term_unemployed', 'inactive', 'employed', 'unknown')",
            name=op.f("enrolment_status_at_entry_check"),
        ),
        sa.CheckConstraint(
            "(exited_on is null) = (outcome is null)", name=op.f("enrolment_exit_has_outcome_check")
        ),
        sa.CheckConstraint(
            "exited_on >= started_on", name=op.f("enrolment_exit_after_entry_check")
        ),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("enrolment_person_id_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["programme"], ["programme.code"], name=op.f("enrolment_programme_fkey")
        ),
        sa.ForeignKeyConstraint(
            ["team", "programme"],
            ["team.code", "team.programme"],
            name=op.f("enrolment_team_programme_fkey"),
        ),
        sa.ForeignKeyConstraint(["unit"], ["unit.code"], name=op.f("enrolment_unit_fkey")),
        sa.PrimaryKeyConstraint("id", name=op.f("enrolment_pkey")),
        sa.UniqueConstraint("referral_id", name=op.f("enrolment_referral_id_key")),
        sa.UniqueConstraint("source_key", name=op.f("enrolment_source_key_key")),
    )
    op.create_index(
        "enrolment_unit_started_on_idx", "enrolment", ["unit", "started_on"], unique=False
    )
    op.create_table(
        "residence",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("district", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        postgresql.ExcludeConstraint(
            (sa.column("person_id"), "="),
            (sa.text("daterange(valid_from, valid_to, '[]')"), "&&"),
            using="gist",
            name="residence_overlap_excl",
        ),
        sa.CheckConstraint(
            "district ~ '^[a-z][a-z0-9]*(-[a-z0-9]+)*$' and length(district) <= 60",
            name=op.f("residence_district_form_check"),
        ),
        sa.CheckConstraint(
            "valid_from >= date '1850-01-01'", name=op.f("residence_valid_from_check")
        ),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("residence_validity_check")),
        sa.ForeignKeyConstraint(
            ["person_id"], ["person.id"], name=op.f("residence_person_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("residence_pkey")),
    )
    op.create_index(op.f("residence_person_id_idx"), "residence", ["person_id"], unique=False)
    op.create_table(
        "follow_up",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("enrolment_id", sa.UUID(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("exited_on", sa.Date(), nullable=False),
        sa.Column("due_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("result", sa.Text(), nullable=True),
        sa.Column("answered_on", sa.Date(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(state = 'answered') = (answered_on is not null)",
            name=op.f("follow_up_answered_on_check"),
        ),
        sa.CheckConstraint(
            "(state = 'answered') = (result is not null)", name=op.f("follow_up_answered_check")
        ),
        sa.CheckConstraint(
            "result in ('work', 'studies', 'neither', 'unknown')",
            name=op.f("follow_up_result_check"),
        ),
        sa.CheckConstraint(
            "state in ('open', 'answered', 'cancelled')", name=op.f("follow_up_state_check")
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("follow_up_enrolment_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("follow_up_pkey")),
    )
    op.create_index(
        "follow_up_due_idx",
        "follow_up",
        ["unit", "due_on"],
        unique=False,
        postgresql_where=sa.text("state = 'open'"),
    )
    op.create_index(
        "follow_up_enrolment_key",
        "follow_up",
        ["enrolment_id"],
        unique=True,
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.create_table(
        "pending_enrolment",
        sa.Column("id", sa.UUID(), server_default=sa.text("uuidv7()"), nullable=False),
        sa.Column("referral_id", sa.UUID(), nullable=False),
        sa.Column("person_id", sa.UUID(), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("programme", sa.Text(), nullable=False),
        sa.Column("referred_on", sa.Date(), nullable=False),
        sa.Column("state", sa.Text(), nullable=False),
        sa.Column("reason", sa.Text(), nullable=True),
        sa.Column("decided_on", sa.Date(), nullable=True),
        sa.Column("enrolment_id", sa.UUID(), nullable=True),
        sa.Column("version", sa.Integer(), server_default=sa.text("1"), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint(
            "(state = 'accepted') = (enrolment_id is not null)",
            name=op.f("pending_enrolment_enrolled_check"),
        ),
        sa.CheckConstraint(
            "(state = 'declined') = (reason is not null)",
            name=op.f("pending_enrolment_reason_when_declined_check"),
        ),
        sa.CheckConstraint(
            "(state = 'pending') = (decided_on is null)",
            name=op.f("pending_enrolment_decided_check"),
        ),
        sa.CheckConstraint(
            "reason in ('unknown_person', 'already_enrolled', 'declined_by_person', 'no_contact', 'not_eligible', 'no_capacity', 'unknown_programme', 'unknown_unit', 'other')",
            name=op.f("pending_enrolment_reason_check"),
        ),
        sa.CheckConstraint(
            "state in ('pending', 'accepted', 'declined')",
            name=op.f("pending_enrolment_state_check"),
        ),
        sa.ForeignKeyConstraint(
            ["enrolment_id"], ["enrolment.id"], name=op.f("pending_enrolment_enrolment_id_fkey")
        ),
        sa.PrimaryKeyConstraint("id", name=op.f("pending_enrolment_pkey")),
        sa.UniqueConstraint("referral_id", name=op.f("pending_enrolment_referral_id_key")),
    )
    op.create_index(
        op.f("pending_enrolment_person_id_idx"), "pending_enrolment", ["person_id"], unique=False
    )
    op.create_index(op.f("pending_enrolment_unit_idx"), "pending_enrolment", ["unit"], unique=False)


def downgrade() -> None:
    op.drop_index(op.f("pending_enrolment_unit_idx"), table_name="pending_enrolment")
    op.drop_index(op.f("pending_enrolment_person_id_idx"), table_name="pending_enrolment")
    op.drop_table("pending_enrolment")
    op.drop_index(
        "follow_up_enrolment_key",
        table_name="follow_up",
        postgresql_where=sa.text("state <> 'cancelled'"),
    )
    op.drop_index(
        "follow_up_due_idx", table_name="follow_up", postgresql_where=sa.text("state = 'open'")
    )
    op.drop_table("follow_up")
    op.drop_index(op.f("residence_person_id_idx"), table_name="residence")
    op.drop_table("residence")
    op.drop_index("enrolment_unit_started_on_idx", table_name="enrolment")
    op.drop_table("enrolment")
    op.drop_index(
        "advisory_session_person_ordinal_key",
        table_name="advisory_session",
        postgresql_where=sa.text("retracted_at is null"),
    )
    op.drop_table("advisory_session")
    op.drop_table("team")
    op.drop_index(op.f("person_registered_by_unit_idx"), table_name="person")
    op.drop_index("person_key_versions_idx", table_name="person")
    op.drop_table("person")
    op.drop_table("delivery_error")
    op.drop_table("unit")
    op.drop_table("scheduled_run")
    op.drop_index(
        "record_version_superseded_at_idx", table_name="record_version", postgresql_using="brin"
    )
    op.drop_table("record_version")
    op.drop_table("programme")
    op.drop_index("participant_fact_sum_as_of_idx", table_name="participant_fact_sum")
    op.drop_table("participant_fact_sum")
    op.drop_index(
        "participant_fact_recorded_at_idx",
        table_name="participant_fact",
        postgresql_using="brin",
        postgresql_with={"autosummarize": "on"},
    )
    op.drop_index("participant_fact_record_idx", table_name="participant_fact")
    op.drop_index("participant_fact_measure_idx", table_name="participant_fact")
    op.drop_table("participant_fact")
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
