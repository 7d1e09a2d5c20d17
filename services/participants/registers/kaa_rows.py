"""What a row of the register of the responsibility for activity says, judged by itself.

It holds what förordning (2006:39) 4 § lets the register hold, and the facts behind the six
conditions (skollagen 29 kap. 9 §), nothing else. Each period of responsibility has a key of its
own: who comes back after having left comes with a new one.
"""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from services.participants.domain.kaa import Circumstances, ConditionCode, broken
from services.participants.domain.kaa_codes import JoinReason, LeaveReason, Schooling, Studies
from services.participants.registers.people import CodeField, PersonRow
from services.participants.sealing import KaaContact
from shared.deliveries import Column, RowRefused

if TYPE_CHECKING:
    from services.participants.sealing import Seals

Line = Annotated[str, msgspec.Meta(min_length=1, max_length=200)]


class KaaRow(PersonRow, kw_only=True, gc=False):
    """One period of responsibility as its source holds it now."""

    unit: CodeField
    joined_on: date
    join_reason: JoinReason
    left_on: date | None = None
    leave_reason: LeaveReason | None = None
    schooling: Schooling
    studies: Studies
    diploma: bool
    adapted_certificate: bool
    equivalent_education: bool
    study_certificate: bool
    home_address: Line | None = None
    email: Line | None = None
    phone: Line | None = None


OWN_COLUMNS = (
    Column("unit", "text"),
    Column("joined_on", "date"),
    Column("join_reason", "text"),
    Column("left_on", "date"),
    Column("leave_reason", "text"),
    Column("schooling", "text"),
    Column("studies", "text"),
    Column("diploma", "boolean"),
    Column("adapted_certificate", "boolean"),
    Column("equivalent_education", "boolean"),
    Column("study_certificate", "boolean"),
    Column("contact_hash", "bytea"),
)
SEALED = Column("contact_sealed", "bytea")
NAMES = ", ".join(column.name for column in OWN_COLUMNS)


def of(alias: str) -> str:
    return ", ".join(f"{alias}.{column.name}" for column in OWN_COLUMNS)


_REFUSED_BY: dict[ConditionCode, str] = {
    ConditionCode.COMPULSORY_SCHOOLING: "schooling",
    ConditionCode.NOT_IN_UPPER_SECONDARY: "studies",
    ConditionCode.NO_DIPLOMA: "diploma",
    ConditionCode.NO_ADAPTED_CERTIFICATE: "adaptedCertificate",
    ConditionCode.NO_EQUIVALENT_EDUCATION: "equivalentEducation",
}


def values_of(row: KaaRow, seals: Seals) -> tuple[Any, ...]:
    """Return the values of `OWN_COLUMNS` and of the sealed contact details.

    Raises:
        RowRefused: the row contradicts itself, or its facts do not make a member.

    """
    _check(row)
    sealed, hashed = _contact(row, seals)
    return (
        row.unit,
        row.joined_on,
        row.join_reason,
        row.left_on,
        row.leave_reason,
        row.schooling,
        row.studies,
        row.diploma,
        row.adapted_certificate,
        row.equivalent_education,
        row.study_certificate,
        hashed,
        sealed,
    )


def _check(row: KaaRow) -> None:
    """Refuse a row that contradicts itself, or whose facts do not make a member."""
    if (row.left_on is None) != (row.leave_reason is None):
        raise RowRefused("leaveReason", "leaving_incomplete", "Leaving has a day and a reason.")
    if row.left_on is not None and row.left_on < row.joined_on:
        raise RowRefused("leftOn", "left_before_joining", "The youth left before joining.")
    if row.join_reason is JoinReason.STUDY_CERTIFICATE and not row.study_certificate:
        raise RowRefused(
            "studyCertificate", "reason_contradicted", "The reason says that there is one."
        )
    known = Circumstances(
        schooling=row.schooling,
        studies=row.studies,
        diploma=row.diploma,
        adapted_certificate=row.adapted_certificate,
        equivalent_education=row.equivalent_education,
    )
    unmet = broken(
        known,
        joined_on=row.joined_on,
        left_on=row.left_on,
        leave_reason=row.leave_reason,
    )
    if unmet is not None:
        place = list(ConditionCode).index(unmet.code) + 1
        detail = f"Condition {place} of skollagen 29 kap. 9 § is not met."
        raise RowRefused(_REFUSED_BY[unmet.code], unmet.code.value, detail)


def _contact(row: KaaRow, seals: Seals) -> tuple[bytes | None, bytes | None]:
    """Return the contact details sealed, and the hash that shows whether they are news."""
    given = KaaContact(row.home_address, row.email, row.phone)
    if given == KaaContact():
        return None, None
    return seals.seal_kaa_contact(given, row.source_key), seals.hash_of_contact(given)
