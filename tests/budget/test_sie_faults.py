"""What is said of a SIE file that cannot be read, or that its type does not allow."""

from __future__ import annotations

from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.budget.domain.sie.checksum import values_of
from services.budget.domain.sie.faults import Fault, NotSie
from services.budget.domain.sie.reading import MAX_LINE, Reader
from services.budget.domain.sie.records import (
    Record,
    Voucher,
)
from services.budget.domain.sie.rules import Variety
from services.budget.domain.sie.voucher_reading import MAX_POSTINGS
from tests.budget.sie_files import HEAD, LEDGER, records_in


def _vouchers(records: list[Record]) -> list[Voucher]:
    return [record for record in records if isinstance(record, Voucher)]


def _codes(faults: list[Fault]) -> list[tuple[int, str, str]]:
    return [(fault.line, fault.where, fault.code) for fault in faults]


FAULTS = {
    "amount with a comma": ("800\n", "800,5\n", (21, "#UB amount", "invalid_amount")),
    "three decimals": ("1350.5\n", "1350.505\n", (25, "#RES amount", "invalid_amount")),
    "amount missing": ("#RES 0 5010 1350.5", "#RES 0 5010", (25, "#RES amount", "missing_field")),
    "no such day": ("20310228", "20310229", (31, "#VER date", "invalid_date")),
    "account of letters": (
        "#KONTO 1910",
        "#KONTO 19A0",
        (10, "#KONTO account", "account_not_in_chart"),
    ),
    "account of ten digits": (
        "#TRANS 1510 ",
        "#TRANS 1510000000 ",
        (34, "#TRANS account", "account_not_in_chart"),
    ),
    "quotes that do not close": ('"Projekt"', '"Projekt', (15, "#DIM", "malformed_record")),
    "object without a code": ("{6 P1}", "{6}", (35, "#TRANS objects", "malformed_objects")),
    "dimension twice": ("{6 P1}", "{6 P1 6 P2}", (35, "#TRANS objects", "malformed_objects")),
    "dimension of letters": ("#DIM 7", "#DIM sju", (16, "#DIM dimension", "invalid_dimension")),
    "year to come": ("#IB 0 2010", "#IB 1 2010", (20, "#IB year", "invalid_year")),
    "flag of two": ("#FLAGGA 0", "#FLAGGA 2", (1, "#FLAGGA flag", "invalid_flag")),
    "another character set": ("PC8", "UTF8", (3, "#FORMAT format", "unknown_format")),
    "type five": ("#SIETYP 4", "#SIETYP 5", (5, "#SIETYP type", "unknown_type")),
    "control character": ("Kassa", "Kas\x07sa", (10, "#KONTO", "control_character")),
    "text outside records": ("#DIM 1 R", "R", (14, "", "no_label")),
    "row outside a voucher": (
        "#DIM 1 Resultatenhet",
        "#TRANS 1910 {} 5",
        (14, "#TRANS", "row_without_voucher"),
    ),
    "name of the owner missing": ('#FNAMN "Övning"\n', "\n", (1, "#FNAMN", "missing_record")),
    "longer name than is shown": (
        "#KONTO 1910 Kassa",
        f"#KONTO 1910 {'K' * 201}",
        (10, "#KONTO name", "text_too_long"),
    ),
    "longer series": ("A 2 ", f"{'A' * 81} 2 ", (31, "#VER series", "text_too_long")),
    "longer number": ("A 2 ", f'A "{"2" * 81}" ', (31, "#VER number", "text_too_long")),
    "longer text": ("Rekvisition", "R" * 1001, (31, "#VER text", "text_too_long")),
    "longer text of a row": (
        "#TRANS 3510 {6 P1} -1000",
        f'#TRANS 3510 {{6 P1}} -1000 "" "{"r" * 1001}"',
        (35, "#TRANS text", "text_too_long"),
    ),
    "own year missing": ("#RAR 0 20310101 20311231", "#RAR 0", (7, "#RAR year", "missing_record")),
    "year that ends first": (
        "#RAR 0 20310101 20311231",
        "#RAR 0 20311231 20310101",
        (7, "#RAR last day", "invalid_year"),
    ),
}


