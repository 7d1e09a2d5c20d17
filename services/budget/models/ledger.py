"""The ledger. What the database refuses by itself is in the migration's triggers.

Nothing here is ever updated by the service: a name that changes is a new version, a period is
closed and reopened by an event, a voucher is corrected by its reversal.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    Computed,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import UUID

from services.budget.domain.counterparts import CounterpartClass
from services.budget.domain.settlement import RECOGNISED_INCOME
from services.budget.models.base import metadata, one_of, ore, said_by
from shared.journal import sum_table
from shared.schema import APPEND_ONLY, timestamptz, uuid_pk

CLASS_OF = """case
    when counterpart ~ '^[1-4]' then 'internal'
    when counterpart ~ '^[5-7]' then 'municipal_company'
    when counterpart ~ '^[89]' then 'external'
    else 'undivided' end"""

account = Table(
    "account",
    metadata,
    Column("code", Text, primary_key=True),
    Column("account_group", Text, Computed("left(code, 2)", persisted=True), nullable=False),
    timestamptz("recorded_at", default_now=True),
    CheckConstraint("code ~ '^[1-8][0-9]{1,5}$'", name="code"),
    info=APPEND_ONLY,
)

account_version = Table(
    "account_version",
    metadata,
    Column("code", Text, ForeignKey("account.code"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    Column("settlement_row", Text),
    *said_by(),
    CheckConstraint("valid_to >= valid_from", name="validity"),
    one_of("settlement_row", (RECOGNISED_INCOME,)),
    info=APPEND_ONLY,
)

counterpart = Table(
    "counterpart",
    metadata,
    Column("code", Text, primary_key=True),
    Column(
        "counterpart_class",
        Text,
        Computed(CLASS_OF.replace("counterpart ~", "code ~"), persisted=True),
        nullable=False,
    ),
    timestamptz("recorded_at", default_now=True),
    CheckConstraint("code ~ '^[0-9]{1,6}$'", name="code"),
    one_of("counterpart_class", CounterpartClass),
    info=APPEND_ONLY,
)

counterpart_version = Table(
    "counterpart_version",
    metadata,
    Column("code", Text, ForeignKey("counterpart.code"), primary_key=True),
    Column("version", Integer, primary_key=True),
    Column("name", Text, nullable=False),
    Column("valid_from", Date, nullable=False),
    Column("valid_to", Date),
    *said_by(),
    CheckConstraint("valid_to >= valid_from", name="validity"),
    info=APPEND_ONLY,
)

ledger_period = Table(
    "ledger_period",
    metadata,
    Column("period", Integer, primary_key=True, autoincrement=False),
    Column("state", Text, nullable=False, server_default=text("'open'")),
    *said_by(),
    one_of("state", ("open", "closed")),
    CheckConstraint(
        "period / 100 between 1900 and 2199 and period % 100 between 0 and 14", name="period"
    ),
    info=APPEND_ONLY,
)

period_event = Table(
    "period_event",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("period", Integer, ForeignKey("ledger_period.period"), nullable=False),
    Column("action", Text, nullable=False),
    Column("reason", Text),
    *said_by(),
    one_of("action", ("closed", "reopened")),
    CheckConstraint("action = 'closed' or coalesce(length(trim(reason)), 0) > 0", name="reason"),
    Index("period_event_period_idx", "period"),
    info=APPEND_ONLY,
)

voucher_series = Table(
    "voucher_series",
    metadata,
    Column("series", Text, primary_key=True),
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("last_number", Integer, nullable=False, server_default=text("0")),
    CheckConstraint("series ~ '^[A-Z]{1,4}$'", name="series"),
    info=APPEND_ONLY,
)

voucher = Table(
    "voucher",
    metadata,
    uuid_pk(),
    Column("series", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("number", Integer, nullable=False),
    Column("period", Integer, ForeignKey("ledger_period.period"), nullable=False),
    Column("covers_from", Integer, nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("text", Text, nullable=False),
    Column("reversal_of", UUID(as_uuid=True), ForeignKey("voucher.id")),
    Column("reason", Text),
    Column("delivery_id", UUID(as_uuid=True)),
    *said_by(),
    Column(
        "transaction_id",
        BigInteger,
        nullable=False,
        server_default=text("(pg_current_xact_id()::text)::bigint"),
    ),
    ForeignKeyConstraint(["series", "year"], ["voucher_series.series", "voucher_series.year"]),
    UniqueConstraint("series", "year", "number"),
    UniqueConstraint("reversal_of"),
    UniqueConstraint("id", "period", "happened_on"),
    CheckConstraint("number >= 1", name="number"),
    CheckConstraint("year = period / 100", name="year"),
    CheckConstraint("extract(year from happened_on) = year", name="day"),
    CheckConstraint("covers_from between year * 100 and period", name="covers"),
    CheckConstraint("(reversal_of is null) = (reason is null)", name="reason"),
    CheckConstraint("length(trim(reason)) > 0", name="reason_given"),
    Index("voucher_period_idx", "period"),
    Index("voucher_delivery_idx", "delivery_id", postgresql_where=text("delivery_id is not null")),
    info=APPEND_ONLY,
)

posting = Table(
    "posting",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("voucher_id", UUID(as_uuid=True), nullable=False),
    Column("period", Integer, nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("account", Text, ForeignKey("account.code"), nullable=False),
    Column("counterpart", Text, ForeignKey("counterpart.code"), nullable=False),
    Column("project", Text, nullable=False, server_default=text("''")),
    Column("responsibility", Text, nullable=False, server_default=text("''")),
    Column("activity", Text, nullable=False, server_default=text("''")),
    ore("amount"),
    Column("account_group", Text, Computed("left(account, 2)", persisted=True), nullable=False),
    Column("counterpart_class", Text, Computed(CLASS_OF, persisted=True), nullable=False),
    timestamptz("recorded_at", default_now=True),
    ForeignKeyConstraint(
        ["voucher_id", "period", "happened_on"],
        ["voucher.id", "voucher.period", "voucher.happened_on"],
    ),
    CheckConstraint("amount <> 0", name="amount"),
    Index("posting_voucher_id_idx", "voucher_id"),
    Index("posting_period_idx", "period"),
    Index("posting_project_idx", "project", "period", postgresql_where=text("project <> ''")),
    Index(
        "posting_recorded_at_idx",
        "recorded_at",
        postgresql_using="brin",
        postgresql_with={"autosummarize": "on"},
    ),
    info={**APPEND_ONLY, "facts": True},
)
"""The ledger's journal: every figure of money is a sum over it."""

DIMENSIONS = (
    "account",
    "account_group",
    "counterpart",
    "counterpart_class",
    "project",
    "responsibility",
    "activity",
)

posting_sum = sum_table("posting", metadata, *DIMENSIONS)
