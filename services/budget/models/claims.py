"""Grants and claims: decisions and events are appended, balances follow by triggers alone.

``grant_balance``, ``claim_standing``, ``claimed_posting`` and ``claimed_hours`` are derived: the
service may read them, only the migration's triggers write them. One balance row per project is
what concurrent claims lock, and its checks are what they cannot get past.
"""

from __future__ import annotations

from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Identity,
    Index,
    Integer,
    Numeric,
    Table,
    Text,
    UniqueConstraint,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, UUID

from services.budget.domain.claims import Action, ClaimKind, ClaimState, LineKind, SourceKind
from services.budget.domain.programmes import StaffCosts
from services.budget.domain.projects import Currency
from services.budget.models.base import metadata, one_of, ore, said_by
from shared.schema import APPEND_ONLY, DERIVED, timestamptz, uuid_pk


def _sum(name: str) -> Column[int]:
    return Column(name, BigInteger, nullable=False, server_default=text("0"))


grant_decision = Table(
    "grant_decision",
    metadata,
    Column("project_id", UUID(as_uuid=True), ForeignKey("project.id"), primary_key=True),
    Column("number", Integer, primary_key=True, autoincrement=False),
    ore("amount"),
    Column("currency", Text, nullable=False),
    Column("decided_on", Date, nullable=False),
    Column("reference", Text, nullable=False),
    Column("programme_period", Text, ForeignKey("programme_period.code"), nullable=False),
    Column("support_rate", Integer, nullable=False),
    Column("staff_costs", Text, nullable=False),
    Column("flat_rates", ARRAY(Text), nullable=False),
    Column("participant_rate", Text),
    Column("eligible_from", Date, nullable=False),
    Column("eligible_to", Date, nullable=False),
    Column("reason", Text, nullable=False),
    *said_by(),
    one_of("currency", Currency),
    one_of("staff_costs", StaffCosts),
    CheckConstraint("amount >= 0", name="amount"),
    CheckConstraint("support_rate between 1 and 10000", name="support_rate"),
    CheckConstraint("eligible_from <= eligible_to", name="eligible"),
    CheckConstraint("number = 1 or length(trim(reason)) > 0", name="reason"),
    info=APPEND_ONLY,
)
"""Beviljat stöd: each decision says the whole amount and all its terms from then on."""

grant_balance = Table(
    "grant_balance",
    metadata,
    Column("project_id", UUID(as_uuid=True), ForeignKey("project.id"), primary_key=True),
    Column("decisions", Integer, nullable=False, server_default=text("0")),
    _sum("granted"),
    _sum("claimed"),
    _sum("decided"),
    _sum("paid"),
    _sum("advanced"),
    _sum("advance_paid"),
    _sum("deducted"),
    _sum("repaid"),
    Column("final", Boolean, nullable=False, server_default=text("false")),
    timestamptz("recorded_at", default_now=True),
    CheckConstraint("claimed <= granted", name="claimed"),
    CheckConstraint("decided <= claimed", name="decided"),
    CheckConstraint("paid <= decided", name="paid"),
    CheckConstraint("deducted <= advanced", name="deducted"),
    CheckConstraint("paid >= 0 and deducted >= 0", name="sums"),
    CheckConstraint("repaid = 0 or repaid + deducted <= advance_paid", name="repaid"),
    info=DERIVED,
)
"""What a project's decisions and live claims come to. A decided claim counts as decided."""

