"""What a SIE file says, and what is said of one that cannot be read."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date
from zlib import crc32

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.budget.domain.sie import transactions
from services.budget.domain.sie.checksum import values_of
from services.budget.domain.sie.encoding import decode
from services.budget.domain.sie.faults import Fault, Faulty, NotSie
from services.budget.domain.sie.lexing import fields_of, label_of
from services.budget.domain.sie.reading import MAX_LINE, Reader
from services.budget.domain.sie.records import (
    IB,
    PSALDO,
    RES,
    UB,
    Account,
    Balance,
    Dimension,
    Posting,
    Record,
    Voucher,
)
from services.budget.domain.sie.rules import Variety
from services.budget.domain.sie.voucher_reading import MAX_POSTINGS
from tests.budget.sie_files import HEAD, LEDGER, REAL, needs_real, records_in


def _vouchers(records: list[Record]) -> list[Voucher]:
    return [record for record in records if isinstance(record, Voucher)]


def _codes(faults: list[Fault]) -> list[tuple[int, str, str]]:
    return [(fault.line, fault.where, fault.code) for fault in faults]


def test_ledger_is_read() -> None:
    records, faults, reader = records_in(LEDGER)
    assert faults == []
    assert reader.variety is Variety.LEDGER
    assert reader.year is not None
    assert (reader.year.first, reader.year.last) == (date(2031, 1, 1), date(2031, 12, 31))
    assert Account(12, "3510", "Bidrag från EU") in records
    assert Balance(19, IB, 0, "1510", 100_000) in records
    assert _vouchers(records) == [
        Voucher(
            26,
            "A",
            "1",
            date(2031, 1, 15),
            "Löner januari",
            [
                Posting("5010", (("1", "J1"), ("6", "P1")), 135_050, 'Lön "tillsvidare"'),
                Posting("1910", (), -135_050, ""),
            ],
        ),
        Voucher(
            31,
            "A",
            "2",
            date(2031, 2, 28),
            "Rekvisition",
            [
                Posting("1910", (), 120_000, ""),
                Posting("1510", (), -20_000, ""),
                Posting("3510", (("6", "P1"),), -100_000, ""),
            ],
        ),
    ]


WAYS_OF_WRITING = {
    "line ends of DOS": LEDGER.replace("\n", "\r\n"),
    "tabs": "\n".join(
        line if '"' in line else line.replace(" ", "\t") for line in LEDGER.split("\n")
    ),
    "brace on the line of the voucher": LEDGER.replace("\n{\n", " {\n"),
    "closing brace on the last row": LEDGER.replace("\n}", " }"),
    "row on the line of the brace": LEDGER.replace("\n{\n", "\n{ "),
    "no line end at the end": LEDGER.rstrip("\n"),
    "end of text as DOS marks it": LEDGER + "\x1a",
    "labels in small letters": LEDGER.replace("#TRANS", "#trans").replace("#KONTO", "#konto"),
    "quotes around numbers": re.sub(r"(?<= )(-?[0-9.]+)(?=$)", r'"\1"', LEDGER, flags=re.MULTILINE),
    "unknown records": LEDGER.replace("#VER A 1", '#NYTT "ett" {2}\n\n#VER A 1'),
    "extra fields": LEDGER.replace("Rekvisition", 'Rekvisition 20310301 "Kim" extra {1 x}'),
    "rows added and removed": LEDGER.replace(
        "#TRANS 1910 {} -1350.50",
        '#BTRANS 1910 {} -1 20310116 "" "" Kim\n#RTRANS 1910 {} -1350.50\n#TRANS 1910 {} -1350.50',
    ),
}


@pytest.mark.parametrize("way", WAYS_OF_WRITING)
def test_same_ledger_is_read_however_it_is_written(way: str) -> None:
    plain, _, _ = records_in(LEDGER)
    found, faults, _ = records_in(WAYS_OF_WRITING[way])
    assert faults == []
    assert [(v.name, v.day, v.text, v.postings) for v in _vouchers(found)] == [
        (v.name, v.day, v.text, v.postings) for v in _vouchers(plain)
    ]
    assert len(found) == len(plain)


@pytest.mark.parametrize("piece", [1, 2, 7, 64, 1000])
def test_pieces_of_any_size_give_the_same_file(piece: int) -> None:
    assert records_in(LEDGER, piece=piece)[:2] == records_in(LEDGER)[:2]


@pytest.mark.parametrize(
    "encoded",
    [LEDGER.encode("cp437"), LEDGER.encode(), b"\xef\xbb\xbf" + LEDGER.encode()],
    ids=["code page", "UTF-8 under a PC8 label", "with a byte order mark"],
)
def test_letters_are_read_in_either_encoding(encoded: bytes) -> None:
    records, faults, reader = records_in(encoded)
    assert faults == []
    assert reader.headings["#FNAMN"] == "Övning"
    assert _vouchers(records)[0].text == "Löner januari"


def test_encoding_is_judged_line_by_line() -> None:
    mixed = b'#PROSA "' + "Räksmörgås".encode() + b'"\n#FNAMN "' + "Åre".encode("cp437") + b'"\n'
    assert [decode(line) for line in mixed.splitlines()] == [
        '#PROSA "Räksmörgås"',
        '#FNAMN "Åre"',
    ]


@given(st.text(alphabet="åäöÅÄÖéüabc \\", max_size=20))
def test_swedish_text_in_the_code_page_never_passes_for_utf8(text: str) -> None:
    assert decode(text.encode("cp437")) == text


@pytest.mark.parametrize(
    ("line", "fields"),
    [
        ('#A 1 "två ord" tre', ["1", "två ord", "tre"]),
        ('#A "säger \\"hej\\""', ['säger "hej"']),
        ('#A "C:\\Data\\ny" x', ["C:\\Data\\ny", "x"]),
        ("#A {} 5", [(), "5"]),
        ('#A {1 "J 1" 6 P1} 5', [(("1", "J 1"), ("6", "P1")), "5"]),
        ('#A { "1" "}" }\t-5', [(("1", "}"),), "-5"]),
        ("#A  ", []),
        ('#A "" ""', ["", ""]),
    ],
)
def test_line_is_parted_into_fields(line: str, fields: list[object]) -> None:
    label, at = label_of(line)
    assert label == "#A"
    assert fields_of(line, at) == fields


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


_rows = st.builds(
    lambda account, pairs, amount, rest: f"#TRANS {account} {{{pairs}}} {amount}{rest}",
    st.sampled_from(["1510", '"1510"', "15", "0510", "1510000"]),
    st.sampled_from(["", "1 J1", '6 "P 1"', '1 J1 6 "P"', "1", '6 ""', "6 P1 6 P2", "x y"]),
    st.sampled_from(["5", "-5.5", "5.55", '"5.5"', "+5", "5,5", "1e3", ""]),
    st.sampled_from(
        ["", " 20310101", ' "" ""', ' 20310101 "t x" 4 sign', " 20310101 t", ' "', ' 2 "t"']
    ),
)


@given(_rows)
@settings(max_examples=400)
def test_quick_way_reads_a_row_as_the_slow_way_does(row: str) -> None:
    try:
        _, at = label_of(row)
        slow = transactions.posting(fields_of(row, at))
    except Faulty:
        slow = None
    text = HEAD.format(type=4) + f"#VER A 1 20310101\n{{\n{row}\n#TRANS 1910 {{}} 1\n}}\n"
    _, faults, _ = records_in(text)
    unreadable = [fault for fault in faults if fault.code != "voucher_unbalanced"]
    assert (slow is None) == bool(unreadable)
    if slow is not None:
        net = next((fault.difference for fault in faults), 0)
        assert net == slow.amount + 100


@given(st.lists(st.integers(0, 10**12), min_size=1, max_size=6), st.data())
def test_amounts_survive_both_ways_to_the_ore(amounts: list[int], data: st.DataObject) -> None:
    rows = []
    for amount in [*amounts, -sum(amounts)]:
        sign, whole = ("-" if amount < 0 else ""), abs(amount)
        rows.append(f"#TRANS 1510 {{}} {sign}{whole // 100}.{whole % 100:02d}")
    spaced = [data.draw(st.sampled_from(["", "  ", "\t"])) + row for row in rows]
    text = HEAD.format(type=4) + "#VER A 1 20310101\n{\n" + "\n".join(spaced) + "\n}\n"
    records, faults, _ = records_in(text)
    assert faults == []
    assert [p.amount for p in _vouchers(records)[0].postings] == [*amounts, -sum(amounts)]


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


VOUCHERS_OF = {
    "BL0001_typ4.SE": 84,
    "SIE4_Exempelfil_med_underdim.SE": 295,
    "sie4_with_checksum.se": 286,
    "transaktioner_ovnbolag.se": 163,
}


@needs_real
@pytest.mark.parametrize("name", VOUCHERS_OF)
def test_real_ledger_adds_up_per_account(name: str) -> None:
    """Independent of the register: opening, vouchers and closing, added up here."""
    records, faults, _ = records_in((REAL / name).read_bytes())
    assert faults == []
    sums: dict[str, dict[str, int]] = {IB: {}, UB: {}, RES: {}}
    moved: defaultdict[str, int] = defaultdict(int)
    for record in records:
        if isinstance(record, Balance) and record.label in sums and record.year == 0:
            sums[record.label][record.account] = record.amount
    vouchers = _vouchers(records)
    for voucher in vouchers:
        for posting in voucher.postings:
            moved[posting.account] += posting.amount
    assert len(vouchers) == VOUCHERS_OF[name]
    assert {a: sums[IB].get(a, 0) + moved[a] for a in sums[UB]} == sums[UB]
    assert {a: moved[a] for a in sums[RES]} == sums[RES]
    assert not any(
        sums[IB].get(a, 0) + moved[a] for a in {*sums[IB], *moved} - {*sums[UB], *sums[RES]}
    )


@needs_real
def test_real_period_balances_are_the_months_movements() -> None:
    records, _, _ = records_in((REAL / "transaktioner_ovnbolag.se").read_bytes())
    stated: defaultdict[tuple[int, str], int] = defaultdict(int)
    moved: defaultdict[tuple[int, str], int] = defaultdict(int)
    for record in records:
        if isinstance(record, Balance) and record.label == PSALDO and record.year == 0:
            stated[record.month or 0, record.account] += record.amount
        elif isinstance(record, Voucher):
            for posting in record.postings:
                moved[int(f"{record.day:%Y%m}"), posting.account] += posting.amount
    assert len(stated) > 100
    assert {key: ore for key, ore in stated.items() if ore} == {
        key: ore for key, ore in moved.items() if ore
    }


@needs_real
def test_real_sub_dimensions_are_read_from_utf8_under_a_pc8_label() -> None:
    records, _, _ = records_in((REAL / "SIE4_Exempelfil_med_underdim.SE").read_bytes())
    dimensions = [record for record in records if isinstance(record, Dimension)]
    assert [(d.number, d.parent) for d in dimensions if d.parent] == [("61", "6"), ("62", "6")]
