"""A file that is written says what it was told, and a strict reader accepts it."""

from __future__ import annotations

from datetime import date
from typing import Any

from hypothesis import given, settings
from hypothesis import strategies as st

from services.budget.domain.sie.records import (
    IB,
    OIB,
    PSALDO,
    RES,
    UB,
    Account,
    Balance,
    Dimension,
    ObjectName,
    Posting,
    Record,
    Voucher,
    Year,
)
from services.budget.domain.sie.writing import About, Writer, kind_of, note_of
from tests.budget.sie_files import records_in

ABOUT = About(
    made_on=date(2032, 1, 15),
    owner="Arbetsmarknadsnämnden",
    organisation_number="212000-0142",
    years=((date(2031, 1, 1), date(2031, 12, 31)), (date(2030, 1, 1), date(2030, 12, 31))),
)
_WRITERS: dict[type[Any], str] = {
    Account: "account",
    Dimension: "dimension",
    ObjectName: "object",
    Balance: "balance",
    Voucher: "voucher",
}


def _written(records: list[Record]) -> tuple[bytes, int]:
    writer = Writer()
    for record in records:
        getattr(writer, _WRITERS[type(record)])(record)
    return writer.finish(ABOUT), writer.replaced


def _told(records: list[Record]) -> list[tuple[Any, ...]]:
    """Return what records say, without the lines that they stand on."""
    told: list[tuple[Any, ...]] = []
    for record in records:
        names = [name for name in type(record).__slots__ if name != "line"]
        told.append((type(record), *(getattr(record, name) for name in names)))
    return told


# Above this the code page has Greek letters and frames, and bytes that could begin UTF-8.
_letters = st.characters(codec="cp437", min_codepoint=32).filter(
    lambda letter: letter.encode("cp437") < b"\xc0" and letter != "\x7f"
)
_texts = st.text(_letters, max_size=30).filter(lambda text: not text.endswith("\\"))
_codes = st.text(_letters, min_size=1, max_size=40).filter(
    lambda code: code == code.strip() and not code.endswith("\\")
)
_accounts = st.from_regex(r"[1-9][0-9]{1,5}", fullmatch=True)
_numbers = st.integers(1, 9999).map(str)
_ore = st.integers(-(10**14), 10**14)
_objects = st.dictionaries(_numbers, _codes, max_size=3).map(lambda d: tuple(d.items()))
_days = st.dates(date(2031, 1, 1), date(2031, 12, 31))


@st.composite
def _vouchers(draw: st.DrawFn) -> Voucher:
    rows = draw(
        st.lists(st.builds(Posting, _accounts, _objects, _ore, _texts), min_size=1, max_size=5)
    )
    balancing = Posting(draw(_accounts), (), -sum(row.amount for row in rows), draw(_texts))
    return Voucher(0, draw(_texts), draw(_texts), draw(_days), draw(_texts), [*rows, balancing])


_records = st.one_of(
    st.builds(Account, st.just(0), _accounts, _texts),
    st.builds(Dimension, st.just(0), _numbers, _texts),
    st.builds(ObjectName, st.just(0), _numbers, _codes, _texts),
    st.builds(Balance, st.just(0), st.sampled_from([IB, UB, RES]), st.just(0), _accounts, _ore),
    st.builds(
        Balance, st.just(0), st.just(OIB), st.just(0), _accounts, _ore, _objects.filter(bool)
    ),
    st.builds(
        Balance, st.just(0), st.just(PSALDO), st.just(0), _accounts, _ore, _objects, st.just(203107)
    ),
    _vouchers(),
)


@given(st.lists(_records, max_size=8))
@settings(max_examples=300, deadline=None)
def test_what_is_written_is_read_back(records: list[Record]) -> None:
    base: list[Record] = [Account(0, "1910", "Kassa"), Balance(0, IB, 0, "1910", 0)]
    content, replaced = _written([*base, *records])
    found, faults, _ = records_in(content)
    assert faults == []
    assert replaced == 0
    kept = [record for record in found if type(record) in _WRITERS]
    assert _told(kept) == _told([*base, *records])


def test_file_begins_and_ends_as_the_standard_says() -> None:
    content, _ = _written([Account(0, "1910", "Kassa"), Balance(0, IB, 0, "1910", 5)])
    lines = content.decode("cp437").split("\r\n")
    assert lines[:9] == [
        "#FLAGGA 0",
        "#KSUMMA",
        '#PROGRAM "Jarva" 1.0',
        "#FORMAT PC8",
        "#GEN 20320115",
        "#SIETYP 4",
        '#ORGNR "212000-0142"',
        '#FNAMN "Arbetsmarknadsnämnden"',
        "#RAR 0 20310101 20311231",
    ]
    assert lines[-2].startswith("#KSUMMA ")
    assert lines[-1] == ""


def test_year_is_read_back() -> None:
    records, _, _ = records_in(_written([Account(0, "1910", "x"), Balance(0, IB, 0, "1910", 5)])[0])
    years = [(y.index, y.first, y.last) for y in records if isinstance(y, Year)]
    assert years == [(-index, *days) for index, days in enumerate(ABOUT.years)]


def test_characters_outside_the_code_page_are_replaced_and_the_file_says_so() -> None:
    account = Account(0, "1910", "Kassa \u2013 \u201chuvud\u201d €")
    content, replaced = _written([account, Balance(0, IB, 0, "1910", 5)])
    records, faults, reader = records_in(content)
    assert (faults, replaced) == ([], 4)
    assert Account(12, "1910", "Kassa ? ?huvud? ?") in records
    assert f'#PROSA "{note_of(4)}"'.encode("cp437") in content
    assert reader.line > 0


def test_text_that_ends_in_a_backslash_is_changed_and_counted() -> None:
    content, replaced = _written([Account(0, "1910", "C:\\kassa\\"), Balance(0, IB, 0, "1910", 5)])
    names = [r.name for r in records_in(content)[0] if isinstance(r, Account)]
    assert (names, replaced) == (["C:\\kassa/"], 1)


def test_kinds_of_accounts_follow_their_class() -> None:
    assert {code: kind_of(code) for code in ("1910", "2440", "3510", "5010", "8010", "8500")} == {
        "1910": "T",
        "2440": "S",
        "3510": "I",
        "5010": "K",
        "8010": "I",
        "8500": "K",
    }
