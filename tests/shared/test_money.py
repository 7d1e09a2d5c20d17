"""Amounts go in and out as decimal strings and lose nothing."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from shared.money import Kronor, NotAnAmount, parse_kronor, to_decimal_string


class Bill(BaseModel):
    amount: Kronor


@given(st.integers(min_value=-(10**15) + 1, max_value=10**15 - 1))
def test_reads_back_every_amount_it_writes(ore: int) -> None:
    assert parse_kronor(to_decimal_string(ore)) == ore


@pytest.mark.parametrize(
    ("text", "ore"), [("0", 0), ("-0.83", -83), ("9.7", 970), ("893893158.03", 89389315803)]
)
def test_reads_kronor(text: str, ore: int) -> None:
    assert parse_kronor(text) == ore


@pytest.mark.parametrize(
    "text", ["", "1,50", "1.005", "1e3", "NaN", " 1", "1 000.00", "٣", ".", "9" * 14]
)
def test_refuses_what_is_not_an_amount(text: str) -> None:
    with pytest.raises(NotAnAmount):
        parse_kronor(text)


@pytest.mark.parametrize("value", [1.5, 100, True, None])
def test_json_amounts_are_strings_only(value: object) -> None:
    with pytest.raises(ValidationError):
        Bill.model_validate({"amount": value})


def test_json_shows_two_decimals() -> None:
    assert Bill(amount="1250.5").model_dump_json() == '{"amount":"1250.50"}'  # type: ignore[arg-type]
