"""Rates are stated for a day with their source; the newest at or before a day holds on it."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.budget.domain.exchange import (
    Rate,
    Rates,
    Summed,
    converted,
    in_millions,
    notes,
    sek,
)
from services.budget.domain.projects import Amount, Currency

if TYPE_CHECKING:
    from tests.budget.calling import Clerk


def rate(day: str, kronor: str, **changed: str) -> dict[str, Any]:
    stated = {"currency": "EUR", "validOn": day, "rate": kronor, "source": "Provkurs"}
    return stated | changed


async def _holding(clerk: Clerk, day: str, **more: Any) -> list[str]:  # noqa: ANN401
    page = await clerk.get("/exchange-rates", validOn=day, **more)
    assert page["_meta"]["totalRecords"] == len(page["items"])
    return [item["rate"] for item in page["items"]]


async def test_newest_rate_at_or_before_a_day_holds_on_it(clerk: Clerk) -> None:
    await clerk.post("/exchange-rates", rate("2034-03-31", "10.5"))
    made = await clerk.post("/exchange-rates", rate("2034-04-30", "11.123456"))
    assert (made["rate"], made["source"]) == ("11.123456", "Provkurs")
    assert await _holding(clerk, "2034-03-30") == []
    assert await _holding(clerk, "2034-03-31") == ["10.5000"]
    assert await _holding(clerk, "2034-04-29") == ["10.5000"]
    assert await _holding(clerk, "2035-01-01") == ["11.123456"]
    listed = await clerk.get("/exchange-rates", limit="1")
    assert [item["validOn"] for item in listed["items"]] == ["2034-04-30"]
    assert listed["_meta"]["totalRecords"] == 2


async def test_corrected_rate_leaves_an_earlier_basis_as_it_was(clerk: Clerk) -> None:
    await clerk.post("/exchange-rates", rate("2034-03-31", "10.50"))
    await clerk.settled()
    before = (await clerk.get("/basis"))["settledAt"]
    await clerk.post("/exchange-rates", rate("2034-03-31", "10.05"))
    await clerk.settled()
    assert await _holding(clerk, "2034-03-31") == ["10.0500"]
    assert await _holding(clerk, "2034-03-31", basis=before) == ["10.5000"]
    assert (await clerk.get("/exchange-rates"))["_meta"]["totalRecords"] == 2


@pytest.mark.parametrize(
    "wrong",
    [
        {"rate": "0"},
        {"rate": "-1"},
        {"rate": "10.1234567"},
        {"rate": "tio"},
        {"currency": "SEK"},
        {"currency": "USD"},
        {"source": ""},
    ],
)
async def test_rate_that_is_none_is_refused(clerk: Clerk, wrong: dict[str, str]) -> None:
    await clerk.post("/exchange-rates", rate("2034-03-31", "10.5", **wrong), status=422)


EUR = Rates(
    date(2034, 3, 31),
    {Currency.EUR: Rate(Currency.EUR, date(2034, 3, 31), Decimal("10.5"), "Provkurs")},
)


def test_amounts_become_whole_ore_once() -> None:
    assert converted(1, Decimal("10.5")) == 11
    assert converted(-1, Decimal("10.5")) == -11
    assert converted(34_215_600, Decimal("10.294567")) == 352_234_787
    assert EUR.in_sek(Amount(100, Currency.SEK)) == 100
    assert EUR.in_sek(Amount(100, Currency.EUR)) == 1050


def test_amount_without_a_rate_is_not_zero() -> None:
    nothing, euros = Rates(EUR.day), Amount(0, Currency.EUR)
    assert nothing.in_sek(euros) is None
    assert sek(euros, nothing) == Summed(None, "kurs för EUR saknas")
    assert sek(None, EUR) == Summed(None, "belopp anges inte")
    assert Summed(5) + sek(euros, nothing) == Summed(None, "kurs för EUR saknas")
    assert notes(nothing, [euros, euros]) == [
        "Kurs för EUR saknas per 2034-03-31: beloppen räknas inte om till kronor."
    ]
    assert notes(nothing, [Amount(5, Currency.SEK)]) == []


@pytest.mark.parametrize(
    ("ore", "shown"),
    [
        (6_720_000_000, "67.2"),
        (5_000_000, "0.1"),
        (4_999_999, "0.0"),
        (-4_999_999, "0.0"),
        (-5_000_000, "-0.1"),
        (25_000_000, "0.3"),
        (-25_000_000, "-0.3"),
    ],
)
def test_millions_are_rounded_as_the_forms_show_them(ore: int, shown: str) -> None:
    assert in_millions(ore) == shown


@given(st.integers(-(10**17), 10**17))
def test_millions_shown_lie_within_half_of_the_last_place(ore: int) -> None:
    assert abs(Decimal(in_millions(ore)) * 10**8 - ore) <= 5_000_000
