"""Writing a SIE file of type 4E, in code page 437 with the line ends of the standard.

What the code page has no sign for is written as ``?``, and the file says how often in its
``#PROSA``. The format has no way to end a text in a backslash: it becomes a slash, and counts.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date
from zlib import crc32

from services.budget.domain.sie.checksum import values_of
from services.budget.domain.sie.encoding import encode
from services.budget.domain.sie.lexing import Objects
from services.budget.domain.sie.records import Account, Balance, Dimension, ObjectName, Voucher
from shared.money import to_decimal_string

PROGRAM = "Jarva"
VERSION = "1.0"

_LINE_END = b"\r\n"
_CONTROL = re.compile(r"[\x00-\x1f\x7f]")
_KINDS = {"1": "T", "2": "S", "3": "I"}
_REVENUE_GROUPS = {"80", "81", "82", "84", "87"}


@dataclass(frozen=True, slots=True)
class About:
    """What a file says of itself; ``years`` are first and last days, the file's own year first."""

    made_on: date
    owner: str
    organisation_number: str
    years: tuple[tuple[date, date], ...]


class Writer:
    """Makes a file part by part; the order of the calls is the order of the file.

    The head is made last, because it says what happened to the rest.
    """

    def __init__(self) -> None:
        self.replaced = 0
        self._parts: list[bytes] = []

    def account(self, account: Account) -> None:
        self._add("#KONTO", account.code, self._quoted(account.name))
        self._add("#KTYP", account.code, kind_of(account.code))

    def dimension(self, dimension: Dimension) -> None:
        name = self._quoted(dimension.name)
        if dimension.parent is None:
            self._add("#DIM", dimension.number, name)
        else:
            self._add("#UNDERDIM", dimension.number, name, dimension.parent)

    def object(self, named: ObjectName) -> None:
        self._add("#OBJEKT", named.dimension, self._quoted(named.code), self._quoted(named.name))

    def balance(self, balance: Balance) -> None:
        """Write any of the records that state an amount for an account."""
        fields = [str(balance.year)]
        if balance.month is not None:
            fields.append(str(balance.month))
        fields.append(balance.account)
        if balance.objects or balance.month is not None:
            fields.append(self._braced(balance.objects))
        self._add(balance.label, *fields, to_decimal_string(balance.amount))

    def voucher(self, voucher: Voucher) -> None:
        day, quoted = _day(voucher.day), self._quoted
        head = f"#VER {quoted(voucher.series)} {quoted(voucher.number)} {day}"
        lines = [f"{head} {quoted(voucher.text)}", "{"]
        for account, objects, amount, text in voucher.postings:
            said = f" {day} {quoted(text)}" if text else ""
            braced = self._braced(objects) if objects else "{}"
            lines.append(f"#TRANS {account} {braced} {to_decimal_string(amount)}{said}")
        lines.append("}")
        self._add("\r\n".join(lines))

    def finish(self, about: About) -> bytes:
        """Return the whole file."""
        body, self._parts = self._parts, []
        self._head(about)
        content = b"".join((*self._parts, *body))
        checksum = crc32(values_of(content))
        begin = _LINE_END.join((b"#FLAGGA 0", b"#KSUMMA", b""))
        return b"".join((begin, content, f"#KSUMMA {checksum}".encode(), _LINE_END))

    def _head(self, about: About) -> None:
        self._add("#PROGRAM", self._quoted(PROGRAM), VERSION)
        self._add("#FORMAT", "PC8")
        self._add("#GEN", _day(about.made_on))
        self._add("#SIETYP", "4")
        owner = self._quoted(about.owner)
        if self.replaced:
            self._add("#PROSA", self._quoted(note_of(self.replaced)))
        self._add("#ORGNR", self._quoted(about.organisation_number))
        self._add("#FNAMN", owner)
        for index, (first, last) in enumerate(about.years):
            self._add("#RAR", str(-index), _day(first), _day(last))

    def _add(self, *fields: str) -> None:
        encoded, replaced = encode(" ".join(fields))
        self.replaced += replaced
        self._parts += (encoded, _LINE_END)

    def _quoted(self, text: str) -> str:
        if text.isprintable() and '"' not in text and "\\" not in text:
            return f'"{text}"'
        plain = _CONTROL.sub(" ", text)
        if plain.endswith("\\"):
            plain, self.replaced = plain[:-1] + "/", self.replaced + 1
        return '"' + plain.replace('"', '\\"') + '"'

    def _braced(self, objects: Objects) -> str:
        return "{" + " ".join(f"{n} {self._quoted(code)}" for n, code in objects) + "}"


def note_of(replaced: int) -> str:
    """Return what a file says of the characters that it could not hold."""
    return f"{replaced} tecken saknas i teckentabellen PC8 och har ersatts"


def kind_of(account: str) -> str:
    """Return the kind of an account: asset (T), debt (S), cost (K) or revenue (I).

    Source: the account classes of Kommun-Bas. In class 8 taxes, grants and financial income
    are revenue; class 9 stands for neither, and is kept with the costs.
    """
    if account[:1] == "8":
        return "I" if account[:2] in _REVENUE_GROUPS else "K"
    return _KINDS.get(account[:1], "K")


def _day(day: date) -> str:
    return f"{day:%Y%m%d}"