@pytest.mark.parametrize("case", FAULTS)
def test_fault_names_the_line_the_field_and_what_is_wrong(case: str) -> None:
    good, bad, expected = FAULTS[case]
    assert LEDGER.count(good) >= 1
    _, faults, _ = records_in(LEDGER.replace(good, bad, 1))
    assert expected in _codes(faults)


def test_longest_texts_are_read() -> None:
    series, text = "A" * 80, "R" * 1000
    told = LEDGER.replace("A 2 ", f"{series} 2 ").replace("Rekvisition", f'"{text}"')
    records, faults, _ = records_in(told.replace("{6 P1} -1000", f"{{6 P1}} -1000 20310228 {text}"))
    assert faults == []
    (*_, voucher) = _vouchers(records)
    assert (voucher.series, voucher.text, voucher.postings[-1].text) == (series, text, text)


def test_one_faulty_row_refuses_its_voucher_and_no_other() -> None:
    records, faults, _ = records_in(LEDGER.replace("-200.0", "-2OO.0"))
    assert [(fault.line, fault.key) for fault in faults] == [(34, "A 2")]
    assert [voucher.name for voucher in _vouchers(records)] == ["A 1"]


def test_unbalanced_voucher_is_named_with_its_difference() -> None:
    _, faults, _ = records_in(LEDGER.replace("-200.0\n", "-199.99\n"))
    assert [(f.line, f.code, f.key, f.difference) for f in faults] == [
        (31, "voucher_unbalanced", "A 2", 1)
    ]


NOT_SIE = {
    "nothing": b"",
    "blank lines": b"\n\n",
    "a web page": b"<!DOCTYPE html>\n<html><body>404</body></html>\n",
    "a table": b"konto;belopp\n1510;100\n",
    "a spreadsheet": b"PK\x03\x04" + bytes(range(256)) * 20,
    "UTF-16": LEDGER.encode("utf-16"),
    "another file with labels": b"# Rubrik\n#INGRESS text\n",
}


@pytest.mark.parametrize("case", NOT_SIE)
@pytest.mark.parametrize("piece", [5, 1 << 20])
def test_what_is_no_sie_file_is_refused_at_once(case: str, piece: int) -> None:
    with pytest.raises(NotSie) as refused:
        records_in(NOT_SIE[case], piece=piece)
    assert refused.value.code == "not_a_sie_file"


def test_web_page_without_line_ends_is_refused_before_all_of_it_is_here() -> None:
    with pytest.raises(NotSie):
        Reader().feed(b"<html>" + b"x" * 100)


def test_endless_line_is_refused_instead_of_filling_the_memory() -> None:
    with pytest.raises(NotSie):
        records_in(LEDGER.encode("cp437") + b"#PROSA " + b"x" * (MAX_LINE + 1))


