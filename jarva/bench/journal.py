"""One invented journal in two forms: as vouchers to push, and as beancount reads it."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import Path

YEAR = 2019
"""A year that no other measurement uses."""

PER_VOUCHER = 5
_ROOTS = ("Assets", "Liabilities", "Income", *["Expenses"] * 5)
"""What beancount calls the account classes 1-8 of the base chart."""

_HEAD = "key,period,happenedOn,text,account,counterpart,amount\n"


@dataclass(frozen=True, slots=True)
class Voucher:
    number: int
    day: date
    postings: Sequence[tuple[str, str]]
    """Account and kronor."""


def accounts(many: int) -> list[str]:
    """Return account codes over all classes of the chart."""
    return [str(1000 + at * 8000 // many) for at in range(many)]


def vouchers(postings: int, codes: Sequence[str]) -> Iterator[Voucher]:
    """Yield balanced vouchers in the order of their days; the same ones each time."""
    chosen = random.Random(2019)
    count = postings // PER_VOUCHER
    for number in range(count):
        month, day = divmod(number * 336 // count, 28)
        amounts = [chosen.choice((-1, 1)) * chosen.randint(1, 10**7) for _ in range(PER_VOUCHER)]
        amounts[-1] -= sum(amounts)
        if not amounts[-1]:
            amounts[-2:] = [amounts[-2] - 1, 1]
        rows = [(chosen.choice(codes), f"{ore / 100:.2f}") for ore in amounts]
        yield Voucher(number, date(YEAR, month + 1, day + 1), rows)


def as_csv(journal: Iterator[Voucher], prefix: str) -> bytes:
    """Return a journal as the register `vouchers` takes it, one posting a line."""
    lines = (
        f"{prefix}{one.number},{YEAR}{one.day:%m},{one.day},Verifikation {one.number},"
        f"{account},87,{kronor}\n"
        for one in journal
        for account, kronor in one.postings
    )
    return (_HEAD + "".join(lines)).encode()


def write_beancount(journal: Iterator[Voucher], codes: Sequence[str], file: Path) -> None:
    """Write a journal as beancount's text."""
    named = {code: f"{_ROOTS[int(code[0]) - 1]}:K{code}" for code in codes}
    with file.open("w", encoding="utf-8") as out:
        for name in named.values():
            out.write(f"{YEAR}-01-01 open {name} SEK\n")
        for one in journal:
            out.write(f'\n{one.day} * "Verifikation {one.number}"\n')
            for account, kronor in one.postings:
                out.write(f"  {named[account]}  {kronor} SEK\n")
