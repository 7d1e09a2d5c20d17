"""Reading a SIE file from pieces of bytes, in memory that does not grow with the file."""

from __future__ import annotations

import re

from services.budget.domain.sie import rules
from services.budget.domain.sie.checksum import Checksum
from services.budget.domain.sie.encoding import BOM, has_control_characters, lines_of
from services.budget.domain.sie.faults import Fault, Faulty, NotSie
from services.budget.domain.sie.lexing import label_of
from services.budget.domain.sie.record_reading import KNOWN, record
from services.budget.domain.sie.records import Heading, Record, Voucher, Year
from services.budget.domain.sie.rules import Variety
from services.budget.domain.sie.voucher_reading import VoucherReader

MAX_LINE = 1 << 20
"""Bytes of a line; a file with a longer one is refused instead of filling the memory."""

_FIRST_LABEL = re.compile(rb"\s*(#[A-Za-z]+)(?=[ \t\r\n]|$)")
_END_OF_TEXT = b"\x1a"
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MARK = "#KSUMMA"


class Reader:
    """Takes a file's bytes in pieces of any size and gives back the records they complete.

    ``headings`` is what the file has said of itself so far (first field by label), ``year`` its
    own year, ``line`` the number of the last line read.
    """

    def __init__(self) -> None:
        self.headings: dict[str, str] = {}
        self.year: Year | None = None
        self.line = 0
        self._labels: dict[str, int] = {}
        self._rest = b""
        self._begun = False
        self._checksum = Checksum()
        self._records: list[Record] = []
        self._faults: list[Fault] = []
        self._vouchers = VoucherReader(self._faulted)

    @property
    def variety(self) -> Variety:
        """The file's type; final when all of it has been read."""
        return rules.variety_of(self.headings.get("#SIETYP", ""), self._labels)

    def first_line(self, label: str) -> int:
        """Return where the first record of a label stands; the first line if there is none."""
        return self._labels.get(label, 1)

    def feed(self, piece: bytes) -> tuple[list[Record], list[Fault]]:
        """Take the next piece; return what it completes and what is wrong in it.

        Raises:
            NotSie: this is no SIE file, or its checksum differs.

        """
        data = self._rest + piece
        end = data.rfind(b"\n") + 1
        self._rest = data[end:]
        if len(self._rest) > MAX_LINE:
            raise NotSie("not_a_sie_file", f"A line is longer than {MAX_LINE} bytes.")
        if end:
            self._block(data[:end])
        elif not self._begun and len(self._rest) >= len(BOM):
            _refuse_what_is_not_sie(self._rest, complete=False)
        return self._taken()

    def finish(self) -> tuple[list[Record], list[Fault]]:
        """Take the end of the file.

        Raises:
            NotSie: the file breaks off, or is no SIE file.

        """
        rest, self._rest = self._rest.rstrip(_END_OF_TEXT), b""
        if rest or not self._begun:
            self._block(rest)
        if self._checksum.running:
            line = self._labels[_MARK]
            detail = f"The checksum begun in line {line} has no end: the file has lost its tail."
            raise NotSie("file_truncated", detail)
        if self._vouchers.voucher is not None:
            detail = f"The file ends inside the voucher of line {self._vouchers.voucher.line}."
            raise NotSie("file_truncated", detail)
        self._faults += rules.broken_rules(self.variety, self._labels)
        if self.variety.holds_balances and self.year is None and "#RAR" in self._labels:
            detail = "The file states no year 0 with its first and last day."
            line = self._labels["#RAR"]
            self._faults.append(Fault(line, "#RAR", "year", "missing_record", detail))
        return self._taken()

    def _taken(self) -> tuple[list[Record], list[Fault]]:
        records, faults = self._records, self._faults.copy()
        self._records = []
        self._faults.clear()
        return records, faults

    def _faulted(self, fault: Fault) -> None:
        self._faults.append(fault)

    def _block(self, block: bytes) -> None:
        if not self._begun:
            block = block.removeprefix(BOM)
            _refuse_what_is_not_sie(block, complete=True)
            self._begun = True
        self._checksum.take(block)
        lines = lines_of(block)
        if not lines[-1]:
            lines.pop()
        if has_control_characters(block):
            lines = [self._cleared(at, line) for at, line in enumerate(lines, self.line + 1)]
        at = 0
        while at < len(lines):
            at = self._vouchers.quick(lines, at, self.line + 1, self._records)
            if at < len(lines):
                self._one(self.line + at + 1, lines[at].strip(" \t\r"))
                at += 1
        self.line += len(lines)
        if self._vouchers.first_line:
            self._labels.setdefault("#VER", self._vouchers.first_line)

    def _cleared(self, number: int, line: str) -> str:
        """Refuse a line with characters that no text has; old systems end a file with one."""
        line = line.rstrip("\x1a\r")
        if _CONTROL.search(line) is None:
            return line
        label, _ = label_of(line)
        detail = "The line holds characters that no text has."
        self._faulted(Fault(number, label, "", "control_character", detail))
        return ""

    def _one(self, number: int, text: str) -> None:
        """Take any line but a plain row of a voucher."""
        if self._vouchers.voucher is not None:
            voucher = self._vouchers.line(number, text)
            if voucher is not None:
                self._records.append(voucher)
        elif text:
            self._record(number, text)

    def _record(self, number: int, text: str) -> None:
        label, at = label_of(text)
        self._labels.setdefault(label, number)
        braced = label == "#VER" and text.endswith("{")
        try:
            found = record(label, number, text[:-1] if braced else text, at)
        except Faulty as faulty:
            self._faulted(Fault(number, label, faulty.field, faulty.code, faulty.detail))
            if label == "#VER":
                self._vouchers.skip(number, braced=braced)
            return
        match found:
            case None:
                pass
            case Voucher():
                self._vouchers.begin(found, braced=braced)
            case Heading():
                self._heading(found)
            case _:
                if isinstance(found, Year) and found.index == 0:
                    self.year = found if found.first and found.last else None
                self._records.append(found)

    def _heading(self, found: Heading) -> None:
        if found.label == _MARK and found.fields[0]:
            self._compare_checksum(found)
        self.headings.setdefault(found.label, found.fields[0])
        self._records.append(found)

    def _compare_checksum(self, stated: Heading) -> None:
        if not self._checksum.closed:
            return  # nothing began it, so it says nothing
        computed = self._checksum.closed.popleft()
        if stated.fields[0] != str(computed):
            detail = (
                f"Line {stated.line} states the checksum {stated.fields[0]},"
                f" the records sum to {computed}."
            )
            raise NotSie("checksum_mismatch", detail)


def _refuse_what_is_not_sie(start: bytes, *, complete: bool) -> None:
    """Refuse a web page, a table or an archive by its first line.

    Raises:
        NotSie: the first thing in the file is no label of the format.

    """
    match = _FIRST_LABEL.match(start.removeprefix(BOM))
    known = match is not None and match[1].decode("ascii").upper() in KNOWN
    if not known and (complete or start.removeprefix(BOM).lstrip()[:1] not in {b"#", b""}):
        raise NotSie("not_a_sie_file", "A SIE file begins with a record such as #FLAGGA 0.")
