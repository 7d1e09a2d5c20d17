"""The metadata of budget's tables, and what most of them have."""

from __future__ import annotations

from collections.abc import Iterable
from enum import StrEnum
from typing import Any

from sqlalchemy import BigInteger, CheckConstraint, Column, Text

from shared.figures.standing.tables import define_standing_tables
from shared.mechanisms import define_mechanism_tables
from shared.schema import service_metadata, timestamptz

metadata = service_metadata()
define_mechanism_tables(metadata)
define_standing_tables(metadata)


def one_of(column: str, codes: type[StrEnum] | Iterable[str]) -> CheckConstraint:
    """Return the check that a text column holds one of a closed list of codes."""
    listed = ", ".join(f"'{code}'" for code in codes)
    return CheckConstraint(f"{column} in ({listed})", name=column)


def ore(name: str, *, nullable: bool = False) -> Column[int]:
    """Return an amount: öre, or hundredths of another currency."""
    return Column(name, BigInteger, nullable=nullable)


def said_by() -> tuple[Column[Any], Column[Any]]:
    """Return who recorded a row (a token's subject), and when."""
    return Column("by", Text, nullable=False), timestamptz("recorded_at", default_now=True)
