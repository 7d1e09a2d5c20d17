"""What a SIE file says, and what is said of one that cannot be read."""

from __future__ import annotations

import re
from collections import defaultdict
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.budget.domain.sie import transactions
from services.budget.domain.sie.encoding import decode
from services.budget.domain.sie.faults import Fault, Faulty
from services.budget.domain.sie.lexing import fields_of, label_of
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
