"""Records outside vouchers, each made from its line's fields."""

from __future__ import annotations

from collections.abc import Callable

from services.budget.domain.sie.faults import Faulty
from services.budget.domain.sie.lexing import check_object, fields_of
from services.budget.domain.sie.records import (
    IB,
    OIB,
    OUB,
    PBUDGET,
    PSALDO,
    RES,
    UB,
    Account,
    Balance,
    Dimension,
    Heading,
    ObjectName,
    Record,
    Voucher,
    Year,
)
from services.budget.domain.sie.values import LONGEST_CALL, Fields

ROWS = frozenset({"#TRANS", "#RTRANS", "#BTRANS"})
"""Rows of vouchers: booked, added later, removed later."""

_TYPES = {"1", "2", "3", "4"}
_KINDS = {"T", "S", "K", "I"}


def record(label: str, line: int, text: str, at: int) -> Record | None:
    """Return what a line says; None for a label that is unknown or of no concern here.

    Raises:
        Faulty: a field that is missing or cannot be read.

    """
    if not label:
        raise Faulty("", "no_label", "A record begins with a label, such as #KONTO.")
    if label in ROWS:
        raise Faulty("", "row_without_voucher", "The row stands outside a voucher.")
    read = _READERS.get(label)
    return None if read is None else read(label, line, Fields(fields_of(text, at)))


def _heading(label: str, line: int, given: Fields) -> Heading:
    return Heading(line, label, (given.text("value"),))


def _flag(label: str, line: int, given: Fields) -> Heading:
    flag = given.text("flag", needed=True)
    if flag not in {"0", "1"}:
        raise Faulty("flag", "invalid_flag", "The flag is 0 or 1 (the file has been read before).")
    return Heading(line, label, (flag,))


def _type(label: str, line: int, given: Fields) -> Heading:
    stated = given.text("type", needed=True)
    if stated not in _TYPES:
        raise Faulty("type", "unknown_type", "A SIE file is of type 1, 2, 3 or 4.")
    return Heading(line, label, (stated,))


def _format(label: str, line: int, given: Fields) -> Heading:
    name = given.text("format", needed=True)
    if name != "PC8":
        raise Faulty("format", "unknown_format", "The format names one character set, PC8.")
    return Heading(line, label, (name,))


def _year(_label: str, line: int, given: Fields) -> Year:
    index = given.year_index()
    first, last = given.day("first day"), given.day("last day")
    if first and last and last < first:
        raise Faulty("last day", "invalid_year", "The year ends before it begins.")
    return Year(line, index, first, last)


def _account(_label: str, line: int, given: Fields) -> Account:
    return Account(line, given.account(), given.name())


def _kind(_label: str, _line: int, given: Fields) -> None:
    """Check ``#KTYP``; the account's class is what this ledger goes by."""
    given.text("account", needed=True)
    if given.text("kind", needed=True) not in _KINDS:
        raise Faulty("kind", "unknown_kind", "An account is of kind T, S, K or I.")


def _dimension(_label: str, line: int, given: Fields) -> Dimension:
    return Dimension(line, given.dimension(), given.name())


def _sub_dimension(_label: str, line: int, given: Fields) -> Dimension:
    number, name = given.dimension(), given.name()
    parent = given.dimension("parent")
    if parent == number:
        raise Faulty("parent", "invalid_dimension", "A dimension is not its own parent.")
    return Dimension(line, number, name, parent)


def _object(_label: str, line: int, given: Fields) -> ObjectName:
    dimension, code = given.dimension(), given.text("code", needed=True)
    check_object(dimension, code)
    return ObjectName(line, dimension, code, given.name())


def _balance(label: str, line: int, given: Fields) -> Balance:
    return Balance(line, label, given.year_index(), given.account(), given.amount())


def _object_balance(label: str, line: int, given: Fields) -> Balance:
    year, account, objects = given.year_index(), given.account(), given.objects()
    if not objects:
        raise Faulty("objects", "missing_field", "The record names an object.")
    return Balance(line, label, year, account, given.amount(), objects)


def _monthly(label: str, line: int, given: Fields) -> Balance:
    year, month, account = given.year_index(), given.month(), given.account()
    objects = given.objects()
    return Balance(line, label, year, account, given.amount(), objects, month)


def _voucher(_label: str, line: int, given: Fields) -> Voucher:
    series, number = (given.text(name, longest=LONGEST_CALL) for name in ("series", "number"))
    happened_on = given.day("date", needed=True)
    if happened_on is None:
        raise Faulty("date", "missing_field", "The field is empty.")
    return Voucher(line, series, number, happened_on, given.text("text"))


_READERS: dict[str, Callable[[str, int, Fields], Record | None]] = {
    "#FLAGGA": _flag,
    "#PROGRAM": _heading,
    "#FORMAT": _format,
    "#GEN": _heading,
    "#SIETYP": _type,
    "#FNAMN": _heading,
    "#ORGNR": _heading,
    "#OMFATTN": _heading,
    "#KSUMMA": _heading,
    "#RAR": _year,
    "#KONTO": _account,
    "#KTYP": _kind,
    "#DIM": _dimension,
    "#UNDERDIM": _sub_dimension,
    "#OBJEKT": _object,
    IB: _balance,
    UB: _balance,
    RES: _balance,
    OIB: _object_balance,
    OUB: _object_balance,
    PSALDO: _monthly,
    PBUDGET: _monthly,
    "#VER": _voucher,
}

KNOWN = frozenset(
    {
        *_READERS,
        *("#PROSA", "#FTYP", "#FNR", "#BKOD", "#ADRESS", "#TAXAR", "#KPTYP", "#VALUTA"),
        *("#ENHET", "#SRU"),
    }
)
"""Every label of the format outside vouchers."""
