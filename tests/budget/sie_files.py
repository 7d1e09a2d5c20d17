"""SIE files written for tests, and real ones read where the workplace has them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from services.budget.domain.sie.reading import Reader
from services.budget.domain.sie.records import RES, UB, Balance
from tests.budget.pushing import PRINTED

if TYPE_CHECKING:
    from services.budget.domain.sie.faults import Fault
    from services.budget.domain.sie.records import Record

REAL = PRINTED / "sie"
"""Files that real programs wrote."""

needs_real = pytest.mark.skipif(not REAL.is_dir(), reason="the real SIE files are not here")

HEAD = """\
#FLAGGA 0
#PROGRAM "Prov" 1.0
#FORMAT PC8
#GEN 20310401
#SIETYP {type}
#FNAMN "Övning"
"""
"""What every file begins with."""

LEDGER = (
    HEAD.format(type=4)
    + """\
#RAR 0 20310101 20311231
#RAR -1 20300101 20301231
#KONTO 1510 "Kundfordringar"
#KONTO 1910 Kassa
#KONTO 2010 "Eget kapital"
#KONTO 3510 "Bidrag från EU"
#KONTO 5010 "Löner arbetad tid"
#DIM 1 Resultatenhet
#DIM 6 "Projekt"
#DIM 7 "Anställd"
#OBJEKT 1 J1 "Jobbtorg Järva"
#OBJEKT 6 P1 "Vägen in"
#IB 0 1510 1000.00
#IB 0 2010 -1000.00
#UB 0 1510 800
#UB 0 1910 -150.50
#UB 0 2010 -1000
#RES 0 3510 -1000.00
#RES 0 5010 1350.5
#VER A 1 20310115 "Löner januari"
{
#TRANS 5010 {1 J1 6 "P1"} 1350.50 20310115 "Lön \\"tillsvidare\\""
#TRANS 1910 {} -1350.50
}
#VER A 2 20310228 Rekvisition
{
   #TRANS 1910 {} 1200
   #TRANS 1510 {} -200.0
   #TRANS 3510 {6 P1} -1000
}
"""
)
"""A small ledger (4E): opening balances, two vouchers, and the balances they lead to."""


def records_in(
    content: bytes | str, *, piece: int = 1 << 20
) -> tuple[list[Record], list[Fault], Reader]:
    """Read a whole file in pieces of a size."""
    raw = content.encode("cp437") if isinstance(content, str) else content
    reader, records, faults = Reader(), [], []
    for at in range(0, len(raw), piece):
        found, wrong = reader.feed(raw[at : at + piece])
        records += found
        faults += wrong
    found, wrong = reader.finish()
    return records + found, faults + wrong, reader


def stated_in(content: bytes) -> dict[str, int]:
    """Return what a file says each account comes to at the end of its year, if to anything."""
    records, _, _ = records_in(content)
    balances = [r for r in records if isinstance(r, Balance) and r.year == 0]
    closing = {b.account: b.amount for b in balances if b.label in {UB, RES}}
    return {account: amount for account, amount in closing.items() if amount}
