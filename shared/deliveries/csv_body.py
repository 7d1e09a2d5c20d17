"""A body of CSV: a header of field names, then one record a row."""

from __future__ import annotations

import codecs
import csv
from collections.abc import Callable, Collection, Iterable
from typing import TYPE_CHECKING

from shared.deliveries.formats import MAX_ROW, BodyRefused, Opening
from shared.deliveries.rows import Parsed, column_names, key_names, repeated, required_names

if TYPE_CHECKING:
    from shared.deliveries.register import Register
    from shared.deliveries.rows import RowReader


class CsvText:
    """The text of a CSV body in pieces that end with whole records, and what its header says.

    ``lines`` is how many lines came before the ones that were given back last, the header
    included. ``known`` are the names that a header may have; ``needed`` says which it must have,
    given those it has.
    """

    def __init__(
        self, known: Collection[str], needed: Callable[[Collection[str]], Iterable[str]]
    ) -> None:
        self.header: list[str] = []
        self.delimiter = ","
        self.lines = 0
        self._given = 0
        self._known = known
        self._needed = needed
        self._decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
        self._rest = ""
        self._opening = Opening()

    def feed(self, piece: bytes) -> list[str]:
        """Take the next piece; return the lines of the records that it completes."""
        self._rest += self._decode(self._opening.take(piece))
        end = _record_end(self._rest)
        if not end and len(self._rest) > MAX_ROW:
            end = self._rest.rfind("\n") + 1 or len(self._rest)
        text, self._rest = self._rest[:end], self._rest[end:]
        return self._lines(text)

    def finish(self) -> list[str]:
        """Take the end of the body.

        Raises:
            BodyRefused: there was no header.

        """
        text, self._rest = self._rest + self._decode(self._opening.rest(), final=True), ""
        lines = self._lines(text)
        if not self.header:
            raise BodyRefused("missing_header", "The first line must name the columns.")
        return lines

    def _lines(self, text: str) -> list[str]:
        """Split at newlines only; other separators of Unicode may stand inside a cell."""
        self.lines += self._given
        self._given = 0
        if not text:
            return []
        lines = [line + "\n" for line in text.removesuffix("\n").split("\n")]
        while lines and not self.header:
            self.lines += 1
            first = lines.pop(0)
            if first.strip():
                self._read_header(first)
        self._given = len(lines)
        return lines

    def _read_header(self, line: str) -> None:
        self.delimiter = ";" if line.count(";") > line.count(",") else ","
        try:
            header = next(csv.reader([line], delimiter=self.delimiter))
        except csv.Error as error:  # such as a file whose lines end in carriage returns alone
            detail = "The first line cannot be read as CSV; lines end in a newline."
            raise BodyRefused("malformed_header", detail) from error
        for number, name in enumerate(header, 1):
            if name not in self._known:  # its place, not its name: a lost header is somebody's data
                detail = f"Column {number} of the header is not a field of the register."
                raise BodyRefused("unknown_column", detail)
        for name in self._needed(header):
            if name not in header:
                raise BodyRefused("missing_column", f"The header lacks the column {name}.")
        if repeated(header):
            raise BodyRefused("repeated_column", "The header names a column twice.")
        self.header = header


class CsvParser:
    """A header of field names, then one record a row; ``;`` or ``,`` between cells."""

    def __init__(self, reader: RowReader, register: Register) -> None:
        self._reader = reader
        # A file of retractions alone needs no more than the key and the reason.
        self._text = CsvText(
            {*column_names(register), "op", "reason"},
            lambda header: key_names(register) if "op" in header else required_names(register),
        )

    def feed(self, piece: bytes) -> Parsed:
        return self._records(self._text.feed(piece))

    def finish(self) -> Parsed:
        return self._records(self._text.finish())

    def _records(self, lines: list[str]) -> Parsed:
        parsed = Parsed()
        records = csv.reader(lines, delimiter=self._text.delimiter)
        while True:
            try:
                record = next(records)
            except StopIteration:
                return parsed
            except csv.Error:
                self._reader.malformed("The record cannot be read as CSV.", parsed)
            else:
                self._record(record, parsed)

    def _record(self, record: list[str], parsed: Parsed) -> None:
        header = self._text.header
        if not record:
            return
        if len(record) != len(header):
            detail = f"The record has {len(record)} cells, the header {len(header)}."
            self._reader.malformed(detail, parsed)
        elif any(not cell.isascii() and not is_utf8(cell) for cell in record):
            self._reader.malformed("The record is not UTF-8.", parsed)
        else:
            named = {name: cell for name, cell in zip(header, record, strict=True) if cell}
            self._reader.cells(named, parsed)


def is_utf8(text: str) -> bool:
    """Say whether text came from bytes that are UTF-8 (others are kept as surrogates)."""
    try:
        text.encode()
    except UnicodeEncodeError:
        return False
    return True


def _record_end(text: str) -> int:
    """Return where the last whole record ends: a newline with all quotes before it closed."""
    end = text.rfind("\n") + 1
    quotes = text.count('"', 0, end)
    while end and quotes % 2:
        before = text.rfind("\n", 0, end - 1) + 1
        quotes -= text.count('"', before, end)
        end = before
    return end
