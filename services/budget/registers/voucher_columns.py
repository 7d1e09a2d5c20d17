"""Columns of voucher lines, read all at once: each different cell is judged a single time."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from datetime import date
from itertools import compress, count, islice, pairwise
from operator import ne
from typing import TypeVar

import msgspec

from services.budget.domain.periods import is_period
from services.budget.registers.staged_vouchers import UNDIVIDED
from shared.deliveries.csv_body import is_utf8
from shared.money import parse_kronor

T = TypeVar("T")

CODES = {
    "account": re.compile(r"[1-9][0-9]{1,5}", re.ASCII),
    "counterpart": re.compile(r"[0-9]{0,6}", re.ASCII),
    "project": re.compile(r"[^\x00-\x1f\x7f]{0,40}"),
    "responsibility": re.compile(r"[^\x00-\x1f\x7f]{0,40}"),
    "activity": re.compile(r"[^\x00-\x1f\x7f]{0,40}"),
}
KEY = re.compile(r"[^\x00-\x1f\x7f]{1,100}")
_AMOUNTS = re.compile(r"(?:-?[0-9]{1,13}\.[0-9]{2},)*", re.ASCII)
_AMOUNT = re.compile(r"-?[0-9]{1,13}(?:\.[0-9]{1,2})?", re.ASCII)
_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", re.ASCII)
_OBJECT = re.compile(r"([1-9][0-9]{0,3})=([^\x00-\x1f\x7f|]{1,40})")
_LONGEST = 300


class Doubtful(ValueError):
    """A piece holds something that its vouchers must be read one by one for."""


def each(column: Sequence[str], read: Callable[[str], T]) -> dict[str, T]:
    """Return what each different cell of a column means."""
    return {cell: read(cell) for cell in set(column)}


def said(column: Sequence[str] | None, read: Callable[[str], str]) -> list[str] | None:
    """Return a column of postings as it is staged; None where it says nothing."""
    if column is None:
        return None
    meaning = each(column, read)
    return [meaning[cell] for cell in column] if any(meaning.values()) else None


def code_of(pattern: re.Pattern[str]) -> Callable[[str], str]:
    def read(cell: str) -> str:
        if pattern.fullmatch(cell) is None or not is_utf8(cell):
            raise Doubtful
        return "" if cell == UNDIVIDED else cell

    return read


def free_of(cell: str) -> str:
    """Return free dimensions, ``7=A12|61=B1``, as JSON in the order of their numbers."""
    if not cell:
        return ""
    found = [_OBJECT.fullmatch(part) for part in cell.split("|")]
    pairs = {match[1]: match[2] for match in found if match}
    if len(pairs) != len(found) or not is_utf8(cell):
        raise Doubtful
    return msgspec.json.encode(dict(sorted(pairs.items()))).decode()


def short_of(cell: str) -> str:
    if len(cell) > _LONGEST or not is_utf8(cell):
        raise Doubtful
    return cell


def day_of(cell: str) -> date | None:
    if not cell:
        return None
    if _DAY.fullmatch(cell) is None:
        raise Doubtful
    try:
        return date.fromisoformat(cell)
    except ValueError as error:
        raise Doubtful from error


def period_of(cell: str) -> int | None:
    if not cell:
        return None
    if not (len(cell) == 6 and cell.isascii() and cell.isdigit() and is_period(int(cell))):  # noqa: PLR2004
        raise Doubtful
    return int(cell)


def check_keys(keys: Sequence[str]) -> None:
    if not all(map(KEY.fullmatch, keys)) or not is_utf8("".join(keys)):
        raise Doubtful


def check_texts(texts: Sequence[str]) -> None:
    if max(map(len, texts)) > _LONGEST or not is_utf8("".join(texts)):
        raise Doubtful


def check_heads(head: Sequence[str], starts: Sequence[int]) -> None:
    """Check that the lines after a voucher's first repeat what it says, or leave it empty."""
    changes = compress(count(1), map(ne, head, islice(head, 1, None)))
    if starts_only(changes, starts):
        return
    for start, end in pairwise(starts):
        own = head[start:end]
        same = own.count(own[0])
        if same != len(own) and (not own[0] or same + own.count("") != len(own)):
            raise Doubtful


def starts_only(changes: Iterable[int], starts: Sequence[int]) -> bool:
    """Say whether a column changes nowhere but where a voucher begins."""
    return set(starts).issuperset(changes)


def blank_as_none(part: list[str]) -> list[str] | None:
    return part if any(part) else None


def ore_of(column: Sequence[str]) -> list[int]:
    if _AMOUNTS.fullmatch(",".join(column) + ","):
        return [int(cell[:-3] + cell[-2:]) for cell in column]
    if not all(map(_AMOUNT.fullmatch, column)):
        raise Doubtful
    return [parse_kronor(cell) for cell in column]
