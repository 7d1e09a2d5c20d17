"""SIE files as deliveries: booked whole or refused, again, changed, replaced, taken back."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from services.budget import code_parts, periods
from services.budget.code_parts import Naming
from services.budget.domain.chart import Part
from shared.db import driver
from tests.budget.sie_books import Books
from tests.budget.sie_files import HEAD, LEDGER

if TYPE_CHECKING:
    from shared.db import Database

YEAR = 2031


@pytest.fixture
async def books(budget_db: Database) -> Books:
    books = Books(budget_db)
    await books.open_year(YEAR)
    return books


async def test_ledger_file_is_booked_under_the_senders_numbers(books: Books) -> None:
    delivery = await books.accepted(LEDGER)
    assert delivery.explanation is None
    heads = await books.rows(
        "select series, number, period, happened_on, text, source, source_key from voucher"
        " order by number"
    )
    assert [tuple(head) for head in heads] == [
        ("SIE", 1, 203101, date(2031, 1, 15), "Löner januari", "sie", "2031:A:1"),
        ("SIE", 2, 203102, date(2031, 2, 28), "Rekvisition", "sie", "2031:A:2"),
        ("SIE", 3, 203100, date(2031, 1, 1), "Ingående balans", "sie", "2031:IB"),
    ]
    wages = await books.rows(
        "select account, counterpart, project, responsibility, text, amount from posting"
        " where account = '5010'"
    )
    assert [tuple(row) for row in wages] == [
        ("5010", "0", "P1", "J1", 'Lön "tillsvidare"', 135_050)
    ]


async def test_what_a_file_names_is_registered_under_its_names(books: Books) -> None:
    await books.accepted(LEDGER.replace("{6 P1}", '{6 P1 7 "A 7"}'))
    names = await books.names()
    assert names["account", "3510"] == "Bidrag från EU"
    assert names["1", "J1"] == "Jobbtorg Järva"
    assert names["6", "P1"] == "Vägen in"
    assert names["7", "A 7"] == "A 7"  # used, never named
    assert await books.value("select name from dimension where number = 7") == "Anställd"


async def test_same_file_again_writes_nothing(books: Books) -> None:
    first = await books.accepted(LEDGER)
    again = await books.accepted(LEDGER)
    assert again.counts.unchanged == again.counts.rows == first.counts.rows
    assert await books.value("select count(*) from voucher") == 3
    assert await books.value("select count(*) from sie_file") == 1


async def test_changed_voucher_is_reversed_and_booked_anew(books: Books) -> None:
    await books.accepted(LEDGER)
    changed = (
        LEDGER.replace("1350.50", "1400")
        .replace("#UB 0 1910 -150.50", "#UB 0 1910 -200")
        .replace("#RES 0 5010 1350.5", "#RES 0 5010 1400")
    )
    delivery = await books.accepted(changed)
    assert delivery.counts.changed == 4  # the voucher, its two balances, the file
    reversal = await books.rows(
        "select r.reason, o.source_key from voucher r join voucher o on o.id = r.reversal_of"
    )
    assert [row["source_key"] for row in reversal] == ["2031:A:1"]
    assert str(delivery.id) in reversal[0]["reason"]
    assert (await books.balances(YEAR))["5010"] == 140_000


async def test_dry_run_books_nothing_and_says_what_it_would_move(books: Books) -> None:
    delivery = await books.deliver(LEDGER, dry_run=True)
    assert delivery.state == "applied", await books.told(delivery)
    moved = {(m.measure, m.year): m.amount for m in delivery.moved_figures or []}
    assert moved["outcome/50", YEAR] == 135_050
    assert await books.value("select count(*) from voucher") == 0
    assert await books.value("select count(*) from sie_file") == 0


async def test_broken_file_says_why_on_the_delivery(books: Books) -> None:
    delivery = await books.deliver(LEDGER.replace("#PROGRAM", "#KSUMMA\n#PROGRAM"))
    assert delivery.explanation is not None
    assert delivery.explanation.code == "file_truncated"
    delivery = await books.deliver("<html></html>")
    assert delivery.explanation is not None
    assert delivery.explanation.code == "not_a_sie_file"


async def test_year_that_is_not_open_refuses_the_file_at_its_year(books: Books) -> None:
    delivery = await books.deliver(LEDGER.replace("2031", "2032"))
    assert (7, "#RAR year", "unknown_period", None) in await books.faults(delivery)


async def test_year_with_another_first_day_refuses_the_file(books: Books) -> None:
    other = LEDGER.replace("20310101 20311231", "20300701 20310630")
    delivery = await books.deliver(other)
    faults = await books.faults(delivery)
    assert (7, "#RAR year", "year_differs", None) in faults


@pytest.mark.parametrize(
    ("change", "expected"),
    [
        (("20310228", "20320228"), (31, "#VER date", "day_outside_year")),
        (("20310101 20311231", "20310101 20310630"), (7, "#RAR first day", "not_a_fiscal_year")),
        (("#DIM 7", "#DIM 11"), (16, "#DIM dimension", "dimension_reserved")),
        (("#DIM 7", "#DIM 20"), (16, "#DIM dimension", "dimension_taken")),
        (("{6 P1}", "{12 P1}"), (31, "#VER objects", "dimension_reserved")),
        (("#IB 0 1510", "#IB 0 1510 1\n#IB 0 1510"), (20, None, "duplicate_key")),
        (("#DIM 7", "#UNDERDIM 71 Del 70 #DIM"), (16, "#UNDERDIM parent", "unknown_dimension")),
    ],
)  # fmt: skip
async def test_record_that_the_ledger_cannot_hold_is_named(
    books: Books, change: tuple[str, str], expected: tuple[int, str, str]
) -> None:
    delivery = await books.deliver(LEDGER.replace(*change, 1))
    assert delivery.state == "rejected"
    assert expected in [fault[:3] for fault in await books.faults(delivery)]


async def test_closed_period_refuses_the_file_and_names_the_voucher(books: Books) -> None:
    async with books.db.begin() as session:
        await periods.close(await driver(session), period=203102, by="tests")
    delivery = await books.deliver(LEDGER)
    errors = await books.errors(delivery)
    assert [(e["row_no"], e["key"], e["code"]) for e in errors] == [
        (31, "2031:A:2", "period_closed")
    ]


async def test_file_that_changes_nothing_may_be_sent_when_its_periods_are_closed(
    books: Books,
) -> None:
    await books.accepted(LEDGER)
    async with books.db.begin() as session:
        await periods.close(await driver(session), period=203102, by="tests")
    assert (await books.accepted(LEDGER)).counts.created == 0


async def test_account_out_of_use_refuses_the_voucher(books: Books) -> None:
    async with books.db.begin() as session:
        naming = Naming("5010", "Löner", date(2000, 1, 1), date(2030, 12, 31))
        await code_parts.ensure(await driver(session), Part.ACCOUNT, [naming], by="tests")
    delivery = await books.deliver(LEDGER)
    assert [fault[:3] for fault in await books.faults(delivery)] == [
        (26, "#TRANS account", "code_part_not_valid")
    ]


async def test_counterpart_and_activity_are_known_by_the_names_of_their_dimensions(
    books: Books,
) -> None:
    text = LEDGER.replace('#DIM 7 "Anställd"', '#DIM 25 "Motpart"\n#DIM 26 verksamhet')
    text = text.replace("#TRANS 3510 {6 P1}", "#TRANS 3510 {25 81 26 451}")
    await books.accepted(text)
    row = (await books.rows("select * from posting where account = '3510'"))[0]
    assert (row["counterpart"], row["counterpart_class"], row["activity"], row["objects"]) == (
        "81",
        "external",
        "451",
        {},
    )


async def test_counterpart_that_is_no_code_is_named(books: Books) -> None:
    text = LEDGER.replace("#DIM 7 ", "#DIM 20 ").replace("Anställd", "Motpart")
    delivery = await books.deliver(text.replace("{6 P1}", "{20 stat}"))
    assert (31, "#VER objects", "counterpart_not_in_code_part") in [
        fault[:3] for fault in await books.faults(delivery)
    ]


async def test_opening_balances_of_objects_are_booked_and_add_up(books: Books) -> None:
    text = LEDGER.replace(
        "#UB 0 1510",
        "#OIB 0 1510 {1 J1} 600\n#OIB 0 1510 {6 P1} 700\n#UB 0 1510",
        1,
    )
    await books.accepted(text)
    opening = await books.opening(YEAR)
    assert opening["1510", "", ""] == 100_000
    assert opening["1510", "1", "J1"] == 60_000
    assert opening["1510", "6", "P1"] == 70_000


async def test_number_that_is_used_twice_makes_two_vouchers(books: Books) -> None:
    twice = LEDGER.replace("#VER A 2", "#VER A 1")
    await books.accepted(twice)
    again = await books.accepted(twice)
    assert again.counts.unchanged == again.counts.rows
    keys = await books.rows("select source_key from voucher order by number")
    assert [row["source_key"] for row in keys] == ["2031:A:1", "2031:A:1/2", "2031:IB"]


async def test_whole_years_file_without_an_earlier_voucher_is_refused(books: Books) -> None:
    await books.accepted(LEDGER)
    delivery = await books.deliver(LEDGER.replace("#VER A 2", "#VER A 3"))
    errors = await books.errors(delivery)
    assert [error["code"] for error in errors] == ["vouchers_lost"]
    assert "2031:A:2" in errors[0]["detail"]


SUBSYSTEM = (
    HEAD.format(type=4)
    + """\
