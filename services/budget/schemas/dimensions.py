"""Shapes of dimensions and their objects."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Annotated, Self

from pydantic import AfterValidator, ValidationInfo, field_validator

from services.budget.schemas.fields import DimensionNumber, Name, ObjectCode, RecordOut, ValidityIn
from shared.errors import Unacceptable
from shared.models import ApiModel, Instant, LocalDate

if TYPE_CHECKING:
    from asyncpg import Record


class DimensionIn(ApiModel):
    """A dimension to register; a parent says that it divides that one further."""

    number: DimensionNumber
    name: Name
    parent: DimensionNumber | None = None

    @field_validator("parent", mode="after")
    @classmethod
    def _divides_another(cls, parent: int | None, said: ValidationInfo) -> int | None:
        if parent is not None and parent == said.data.get("number"):
            raise Unacceptable("a dimension is not its own parent")
        return parent


class DimensionOut(RecordOut):
    number: DimensionNumber
    name: Name
    parent: DimensionNumber | None
    recorded_at: Instant


class DimensionsOut(ApiModel):
    """Every dimension, by number."""

    items: list[DimensionOut]

    @classmethod
    def of(cls, rows: Sequence[Record]) -> Self:
        return cls(items=[DimensionOut.of(row) for row in rows])


class ObjectNamingIn(ValidityIn):
    """What a version says about an object of a dimension."""

    name: Name


def _without_blanks_around(code: str) -> str:
    if code != code.strip():
        raise Unacceptable("a code neither begins nor ends with a blank")
    return code


class ObjectIn(ObjectNamingIn):
    """An object to register: a unit, a project, an employee code, ..."""

    code: Annotated[ObjectCode, AfterValidator(_without_blanks_around)]


class ObjectOut(RecordOut):
    number: DimensionNumber
    code: ObjectCode
    version: int
    name: Name
    valid_from: LocalDate
    valid_to: LocalDate | None
    recorded_at: Instant
