"""Money is integer öre inside and a decimal string with two digits outside, never a float."""

from __future__ import annotations

import re
from typing import Annotated, Any, TypeAlias

from pydantic import BeforeValidator, PlainSerializer, WithJsonSchema

from shared.errors import Unacceptable

Ore: TypeAlias = int

# Two digits fewer than an amount that is shown: sums of many such amounts can be shown, too.
_KRONOR = re.compile(r"([+-]?)(\d{1,13})(?:\.(\d{1,2}))?", re.ASCII)


class NotAnAmount(Unacceptable):
    """The text is not a decimal amount of at most two decimals."""


def parse_kronor(text: str) -> int:
    """Return the öre of a decimal string such as ``"-893893158.03"``.

    Raises:
        NotAnAmount: other characters, more than two decimals, or more than 13 digits.

    """
    match = _KRONOR.fullmatch(text)
    if match is None:
        message = "an amount is at most 13 digits with at most two decimals, such as 1250.50"
        raise NotAnAmount(message)
    sign, whole, decimals = match.groups()
    ore = int(whole) * 100 + int((decimals or "").ljust(2, "0"))
    return -ore if sign == "-" else ore


def to_decimal_string(ore: int) -> str:
    """Return öre as a decimal string with exactly two decimals."""
    kronor, rest = divmod(abs(ore), 100)
    return f"{'-' if ore < 0 else ''}{kronor}.{rest:02d}"


def _from_json(value: Any) -> int:  # noqa: ANN401  pydantic hands over whatever the client sent
    if not isinstance(value, str):
        message = 'an amount is a decimal string, such as "1250.50"'
        raise NotAnAmount(message)
    return parse_kronor(value)


Kronor = Annotated[
    int,
    BeforeValidator(_from_json),
    PlainSerializer(to_decimal_string, return_type=str),
    WithJsonSchema(
        {
            "type": "string",
            "pattern": r"^[+-]?\d{1,13}(\.\d{1,2})?$",
            "maxLength": 17,
            "example": "893893158.03",
            "description": "Kronor as a decimal string; öre inside.",
        }
    ),
]
"""A pydantic field: öre as ``int`` in Python, kronor as a decimal string in JSON."""
