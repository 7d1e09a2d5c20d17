"""Vouchers made of balances: a year's opening, and a movement that the file has no vouchers for.

A file states an account's total and, beside it, what some of its objects have of it. The objects
of one dimension may overlap with those of another, so their rows are booked one by one and what
they are more than the total is taken off where no object is named. Then the account's sum, and
the sum of each of its objects, are the file's.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from dataclasses import dataclass, field

from services.budget.domain.chart import EQUITY
from services.budget.domain.periods import DECEMBER, FIRST, OPENING
from services.budget.domain.sie.faults import NotSie
from services.budget.domain.sie.lexing import Objects
from services.budget.domain.sie.records import (
    IB,
    OIB,
    PSALDO,
    RES,
    UB,
    Balance,
    Posting,
)
from services.budget.domain.sie.rules import Variety

MAX_KEPT = 200_000
"""Amounts kept until the end of a file: accounts and objects, not vouchers."""


@dataclass(slots=True)
class Balances:
    """What a file states per account, and per object of an account."""

    totals: dict[str, int] = field(default_factory=dict)
    of_objects: dict[tuple[str, Objects], int] = field(default_factory=dict)

    def add(self, balance: Balance) -> None:
        """Add one record; a record that stands twice is refused elsewhere."""
        if balance.objects:
            self.of_objects[balance.account, balance.objects] = balance.amount
        else:
            self.totals[balance.account] = balance.amount

    @property
    def net(self) -> int:
        return sum(self.totals.values())

    def postings(self) -> list[Posting]:
        """Return the rows of a voucher that books everything stated; it may not sum to zero."""
        rest: defaultdict[str, int] = defaultdict(int, self.totals)
        rows = []
        for (account, objects), amount in self.of_objects.items():
            rows.append(Posting(account, objects, amount, ""))
            rest[account] -= amount
        rows += [Posting(account, (), amount, "") for account, amount in rest.items()]
        return sorted(row for row in rows if row.amount)


def balance_key(part: int) -> str:
    """Return what stands for series and number in the key of a part's voucher."""
    return "IB" if part == OPENING else f"SALDO:{part:02d}"


@dataclass(frozen=True, slots=True)
class Made:
    """A voucher made of balances, booked in a part (00-12) of the file's year."""

    part: int
    text: str
    rows: list[Posting]
    covers_from: int | None = None

    @property
    def key(self) -> str:
        return balance_key(self.part)

    @property
    def net(self) -> int:
        return sum(row.amount for row in self.rows)


class StatedBalances:
    """Keeps what vouchers will be made of, and makes them when the file has ended.

    A file with vouchers (``ledger``) has no need of its movements here.
    """

    def __init__(self) -> None:
        self.opening = Balances()
        self._closing: dict[str, int] = {}
        self._result: dict[str, int] = {}
        self._movement: defaultdict[int, Balances] = defaultdict(Balances)
        self._kept = 0

    def add(self, balance: Balance, part: int | None, *, ledger: bool) -> None:
        """Take an amount of the file's own year; ``part`` is its month within the year.

        Raises:
            NotSie: there are more than memory should hold.

        """
        if balance.label in {IB, OIB}:
            self.opening.add(balance)
        elif ledger:
            return
        elif balance.label == UB:
            self._closing[balance.account] = balance.amount
        elif balance.label == RES:
            self._result[balance.account] = balance.amount
        elif balance.label == PSALDO and part is not None:
            self._movement[part].add(balance)
        self._kept += 1
        if self._kept > MAX_KEPT:
            detail = f"A file states at most {MAX_KEPT} balances that are booked."
            raise NotSie("too_many_balances", detail)

    def made(self, variety: Variety) -> Iterator[Made]:
        """Return the vouchers: the opening, and the movement of a file without vouchers."""
        opening = self.opening.postings()
        if opening:
            yield Made(OPENING, "Ingående balans", balanced(opening))
        match variety:
            case Variety.YEAR:
                yield from self._year_at_once()
            case Variety.PERIODS | Variety.OBJECTS:
                yield from self._months(variety)
            case Variety.LEDGER | Variety.VOUCHERS:
                pass

    def _year_at_once(self) -> Iterator[Made]:
        accounts = {*self.opening.totals, *self._closing} - set(self._result)
        moved = self._result | {
            account: self._closing.get(account, 0) - self.opening.totals.get(account, 0)
            for account in accounts
        }
        rows = Balances(totals=moved).postings()
        if rows:
            text = "Årets rörelse enligt SIE-fil typ 1"
            yield Made(DECEMBER, text, rows, FIRST)

    def _months(self, variety: Variety) -> Iterator[Made]:
        text = f"Periodens rörelse enligt SIE-fil typ {variety}"
        for part, stated in sorted(self._movement.items()):
            rows = stated.postings()
            if rows:
                yield Made(part, text, rows)


def balanced(rows: list[Posting]) -> list[Posting]:
    """Return rows that sum to zero: what is missing goes to equity.

    Real files exist whose opening balances do not sum to zero. Trial balances are treated alike
    (see `services.budget.domain.trial_balance`).
    """
    net = sum(row.amount for row in rows)
    return [*rows, Posting(EQUITY, (), -net, "")] if net else rows
