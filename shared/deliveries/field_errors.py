"""What msgspec says about a row, as a field path, a code and a sentence without the value."""

from __future__ import annotations

import re
from dataclasses import dataclass

from shared.redaction import redact_text

_PATH = re.compile(r" - at `\$\.?(?P<path>[^`]*)`$")
_NAMED = re.compile(r"^Object (?P<what>missing required|contains unknown) field `(?P<name>[^`]*)`")
_EXPECTED = re.compile(r"^Expected `(?P<type>[^`]+)`(?P<rest>.*)$", re.DOTALL)
_SAFE_NAME = re.compile(r"^[A-Za-z][A-Za-z0-9_]{0,59}$")
_FORMATS = {
    "date": ("invalid_date", "A date is written YYYY-MM-DD."),
    "datetime": ("invalid_instant", "An instant is written YYYY-MM-DDThh:mm:ssZ."),
    "uuid": ("invalid_uuid", "A UUID has 32 hexadecimal digits in five groups."),
    "decimal": ("invalid_decimal", "A decimal number is written with a point."),
}


@dataclass(frozen=True, slots=True)
class FieldError:
    """One refusal: where (camelCase path, None for the row), which rule, and what it asks."""

    field: str | None
    code: str
    detail: str


def read_message(message: str) -> FieldError:
    """Translate msgspec's message; nothing that the sender wrote as a value comes through."""
    found = _PATH.search(message)
    path = found["path"] if found else ""
    text = message[: found.start()] if found else message
    if named := _NAMED.match(text):
        return _about_field(path, named["what"], named["name"])
    code, detail = _expected(text) or _format(text) or ("invalid_value", "The value is not valid.")
    return FieldError(path or None, code, detail)


def _about_field(path: str, what: str, name: str) -> FieldError:
    # A mistyped document may carry data where a name belongs: only plain names are repeated.
    shown = redact_text(name) if _SAFE_NAME.match(name) else "(unreadable name)"
    field = f"{path}.{shown}" if path else shown
    if what == "missing required":
        return FieldError(field, "missing", "The field is required.")
    return FieldError(field, "unknown_field", "The register has no such field.")


def _expected(text: str) -> tuple[str, str] | None:
    found = _EXPECTED.match(text)
    if found is None:
        return None
    kind, rest = found["type"], found["rest"]
    if rest.startswith(", got `"):
        got = rest.removeprefix(", got `").partition("`")[0]
        return "wrong_type", f"Expected {kind}, got {got}."
    if rest.startswith(" of length"):
        return "wrong_length", f"Expected {kind}{rest}."
    if rest.startswith(" matching regex"):
        return "wrong_pattern", f"Expected {kind}{rest}."
    if rest.startswith((" >", " <", " that's", " with", " in")):
        return "out_of_range", f"Expected {kind}{rest}."
    return "invalid_value", f"Expected {kind}."


def _format(text: str) -> tuple[str, str] | None:
    lowered = text.lower()
    if lowered.startswith("invalid enum value"):
        return "not_allowed", "The value is not one of the allowed codes."
    if lowered.startswith("number out of range"):
        return "out_of_range", "The number is too large or too small."
    if lowered.startswith("invalid"):
        for word, answer in _FORMATS.items():
            if re.search(rf"\b{word}\b", lowered):
                return answer
    return None
