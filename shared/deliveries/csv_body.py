"""A body of CSV: a header of field names, then one record a row."""

from __future__ import annotations

import codecs
import csv
from typing import TYPE_CHECKING

from shared.deliveries.formats import MAX_ROW, BodyRefused, Opening
from shared.deliveries.rows import Parsed, column_names, key_names, repeated, required_names

if TYPE_CHECKING:
    from shared.deliveries.register import Register
    from shared.deliveries.rows import RowReader


class CsvParser:
    """A header of field names, then one record a row; ``;`` or ``,`` between cells."""

    def __init__(self, reader: RowReader, register: Register) -> None:
        self._reader = reader
        self._register = register
        self._decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
        self._rest = ""
        self._header: list[str] | None = None
        self._delimiter = ","
        self._opening = Opening()

    def feed(self, piece: bytes) -> Parsed:
        self._rest += self._decode(self._opening.take(piece))
        end = _record_end(self._rest)
        if not end and len(self._rest) > MAX_ROW:
            end = self._rest.rfind("\n") + 1 or len(self._rest)
        text, self._rest = self._rest[:end], self._rest[end:]
        return self._records(text)

    def finish(self) -> Parsed:
        text, self._rest = self._rest + self._decode(self._opening.rest(), final=True), ""
        parsed = self._records(text)
        if self._header is None:
            raise BodyRefused("missing_header", "The first line must name the columns.")
        return parsed

    def _records(self, text: str) -> Parsed:
        parsed = Parsed()
        if not text:
            return parsed
        lines = iter(_lines(text))
        if self._header is None:
            text = next((line for line in lines if line.strip()), "")
            if not text:
                return parsed
            self._read_header(text)
        records = csv.reader(lines, delimiter=self._delimiter)
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
        header = self._header or []
        if not record:
            return
        if len(record) != len(header):
            detail = f"The record has {len(record)} cells, the header {len(header)}."
            self._reader.malformed(detail, parsed)
        elif any(not cell.isascii() and not _is_utf8(cell) for cell in record):
            self._reader.malformed("The record is not UTF-8.", parsed)
        else:
            named = {name: cell for name, cell in zip(header, record, strict=True) if cell}
            self._reader.cells(named, parsed)

    def _read_header(self, line: str) -> None:
        self._delimiter = ";" if line.count(";") > line.count(",") else ","
        try:
            header = next(csv.reader([line], delimiter=self._delimiter))
        except csv.Error as error:  # such as a file whose lines end in carriage returns alone
            detail = "The first line cannot be read as CSV; lines end in a newline."
            raise BodyRefused("malformed_header", detail) from error
        known = {*column_names(self._register), "op", "reason"}
        for number, name in enumerate(header, 1):
            if name not in known:  # its place, not its name: a lost header is somebody's data
                detail = f"Column {number} of the header is not a field of the register."
                raise BodyRefused("unknown_column", detail)
        # A file of retractions alone needs no more than the key and the reason.
        needed = key_names(self._register) if "op" in header else required_names(self._register)
        for name in needed:
            if name not in header:
                raise BodyRefused("missing_column", f"The header lacks the column {name}.")
        if repeated(header):
            raise BodyRefused("repeated_column", "The header names a column twice.")
        self._header = header


def _lines(text: str) -> list[str]:
    """Split at newlines only; other separators of Unicode may stand inside a cell."""
    return [line + "\n" for line in text.removesuffix("\n").split("\n")]


def _is_utf8(cell: str) -> bool:
    try:
        cell.encode()
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
