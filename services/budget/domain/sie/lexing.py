r"""One line of a SIE file as its fields.

Fields are parted by blanks or tabs. A field in quotes may hold both; ``\"`` in it is a quote,
and a backslash before anything else is itself. ``{ }`` holds a list of objects.
"""

from __future__ import annotations

import re
from typing import TypeAlias

from services.budget.domain.sie.faults import Faulty

Objects: TypeAlias = tuple[tuple[str, str], ...]
"""Pairs of dimension number and object code, in the file's order."""

Field: TypeAlias = str | Objects

LONGEST_CODE = 40

_DIMENSION = re.compile(r"[1-9][0-9]{0,3}")
_LABEL = re.compile(r"[ \t]*(#[A-Za-z0-9_]+)(?=[ \t\r{]|$)")
_FIELD = re.compile(
    r'[ \t\r]*(?:"((?:[^"\\]|\\"|\\(?!"))*)"(?=[ \t\r{}]|$)'
    r'|(\{)|(\})|((?:[^ \t\r"{}\\]|\\"|\\(?!"))+)(?=[ \t\r{}]|$))'
)
_QUOTED, _OPENS, _CLOSES, _BARE = 1, 2, 3, 4


def label_of(line: str) -> tuple[str, int]:
    """Return a line's label in capitals and where its fields begin; no label is ''."""
    match = _LABEL.match(line)
    return (match[1].upper(), match.end()) if match else ("", 0)


def fields_of(line: str, at: int = 0) -> list[Field]:
    """Return the fields of a line from a place on.

    Raises:
        Faulty: quotes or braces that do not close, or an object without its dimension.

    """
    found: list[Field] = []
    inside: list[str] | None = None
    end = len(line.rstrip(" \t\r"))
    while at < end:
        match = _FIELD.match(line, at, end)
        if match is None:
            raise Faulty("", "malformed_record", "Quotes in the record do not close.")
        at = match.end()
        kind = match.lastindex
        if kind == _OPENS and inside is None:
            inside = []
        elif kind == _CLOSES and inside is not None:
            found.append(_paired(inside))
            inside = None
        elif kind in {_OPENS, _CLOSES}:
            raise Faulty("objects", "malformed_objects", "Braces in the record do not match.")
        else:
            (found if inside is None else inside).append(_text(match[kind or 0]))
    if inside is not None:
        raise Faulty("objects", "malformed_objects", "Braces in the record do not match.")
    return found


def objects_of(text: str) -> Objects:
    """Return the objects that stand between braces.

    Raises:
        Faulty: an object without its dimension.

    """
    return _paired([str(field) for field in fields_of(text)])


def check_object(number: str, code: str) -> None:
    """Refuse what cannot be a dimension's number and an object's code.

    Raises:
        Faulty: not a number of at most four digits, or a code that is empty or too long.

    """
    if _DIMENSION.fullmatch(number) is None:
        raise Faulty("objects", "invalid_dimension", "A dimension is a number from 1 to 9999.")
    if not 0 < len(code) <= LONGEST_CODE or code != code.strip():
        detail = f"An object's code has 1 to {LONGEST_CODE} characters."
        raise Faulty("objects", "invalid_object", detail)


def _text(raw: str) -> str:
    return raw.replace('\\"', '"') if "\\" in raw else raw


def _paired(items: list[str]) -> Objects:
    if len(items) % 2:
        detail = "Between braces every dimension is followed by one object."
        raise Faulty("objects", "malformed_objects", detail)
    pairs = tuple((n.lstrip("0"), c) for n, c in zip(items[::2], items[1::2], strict=True))
    for number, code in pairs:
        check_object(number, code)
    if len({number for number, _ in pairs}) < len(pairs):
        raise Faulty("objects", "malformed_objects", "A dimension is named twice.")
    return pairs
