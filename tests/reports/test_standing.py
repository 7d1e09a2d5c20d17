"""What has become of a kept report is said in every file that is taken home of it."""

from __future__ import annotations

import re
from dataclasses import replace
from datetime import UTC, datetime
from io import BytesIO
from zipfile import ZipFile

import pytest

from services.reports.publication.formats import WRITERS, FileFormat
from services.reports.publication.imprints import DRAFT, FROZEN, Standing, standing_of
from tests.reports.publications import sample
from tests.reports.tagged_pdf import read, structure

ARCHIVES = {FileFormat.DOCX, FileFormat.XLSX}
SIGNED = datetime(2025, 3, 13, 9, tzinfo=UTC)


@pytest.mark.parametrize(
    ("state", "name", "superseded", "line"),
    [
        ("draft", None, False, DRAFT),
        ("frozen", None, False, FROZEN),
        ("attested", "Karin Ek", False, "Attesterad av Karin Ek den 13 mars 2025"),
        (
            "attested",
            "Karin Ek",
            True,
            "Attesterad av Karin Ek den 13 mars 2025; ersatt av en nyare rapport",
        ),
    ],
)
def test_a_state_is_one_line(state: str, name: str | None, line: str, *, superseded: bool) -> None:
    at = SIGNED if name else None
    said = standing_of(state, name, at, superseded=superseded, reopened=[])
    assert said == Standing(line)


def test_months_that_were_opened_again_are_named() -> None:
    one = standing_of("draft", None, None, superseded=False, reopened=[202001])
    two = standing_of("draft", None, None, superseded=False, reopened=[202001, 202012])
    assert one.remarks[0].startswith("Perioden 2020-01 öppnades igen efter")
    assert two.remarks[0].startswith("Perioderna 2020-01 och 2020-12 öppnades igen efter")
    assert len({one.tag, two.tag, Standing().tag}) == 3, "a file that was kept is fetched again"


def letters(made: bytes, wanted: FileFormat) -> str:
    """Return what a file says, without the blanks: lines are broken where there is room."""
    if wanted is FileFormat.PDF:
        said = structure(read(made)).text()
    elif wanted in ARCHIVES:
        with ZipFile(BytesIO(made)) as archive:
            said = "".join(
                archive.read(name).decode() for name in archive.namelist() if name.endswith(".xml")
            )
    else:
        said = made.decode()
    return re.sub(r"<[^>]*>|\s", "", said)


@pytest.mark.parametrize("wanted", list(FileFormat))
def test_every_format_says_it(wanted: FileFormat) -> None:
    _, publication = sample()
    said = standing_of("attested", "Karin Ek", SIGNED, superseded=True, reopened=[202001])
    imprint = replace(publication.imprint, attestation=said.line, remarks=said.remarks)
    write = WRITERS[wanted].write
    found = letters(write(replace(publication, imprint=imprint)), wanted)
    assert "ersattavennyarerapport" in found
    assert "Perioden2020-01öppnadesigen" in found
    assert "öppnadesigen" not in letters(write(publication), wanted)
