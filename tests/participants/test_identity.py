from __future__ import annotations

import json
from datetime import date
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.participants.domain.codes import Sex
from services.participants.domain.identity import (
    IdentityFault,
    NotAnIdentityNumber,
    parse_identity_number,
)

REFERENCE = date(2024, 6, 15)
VECTORS = Path(__file__).parents[3] / "shared" / "data" / "personnummer" / "structured.json"


def check_digit(nine: str) -> str:
    """Recompute Luhn another way than the product does: double, then take digits as text."""
    digits = "".join(str(int(c) * (2 if i % 2 == 0 else 1)) for i, c in enumerate(nine))
    return str((10 - sum(map(int, digits)) % 10) % 10)


def number(born: date, birth_number: str = "238", *, coordination: bool = False) -> str:
    day = born.day + (60 if coordination else 0)
    short = f"{born:%y%m}{day:02}{birth_number}"
    return f"{born.year:04}{short[2:]}{check_digit(short)}"


@pytest.mark.parametrize(
    ("text", "reference", "digits"),
    [
        ("20200109-2380", REFERENCE, None),  # built below: the check digit is wrong on purpose
        (number(date(2020, 1, 9)), REFERENCE, "this"),
        (number(date(2020, 1, 9))[2:], REFERENCE, "this"),
        (number(date(2020, 1, 9), coordination=True), REFERENCE, "this"),
    ],
)
def test_parse_twelve_and_ten_digits(text: str, reference: date, digits: str | None) -> None:
    if digits is None:
        assert fault_of(text, reference) == "wrong_check_digit"
        return
    assert parse_identity_number(text, reference=reference).digits[-10:] == text[-10:]


def short_form(born: date, separator: str) -> str:
    return number(born)[2:8] + separator + number(born)[8:]


def fault_of(text: str, reference: date = REFERENCE) -> IdentityFault | None:
    try:
        parse_identity_number(text, reference=reference)
    except NotAnIdentityNumber as error:
        return error.fault
    return None


@pytest.mark.parametrize(
    ("born", "separator", "reference", "resolved"),
    [
        # The plus sign comes the calendar year of the hundredth birthday, not on the birthday.
        (date(1924, 12, 31), "+", date(2024, 1, 1), date(1924, 12, 31)),
        (date(1924, 12, 31), "+", date(2023, 12, 31), date(1824, 12, 31)),
        (date(1925, 1, 1), "-", date(2024, 12, 31), date(1925, 1, 1)),
        (date(2020, 1, 9), "-", date(2024, 1, 1), date(2020, 1, 9)),
        # Without a separator: the latest day not after the reference date.
        (date(2024, 6, 15), "", date(2024, 6, 15), date(2024, 6, 15)),
        (date(2024, 6, 16), "", date(2024, 6, 15), date(1924, 6, 16)),
        # 29 February exists in 2000 but not in 1900.
        (date(2000, 2, 29), "-", date(2024, 1, 1), date(2000, 2, 29)),
        (date(2000, 2, 29), "", date(2000, 2, 29), date(2000, 2, 29)),
    ],
)
def test_parse_ten_digits_resolves_century_against_reference(
    born: date, separator: str, reference: date, resolved: date
) -> None:
    parsed = parse_identity_number(short_form(born, separator), reference=reference)
    assert parsed.date_in_number == resolved


@pytest.mark.parametrize(
    ("text", "fault"),
    [
        ("", "malformed"),
        ("20200109 2384", "malformed"),
        ("2020-01-09-2384", "malformed"),
        ("202001092384".translate({48 + n: 0xFF10 + n for n in range(10)}), "malformed"),
        ("202001092384\n", "malformed"),
        ("200109-000" + check_digit("200109000"), "malformed"),
        ("201302-238" + check_digit("201302238"), "no_such_day"),
        ("20230229238" + check_digit("230229238"), "no_such_day"),
        ("200160-238" + check_digit("200160238"), "no_such_day"),
        ("200192-238" + check_digit("200192238"), "no_such_day"),
        ("000229+238" + check_digit("000229238"), "no_such_day"),  # 1900 was no leap year
        (number(date(2024, 6, 16)), "not_yet_born"),
        (short_form(date(2024, 6, 16), "-"), "not_yet_born"),
        (number(date(1990, 6, 16))[:8] + "+" + number(date(1990, 6, 16))[8:], "malformed"),
    ],
)
def test_parse_refuses_with_the_fault(text: str, fault: IdentityFault) -> None:
    assert fault_of(text) == fault


def test_refusal_never_repeats_the_number() -> None:
    with pytest.raises(NotAnIdentityNumber) as refused:
        parse_identity_number("20200109-2380", reference=REFERENCE)
    assert "2020" not in str(refused.value)


@given(
    born=st.dates(date(1850, 1, 1), REFERENCE),
    serial=st.integers(1, 999),
    coordination=st.booleans(),
)
def test_every_written_form_gives_the_same_number(
    born: date,
    serial: int,
    coordination: bool,  # noqa: FBT001  hypothesis passes by name
) -> None:
    full = number(born, f"{serial:03}", coordination=coordination)
    parsed = parse_identity_number(full, reference=REFERENCE)
    assert (parsed.digits, parsed.date_in_number) == (full, born)
    assert parsed.coordination == coordination
    assert parsed.sex == (Sex.MEN if serial % 2 else Sex.WOMEN)
    centenarian = REFERENCE.year - born.year >= 100
    separator = "+" if centenarian else "-"
    assert parse_identity_number(f"{full[:8]}{separator}{full[8:]}", reference=REFERENCE) == parsed
    if REFERENCE.year - born.year < 200:
        short = f"{full[2:8]}{separator}{full[8:]}"
        assert parse_identity_number(short, reference=REFERENCE) == parsed


@given(st.integers(0, 9), st.integers(0, 11))
def test_any_single_wrong_digit_is_noticed(digit: int, place: int) -> None:
    right = number(date(1984, 7, 9))
    wrong = right[:place] + str(digit) + right[place + 1 :]
    if wrong != right and place >= 2:
        assert fault_of(wrong) is not None


@pytest.mark.skipif(not VECTORS.exists(), reason="the vectors are not part of this repository")
def test_public_vectors_are_judged_right() -> None:
    reference = date(2026, 11, 22)
    judged = 0
    for kind, forms in vectors().items():
        for form in ("integer", "string"):
            for expected in ("valid", "invalid"):
                for text in forms[form][expected]:
                    fault = fault_of(str(text), reference)
                    assert (fault is None) == (expected == "valid"), (kind, text, fault)
                    judged += 1
    assert judged > 60


def vectors() -> dict[str, dict[str, dict[str, list[Any]]]]:
    loaded: dict[str, dict[str, dict[str, list[Any]]]] = json.loads(VECTORS.read_text())
    return loaded
