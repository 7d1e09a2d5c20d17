"""Years booked month by month through the API, for tests of what is planned from them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import TYPE_CHECKING, Any

from shared.money import to_decimal_string

if TYPE_CHECKING:
    from tests.budget.calling import Clerk

ACCOUNTS = {"15": "Kundfordringar", "3510": "Bidrag", "5010": "Löner", "7910": "Avskrivningar"}
EVEN = dict.fromkeys(range(1, 13), 100_00)


async def open_years(clerk: Clerk, *years: int) -> None:
    """Open years and register a few accounts and a counterpart."""
    for year in years:
        await clerk.post("/fiscal-years", {"year": year})
    for code, name in ACCOUNTS.items():
        await clerk.post("/accounts", {"code": code, "name": name, "validFrom": "2000-01-01"})
    await clerk.post("/counterparts", {"code": "87", "name": "Företag", "validFrom": "2000-01-01"})


async def book(clerk: Clerk, period: int, account: str, ore: int) -> dict[str, Any]:
    """Book an amount on an account, against the receivables."""
    postings = [
        {"account": code, "counterpart": "87", "amount": to_decimal_string(amount)}
        for code, amount in ((account, ore), ("15", -ore))
    ]
    month = min(max(period % 100, 1), 12)
    made: dict[str, Any] = await clerk.post(
        "/vouchers",
        {
            "period": period,
            "happenedOn": f"{period // 100}-{month:02}-10",
            "text": "Prov",
            "postings": postings,
        },
    )
    return made


async def book_year(
    clerk: Clerk, year: int, parts: Mapping[int, int], *, account: str = "5010"
) -> None:
    """Book öre by part of the year (1-14)."""
    for part, ore in parts.items():
        await book(clerk, year * 100 + part, account, ore)


async def decide_budget(clerk: Clerk, year: int, **rows: str) -> dict[str, Any]:
    """Decide the year's budget; rows are named with underscores."""
    made: dict[str, Any] = await clerk.post(
        "/budget-versions",
        {
            "year": year,
            "kind": "council_decision",
            "decidedOn": f"{year - 1}-11-20",
            "decidedBy": "Kommunfullmäktige",
            "reference": f"Budget {year}",
            "lines": [{"row": row.replace("_", "-"), "amount": a} for row, a in rows.items()],
        },
    )
    return made


async def close(clerk: Clerk, year: int, parts: Sequence[int]) -> None:
    """Close periods of a year."""
    for part in parts:
        await clerk.post(f"/periods/{year * 100 + part:06}/closures")
