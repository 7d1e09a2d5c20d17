"""Every template in every format, of a running city: the files hold the document's numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from jarva.demo.demonstration import REPORTS
from services.reports.publication.compose import compose
from services.reports.publication.imprints import imprint
from services.reports.reporting import Request
from tests.e2e.conftest import City, report
from tests.reports.comparing import in_pdf, in_text, in_workbook

if TYPE_CHECKING:
    from collections.abc import Callable

FORMATS: dict[str, Callable[..., list[str]]] = {
    "xlsx": in_workbook,
    "docx": in_text,
    "pdf": in_pdf,
}


@pytest.mark.parametrize("template", REPORTS)
def test_files_of_a_report_have_its_numbers(with_ledger: City, template: str) -> None:
    asked = REPORTS[template]
    answer = report(with_ledger, **asked)
    document: dict[str, Any] = answer.json()
    question = Request(
        template, asked["period"], asked.get("area"), programme=asked.get("programme")
    )
    publication = compose(document, imprint(document, answer.content, question))
    assert any(cell.path for table in publication.tables() for cell in table.rows[0].cells)
    with with_ledger.client("reports") as client:
        for name, differing in FORMATS.items():
            file = client.get(
                f"/committee-report-files/{name}", params=asked | {"basis": document["basis"]}
            )
            assert file.status_code == 200, file.text
            assert differing(document, publication, file.content) == [], name
