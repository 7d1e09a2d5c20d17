"""What happens to people: enrolments, advice without one, referrals waiting."""

from __future__ import annotations

from typing import Any

from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    Date,
    ForeignKey,
    ForeignKeyConstraint,
    Index,
    Integer,
    SmallInteger,
    Table,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, UUID, ExcludeConstraint

from services.participants.domain.codes import (
    Education,
    EntryStatus,
    EsfCircumstance,
    EsfResult,
    Ground,
    Outcome,
    PendingState,
    RefusalReason,
    Sex,
)
from services.participants.models.base import metadata, one_of, some_of
from shared.records import version_columns
from shared.schema import timestamptz, uuid_pk


def frozen_breakdown() -> tuple[Column[Any], ...]:
    """Return what a figure is broken down by: as it was on the day, computed, never typed."""
    return (
        Column("sex", Text, nullable=False),
        Column("age_group", Text, nullable=False),
        Column("district", Text, nullable=False),
        # What the delivering system said; counts on days for which no residence is on record.
        Column("stated_district", Text),
    )


def person_reference() -> Column[Any]:
    return Column("person_id", UUID(as_uuid=True), ForeignKey("person.id"), nullable=False)


enrolment = Table(
    "enrolment",
    metadata,
    uuid_pk(),
    person_reference(),
    # Whom the person is counted as: themselves, or the one their record was merged into.
    Column("subject_id", UUID(as_uuid=True), ForeignKey("person.id"), nullable=False),
    Column("unit", Text, ForeignKey("unit.code"), nullable=False),
    Column("programme", Text, ForeignKey("programme.code"), nullable=False),
    Column("team", Text),
    Column("ground", Text, nullable=False),
    # What the client or the source stated; the groups are judged from it, and by which rules.
    Column("circumstances", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("unemployed_since", Date),
    Column("target_groups", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("target_group_rules", ARRAY(Text), nullable=False, server_default=text("'{}'")),
    Column("status_at_entry", Text, nullable=False),
    Column("education_at_entry", Text),
    Column("started_on", Date, nullable=False),
    Column("exited_on", Date),
    Column("outcome", Text),
    Column("source_key", Text, unique=True),
    Column("referral_id", UUID(as_uuid=True)),
    # What the person has said for the ESF+ indicators: null when not asked or not answered, an
    # empty list when none of it is so. Circumstances are held with the person's consent only.
    Column("esf_circumstances", ARRAY(Text)),
    Column("esf_consented_on", Date),
    Column("esf_results", ARRAY(Text)),
    Column("esf_results_on", Date),
    timestamptz("retracted_at", nullable=True),
    *frozen_breakdown(),
    *version_columns(),
    CheckConstraint("(esf_circumstances is null) = (esf_consented_on is null)", name="esf_consent"),
    some_of("esf_circumstances", EsfCircumstance),
    CheckConstraint("(esf_results is null) = (esf_results_on is null)", name="esf_results_dated"),
    some_of("esf_results", EsfResult),
    ForeignKeyConstraint(["team", "programme"], ["team.code", "team.programme"]),
    one_of("ground", Ground),
    one_of("status_at_entry", EntryStatus),
    one_of("education_at_entry", Education),
    one_of("outcome", Outcome),
    one_of("sex", Sex),
    CheckConstraint("exited_on >= started_on", name="exit_after_entry"),
    CheckConstraint("(exited_on is null) = (outcome is null)", name="exit_has_outcome"),
    # The day of the exit is free for a new entry: who leaves one day may come back the same day.
    ExcludeConstraint(
        ("subject_id", "="),
        ("programme", "="),
        (text("daterange(started_on, exited_on, '[)')"), "&&"),
        name="enrolment_overlap_excl",
        using="gist",
        where=text("retracted_at is null"),
        # Deferrable: a delivery may shorten one enrolment and lengthen its neighbour.
        deferrable=True,
        initially="IMMEDIATE",
    ),
    Index("enrolment_person_id_idx", "person_id"),
    # A referral leads to one enrolment; one that was retracted never was.
    Index(
        "enrolment_referral_id_key",
        "referral_id",
        unique=True,
        postgresql_where=text("retracted_at is null"),
    ),
    # All of one person's times in a programme, retracted ones too.
    Index("enrolment_subject_id_programme_idx", "subject_id", "programme"),
    Index("enrolment_unit_started_on_idx", "unit", "started_on"),
)

advisory_session = Table(
    "advisory_session",
    metadata,
    uuid_pk(),
    person_reference(),
    Column("unit", Text, ForeignKey("unit.code"), nullable=False),
    Column("programme", Text, ForeignKey("programme.code")),
    Column("held_on", Date, nullable=False),
    Column("ordinal", SmallInteger, nullable=False),
    Column("source_key", Text, unique=True),
    timestamptz("retracted_at", nullable=True),
    *frozen_breakdown(),
    *version_columns(),
    CheckConstraint("ordinal between 1 and 3", name="at_most_three"),
    Index(
        "advisory_session_person_ordinal_key",
        "person_id",
        "ordinal",
        unique=True,
        postgresql_where=text("retracted_at is null"),
    ),
)

pending_enrolment = Table(
    "pending_enrolment",
    metadata,
    uuid_pk(),
    Column("referral_id", UUID(as_uuid=True), nullable=False, unique=True),
    # No foreign key: a referral may name a person unknown here, and is then declined.
    Column("person_id", UUID(as_uuid=True), nullable=False, index=True),
    Column("unit", Text, nullable=False, index=True),
    Column("programme", Text, nullable=False),
    Column("referred_on", Date, nullable=False),
    # The last day on which outreach has its answer in time; null where it never said.
    Column("answer_due_on", Date),
    Column("overdue", Boolean, nullable=False, server_default=text("false")),
    # Said by who referred; it is a decision only where the unit had not decided yet.
    Column("withdrawn_on", Date),
    Column("withdrawal_reason", Text),
    Column("state", Text, nullable=False),
    Column("reason", Text),
    Column("decided_on", Date),
    Column("enrolment_id", UUID(as_uuid=True), ForeignKey("enrolment.id")),
    *version_columns(),
    one_of("state", PendingState),
    CheckConstraint("(state = 'declined') = (reason is not null)", name="reason_when_declined"),
    CheckConstraint("(state = 'accepted') = (enrolment_id is not null)", name="enrolled"),
    CheckConstraint("(state = 'pending') = (decided_on is null)", name="decided"),
    CheckConstraint("state <> 'withdrawn' or withdrawn_on is not null", name="withdrawn"),
    CheckConstraint(
        "(withdrawn_on is null) = (withdrawal_reason is null)", name="reason_when_withdrawn"
    ),
    CheckConstraint("not overdue or answer_due_on is not null", name="overdue"),
    one_of("reason", RefusalReason),
)

hour_attestation = Table(
    "hour_attestation",
    metadata,
    uuid_pk(),
    Column("enrolment_id", UUID(as_uuid=True), ForeignKey("enrolment.id"), nullable=False),
    # As it was when the hours were attested: hours belong to the project that paid for them.
    Column("programme", Text, ForeignKey("programme.code"), nullable=False),
    Column("month", Date, nullable=False),
    Column("minutes", Integer, nullable=False),
    Column("attested_by", Text, nullable=False),
    # The sum of the days on record when it was attested, not hours that somebody stated.
    Column("from_attendance", Boolean, nullable=False, server_default=text("false")),
    timestamptz("withdrawn_at", nullable=True),
    *version_columns(),
    CheckConstraint("extract(day from month) = 1", name="month"),
    CheckConstraint("minutes > 0", name="minutes"),
    Index(
        "hour_attestation_enrolment_month_key",
        "enrolment_id",
        "month",
        unique=True,
        postgresql_where=text("withdrawn_at is null"),
    ),
)
"""Hours of participation in a month, as somebody vouches for them; one live one a month."""
