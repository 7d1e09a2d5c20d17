"""The ledger. What the database refuses by itself is in the migration's triggers.

Nothing here is ever updated by the service: a name that changes is a new version, a period is
closed and reopened by an event, a voucher is corrected by its reversal.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Computed,
    Date,
    ForeignKey,
    Identity,
    Index,
    Integer,
    LargeBinary,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB, UUID

from services.budget.domain.counterparts import CounterpartClass
from services.budget.domain.settlement import RECOGNISED_INCOME
from services.budget.models.base import metadata, one_of, ore, said_by
from shared.schema import APPEND_ONLY, timestamptz, uuid_pk

CLASS_OF = """case
    when ascii(counterpart) between 49 and 52 then 'internal'
    when ascii(counterpart) between 53 and 55 then 'municipal_company'
    when ascii(counterpart) between 56 and 57 then 'external'
    else 'undivided' end"""
"""The class of the code's first digit, whose character is 48 and the digit."""

account = Table(
    "account",
    metadata,
    Column("code", Text, primary_key=True),
    Column("account_group", Text, Computed("left(code, 2)", persisted=True), nullable=False),
    timestamptz("recorded_at", default_now=True),
    CheckConstraint("code ~ '^[1-9][0-9]{1,5}$'", name="code"),
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
        Computed(CLASS_OF.replace("(counterpart)", "(code)"), persisted=True),
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

fiscal_year = Table(
    "fiscal_year",
    metadata,
    Column("year", Integer, primary_key=True, autoincrement=False),
    Column("first_day", Date, nullable=False),
    *said_by(),
    CheckConstraint("year between 1900 and 2199", name="year"),
    CheckConstraint("extract(day from first_day) = 1", name="first_day"),
    CheckConstraint("extract(year from first_day + interval '11 months') = year", name="named"),
    info=APPEND_ONLY,
)
"""Fiscal years (räkenskapsår), each named by the calendar year that it ends in."""

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
    Column("period", Integer, nullable=False),
    Column("covers_from", Integer, nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("text", Text, nullable=False),
    Column("reversal_of", UUID(as_uuid=True)),
    Column("reason", Text),
    Column("delivery_id", UUID(as_uuid=True)),
    *said_by(),
    Column(
        "transaction_id",
        BigInteger,
        nullable=False,
        server_default=text("(pg_current_xact_id()::text)::bigint"),
    ),
    Column("source", Text),
    Column("source_key", Text),
    Column("source_version", Integer),
    Column("source_digest", LargeBinary),
    UniqueConstraint("series", "year", "number"),
    CheckConstraint("number >= 1", name="number"),
    CheckConstraint("year = period / 100", name="year"),
    CheckConstraint("covers_from between year * 100 and period", name="covers"),
    CheckConstraint("(reversal_of is null) = (reason is null)", name="reason"),
    CheckConstraint("length(trim(reason)) > 0", name="reason_given"),
    CheckConstraint(
        "num_nulls(source, source_key, source_version, source_digest) in (0, 4)", name="source"
    ),
    Index("voucher_period_idx", "period"),
    # The few vouchers about more than one period.
    Index("voucher_spanning_idx", "period", postgresql_where=text("covers_from < period")),
    Index(
        "voucher_reversal_of_key",
        "reversal_of",
        unique=True,
        postgresql_where=text("reversal_of is not null"),
    ),
    Index("voucher_delivery_idx", "delivery_id", postgresql_where=text("delivery_id is not null")),
    Index(
        "voucher_source_version_key",
        "source",
        "source_key",
        "source_version",
        unique=True,
        postgresql_where=text("source is not null"),
    ),
    info=APPEND_ONLY,
)
"""Vouchers (verifikationer).

``source`` is the register that a voucher came through and ``source_key`` what its sender calls
it. The versions of a key are counted from 1; the highest is the live one, unless a reversal has
taken it back. Two bookings of the same version collide, so a voucher is never booked twice.
``source_digest`` is a hash of what was sent, by which the same voucher again is known.

That period, series and reversed voucher exist is checked by triggers for a whole statement at a
time: foreign keys look each row up by itself, which costs more than the row.
"""

booking = Table(
    "booking",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("series", Text, nullable=False),
    Column("year", Integer, nullable=False),
    Column("first_number", Integer, nullable=False),
    Column("last_number", Integer, nullable=False),
    Column(
        "transaction_id",
        BigInteger,
        nullable=False,
        server_default=text("(pg_current_xact_id()::text)::bigint"),
    ),
    Column("checked", Boolean, nullable=False, server_default=text("false")),
    CheckConstraint("last_number >= first_number", name="numbers"),
    Index("booking_transaction_id_idx", "transaction_id"),
    info=APPEND_ONLY,
)
"""The vouchers that one statement booked, by number: what the ledger checks at commit.

Written by the trigger on ``voucher`` alone. Once checked, its vouchers are sealed, within their
own transaction too.
"""

posting = Table(
    "posting",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("voucher_id", UUID(as_uuid=True), nullable=False),
    Column("period", Integer, nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("account", Text, nullable=False),
    Column("counterpart", Text, nullable=False),
    Column("project", Text, nullable=False, server_default=text("''")),
    Column("responsibility", Text, nullable=False, server_default=text("''")),
    Column("activity", Text, nullable=False, server_default=text("''")),
    ore("amount"),
    Column("account_group", Text, Computed("left(account, 2)", persisted=True), nullable=False),
    Column("counterpart_class", Text, Computed(CLASS_OF, persisted=True), nullable=False),
    timestamptz("recorded_at", default_now=True),
    Column("objects", JSONB, nullable=False, server_default=text("'{}'")),
    Column("text", Text, nullable=False, server_default=text("''")),
    CheckConstraint("amount <> 0", name="amount"),
    CheckConstraint(
        "objects = '{}' or (jsonb_typeof(objects) = 'object'"
        " and not objects ?| array['1', '6', '20', '21']"
        """ and not jsonb_path_exists(objects, '$.* ? (@.type() <> "string")'))""",
        name="objects",
    ),
    Index("posting_voucher_id_idx", "voucher_id"),
    Index(
        "posting_period_voucher_idx",
        "period",
        "voucher_id",
        postgresql_include=["amount", "recorded_at"],
    ),
    Index("posting_project_idx", "project", "period", postgresql_where=text("project <> ''")),
    Index("posting_recorded_idx", "recorded_at"),
    info={**APPEND_ONLY, "facts": True},
)
"""The ledger's journal: every figure of money is a sum over it.

``objects`` are the free dimensions, number -> object code: {"7": "A12"}; those with a column of
their own are not repeated there. Existence of everything named is checked as in ``voucher``.
"""

DIMENSIONS = (
    "account",
    "account_group",
    "counterpart",
    "counterpart_class",
    "project",
    "responsibility",
    "activity",
)
