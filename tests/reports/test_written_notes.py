"""Notes that follow from the values are in the document: its bytes and its hash carry them."""

from __future__ import annotations

from datetime import UTC, datetime
from hashlib import sha256
from typing import TYPE_CHECKING, Any

from services.reports.domain import notes
from services.reports.publication.compose import compose
from services.reports.publication.model import Text
from services.reports.reporting import encode
from services.reports.templates.declaration import RatioItem
from tests.reports.test_assembly import document as of_two_figures
from tests.reports.test_compose import IMPRINT, blocks, figure, year
from tests.reports.test_compose import document as laid_out
from tests.reports.test_disclosure_releases import EXITS, FIRST, TEMPLATE, items, released, report

if TYPE_CHECKING:
    import pytest

    from shared.db import Database

FEW = "Minst en andel bygger på färre än 20 och kan ändras mycket av enstaka fall."
BREAK = {"on": "2024-01-01", "text": "Från 2024 räknas 19-29 år."}
NEW_WAY = "Räknas på ett nytt sätt från den 2024-01-01. Från 2024 räknas 19-29 år. "


def share_of(base: int) -> dict[str, Any]:
    """Return a report with a share of so many."""
    ratio = RatioItem("share", "Andel", "percent", "cost", "exits", percent=True)
    return of_two_figures(1, base, ratio)


def read(document: dict[str, Any]) -> list[str]:
    """Return every text of a report as it is laid out."""
    return [text.text for text in blocks(compose(document, IMPRINT), Text)]


def test_what_follows_from_the_values_is_in_the_bytes() -> None:
    few, many = (notes.written(share_of(base)) for base in (3, 30))
    assert items(few)["share"]["notes"] == [FEW]
    assert items(many)["share"]["notes"] == []
    body, _ = encode(few)
    assert FEW.encode() in body
    silent, _ = encode(share_of(3))
    assert FEW.encode() not in silent
    assert sha256(body).digest() != sha256(silent).digest()


def test_a_report_reads_the_same_whether_its_notes_were_written_or_are_made_when_laid_out() -> None:
    unwritten = laid_out(figure(year(2023, 3), year(2024, 4), breaks=[BREAK], notes=["Eget."]))
    written = notes.written(unwritten)
    assert items(written)["reached"]["notes"][0] == "Eget."
    assert items(written)["reached"]["notes"][1].startswith(NEW_WAY)
    assert read(written) == read(unwritten), "a report kept before they were written"
    assert notes.written(written) == written


def test_what_was_kept_with_its_notes_says_no_more_than_it_did() -> None:
    """A rule that comes later does not speak in a report that somebody has answered for."""
    kept = laid_out(figure(year(2024, 4), breaks=[BREAK])) | {notes.WRITTEN: True}
    assert not any("nytt sätt" in text for text in read(kept))
    before = {name: value for name, value in kept.items() if name != notes.WRITTEN}
    assert any("nytt sätt" in text for text in read(before))


async def test_no_note_tells_what_the_public_is_not_told(
    reports_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    share = RatioItem("share", "Andel", "percent", "teams", "women", percent=True)
    section = TEMPLATE.sections[0]
    with_share = TEMPLATE.__class__(
        name=TEMPLATE.name,
        title=TEMPLATE.title,
        period_kind=TEMPLATE.period_kind,
        needs_area=False,
        sections=(section.__class__("s", "Avsnitt", (*section.items, share)),),
    )
    monkeypatch.setattr("tests.reports.test_disclosure_releases.TEMPLATE", with_share)
    exact = report(EXITS, FIRST)
    assert FEW in items(notes.written(exact))["share"]["notes"], "control: the exact one tells"

    told = (await released(reports_db, exact)).document
    assert told[notes.WRITTEN] is True
    assert items(told)["share"]["values"][0]["base"]["value"] is None
    assert FEW not in items(told)["share"]["notes"]

    one_fewer = EXITS | {("work", "women"): 2, ("work", "men"): 42}
    other = (
        await released(reports_db, report(one_fewer, datetime(2025, 5, 1, tzinfo=UTC)))
    ).document
    for key, item in items(told).items():
        assert item["notes"] == items(other)[key]["notes"], "three or two: nobody can tell"