def test_voucher_with_too_many_rows_is_refused() -> None:
    rows = "#TRANS 1910 {} 1\n#TRANS 1910 {} -1\n" * (MAX_POSTINGS // 2 + 1)
    _, faults, _ = records_in(LEDGER + "#VER A 3 20310301\n{\n" + rows + "}\n")
    assert [fault.code for fault in faults] == ["voucher_too_large"]


@pytest.mark.parametrize("end", ["#TRANS 1910 {} -1350.50", "#VER A 2 20310228 Rekvisition"])
def test_file_that_ends_inside_a_voucher_has_lost_its_tail(end: str) -> None:
    with pytest.raises(NotSie) as refused:
        records_in(LEDGER[: LEDGER.index(end) + len(end)] + "\n")
    assert refused.value.code == "file_truncated"


def _with_checksum(text: str, *, add: int = 0) -> str:
    first, rest = text.split("\n", 1)
    checksum = crc32(values_of(rest.encode("cp437"))) + add
    return f"{first}\n#KSUMMA\n{rest}#KSUMMA {checksum}\n"


@pytest.mark.parametrize("piece", [3, 50, 1 << 20])
def test_checksum_that_agrees_is_accepted(piece: int) -> None:
    _, faults, _ = records_in(_with_checksum(LEDGER), piece=piece)
    assert faults == []


def test_checksum_that_differs_refuses_the_file_with_both_numbers() -> None:
    right = _with_checksum(LEDGER)
    stated = right.rsplit(" ", 1)[1].strip()
    changed = right.replace("Kassa", "Kasse")
    with pytest.raises(NotSie) as refused:
        records_in(changed)
    assert refused.value.code == "checksum_mismatch"
    assert stated in refused.value.detail
    records = changed.split("\n", 2)[2].rsplit("#KSUMMA", 1)[0]
    assert str(crc32(values_of(records.encode("cp437")))) in refused.value.detail


def test_checksum_without_its_end_means_a_lost_tail() -> None:
    whole = _with_checksum(LEDGER)
    with pytest.raises(NotSie) as refused:
        records_in(whole[: whole.rindex("#KSUMMA")])
    assert refused.value.code == "file_truncated"


@pytest.mark.parametrize(
    ("bytes_", "values"),
    [
        (b'#A\t1 "a b"\r\n{\n', b"#A1a b"),
        (b'#A "x \\"y z\\" w" {1 "}"}\n', b'#Ax "y z" w1}'),
        (b'#A "" "" 5\n', b"#A5"),
    ],
)
def test_checksum_counts_values_and_leaves_out_what_separates_them(
    bytes_: bytes, values: bytes
) -> None:
    assert values_of(bytes_) == values


TYPES = [
    ("1", "#IB 0 1510 5\n#UB 0 1510 5\n", []),
    ("1", "#PSALDO 0 203101 1510 {} 5\n", [(9, "#PSALDO", "record_not_of_type")]),
    ("1", "#DIM 6 Projekt\n", [(9, "#DIM", "record_not_of_type")]),
    ("2", "#PSALDO 0 203101 1510 {} 5\n", []),
    ("2", '#OIB 0 1510 {6 "P1"} 5\n', [(9, "#OIB", "record_not_of_type")]),
    ("3", '#OIB 0 1510 {6 "P1"} 5\n', []),
    ("3", '#VER A 1 20310101 ""\n{\n}\n', [(9, "#VER", "record_not_of_type")]),
    ("4", '#IB 0 1510 5\n#VER A 1 20310101 ""\n{\n}\n', []),
]


@pytest.mark.parametrize(("sie_type", "records", "expected"), TYPES)
def test_type_says_what_a_file_may_hold(
    sie_type: str, records: str, expected: list[tuple[int, str, str]]
) -> None:
    chart = "#RAR 0 20310101 20311231\n#KONTO 1510 Kund\n"
    _, faults, _ = records_in(HEAD.format(type=sie_type) + chart + records)
    assert _codes(faults) == expected


def test_file_of_vouchers_alone_needs_neither_chart_nor_year() -> None:
    records, faults, reader = records_in(
        HEAD.format(type=4)
        + '#RAR 0\n#VER "" 0 20310824 "Kundfakt"\n{\n#TRANS 1510 {} 5\n#TRANS 3510 {} -5\n}\n'
    )
    assert faults == []
    assert reader.variety is Variety.VOUCHERS
    assert not _vouchers(records)[0].numbered


def test_file_without_a_type_is_of_type_one() -> None:
    text = (HEAD.format(type=1) + "#RAR 0 20310101 20311231\n#KONTO 1510 x\n").replace(
        "#SIETYP 1\n", ""
    )
    _, faults, reader = records_in(text)
    assert (faults, reader.variety) == ([], Variety.YEAR)


@given(st.binary(max_size=400))
@settings(max_examples=300)
def test_any_bytes_are_read_or_refused(content: bytes) -> None:
    try:
        records_in(content)
    except NotSie as refused:
        assert refused.code  # noqa: PT017  the other outcome is as good
    try:
        records_in(LEDGER.encode("cp437") + content)
    except NotSie as refused:
        assert refused.code  # noqa: PT017  same


@given(st.data())
@settings(max_examples=300)
def test_any_changed_ledger_is_read_or_refused(data: st.DataObject) -> None:
    content = bytearray(_with_checksum(LEDGER).encode("cp437"))
    for _ in range(data.draw(st.integers(1, 5))):
        at = data.draw(st.integers(0, len(content) - 1))
        content[at] = data.draw(st.integers(0, 255))
    try:
        _, faults, _ = records_in(bytes(content))
    except NotSie:
        return
    # What passes the checksum is the same values, differently spaced or labelled; or the
    # change hit the checksum's own records, which then say nothing.
    assert all(fault.code for fault in faults)
