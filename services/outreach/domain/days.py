"""Rules about days that many records share."""

from __future__ import annotations

from datetime import date

from services.outreach.errors import EndsBeforeStart, EndsWithoutStart, InTheFuture


def require_interval(first: date, last: date | None) -> None:
    """Check an interval of which both days are included; no last day means it goes on.

    Raises:
        EndsBeforeStart: the last day is before the first.

    """
    if last is not None and last < first:
        raise EndsBeforeStart


def require_period(first: date | None, last: date | None) -> None:
    """Check an interval that may be unknown altogether; a last day alone says nothing.

    Raises:
        EndsWithoutStart: there is a last day only.
        EndsBeforeStart: the last day is before the first.

    """
    if first is not None:
        require_interval(first, last)
    elif last is not None:
        raise EndsWithoutStart


def require_past(property_: str, day: date, *, today: date) -> None:
    """Check that something said to have happened has had its day.

    Raises:
        InTheFuture: with the property as the sender knows it.

    """
    if day > today:
        raise InTheFuture(property_, day)
