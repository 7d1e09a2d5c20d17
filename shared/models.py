"""Shapes on the wire: camelCase JSON, strict instants and dates, an example on every field.

The published specification needs one full example for each model (profile DOK.15, DOT.02).
It is composed from the fields' own: dates, numbers, identifiers, enums and booleans have
one by themselves, and every free string field brings its own::

    class VenueOut(ApiModel):
        id: UUID
        name: str = Field(examples=["Rinkeby bibliotek"], max_length=200)
        opened_on: LocalDate
"""

from __future__ import annotations

import re
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, TypeAlias

from pydantic import AfterValidator, BaseModel, BeforeValidator, ConfigDict, Field
from pydantic.alias_generators import to_camel
from pydantic_core import PydanticCustomError

from shared.identity_numbers import has_form_of_identity_number

if TYPE_CHECKING:
    from pydantic.fields import ComputedFieldInfo, FieldInfo


def _title(name: str, _info: FieldInfo | ComputedFieldInfo) -> str:
    return to_camel(name)


class ApiModel(BaseModel):
    """Base of every request and response body: camelCase outside, unknown fields refused."""

    model_config = ConfigDict(
        alias_generator=to_camel,
        populate_by_name=True,
        extra="forbid",
        frozen=True,
        field_title_generator=_title,
        hide_input_in_errors=True,
    )

    def to_json(self) -> bytes:
        """Return the model as it is sent."""
        return self.__pydantic_serializer__.to_json(self, by_alias=True)


_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_INSTANT = re.compile(
    r"\d{4}-\d{2}-\d{2}[Tt]\d{2}:\d{2}:\d{2}(\.\d{1,9})?([Zz]|[+-]\d{2}:\d{2})", re.ASCII
)


# Pydantic alone reads 0 as 1970-01-01 and "1700000000" as an instant; only RFC 3339 text is one.
def _instant_text(value: object) -> object:
    if isinstance(value, datetime) or (isinstance(value, str) and _INSTANT.fullmatch(value)):
        return value
    message = "Input should be an instant as RFC 3339 with an offset, 2026-03-01T09:30:00Z"
    raise PydanticCustomError("instant_expected", message)


_FIRST, _LAST = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


def _in_utc(value: datetime) -> datetime:
    if value.tzinfo is None:
        raise PydanticCustomError("timezone_missing", "Input should have a UTC offset")
    try:
        instant = value.astimezone(UTC)
    except OverflowError:  # at either end of the calendar the offset leads out of it
        instant = _FIRST
    if not _FIRST < instant < _LAST:  # the database driver takes the two ends for infinities
        message = "Input should be an instant between the years 1 and 9999 in UTC"
        raise PydanticCustomError("instant_out_of_range", message)
    return instant


_ENDS = {date.min.isoformat(), date.max.isoformat()}


def _date_text(value: object) -> object:
    if isinstance(value, str) and value in _ENDS:  # infinities to the database driver, as above
        message = "Input should be a date between 0001-01-02 and 9999-12-30"
        raise PydanticCustomError("date_out_of_range", message)
    if type(value) is date or (isinstance(value, str) and _DATE.fullmatch(value)):
        return value
    raise PydanticCustomError("date_expected", "Input should be a date as YYYY-MM-DD")


Instant: TypeAlias = Annotated[
    datetime,
    BeforeValidator(_instant_text),
    AfterValidator(_in_utc),
    Field(json_schema_extra={"example": "2026-03-01T09:30:00Z"}),
]
"""An instant: any offset in, UTC with ``Z`` out."""

LocalDate: TypeAlias = Annotated[
    date,
    BeforeValidator(_date_text),
    Field(json_schema_extra={"example": "2026-03-01"}),
]
"""A calendar day in Stockholm."""


def _about_nobody(text: str) -> str:
    if has_form_of_identity_number(text):
        raise PydanticCustomError(
            "identity_number_in_text", "Input should not contain anything like an identity number"
        )
    if "\0" in text:
        raise PydanticCustomError("text_not_storable", "Input should not contain NUL")
    return text


ABOUT_NOBODY = AfterValidator(_about_nobody)
"""For fields of free text: reasons, notes and titles, which are kept and shown as they are."""
