"""Set up the area map and reference series.

A revision must leave the version that runs before it working: expand, fill, then contract
one release later (migrations/README.md).
"""

from __future__ import annotations

from datetime import date

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "2026112200"
down_revision = None
branch_labels = None
depends_on = None

# Stadsdelsområden. Thirteen from 2020-07-01, eleven from 2023-07-01, when Järva was formed
# out of Rinkeby-Kista and Spånga-Tensta, and Norra innerstaden out of Norrmalm and Östermalm.
_SINCE_2007, _SINCE_2020, _SINCE_2023 = date(2007, 1, 1), date(2020, 7, 1), date(2023, 7, 1)
_UNTIL_2020, _UNTIL_2023 = date(2020, 6, 30), date(2023, 6, 30)
AREAS = [
    ("bromma", "Bromma", _SINCE_2007, None),
    ("enskede-arsta-vantor", "Enskede-Årsta-Vantör", _SINCE_2007, None),
    ("farsta", "Farsta", _SINCE_2007, None),
    ("hasselby-vallingby", "Hässelby-Vällingby", _SINCE_2007, None),
    ("kungsholmen", "Kungsholmen", _SINCE_2007, None),
    ("skarpnack", "Skarpnäck", _SINCE_2007, None),
    ("skarholmen", "Skärholmen", _SINCE_2007, None),
    ("sodermalm", "Södermalm", _SINCE_2007, None),
    ("hagersten-liljeholmen", "Hägersten-Liljeholmen", _SINCE_2007, _UNTIL_2020),
    ("alvsjo", "Älvsjö", _SINCE_2007, _UNTIL_2020),
    ("hagersten-alvsjo", "Hägersten-Älvsjö", _SINCE_2020, None),
    ("norrmalm", "Norrmalm", _SINCE_2007, _UNTIL_2023),
    ("ostermalm", "Östermalm", _SINCE_2007, _UNTIL_2023),
    ("norra-innerstaden", "Norra innerstaden", _SINCE_2023, None),
    ("rinkeby-kista", "Rinkeby-Kista", _SINCE_2007, _UNTIL_2023),
    ("spanga-tensta", "Spånga-Tensta", _SINCE_2007, _UNTIL_2023),
    ("jarva", "Järva", _SINCE_2023, None),
]
MERGED = [
    ("hagersten-alvsjo", "hagersten-liljeholmen"),
    ("hagersten-alvsjo", "alvsjo"),
    ("norra-innerstaden", "norrmalm"),
    ("norra-innerstaden", "ostermalm"),
    ("jarva", "rinkeby-kista"),
    ("jarva", "spanga-tensta"),
]


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
        "area",
        sa.Column("code", sa.Text(), nullable=False, comment="kebab-case, ascii"),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column(
            "valid_to", sa.Date(), nullable=True, comment="the last day in force; empty while it is"
        ),
        sa.CheckConstraint("valid_to >= valid_from", name=op.f("area_dates_check")),
        sa.PrimaryKeyConstraint("code", name=op.f("area_pkey")),
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
        "reference_record",
        sa.Column("id", sa.UUID(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column("label", sa.Text(), server_default="", nullable=False),
        sa.PrimaryKeyConstraint("id", name=op.f("reference_record_pkey")),
        sa.UniqueConstraint(
            "series", "period", "label", name=op.f("reference_record_series_period_label_key")
        ),
    )
    op.create_table(
        "reference_value",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=False), nullable=False),
        sa.Column("record_id", sa.UUID(), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("period", sa.Text(), nullable=False),
        sa.Column(
            "label", sa.Text(), server_default="", nullable=False, comment="what the value is about"
        ),
        sa.Column("low", sa.Numeric(precision=18, scale=3), nullable=False),
        sa.Column("high", sa.Numeric(precision=18, scale=3), nullable=False),
        sa.Column("unit", sa.Text(), nullable=False),
        sa.Column("approximate", sa.Boolean(), nullable=False),
        sa.Column("source", sa.Text(), nullable=False),
        sa.Column("vintage", sa.Text(), nullable=False, comment="which edition of the source"),
        sa.Column("retracted", sa.Boolean(), server_default="false", nullable=False),
        sa.Column("reason", sa.Text(), nullable=False),
        sa.Column(
            "recorded_at",
            sa.DateTime(timezone=True),
            server_default=sa.text("now()"),
            nullable=False,
        ),
        sa.CheckConstraint("low <= high", name=op.f("reference_value_range_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("reference_value_pkey")),
        info={"append_only": True},
    )
    op.create_index(
        "reference_value_latest_idx",
        "reference_value",
        ["series", "period", "label", "recorded_at"],
        unique=False,
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
        "area_predecessor",
        sa.Column("area", sa.Text(), nullable=False),
        sa.Column("predecessor", sa.Text(), nullable=False),
        sa.ForeignKeyConstraint(["area"], ["area.code"], name=op.f("area_predecessor_area_fkey")),
        sa.ForeignKeyConstraint(
            ["predecessor"], ["area.code"], name=op.f("area_predecessor_predecessor_fkey")
        ),
        sa.PrimaryKeyConstraint("area", "predecessor", name=op.f("area_predecessor_pkey")),
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
    areas = sa.table(
        "area", *(sa.column(name) for name in ("code", "name", "valid_from", "valid_to"))
    )
    names = ("code", "name", "valid_from", "valid_to")
    op.bulk_insert(areas, [dict(zip(names, area, strict=True)) for area in AREAS])
    links = sa.table("area_predecessor", sa.column("area"), sa.column("predecessor"))
    op.bulk_insert(links, [{"area": area, "predecessor": old} for area, old in MERGED])
    op.execute("""create or replace function refuse_back_dated() returns trigger language plpgsql as $$
begin
    raise exception 'a row of % is recorded when it is written, not earlier', tg_table_name
        using errcode = 'check_violation', constraint = tg_table_name || '_back_dated',
              table = tg_table_name;
end $$""")
    op.execute("""create or replace function refuse_change() returns trigger language plpgsql as $$
begin
    raise exception '% is append-only', tg_table_name
        using errcode = 'insufficient_privilege', constraint = tg_table_name || '_append_only',
              table = tg_table_name;
end $$""")
    for table, dated_by in (
        ("reference_value", "recorded_at"),
        ("record_version", "superseded_at"),
    ):
        op.execute(
            f"create trigger {table}_back_dated before insert on {table} for each row "
            f"when (new.{dated_by} < transaction_timestamp()) "
            "execute function refuse_back_dated()"
        )
        op.execute(
            f"create trigger {table}_append_only before update or delete or truncate on {table} "
            "for each statement execute function refuse_change()"
        )


def downgrade() -> None:
    op.drop_table("delivery_error")
    op.drop_table("area_predecessor")
    op.drop_table("scheduled_run")
    op.drop_index("reference_value_latest_idx", table_name="reference_value")
    op.drop_table("reference_value")
    op.drop_table("reference_record")
    op.drop_index(
        "record_version_superseded_at_idx", table_name="record_version", postgresql_using="brin"
    )
    op.drop_table("record_version")
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
    op.drop_table("area")
    op.drop_table("access_log_head")
    op.drop_index(op.f("access_log_subjects_idx"), table_name="access_log", postgresql_using="gin")
    op.drop_table("access_log")
    op.execute("drop function refuse_back_dated")
    op.execute("drop function refuse_change")
