"""Fields of a SIE record as values: amounts in öre, days, months, years, accounts."""

from __future__ import annotations

import re
from collections.abc import Sequence
from datetime import date

from services.budget.domain.chart import is_account_code
from services.budget.domain.sie.faults import Faulty
from services.budget.domain.sie.lexing import Field, Objects

LONGEST_FIELD = 1000
"""Characters of a text; the format has no limit, what shows the ledger does."""

LONGEST_NAME = 200
LONGEST_CALL = 80
"""Characters of a series, and of a voucher's number in it."""

_AMOUNT = re.compile(r"([+-]?)([0-9]{1,13})(?:\.([0-9]{1,2}))?")
_YEAR_INDEX = re.compile(r"-?[0-9]{1,2}")
_DIMENSION = re.compile(r"0*[1-9][0-9]{0,3}")
_DAY = re.compile(r"[0-9]{8}")
_MONTH = re.compile(r"([0-9]{4})(0[1-9]|1[0-2])")


class Fields:
    """The fields of one record, taken one by one from the left.

    What the format lets stand empty may also be left out at the end of the line.
    """

    def __init__(self, fields: Sequence[Field]) -> None:
        self._fields = fields
        self._at = 0

    def text(self, name: str, *, needed: bool = False, longest: int = LONGEST_FIELD) -> str:
        """Return the next field as text, '' when it is not there."""
        if self._at >= len(self._fields):
            if needed:
                raise Faulty(name, "missing_field", "The record ends before this field.")
            return ""
        field = self._fields[self._at]
        self._at += 1
        if not isinstance(field, str):
            raise Faulty(name, "malformed_record", "Objects stand where a value belongs.")
        if needed and not field:
            raise Faulty(name, "missing_field", "The field is empty.")
        if len(field) > longest:
            raise Faulty(name, "text_too_long", f"The field has at most {longest} characters.")
        return field

    def name(self) -> str:
        return self.text("name", longest=LONGEST_NAME)

    def objects(self) -> Objects:
        """Return the next field as a list of objects; a record may have left it out."""
        if self._at < len(self._fields) and not isinstance(self._fields[self._at], str):
            self._at += 1
            return self._fields[self._at - 1]  # type: ignore[return-value]  # no str: see above
        return ()

    def account(self) -> str:
        return account(self.text("account", needed=True))

    def amount(self) -> int:
        return amount(self.text("amount", needed=True))

    def year_index(self) -> int:
        text = self.text("year", needed=True)
        if _YEAR_INDEX.fullmatch(text) is None or int(text) > 0:
            detail = "A year is 0 for the file's own, -1 for the one before it."
            raise Faulty("year", "invalid_year", detail)
        return int(text)

    def month(self) -> int:
        """Return a month as YYYYMM."""
        text = self.text("period", needed=True)
        if _MONTH.fullmatch(text) is None:
            raise Faulty("period", "invalid_period", "A period is written YYYYMM.")
        return int(text)

    def day(self, name: str, *, needed: bool = False) -> date | None:
        text = self.text(name, needed=needed)
        return day(text, name) if text else None

    def dimension(self, name: str = "dimension") -> str:
        text = self.text(name, needed=True)
        if _DIMENSION.fullmatch(text) is None:
            raise Faulty(name, "invalid_dimension", "A dimension is a number from 1 to 9999.")
        return str(int(text))


def account(text: str) -> str:
    if not is_account_code(text):
        detail = "Accounts of this ledger have two to six digits and begin with 1-9."
        raise Faulty("account", "account_not_in_chart", detail)
    return text


def amount(text: str) -> int:
    """Return öre."""
    match = _AMOUNT.fullmatch(text)
    if match is None:
        detail = "An amount is digits with at most two decimals after a point, such as 1250.50."
        raise Faulty("amount", "invalid_amount", detail)
    sign, whole, decimals = match.groups()
    ore = int(whole) * 100 + int((decimals or "").ljust(2, "0"))
    return -ore if sign == "-" else ore


def day(text: str, name: str) -> date:
    if _DAY.fullmatch(text):
        try:
            return date(int(text[:4]), int(text[4:6]), int(text[6:]))
        except ValueError:
            pass
    raise Faulty(name, "invalid_date", "A date is written YYYYMMDD.")
