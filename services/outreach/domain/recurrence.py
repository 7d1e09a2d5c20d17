"""Which days a recurrence rule gives: the part of RFC 5545 (3.3.10) that staffing needs.

A rule gives days, never times of day: the times are the schedule's own. Unlike an event of a
calendar, a schedule has no session on its first day unless the rule gives that day.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import date, datetime, time

from dateutil.rrule import rrule, rruleset, rrulestr

from services.outreach.errors import RuleRefused

_FREQUENCIES = ("DAILY", "WEEKLY", "MONTHLY", "YEARLY")
_PARTS = frozenset(
    {
        *("FREQ", "INTERVAL", "BYDAY", "BYMONTHDAY", "BYMONTH", "BYSETPOS"),
        *("WKST", "UNTIL", "COUNT"),
    }
)
_MONTHLY_ONLY = ("BYMONTHDAY", "BYSETPOS")
_LONG = frozenset({"MONTHLY", "YEARLY"})
_WEEKDAYS = r"(?:MO|TU|WE|TH|FR|SA|SU)"
_NUMBERS = r"-?[0-9]{1,2}(?:,-?[0-9]{1,2})*"
_FORMS = {
    "FREQ": r"[A-Z]+",
    "INTERVAL": r"[1-9][0-9]?",
    "BYDAY": rf"(?:[+-]?[1-5])?{_WEEKDAYS}(?:,(?:[+-]?[1-5])?{_WEEKDAYS})*",
    "BYMONTHDAY": _NUMBERS,
    "BYMONTH": r"(?:[1-9]|1[0-2])(?:,(?:[1-9]|1[0-2]))*",
    "BYSETPOS": r"-?[1-5](?:,-?[1-5])*",
    "WKST": _WEEKDAYS,
    "UNTIL": r"[0-9]{8}",
    "COUNT": r"[1-9][0-9]{0,3}",
}


def require_rule(rule: str) -> None:
    """Check that a rule is one that schedules take.

    Raises:
        RuleRefused: names the part: unknown, twice, of another form than RFC 5545 has, below
            a day, or one that goes with other frequencies only.

    """
    parts = _parts(rule)
    frequency = parts.get("FREQ")
    if frequency is None:
        raise RuleRefused("FREQ", "is missing")
    if frequency not in _FREQUENCIES:
        raise RuleRefused("FREQ", f"is one of {', '.join(_FREQUENCIES)}")
    if "UNTIL" in parts and "COUNT" in parts:
        raise RuleRefused("COUNT", "does not go with UNTIL")
    _require_company(frequency, parts)
    try:
        _read(rule, date(2001, 1, 1))
    except ValueError as error:
        raise RuleRefused("RRULE", str(error)) from error


def days(rule: str, *, starts_on: date, first: date, last: date) -> Iterator[date]:
    """Return the days of a rule from `first` to `last`, both included, in order.

    Args:
        rule: one that `require_rule` accepts.
        starts_on: where the rule begins to count (DTSTART).
        first: leave out earlier ones.
        last: where to stop.

    """
    for moment in _read(rule, starts_on):
        day = moment.date()
        if day > last:
            return
        if day >= first:
            yield day


def _require_company(frequency: str, parts: dict[str, str]) -> None:
    # Rules that hardly ever come true would be looked for until the year 9999.
    for part in _MONTHLY_ONLY:
        if part in parts and frequency not in _LONG:
            raise RuleRefused(part, "goes with MONTHLY and YEARLY")
    if "BYSETPOS" in parts and not {"BYDAY", "BYMONTHDAY"} & set(parts):
        raise RuleRefused("BYSETPOS", "chooses among BYDAY or BYMONTHDAY")
    numbered = re.search(r"[0-9]", parts.get("BYDAY", "")) is not None
    if numbered and frequency not in _LONG:
        raise RuleRefused("BYDAY", "is numbered with MONTHLY and YEARLY")
    if frequency == "DAILY" and "BYDAY" in parts and parts.get("INTERVAL", "1") != "1":
        raise RuleRefused("INTERVAL", "of DAILY does not go with BYDAY")


def _parts(rule: str) -> dict[str, str]:
    parts: dict[str, str] = {}
    for text in rule.split(";"):
        name, _, value = text.partition("=")
        if name not in _PARTS:
            raise RuleRefused(name[:20] or "RRULE", f"is none of {', '.join(sorted(_PARTS))}")
        if name in parts:
            raise RuleRefused(name, "stands twice")
        if re.fullmatch(_FORMS[name], value, re.ASCII) is None:
            raise RuleRefused(name, "does not have the form of RFC 5545")
        parts[name] = value
    return parts


def _read(rule: str, starts_on: date) -> rrule | rruleset:
    return rrulestr(rule, dtstart=datetime.combine(starts_on, time()))
