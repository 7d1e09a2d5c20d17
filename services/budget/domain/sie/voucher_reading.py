"""The rows between the braces of a voucher."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date

from services.budget.domain.sie import transactions
from services.budget.domain.sie.faults import Fault, Faulty, NotSie
from services.budget.domain.sie.lexing import fields_of, label_of
from services.budget.domain.sie.record_reading import ROWS
from services.budget.domain.sie.records import Posting, Record, Voucher

MAX_POSTINGS = 100_000
"""A voucher is held whole until its last row; one with more rows is refused."""

_BLANKS = " \t\r"
_TWO = 2


class VoucherReader:
    """Collects one voucher at a time; a fault in any of its rows refuses all of it.

    ``first_line`` is where the file's first voucher stands; 0 as long as there is none.
    """

    def __init__(self, report: Callable[[Fault], None]) -> None:
        self.inside = False
        self.voucher: Voucher | None = None
        self.first_line = 0
        self._spoilt = False
        self._objects = transactions.ObjectLists()
        self._report = report

    def begin(self, voucher: Voucher, *, braced: bool) -> None:
        """Take a ``#VER``; ``braced`` when its brace stands on the same line."""
        self.voucher, self.inside, self._spoilt = voucher, braced, False
        self.first_line = self.first_line or voucher.line

    def skip(self, number: int, *, braced: bool) -> None:
        """Pass over the rows of a ``#VER`` that cannot be read."""
        self.begin(Voucher(number, "", "", date.min, ""), braced=braced)
        self._spoilt = True

    def quick(self, lines: list[str], at: int, first: int, found: list[Record]) -> int:
        """Take vouchers as programs write them, from an index on; return where they end.

        ``first`` is the line number of ``lines[0]``; whole vouchers are added to ``found``.
        """
        end = len(lines)
        while at < end:
            if self.inside:
                at = self._rows(lines, at, first)
                if at < end and lines[at].strip(_BLANKS) == "}":
                    voucher = self._close()
                    if voucher is not None:
                        found.append(voucher)
                    at += 1
                    continue
            elif self.voucher is not None:
                if lines[at].strip(_BLANKS) == "{":
                    self.inside = True
                    at += 1
                    continue
            elif match := transactions.VOUCHER.fullmatch(lines[at]):
                try:
                    self.begin(transactions.voucher(match, first + at), braced=False)
                except Faulty:
                    return at  # the slow way names the fault
                at += 1
                continue
            return at
        return at

    def _rows(self, lines: list[str], at: int, first: int) -> int:
        voucher = self.voucher
        if voucher is None:
            return at
        match, get, ore = transactions.PATTERN.fullmatch, self._objects.get, transactions.ore
        make: Callable[..., Posting] = tuple.__new__  # half the time of the class's own way
        keep = voucher.postings.append
        end = min(len(lines), at + MAX_POSTINGS + 1 - len(voucher.postings))
        while at < end and (found := match(lines[at])):
            account, objects, whole, decimals, quoted, bare = found.groups()
            amount = (
                int(whole + decimals)
                if decimals and len(decimals) == _TWO
                else ore(whole, decimals)
            )
            try:
                listed = get(objects) if objects else ()
            except Faulty as faulty:
                self._spoil(first + at, "#TRANS", faulty)
                listed = ()
            keep(make(Posting, (account, listed, amount, quoted or bare or "")))
            at += 1
        return at

    def line(self, number: int, text: str) -> Voucher | None:
        """Take any line while a voucher is open; return the voucher that it completes.

        Raises:
            NotSie: another voucher begins in here.

        """
        if not self.inside:
            if text.startswith("{"):
                self.inside, text = True, text[1:].lstrip(" \t")
            elif text:
                raise NotSie("malformed_voucher", f"A {{ must follow #VER; see line {number}.")
        closes = text.endswith("}") and text.count("}") > text.count("{")
        if closes:
            text = text[:-1].rstrip(" \t")
        if text:
            self._row(number, text)
        return self._close() if closes else None

    def _row(self, number: int, text: str) -> None:
        label, at = label_of(text)
        if label == "#VER":
            raise NotSie("malformed_voucher", f"Line {number} begins a voucher inside another.")
        if not label:
            detail = "A voucher holds records, such as #TRANS."
            self._spoil(number, "", Faulty("", "no_label", detail))
        elif label in ROWS:
            self._record(number, label, text, at)

    def _record(self, number: int, label: str, text: str, at: int) -> None:
        try:
            posting = transactions.posting(fields_of(text, at))
        except Faulty as faulty:
            self._spoil(number, label, faulty)
        else:
            self._keep(label, posting)

    def _keep(self, label: str, posting: Posting) -> None:
        """Keep what counts: rows added (R) stand as #TRANS too, removed ones (B) not at all."""
        voucher = self.voucher
        if voucher is not None and label == "#TRANS" and len(voucher.postings) <= MAX_POSTINGS:
            voucher.postings.append(posting)

    def _close(self) -> Voucher | None:
        voucher, self.voucher, self.inside = self.voucher, None, False
        if voucher is None or self._spoilt:
            return None
        net = sum(posting.amount for posting in voucher.postings)
        if len(voucher.postings) > MAX_POSTINGS:
            code, detail = "voucher_too_large", f"A voucher has {MAX_POSTINGS} rows at most."
            self._report(Fault(voucher.line, "#VER", "", code, detail, voucher.name))
        elif net:
            code, detail = "voucher_unbalanced", "The rows of the voucher do not sum to zero."
            self._report(Fault(voucher.line, "#VER", "amount", code, detail, voucher.name, net))
        else:
            return voucher
        return None

    def _spoil(self, number: int, label: str, faulty: Faulty) -> None:
        self._spoilt = True
        name = self.voucher.name if self.voucher else None
        self._report(Fault(number, label, faulty.field, faulty.code, faulty.detail, name))
