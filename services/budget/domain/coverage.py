"""Which years of the ledger say how a year goes: those that are booked period by period."""

from __future__ import annotations

from dataclasses import dataclass

from services.budget.domain.periods import DECEMBER, FIRST


@dataclass(frozen=True, slots=True)
class Coverage:
    """What is booked in a year, by parts 01-14.

    Attributes:
        year: the year.
        first: first part that any voucher is about.
        last: last part that anything is booked in.
        reached: last part booked in, of those up to the part of the year asked about.
        spans: vouchers that are about periods on both sides of that part's end, such as a
            trial balance of the whole year: how much of them falls on which side is not known.

    """

    year: int
    first: int
    last: int
    reached: int
    spans: int


def whole_year(covered: Coverage) -> bool:
    """Say whether a year is booked from its first month to its twelfth."""
    return covered.first <= FIRST and covered.last >= DECEMBER


def why_not_comparable(covered: Coverage) -> str | None:
    """Return in Swedish why an earlier year says nothing about how a year goes, if so."""
    if not whole_year(covered):
        return f"{covered.year} används inte: året är inte bokfört från januari till december."
    if covered.spans:
        return (
            f"{covered.year} används inte: {covered.spans} verifikationer avser perioder både före"
            " och efter delårets slut, så fördelningen över året är okänd."
        )
    return None


def why_not_known(covered: Coverage | None, part: int) -> str | None:
    """Return in Swedish why the outcome up to a part of the year is not known, if so."""
    if covered is None or covered.reached < min(part, DECEMBER):
        return "Utfallet hittills är inte känt: periodens sista månad är inte bokförd."
    if covered.spans:
        return (
            f"Utfallet hittills är inte känt: {covered.spans} verifikationer avser perioder både"
            " före och efter periodens slut."
        )
    return None
