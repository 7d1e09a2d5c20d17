"""Rounding in claims: to the nearest, halves to even; cents of another currency away from zero."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from services.budget.domain.exchange import from_kronor
from services.budget.domain.rounding import half_even

if TYPE_CHECKING:
    from shared.db import Database


@given(
    st.lists(
        st.tuples(st.integers(-(10**15), 10**15), st.sampled_from([1, 2, 3, 60, 10_000])),
        min_size=1,
        max_size=50,
    )
)
def test_halves_go_to_the_even_neighbour(pairs: list[tuple[int, int]]) -> None:
    for numerator, denominator in pairs:
        rounded = half_even(numerator, denominator)
        twice = 2 * abs(numerator - rounded * denominator)
        assert twice < denominator or (twice == denominator and rounded % 2 == 0)


async def test_database_rounds_as_we_do(budget_db: Database) -> None:
    conn = await budget_db.connect()
    numbers = [*range(-400, 401), 10**15 + 30, -(10**15) - 90, 12_345_678_901_234_567]
    for denominator in (1, 2, 60, 10_000):
        rows = await conn.fetch(
            "select half_even(n, $2) as rounded from unnest($1::bigint[]) n", numbers, denominator
        )
        assert [row["rounded"] for row in rows] == [half_even(n, denominator) for n in numbers]
    await conn.close()


@given(st.integers(-(10**12), 10**12), st.integers(1, 10**9))
def test_kronor_become_the_nearest_cent(ore: int, millionths: int) -> None:
    rate = Decimal(millionths).scaleb(-6)
    cents = from_kronor(ore, rate)
    assert abs(2 * (cents * millionths - ore * 10**6)) <= millionths
    assert from_kronor(-ore, rate) == -cents
