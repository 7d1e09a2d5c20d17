"""Taking personal data out of what is written to logs.

Two nets: every text loses whatever looks like an identity number in any written form, and
fields named after personal data lose their value whatever it is. Errors of the database and
of validation quote values, so only their kind is kept.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING, Any

import asyncpg
import msgspec
import pydantic
import sqlalchemy.exc

if TYPE_CHECKING:
    from collections.abc import Mapping

MASK = "[redacted]"
_DEEPEST = 8

_SIGN = r"[\s+_\-\u00ad\u2010-\u2015\u2212]|%20|%2[BbDd]|&nbsp;|\\x[0-9a-f]{2}|\\u[0-9a-fA-F]{4}"
_SEPARATOR = rf"(?:{_SIGN}|[./:])"
_BEFORE_LAST = rf"(?:{_SIGN})"
_IDENTITY_NUMBER = re.compile(
    r"(?<!\d)"
    rf"(?:(?:1[89]|20){_SEPARATOR}?)?\d\d{_SEPARATOR}{{0,2}}"  # year
    rf"(?:0[1-9]|1[0-2]){_SEPARATOR}{{0,2}}"  # month
    rf"(?:0[1-9]|[12]\d|3[01]|6[1-9]|[78]\d|9[01]){_BEFORE_LAST}{{0,3}}"  # day, or day + 60
    rf"(?:\d{{3}}{_BEFORE_LAST}?\d|[A-Za-z]\d{{3}}|[Tt][Ff]\d\d)"  # number, or a reserve number
    r"(?!\d)"
)

_PERSONAL = re.compile(
    r"(personnummer|personnr|pnr|samordningsnummer|ssn|identity_?number|birth_?(date|day|number)"
    r"|first_?name|last_?name|given_?name|family_?name|surname|full_?name|person_?name"
    r"|e?mail|phone|mobile|street|address|postal|guardian_?name"
    r"|password|secret|token|authorization|cookie|api_?key|private_?key|dsn|database_?url|redis_?url)",
    re.IGNORECASE,
)
_QUOTING = (
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    sqlalchemy.exc.SQLAlchemyError,
    pydantic.ValidationError,
    msgspec.ValidationError,
    UnicodeError,
)


def redact_text(text: str) -> str:
    """Return the text without anything that looks like an identity number."""
    if not text.isascii():
        text = unicodedata.normalize("NFKC", text)  # digits of other scripts and widths
    return _IDENTITY_NUMBER.sub(MASK, text)


def redact(value: Any, depth: int = 0) -> Any:  # noqa: ANN401, PLR0911  whatever is logged; one return a kind
    """Return a value fit for a log line: nested structures are walked, objects become text."""
    if value is None or isinstance(value, (bool, float)):
        return value
    if isinstance(value, int):
        return MASK if _IDENTITY_NUMBER.fullmatch(str(value)) else value
    if isinstance(value, str):
        return redact_text(value)
    if depth >= _DEEPEST:
        return MASK
    if isinstance(value, dict):
        return redact_fields(value, depth + 1)
    if isinstance(value, (list, tuple, set, frozenset)):
        return [redact(item, depth + 1) for item in value]
    if isinstance(value, BaseException):
        return describe(value)
    if isinstance(value, (bytes, bytearray, memoryview)):
        return f"[{len(value)} bytes]"
    return redact_text(str(value))


def redact_fields(fields: Mapping[Any, Any], depth: int = 0) -> dict[str, Any]:
    """Return a mapping with values redacted, and dropped where the name says personal data."""
    return {
        redact_text(str(name)): MASK if _PERSONAL.search(str(name)) else redact(value, depth)
        for name, value in fields.items()
    }


def describe(error: BaseException) -> str:
    """Return an error's kind and, where it quotes no values, its redacted message."""
    kind = f"{type(error).__module__}.{type(error).__qualname__}".removeprefix("builtins.")
    if isinstance(error, _QUOTING):
        known = [
            f"{name}={value}"
            for name in ("sqlstate", "constraint_name", "table_name")
            if (value := getattr(error, name, None))
        ]
        return " ".join([kind, *known])
    message = redact_text(str(error))
    return f"{kind}: {message}" if message else kind
