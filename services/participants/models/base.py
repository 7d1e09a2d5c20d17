"""The metadata of participants' tables, and the columns and checks that most of them have."""

from __future__ import annotations

from enum import StrEnum
from typing import Any

from sqlalchemy import CheckConstraint, Column, Date, Text

from services.participants.domain.codes import CODE_PATTERN
from shared.deliveries.tables import keep_subjects
from shared.figures.standing.tables import define_standing_tables
from shared.mechanisms import define_mechanism_tables
from shared.schema import service_metadata

metadata = service_metadata()
define_mechanism_tables(metadata)
define_standing_tables(metadata)
keep_subjects(metadata)


def one_of(column: str, codes: type[StrEnum], *, also: tuple[str, ...] = ()) -> CheckConstraint:
    """Return the check that a text column holds one of a closed list of codes."""
    listed = ", ".join(f"'{code}'" for code in (*codes, *also))
    return CheckConstraint(f"{column} in ({listed})", name=column)


def some_of(column: str, codes: type[StrEnum]) -> CheckConstraint:
    """Return the check that a text array holds nothing but codes of a closed list."""
    listed = ", ".join(f"'{code}'" for code in codes)
    return CheckConstraint(f"{column} <@ array[{listed}]", name=column)


def kebab(column: str) -> CheckConstraint:
    """Return the check that a code is kebab-case ASCII of at most 60 characters."""
    return CheckConstraint(
        f"{column} ~ '{CODE_PATTERN}' and length({column}) <= 60", name=f"{column}_form"
    )


def validity() -> tuple[Any, ...]:
    """Return the first and last day something is in operation, the last one included."""
    return (
        Column("valid_from", Date, nullable=False),
        Column("valid_to", Date),
        CheckConstraint("valid_to >= valid_from", name="validity"),
    )


def code(name: str = "code", **more: Any) -> Column[str]:  # noqa: ANN401  passed on to Column
    return Column(name, Text, nullable=False, **more)
