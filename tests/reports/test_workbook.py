"""The workbook: laid out as the city's forms, to calculate with, and honest about what is not."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import datetime
from decimal import Decimal

import pytest

from services.reports.publication import workbook
from services.reports.publication.cells import valued
from services.reports.publication.headings import columns, head_rows
from services.reports.publication.model import Column, Kind, Publication
from services.reports.publication.workbook.names import Names
from services.reports.publication.workbook.values import held
from tests.reports.publications import BASIS, HASH, sample
from tests.reports.reading_back import opened, rows_of, sheets_of

_, PUBLICATION = sample()
BOOK = opened(workbook.write(PUBLICATION))
SHEETS = {table.key: (table, sheet) for table, sheet in sheets_of(BOOK, PUBLICATION.tables())}


def test_the_first_sheet_says_what_the_report_is_and_links_to_every_table() -> None:
    sheet = BOOK.worksheets[0]
    pairs = {row[0].value: row[1] for row in sheet.iter_rows()}
    assert sheet["A1"].value == PUBLICATION.title
    assert pairs["Kontrollsumma (SHA-256)"].value == HASH
    assert pairs["Läge"].value == "Utkast, inte attesterad"
    assert pairs["Uppgifter till och med"].value == BASIS
    assert pairs["Källa: Ekonomi"].value == "svarade inte i tid"
    assert pairs["Observera"].value == PUBLICATION.warnings[0].text
    linked = [cell.hyperlink.location for row in sheet for cell in row if cell.hyperlink]
    assert linked == [f"'{name}'!A1" for name in BOOK.sheetnames[1:]]


def test_each_table_has_a_sheet_with_a_legal_name_of_its_own() -> None:
    assert BOOK.sheetnames == [
        "Rapport",
        "Uppgifter",
        "Alla slags värden antal andel",
        "Inskrivna kvinnor per år",
        "Budgetavräkning (kr)",
        "Strategiskt viktiga projekt",
        "Budgetavräkning (kr) 2",
    ]


@pytest.mark.parametrize(
    "wanted", ["", "History", "'citat'", "a/b\\c?d*e[f]:g", "Ö" * 40, "ord " * 12]
)
def test_any_caption_gives_a_name_that_workbooks_take(wanted: str) -> None:
    names = Names()
    made = [names.name(wanted) for _ in range(12)]
    assert len({name.lower() for name in made}) == 12
    for name in made:
        assert re.fullmatch(r"[^\[\]:*?/\\']{1,31}", name)
        assert name.lower() != "history"
        assert name == name.strip()


def test_numbers_are_numbers_with_swedish_looking_formats() -> None:
    table, sheet = SHEETS["kinds"]
    cells = {row[0].value: row[1] for row in rows_of(sheet, table)}
    assert (cells["Antal"].value, cells["Antal"].number_format) == (1234567, "#,##0")
    assert (cells["Tal"].value, cells["Tal"].number_format) == (12.5, "#,##0.0")
    assert (cells["Per cent"].value, cells["Per cent"].number_format) == (0.345, "0.0 %")
    assert (cells["Helt per cent"].value, cells["Helt per cent"].number_format) == (0.34, "0 %")
    assert (cells["Miljoner"].value, cells["Miljoner"].number_format) == (67250000, "#,##0.0,,")
    assert cells["Dag"].value == datetime(2024, 12, 31)  # noqa: DTZ001  a day
    assert cells["Dag"].number_format == "yyyy-mm-dd"
    assert cells["Månad"].value == "2024-12"
    assert cells["Ungefär"].number_format == '"cirka "#,##0'
    assert {cell.alignment.horizontal for cell in cells.values()} == {"right"}


def test_what_is_withheld_or_unknown_is_a_sign_and_never_zero() -> None:
    table, sheet = SHEETS["kinds"]
    missing = {row[0].value: row[2].value for row in rows_of(sheet, table)}
    assert (missing["Antal"], missing["Per cent"], missing["Månad"]) == ("..", "..", "..")
    assert (missing["Tal"], missing["Dag"]) == ("–", "–")  # noqa: RUF001  a dash
    assert missing["Noll"] == 0


def test_words_are_never_taken_for_formulas() -> None:
    table, sheet = SHEETS["kinds"]
    words = rows_of(sheet, table)[-1][0]
    assert words.data_type == "s"
    assert words.value.startswith("=SUM(A1)")


@pytest.mark.parametrize(
    "amount",
    ["0.01", "-0.01", "893893158.03", "9999999999999.99", "90071992547409.93", "-0.10"],
)
def test_an_amount_reads_back_to_the_ore(amount: str) -> None:
    value = held(valued(amount, Kind.MONEY, "/x"))
    assert Decimal(str(value)) == Decimal(amount)


def test_an_amount_with_more_digits_than_a_workbook_keeps_is_written_in_full_as_text() -> None:
    table, sheet = SHEETS["settlement"]
    row = next(row for row in rows_of(sheet, table) if row[0].value == "Större än något tal")
    assert [cell.value for cell in row[1:]] == [
        "90071992547409.93",
        "-123456789012345.67",
        "–",  # noqa: RUF001  a dash
    ]
    assert isinstance(held(valued("9999999999999.99", Kind.MONEY, "/x")), float)


def test_sums_are_bold_and_headings_inside_the_table_shaded() -> None:
    table, sheet = SHEETS["settlement"]
    rows = {row[0].value: row for row in rows_of(sheet, table)}
    assert all(cell.font.bold for cell in rows["Summa drift"])
    assert all(cell.border.top.style == "thin" for cell in rows["Summa drift"])
    assert not any(cell.font.bold for cell in rows["Drift och underhåll"])
    assert rows["Verksamhet"][0].fill.fgColor.rgb == "FFE8EDF2"


def test_the_form_of_strategic_projects_has_its_years_above_its_numbered_pairs() -> None:
    _, sheet = SHEETS["strategic"]
    years, kinds, pairs = ([cell.value for cell in row] for row in sheet["A4:AA6"])
    assert [year for year in years if year] == [
        "Projekt",
        "Ack. t.o.m. 2019",
        *map(str, range(2020, 2025)),
        "Totalt",
    ]
    assert [kind for kind in kinds if kind][2:6] == ["Budget", "Prognos", "Plan", "Prognos"]
    assert [kind for kind in kinds if kind][-2:] == ["Beslutad", "Prognos"]
    flows = [cell for cell in (*kinds[1:3], *pairs) if cell and "(" in cell]
    numbers = [re.findall(r"\((\d+)\)", flow)[-1] for flow in flows]
    assert numbers == list(map(str, [*range(1, 7), *[7, 8, 9, 10] * 4, *range(11, 15)]))
    merged = {str(area) for area in sheet.merged_cells.ranges}
    assert {"A4:A6", "B4:C4", "D4:G4", "D5:E5", "F5:G5", "X4:AA4"} <= merged


def test_a_head_covers_every_column_of_every_row_once() -> None:
    for table in PUBLICATION.tables():
        heads = columns(table)
        rows = head_rows(heads)
        covered = [
            (row + down, cell.column + along)
            for row, cells in enumerate(rows)
            for cell in cells
            for down in range(cell.height)
            for along in range(cell.width)
        ]
        places = {(row, column) for row in range(len(rows)) for column in range(len(heads))}
        assert sorted(covered) == sorted(places)


def test_groups_with_one_name_under_different_groups_are_not_one() -> None:
    heads = [Column("a", groups=("2020", "Budget")), Column("b", groups=("2021", "Budget"))]
    assert [cell.width for cell in head_rows(heads)[1]] == [1, 1]


def test_every_sheet_of_a_table_is_ready_to_print_and_to_scroll() -> None:
    for table, sheet in SHEETS.values():
        height = len(head_rows(columns(table)))
        assert sheet.print_title_rows == f"$4:${3 + height}"
        assert sheet.freeze_panes == f"{'ABC'[table.headers]}{4 + height}"
        assert sheet.page_setup.orientation == "landscape"
        assert (sheet.page_setup.paperSize, sheet.page_setup.fitToHeight) == (9, 0)
        assert sheet.sheet_properties.pageSetUpPr.fitToPage
        assert HASH in sheet.oddFooter.left.text
        assert sheet["A1"].value == table.caption


def test_notes_stand_beneath_their_table() -> None:
    table, sheet = SHEETS["settlement"]
    assert sheet.cell(4 + 1 + len(table.rows) + 1, 1).value == "Stämmer inte: tillgångar."


def test_single_values_and_texts_have_a_sheet() -> None:
    rows = [[cell.value for cell in row] for row in BOOK["Uppgifter"].iter_rows()]
    assert ["Besök på Jobbtorg", "2024", 729, "besök"] in rows
    assert ["Besök på Jobbtorg", "2023", "..", ""] in [
        [value or "" for value in row] for row in rows
    ]
    assert "Källa: deltagarregistret." in {row[0] for row in rows}


def test_the_same_report_is_the_same_bytes() -> None:
    _, again = sample()
    assert workbook.write(again) == workbook.write(PUBLICATION)
    assert workbook.write(replace(again, title="En annan")) != workbook.write(PUBLICATION)
    assert BOOK.properties.created == datetime(2026, 3, 1, 8, 30)  # noqa: DTZ001  as it is read


def test_a_report_without_anything_is_still_a_workbook() -> None:
    empty: Publication = replace(PUBLICATION, sections=(), warnings=())
    assert opened(workbook.write(empty)).sheetnames == ["Rapport", "Uppgifter"]
