"""Identity numbers in free text: what is found, and what only looks a little like one."""

from __future__ import annotations

import pytest

from shared.identity_numbers import has_form_of_identity_number, holds_identity_number

# Skatteverket's published test numbers (birth numbers 238 and 239).
RIGHT = [
    "202001092382",
    "2001092382",
    "20200109-2382",
    "200109-2382",
    "200109+2382",
    "2020-01-09-2382",
    "2020 01 09 2382",
    "200109 - 2382",
    "202001692389",
    "200109\u20132382",
    "\uff12\uff10\uff10\uff11\uff10\uff19-\uff12\uff13\uff18\uff12",
    "Ring 200109-2382.",
    "nr:20200109-2382!",
    "12 200109-2382",
]
FORM_ONLY = ["200109-2383", "Mötte 20200109-2380 i dag", "2001692380"]
NEITHER = [
    "",
    "Handledaren var sjuk",
    "2020-03-16 - 2020-05-31",
    "Flyttad från 2024-03-05 15:00 till 2024-03-06",
    "200132-2380",
    "201309-2382",
    "200109-0002",
    "12345678901234567890",
    "SFS 2017:725",
    "dnr 2024/1234",
    "22 personer 2024",
    "9200109-23820",
]


@pytest.mark.parametrize("text", RIGHT)
def test_numbers_in_every_written_form_are_found(text: str) -> None:
    assert has_form_of_identity_number(text)


@pytest.mark.parametrize("text", FORM_ONLY)
def test_a_mistyped_number_has_the_form(text: str) -> None:
    assert has_form_of_identity_number(text)
    assert not holds_identity_number(text)


@pytest.mark.parametrize("text", NEITHER)
def test_other_text_is_left_alone(text: str) -> None:
    assert not has_form_of_identity_number(text)
    assert not holds_identity_number(text)


@pytest.mark.parametrize("key", ["vera:202001092382", "a-200109-2382", "2001092382"])
def test_a_key_with_a_number_that_checks_is_found(key: str) -> None:
    assert holds_identity_number(key)
