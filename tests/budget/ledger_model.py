"""What a ledger must say, written with lists and sums and nothing else."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from services.budget.domain.vouchers import Draft, Entry
from tests.budget.books import YEAR


@dataclass
class Booked:
    """A voucher as the model knows it."""

    id: UUID
    period: int
    amounts: dict[str, int]
    key: str | None = None
    by_delivery: bool = False
    reversal: bool = False
    taken_back: bool = False
    part: str = "newFacts"
    """What it moves a figure by, seen from before it: every day here is yet to come."""


@dataclass
class Model:
    """What the ledger must say: written with lists and sums, nothing else."""

    booked: list[Booked] = field(default_factory=list)
    closed: set[int] = field(default_factory=set)
    numbers: Counter[str] = field(default_factory=Counter)

    def balances(self) -> dict[tuple[int, str], int]:
        found: Counter[tuple[int, str]] = Counter()
        for one in self.booked:
            for account, amount in one.amounts.items():
                found[one.period, account] += amount
        return {key: amount for key, amount in found.items() if amount}

    def live(self, key: str) -> Booked | None:
        return next((one for one in self.booked if one.key == key and not one.taken_back), None)

    def take_back(
        self, one: Booked, reversal: UUID, period: int, *, replaced: bool = False
    ) -> None:
        one.taken_back = True
        mirrored = {account: -amount for account, amount in one.amounts.items()}
        made = Booked(reversal, period, mirrored, reversal=True, by_delivery=one.by_delivery)
        made.part = "corrections" if replaced else "retractions"
        self.booked.append(made)

    def key_of(self, key: str) -> str:
        return f"{YEAR}-{key}"

    def row_of(self, key: str, part: int, amount: int) -> dict[str, Any]:
        month = min(max(part, 1), 12)
        return {
            "key": self.key_of(key),
            "period": period_of(part),
            "happenedOn": f"{YEAR}-{month:02}-05",
            "text": "Prov",
            "postings": [
                {"account": "5010", "counterpart": "87", "amount": f"{amount / 100:.2f}"},
                {"account": "1510", "counterpart": "87", "amount": f"{-amount / 100:.2f}"},
            ],
        }

    def expected(self, row: dict[str, Any]) -> str:
        held = self.live(row["key"])
        stuck = held is not None and held.period in self.closed
        if row.get("op") == "retract":
            known = any(one.key == row["key"] for one in self.booked)
            if held is None:
                return "unchanged" if known else "rejected"
            return "rejected" if stuck else "retracted"
        if held is not None and said(row) == (held.period, held.amounts):
            return "unchanged"
        if stuck or row["period"] in self.closed:
            return "rejected"
        return "created" if held is None else "changed"


def said(row: dict[str, Any]) -> tuple[int, dict[str, int]]:
    amounts = {p["account"]: round(float(p["amount"]) * 100) for p in row["postings"]}
    return row["period"], amounts


def period_of(part: int) -> int:
    return YEAR * 100 + part


def draft_of(part: int, debit: str, credit: str, amounts: tuple[int, int]) -> Draft:
    """Return a voucher of two postings; it balances when the amounts are the same."""
    entries = [Entry(debit, "87", amounts[0]), Entry(credit, "87", -amounts[1])]
    month = min(max(part, 1), 12)
    return Draft(period_of(part), date(YEAR, month, 5), "Prov", entries)
