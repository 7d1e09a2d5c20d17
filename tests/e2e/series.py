"""What others publish, delivered for questions that the demonstration has no series for."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from uuid import uuid4

from tests.e2e.conftest import eventually, report

if TYPE_CHECKING:
    from tests.e2e.conftest import City

_MISSING = re.compile(r"Serien (\S+) är inte levererad för (\S+)\.")


def missing_series(city: City, **question: str) -> list[tuple[str, str]]:
    """Return which series a report misses, and for which period, as its notes say."""
    return [
        (found[1], found[2])
        for section in report(city, **question).json()["sections"]
        for item in section["items"]
        for note in item.get("notes", ())
        if (found := _MISSING.fullmatch(note))
    ]


def deliver_series(city: City, **question: str) -> None:
    """Deliver every series that a report misses, and return when it misses none."""
    rows = [
        {
            "series": series,
            "period": period,
            "label": "",
            "value": 100,
            "unit": "persons",
            "approximate": False,
            "source": "Prov",
            "vintage": "2025-03",
        }
        for series, period in missing_series(city, **question)
    ]
    if not rows:
        return
    with city.client("reports") as sender:
        sent = sender.post(
            "/registers/reference-series/deliveries",
            json=rows,
            headers={"Idempotency-Key": str(uuid4())},
        )
    assert sent.status_code == 202, sent.text
    eventually(lambda: report(city, **question).json()["status"] == "complete")
