"""Vouchers as CSV, one posting a line.

An example::

    key;period;happenedOn;text;account;counterpart;amount;responsibility;objects;postingText
    2031-A-12;203103;2031-03-15;Hyra mars;6010;87;12500.00;4711;;
    2031-A-12;;;;1930;87;-12500.00;;7=A12|61=B1;

Consecutive lines of one key are one voucher, which is numbered by its first line (the header is
line 1). ``period``, ``happenedOn`` and ``text`` are the voucher's: later lines repeat them or
leave them empty. What is wrong with a line refuses its voucher and no other. ``op`` and
``reason`` take a voucher back, on one line with its key.
"""

from __future__ import annotations

import csv
import re
from collections.abc import Sequence
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, TypeVar

from services.budget.registers.voucher_columns import (
    CODES,
    KEY,
    Doubtful,
    agree,
    code_of,
    day_of,
    each,
    free_of,
    ore_of,
    period_of,
    plain,
    said,
    short_of,
)
from shared.deliveries.csv_body import CsvText, is_utf8
from shared.deliveries.rows import Parsed
from shared.deliveries.verdicts import RowError

if TYPE_CHECKING:
    from shared.deliveries import Register
    from shared.deliveries.rows import RowReader

T = TypeVar("T")
Line = tuple[int, list[str]]
"""A line's number and its cells."""

MAX_POSTINGS = 10_000

HEAD = ("period", "happenedOn", "text")
OWN = ("account", "counterpart", "project", "responsibility", "activity", "objects", "postingText")
COLUMNS = ("key", *HEAD, *OWN, "amount", "op", "reason")
NEEDED = ("key", "happenedOn", "text", "account", "amount")


