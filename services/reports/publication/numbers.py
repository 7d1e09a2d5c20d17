"""Numbers and days as a Swedish reader writes them: ``3 500``, ``34,5 %``, ``31 augusti 2020``."""

from __future__ import annotations

import re
from datetime import date, datetime
from decimal import ROUND_HALF_UP, Decimal

from babel.dates import format_date, format_datetime
from babel.numbers import format_decimal

from shared.clock import STOCKHOLM

NOTHING = "–"  # noqa: RUF001  a dash: nothing is known, which is not zero
WITHHELD = ".."
"""The sign of Swedish statistics for a value that may not be shown."""

_DAY = re.compile(r"\b\d{4}-\d{2}-\d{2}\b")
_MILLION = Decimal(1_000_000)
_TENTH = Decimal("0.1")


def number(value: float) -> str:
    """Return a count or a number with at most one decimal: ``3 500``, ``12,4``."""
    return format_decimal(value, format="#,##0.#", locale="sv_SE")


def percent(value: float) -> str:
    """Return per cent with at most one decimal: ``34,5 %``."""
    return f"{number(value)} %"


def kronor(amount: str) -> str:
    """Return a decimal string as kronor with two decimals: ``-335 238 030,46``."""
    return format_decimal(
        Decimal(amount), format="#,##0.00", locale="sv_SE", decimal_quantization=False
    )


def millions(amount: str) -> str:
    """Return a decimal string of kronor in millions with one decimal, a half away from zero."""
    rounded = (Decimal(amount) / _MILLION).quantize(_TENTH, ROUND_HALF_UP)
    return format_decimal(rounded, format="#,##0.0", locale="sv_SE")


def day(on: date) -> str:
    """Return a day as it is said: ``31 augusti 2020``."""
    return format_date(on, "d MMMM y", locale="sv_SE")


def dated(text: str) -> str:
    """Return a text with its days as they are said: ``2024-01-01`` is ``1 januari 2024``."""
    return _DAY.sub(_said, text)


def _said(found: re.Match[str]) -> str:
    try:
        return day(date.fromisoformat(found.group()))
    except ValueError:  # digits that are no day
        return found.group()


def instant(at: str) -> str:
    """Return an instant (RFC 3339) to the minute as the city's clocks show it."""
    local = datetime.fromisoformat(at).astimezone(STOCKHOLM)
    return format_datetime(local, "d MMMM y 'kl.' HH.mm", tzinfo=STOCKHOLM, locale="sv_SE")


def span(first: str, last: str) -> str:
    """Return a range with the dash that ranges have."""
    return f"{first}–{last}"  # noqa: RUF001  a range
