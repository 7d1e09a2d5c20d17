"""Every format shows the numbers of the document, cell by cell."""

from __future__ import annotations

from copy import deepcopy
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest

from services.reports.publication import pdf, text, workbook
from services.reports.publication.parts import parts
from tests.reports.comparing import in_pdf, in_text, in_workbook
from tests.reports.publications import sample
from tests.reports.reading_back import opened, rows_of, sheets_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.reports.publication.model import Publication

    Compare = Callable[[Any, Publication, bytes], list[str]]

DOCUMENT, PUBLICATION = sample()
FORMATS: list[tuple[bytes, Compare]] = [
    (workbook.write(PUBLICATION), in_workbook),
    (text.write(PUBLICATION), in_text),
    (pdf.write(PUBLICATION), in_pdf),
]
NAMES = ["workbook", "text", "pdf"]


@pytest.mark.parametrize(("made", "differing"), FORMATS, ids=NAMES)
def test_a_file_has_every_number_of_the_document(made: bytes, differing: Compare) -> None:
    assert differing(DOCUMENT, PUBLICATION, made) == []


@pytest.mark.parametrize(("made", "differing"), FORMATS, ids=NAMES)
def test_any_other_number_is_found_out(made: bytes, differing: Compare) -> None:
    """One unit more in every place of the document: each of them is seen, and nothing else."""
    other, changed = deepcopy(DOCUMENT), 0
    for holder in other["values"]:
        value = holder["value"]
        if isinstance(value, int | float):
            holder["value"] = value + 1
        elif isinstance(value, str) and "." in value:
            holder["value"] = f"{value[:-3]}1.00" if value.endswith("7.00") else f"9{value[1:]}1"
        else:
            continue
        changed += 1
    assert changed > 300
    assert len(differing(other, PUBLICATION, made)) == changed


@pytest.mark.parametrize("place", range(5))
def test_a_workbook_with_one_other_cell_is_found_out(place: int) -> None:
    book = opened(FORMATS[0][0])
    table, raw = sheets_of(book, PUBLICATION.tables())[place]
    cell = rows_of(raw, table)[-1][-1]
    cell.value = round(float(cell.value), 2) + 0.01 if cell.data_type == "n" else 0
    target = BytesIO()
    book.save(target)
    assert len(in_workbook(DOCUMENT, PUBLICATION, target.getvalue())) == 1


def test_tables_divided_for_paper_lose_no_cell() -> None:
    for table in PUBLICATION.tables():
        whole = [[cell.path for cell in row.cells] for row in table.rows]
        again = [[cell.path for cell in row.cells[: table.headers]] for row in table.rows]
        for part in parts(table):
            for row, paths in zip(part.table.rows, again, strict=True):
                paths += [cell.path for cell in row.cells[table.headers :]]
        assert again == whole