class VoucherLines:
    """Reads the lines of vouchers; whole pieces at a time, as long as nothing is wrong in them."""

    def __init__(self, reader: RowReader, _register: Register) -> None:
        self._reader = reader
        self._text = CsvText(COLUMNS, lambda header: ("key",) if "op" in header else NEEDED)
        self._open: list[Line] = []

    def feed(self, piece: bytes) -> Parsed:
        return self._read(self._text.feed(piece), last=False)

    def finish(self) -> Parsed:
        return self._read(self._text.finish(), last=True)

    def _read(self, lines: list[str], *, last: bool) -> Parsed:
        parsed = Parsed()
        if not self._text.header:
            return parsed
        records = [*self._open, *self._records(lines, parsed)]
        at = self._text.header.index("key")
        keys = [cells[at] if at < len(cells) else "" for _, cells in records]
        starts = [0, *(n for n, (one, next_) in enumerate(pairwise(keys), 1) if one != next_)]
        if not last and len(records) - starts[-1] <= MAX_POSTINGS:
            records, self._open = records[: starts[-1]], records[starts[-1] :]
        else:
            starts.append(len(records))
            self._open = []
        self._vouchers(records, [start for start in starts if start <= len(records)], parsed)
        return parsed

    def _records(self, lines: list[str], parsed: Parsed) -> list[Line]:
        """Return the lines' records with their numbers; lines that cannot be read are refused."""
        first = self._text.lines + 1
        try:
            records = list(self._text.records(lines))
        except csv.Error:
            return self._readable(lines, first, parsed)
        if len(records) == len(lines) and all(records):
            return list(enumerate(records, first))
        return self._readable(lines, first, parsed)

    def _readable(self, lines: list[str], first: int, parsed: Parsed) -> list[Line]:
        found: list[Line] = []
        numbered = csv.reader(lines, delimiter=self._text.delimiter)
        while True:
            line = first + numbered.line_num
            try:
                cells = next(numbered)
            except StopIteration:
                return found
            except csv.Error:
                self._reader.at(line).malformed("The record cannot be read as CSV.", parsed)
            else:
                if cells:
                    found.append((line, cells))

    def _vouchers(self, records: list[Line], starts: list[int], parsed: Parsed) -> None:
        if not records:
            return
        try:
            staged = self._all_at_once(records, starts)
        except Doubtful:
            for start, end in pairwise(starts):
                self._one(records[start:end], parsed)
        else:
            parsed.staged += staged

    def _all_at_once(self, records: list[Line], starts: list[int]) -> list[tuple[Any, ...]]:
        """Return the vouchers of records in which nothing is wrong, column by column.

        Raises:
            Doubtful: something may be wrong, or is unusual.

        """
        width = len(self._text.header)
        if any(len(cells) != width for _, cells in records):
            raise Doubtful
        cells = zip(*(cells for _, cells in records), strict=True)
        columns = dict(zip(self._text.header, cells, strict=True))
        if any(columns.get("op", ())) or any(columns.get("reason", ())):
            raise Doubtful
        missing = ("",) * len(records)
        keys, texts = columns["key"], columns["text"]
        days, periods = columns["happenedOn"], columns.get("period", missing)
        days_said, periods_said = each(days, day_of), each(periods, period_of)
        if not all(map(KEY.fullmatch, keys)) or not plain(texts):
            raise Doubtful
        own = [said(columns.get(name), code_of(pattern)) for name, pattern in CODES.items()]
        own.append(said(columns.get("objects"), free_of))
        own.append(said(columns.get("postingText"), short_of))
        amounts = ore_of(columns["amount"])
        staged = []
        for start, end in pairwise(starts):
            if end - start > 1:
                for head in (texts, days, periods):
                    if not agree(head[start:end]):
                        raise Doubtful
            if end - start > MAX_POSTINGS:
                raise Doubtful
            staged.append(
                (
                    records[start][0],
                    keys[start],
                    periods_said[periods[start]],
                    None,
                    days_said[days[start]],
                    texts[start],
                    *(part[start:end] if part and any(part[start:end]) else None for part in own),
                    amounts[start:end],
                )
            )
        if not all(row[4] and row[5] for row in staged):
            raise Doubtful
        return staged

    def _one(self, lines: list[Line], parsed: Parsed) -> None:
        """Read one voucher with care for what is wrong in it."""
        first, header = lines[0][0], self._text.header
        fault = _unreadable(lines, len(header)) or _contradiction(lines, header)
        if fault is not None:
            at = header.index("key")
            key = next((cells[at] for _, cells in lines if at < len(cells)), "")
            self._refuse(fault, key, parsed)
            return
        named = [dict(zip(header, cells, strict=True)) for _, cells in lines]
        whole: dict[str, Any] = {
            name: named[0][name] for name in ("key", *HEAD, "op", "reason") if named[0].get(name)
        }
        if "op" not in whole:
            whole["postings"] = [_posting(cells) for cells in named]
        before = len(parsed.errors)
        self._reader.at(first).fields(whole, parsed)
        parsed.errors[before:] = [_at_line(error, lines) for error in parsed.errors[before:]]

    def _refuse(self, fault: RowError, key: str, parsed: Parsed) -> None:
        if key and is_utf8(key):
            parsed.refused_keys.append((key,))
            fault = replace(fault, key=key)
        else:
            parsed.keyless += 1
        parsed.errors.append(fault)


def _unreadable(lines: list[Line], width: int) -> RowError | None:
    for line, cells in lines:
        if len(cells) != width:
            detail = f"Line {line} has {len(cells)} cells, the header {width}."
            return RowError(lines[0][0], "malformed_row", detail)
        if not all(map(is_utf8, cells)):
            return RowError(lines[0][0], "malformed_row", f"Line {line} is not UTF-8.")
    return None


def _contradiction(lines: list[Line], header: list[str]) -> RowError | None:
    first, said = lines[0]
    for name in HEAD:
        if name not in header:
            continue
        at = header.index(name)
        for line, cells in lines[1:]:
            if cells[at] not in {"", said[at]}:
                detail = f"Line {line} says another {name} than line {first}."
                return RowError(first, "contradicts_first_line", detail, name)
    return None


def _posting(cells: dict[str, str]) -> dict[str, Any]:
    names = {"postingText": "text"}
    said: dict[str, Any] = {
        names.get(name, name): cells[name]
        for name in ("amount", *OWN)
        if cells.get(name) and name != "objects"
    }
    if objects := cells.get("objects"):
        pairs = [part.partition("=") for part in objects.split("|")]
        free = {number: code for number, _, code in pairs}
        said["objects"] = free if len(free) == len(pairs) else objects
    return said


_PLACE = re.compile(r"^postings\[(\d+)\]")


def _at_line(error: RowError, lines: Sequence[Line]) -> RowError:
    """Return a refusal that says which line the posting at fault stands on."""
    found = _PLACE.match(error.field or "")
    if found is None:
        return error
    return replace(error, detail=f"Line {lines[int(found[1])][0]}: {error.detail}")
