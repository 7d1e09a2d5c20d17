from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import date, timedelta
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
VECTORS = Path(__file__).parents[3] / "shared" / "data" / "personnummer"
TEST_NUMBERS = Path(__file__).parent / "skatteverket_test_numbers.txt"


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


@given(
    born=st.dates(date(1850, 1, 1), REFERENCE),
    serial=st.integers(1, 999),
    coordination=st.booleans(),
    reference=st.dates(REFERENCE, date(2049, 12, 31)),
)
def test_a_number_written_out_reads_back_as_itself(
    born: date,
    serial: int,
    coordination: bool,  # noqa: FBT001  hypothesis passes by name
    reference: date,
) -> None:
    full = number(born, f"{serial:03}", coordination=coordination)
    parsed = parse_identity_number(full, reference=reference)
    separator = "+" if reference.year - born.year >= 100 else "-"
    assert parsed.written(century=True, reference=reference) == f"{full[:8]}{separator}{full[8:]}"
    for century in (True, False):
        written = parsed.written(century=century, reference=reference)
        assert parse_identity_number(written, reference=reference) == parsed
    # Without a separator the latest such day is meant: right for who is under a hundred.
    if (reference - born).days < 36_500:
        assert parse_identity_number(full[2:], reference=reference) == parsed


@pytest.mark.parametrize("letter", "JKLMNPRSTUWX")
def test_interim_number_is_refused_as_such(letter: str) -> None:
    """As in the interim vectors of personnummer/meta: each letter, in each written form."""
    for written in ("20000101{}220", "000101{}220", "000101-{}220", "20000101-{}220"):
        assert fault_of(written.format(letter)) == "interim"
        assert fault_of(written.format(letter.lower())) == "interim"


def test_only_letters_of_interim_numbers_make_one() -> None:
    # The last is what the ESF participant file writes for a protected woman.
    for other in ("000101-A220", "000101-T22A", "000101TT220", "20000101Tf29"):
        assert fault_of(other) == "malformed"


def listed_test_numbers() -> list[str]:
    lines = TEST_NUMBERS.read_text().splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def test_published_test_numbers_are_judged_right() -> None:
    numbers = listed_test_numbers()
    assert len(set(numbers)) == 60
    for text in numbers:
        expected = "reserve" if text.startswith("99") else None
        assert fault_of(text) == expected, text
        separated = f"{text[:8]}-{text[8:]}"
        assert fault_of(separated) == expected, text


def test_test_numbers_of_2020_and_2021_are_right_in_every_form() -> None:
    """All that Skatteverket's list of 2021 draws its 398 from: 238 and 239 of each of its days."""
    first, last = date(2020, 1, 9), date(2021, 12, 31)
    days = (first + timedelta(n) for n in range((last - first).days + 1))
    for born in days:
        for serial, sex in (("238", Sex.WOMEN), ("239", Sex.MEN)):
            full = number(born, serial)
            for written in (full, full[2:], f"{full[2:8]}-{full[8:]}", f"{full[:8]}-{full[8:]}"):
                parsed = parse_identity_number(written, reference=REFERENCE)
                assert (parsed.digits, parsed.sex) == (full, sex)
            wrong = full[:-1] + str((int(full[-1]) + 1) % 10)
            assert fault_of(wrong) == "wrong_check_digit"


@pytest.mark.skipif(not VECTORS.exists(), reason="the vectors are not part of this repository")
def test_public_vectors_are_judged_right() -> None:
    """Every vector file there is, and every vector of it in every form that it gives."""
    reference = date(2026, 11, 22)
    judged = 0
    for path in sorted(VECTORS.glob("*.json")):
        for text, valid in vectors_of(json.loads(path.read_text())):
            fault = fault_of(text, reference)
            assert (fault is None) == valid, (path.name, text, fault)
            judged += 1
    assert judged > 60


def vectors_of(document: list[dict[str, Any]] | dict[str, Any]) -> Iterator[tuple[str, bool]]:
    """Yield each written number and whether it is one; interim numbers are none here.

    A document lists vectors with a form a field (list.json, interim.json), or groups them by
    kind, form and verdict (structured.json).
    """
    if isinstance(document, dict):
        for forms in document.values():
            for verdicts in forms.values():
                for verdict, texts in verdicts.items():
                    yield from ((str(text), verdict == "valid") for text in texts)
        return
    for vector in document:
        for form in ("long_format", "short_format", "separated_format", "separated_long"):
            yield vector[form], vector["valid"] and vector["type"] != "interim"
