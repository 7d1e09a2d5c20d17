"""What a SIE file says, record by record; amounts are öre, debit positive."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple, TypeAlias

from services.budget.domain.sie.lexing import Objects

IB, UB, RES, OIB, OUB = "#IB", "#UB", "#RES", "#OIB", "#OUB"
PSALDO, PBUDGET = "#PSALDO", "#PBUDGET"
STATED_LABELS = (IB, UB, RES, OIB, OUB, PSALDO)
"""Balances: a file of vouchers alone (4I) has none of them."""


@dataclass(frozen=True, slots=True)
class Heading:
    """A record about the file itself, with its fields as text."""

    line: int
    label: str
    fields: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Year:
    """``#RAR``: 0 is the file's own year. A subsystem (4I) may leave the days out."""

    line: int
    index: int
    first: date | None
    last: date | None


@dataclass(frozen=True, slots=True)
class Account:
    """``#KONTO``."""

    line: int
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Dimension:
    """``#DIM`` and ``#UNDERDIM`` (which has a parent)."""

    line: int
    number: str
    name: str
    parent: str | None = None


@dataclass(frozen=True, slots=True)
class ObjectName:
    """``#OBJEKT``."""

    line: int
    dimension: str
    code: str
    name: str


@dataclass(frozen=True, slots=True)
class Balance:
    """What the file states for an account.

    ``#IB``, ``#UB`` and ``#RES`` for the account as a whole; ``#OIB`` and ``#OUB`` for one of
    its objects; ``#PSALDO`` (movement) and ``#PBUDGET`` for a month (YYYYMM) of either.
    """

    line: int
    label: str
    year: int
    account: str
    amount: int
    objects: Objects = ()
    month: int | None = None


class Posting(NamedTuple):
    """``#TRANS``."""

    account: str
    objects: Objects
    amount: int
    text: str


@dataclass(slots=True)
class Voucher:
    """``#VER`` with its ``#TRANS``; rows added or removed later (R, B) are not among them."""

    line: int
    series: str
    number: str
    day: date
    text: str
    postings: list[Posting] = field(default_factory=list)

    @property
    def name(self) -> str:
        """Series and number, as people call a voucher."""
        return f"{self.series} {self.number}".strip()

    @property
    def numbered(self) -> bool:
        """A subsystem gives no number, or 0: the ledger that reads the file numbers them."""
        return self.number not in {"", "0"}


Record: TypeAlias = Heading | Year | Account | Dimension | ObjectName | Balance | Voucher
