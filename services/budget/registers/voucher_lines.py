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
from dataclasses import dataclass, replace
from itertools import compress, count, islice, pairwise
from operator import methodcaller, ne
from typing import TYPE_CHECKING, Any, TypeVar

from services.budget.registers.voucher_columns import (
    CODES,
    Doubtful,
    blank_as_none,
    check_heads,
    check_keys,
    check_texts,
    code_of,
    day_of,
    each,
    free_of,
    ore_of,
    period_of,
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


@dataclass(frozen=True, slots=True)
class Table:
    """Lines of postings as columns, in the header's order, with the lines' numbers."""

    numbers: list[int]
    columns: list[list[str]]

    def lines(self, start: int, end: int) -> list[Line]:
        """Return some of the lines, each with its cells."""
        cells = zip(*(column[start:end] for column in self.columns), strict=True)
        return [(n, list(one)) for n, one in zip(self.numbers[start:end], cells, strict=True)]


class VoucherLines:
    """Reads the lines of vouchers; whole pieces at a time, as long as nothing is wrong in them.

    The lines of the voucher that a piece ends in wait for the next piece.
    """

    def __init__(self, reader: RowReader, _register: Register) -> None:
        self._reader = reader
        self._text = CsvText(COLUMNS, lambda header: ("key",) if "op" in header else NEEDED)
        self._open: list[Line] = []
        self._ragged: dict[int, int] = {}

    def feed(self, piece: bytes) -> Parsed:
        return self._read(self._text.feed(piece), last=False)

    def finish(self) -> Parsed:
        return self._read(self._text.finish(), last=True)

    def _read(self, lines: list[str], *, last: bool) -> Parsed:
        parsed = Parsed()
        if not self._text.header:
            return parsed
        table = self._with_open(self._plain(lines) or self._quoted(lines, parsed))
        keys = table.columns[self._text.header.index("key")]
        starts = [0, *compress(count(1), map(ne, keys, islice(keys, 1, None)))]
        if last or len(keys) - starts[-1] > MAX_POSTINGS:
            starts.append(len(keys))
        self._open = table.lines(starts[-1], len(keys))
        if len(starts) > 1 and keys:
            self._vouchers(table, starts, parsed)
        return parsed

    def _with_open(self, table: Table) -> Table:
        if not self._open:
            return table
        columns = [
            [*(cells[at] for _, cells in self._open), *column]
            for at, column in enumerate(table.columns)
        ]
        return Table([*(line for line, _ in self._open), *table.numbers], columns)

    def _plain(self, lines: list[str]) -> Table | None:
        """Return lines without a quote, each with its cells; None when one of them is unusual.

        Every cell comes out of one split: a list for each line would cost more than all the rest.
        """
        width, delimiter = len(self._text.header), self._text.delimiter
        text = "".join(lines).removesuffix("\n").replace("\r\n", "\n")
        if '"' in text or "\r" in text or width == 1:
            return None
        if set(map(methodcaller("count", delimiter), lines)) != {width - 1}:
            return None
        cells = text.replace("\n", delimiter).split(delimiter)
        first = self._text.lines + 1
        numbers = list(range(first, first + len(lines)))
        return Table(numbers, [cells[at::width] for at in range(width)])

    def _quoted(self, lines: list[str], parsed: Parsed) -> Table:
        """Return any lines as records of CSV; those that cannot be read are refused."""
        width = len(self._text.header)
        first = self._text.lines + 1
        numbered = csv.reader(lines, delimiter=self._text.delimiter)
        numbers: list[int] = []
        records: list[list[str]] = []
        while True:
            line = first + numbered.line_num
            try:
                cells = next(numbered)
            except StopIteration:
                break
            except csv.Error:
                self._reader.at(line).malformed("The record cannot be read as CSV.", parsed)
                continue
            if len(cells) not in {0, width}:
                self._ragged[line] = len(cells)
                cells = [*cells, *[""] * width][:width]
            if cells:
                numbers.append(line)
                records.append(cells)
        columns = [list(column) for column in zip(*records, strict=True)]
        return Table(numbers, columns or [[] for _ in self._text.header])

    def _vouchers(self, table: Table, starts: list[int], parsed: Parsed) -> None:
        try:
            staged = self._all_at_once(table, starts)
        except Doubtful:
            for start, end in pairwise(starts):
                self._one(table.lines(start, end), parsed)
            waiting = {line for line, _ in self._open}
            self._ragged = {n: cells for n, cells in self._ragged.items() if n in waiting}
        else:
            parsed.staged += staged

    def _all_at_once(self, table: Table, starts: list[int]) -> list[tuple[Any, ...]]:
        """Return the vouchers of lines in which nothing is wrong, column by column.

        Raises:
            Doubtful: something may be wrong, or is unusual.

        """
        columns = dict(zip(self._text.header, table.columns, strict=True))
        if self._ragged or any(columns.get("op", ())) or any(columns.get("reason", ())):
            raise Doubtful
        keys, texts, days = columns["key"], columns["text"], columns["happenedOn"]
        periods = columns.get("period") or [""] * len(keys)
        check_keys(keys)
        check_texts(texts)
        days_said, periods_said = each(days, day_of), each(periods, period_of)
        for head in (texts, days, periods):
            check_heads(head, starts)
        own = [said(columns.get(name), code_of(pattern)) for name, pattern in CODES.items()]
        own.append(said(columns.get("objects"), free_of))
        own.append(said(columns.get("postingText"), short_of))
        amounts = ore_of(columns["amount"])
        if not all(texts[start] and days[start] for start in starts[:-1]):
            raise Doubtful
        return [
            (
                table.numbers[start],
                keys[start],
                periods_said[periods[start]],
                None,
                days_said[days[start]],
                texts[start],
                *(part and blank_as_none(part[start:end]) for part in own),
                amounts[start:end],
            )
            for start, end in pairwise(starts)
        ]

    def _one(self, lines: list[Line], parsed: Parsed) -> None:
        """Read one voucher with care for what is wrong in it."""
        first, header = lines[0][0], self._text.header
        fault = self._unreadable(lines) or _contradiction(lines, header)
        if fault is not None:
            self._refuse(fault, lines[0][1][header.index("key")], parsed)
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

    def _unreadable(self, lines: list[Line]) -> RowError | None:
        width = len(self._text.header)
        for line, cells in lines:
            if ragged := self._ragged.pop(line, None):
                detail = f"Line {line} has {ragged} cells, the header {width}."
                return RowError(lines[0][0], "malformed_row", detail)
            if not all(map(is_utf8, cells)):
                return RowError(lines[0][0], "malformed_row", f"Line {line} is not UTF-8.")
        return None

    def _refuse(self, fault: RowError, key: str, parsed: Parsed) -> None:
        if key and is_utf8(key):
            parsed.refused_keys.append((key,))
            fault = replace(fault, key=key)
        else:
            parsed.keyless += 1
        parsed.errors.append(fault)


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