claim = Table(
    "claim",
    metadata,
    uuid_pk(),
    Column(
        "project_id", UUID(as_uuid=True), ForeignKey("grant_balance.project_id"), nullable=False
    ),
    Column("number", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("first_month", Date, nullable=False),
    Column("last_month", Date, nullable=False),
    ore("advance", nullable=True),
    *said_by(),
    UniqueConstraint("project_id", "number"),
    one_of("kind", ClaimKind),
    CheckConstraint("first_month <= last_month", name="months"),
    CheckConstraint(
        "extract(day from first_month) = 1 and extract(day from last_month) = 1",
        name="whole_months",
    ),
    CheckConstraint("(kind = 'advance') = (advance is not null)", name="advance"),
    CheckConstraint("advance > 0", name="advance_amount"),
    info=APPEND_ONLY,
)

claim_standing = Table(
    "claim_standing",
    metadata,
    Column("claim_id", UUID(as_uuid=True), ForeignKey("claim.id"), primary_key=True),
    Column("state", Text, nullable=False, server_default=text("'draft'")),
    _sum("amount"),
    _sum("deducted"),
    _sum("decided"),
    _sum("paid"),
    _sum("repaid"),
    Column("frozen_in", BigInteger),
    one_of("state", ClaimState),
    CheckConstraint("decided <= amount", name="decided"),
    CheckConstraint("paid <= decided", name="paid"),
    info=DERIVED,
)
"""``frozen_in`` is the transaction in which the claim takes its lines, null before and after."""

claim_event = Table(
    "claim_event",
    metadata,
    Column("id", BigInteger, Identity(always=True), primary_key=True),
    Column("claim_id", UUID(as_uuid=True), ForeignKey("claim.id"), nullable=False),
    Column("action", Text, nullable=False),
    Column("happened_on", Date, nullable=False),
    Column("amount", BigInteger),
    Column("grant_number", Integer),
    timestamptz("basis", nullable=True),
    Column("eligible", BigInteger),
    Column("in_kind", BigInteger),
    Column("support", BigInteger),
    Column("deducted", BigInteger),
    Column("cut", BigInteger),
    Column("exchange_rate", Numeric(14, 6)),
    Column("exchange_day", Date),
    Column("exchange_source", Text),
    Column("settled", BigInteger),
    Column("reference", Text, nullable=False),
    Column("reason", Text, nullable=False),
    *said_by(),
    one_of("action", Action),
    CheckConstraint(
        "(action in ('submitted', 'decided', 'paid', 'repaid')) = (amount is not null)",
        name="amount",
    ),
    CheckConstraint(
        "amount >= 0 and (action not in ('paid', 'repaid') or amount > 0)", name="amount_sign"
    ),
    CheckConstraint(
        "(action = 'submitted') = (num_nulls(grant_number, basis, eligible, in_kind, support,"
        " deducted, cut) = 0)"
        " and num_nulls(grant_number, basis, eligible, in_kind, support, deducted, cut) in (0, 7)",
        name="sums",
    ),
    CheckConstraint(
        "amount = support - deducted - cut and deducted >= 0 and cut >= 0", name="support"
    ),
    CheckConstraint(
        "num_nulls(exchange_rate, exchange_day, exchange_source) in (0, 3)"
        " and (exchange_rate is null or action = 'submitted')",
        name="exchange",
    ),
    CheckConstraint("settled is null or (action = 'decided' and settled >= 0)", name="settled"),
    CheckConstraint(
        "action not in ('withdrawn', 'rejected') or length(trim(reason)) > 0", name="reason"
    ),
    Index("claim_event_claim_id_idx", "claim_id"),
    info=APPEND_ONLY,
)

claim_line = Table(
    "claim_line",
    metadata,
    Column("claim_id", UUID(as_uuid=True), ForeignKey("claim.id"), primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("cost_type", Text, nullable=False),
    Column("code", Text, nullable=False),
    Column("minutes", BigInteger),
    Column("rate", BigInteger),
    Column("share", Integer),
    Column("base", BigInteger),
    Column("base_lines", ARRAY(Integer), nullable=False),
    ore("amount"),
    one_of("kind", LineKind),
    CheckConstraint(
        "(kind in ('unit_cost', 'in_kind')) = (rate is not null)"
        " and (rate is null or minutes is not null)",
        name="rate",
    ),
    CheckConstraint(
        "(kind = 'flat_rate') = (share is not null)"
        " and (kind in ('flat_rate', 'excluded')) = (base is not null)",
        name="share",
    ),
    CheckConstraint("kind <> 'excluded' or amount = 0", name="excluded"),
    info=APPEND_ONLY,
)
"""A line of a submitted claim: frozen with it. An excluded line says what does not count."""

claim_source = Table(
    "claim_source",
    metadata,
    Column("claim_id", UUID(as_uuid=True), primary_key=True),
    Column("line", Integer, primary_key=True, autoincrement=False),
    Column("ordinal", Integer, primary_key=True, autoincrement=False),
    Column("kind", Text, nullable=False),
    Column("posting_id", BigInteger),
    Column("record_id", UUID(as_uuid=True)),
    Column("record_version", Integer),
    Column("minutes", BigInteger),
    Column("amount", BigInteger),
    ForeignKeyConstraint(["claim_id", "line"], ["claim_line.claim_id", "claim_line.line"]),
    one_of("kind", SourceKind),
    CheckConstraint(
        "(kind = 'posting') = (posting_id is not null)"
        " and (posting_id is null) = (amount is null)"
        " and num_nulls(record_id, record_version, minutes)"
        " = case kind when 'posting' then 3 else 0 end",
        name="named",
    ),
    Index("claim_source_posting_id_idx", "posting_id"),
    Index("claim_source_record_id_idx", "record_id"),
    info=APPEND_ONLY,
)
"""What a line stands on: a posting, or minutes of a report of hours."""

claimed_posting = Table(
    "claimed_posting",
    metadata,
    Column("posting_id", BigInteger, primary_key=True, autoincrement=False),
    Column("claim_id", UUID(as_uuid=True), ForeignKey("claim.id"), nullable=False, index=True),
    info=DERIVED,
)
"""The postings of live claims: the key is what keeps one from being claimed twice."""

claimed_hours = Table(
    "claimed_hours",
    metadata,
    Column("kind", Text, primary_key=True),
    Column("record_id", UUID(as_uuid=True), primary_key=True),
    Column("minutes", BigInteger, nullable=False),
    info=DERIVED,
)
"""The minutes of each report of hours in live claims: never more than are attested."""