#RAR 0
#VER "" 0 20310824 "Kundfakturor"
{
#TRANS 1510 {} 1250
#TRANS 3510 {6 P1} -1250
}
#VER "" 0 20310824 "Kundfakturor"
{
#TRANS 1510 {} 1250
#TRANS 3510 {6 P1} -1250
}
"""
)


async def test_vouchers_of_a_subsystem_go_by_day_and_content(books: Books) -> None:
    await books.accepted(SUBSYSTEM)
    again = await books.accepted(SUBSYSTEM)
    assert again.counts.unchanged == again.counts.rows
    rows = await books.rows("select period, source_key from voucher order by number")
    assert [row["period"] for row in rows] == [203108, 203108]
    assert len({row["source_key"] for row in rows}) == 2
    assert await books.value("select count(*) from sie_file") == 0


async def test_subsystems_day_in_a_broken_year_finds_its_period(budget_db: Database) -> None:
    books = Books(budget_db)
    await books.open_year(2032, date(2031, 7, 1))
    await books.accepted(SUBSYSTEM)
    assert await books.value("select distinct period from voucher") == 203202


async def test_subsystems_day_in_no_year_refuses_its_voucher(books: Books) -> None:
    delivery = await books.deliver(SUBSYSTEM.replace("20310824", "20330824"))
    assert [fault[:3] for fault in await books.faults(delivery)] == [
        (8, "#VER date", "unknown_period"),
        (13, "#VER date", "unknown_period"),
    ]


async def test_file_marked_as_read_is_booked_with_a_note(books: Books) -> None:
    delivery = await books.accepted(LEDGER.replace("#FLAGGA 0", "#FLAGGA 1"))
    assert delivery.explanation is not None
    assert delivery.explanation.code == "already_read"
