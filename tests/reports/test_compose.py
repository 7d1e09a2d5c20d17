"""Documents become publications: every kind of item, every number at its path."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, get_args

import pytest

from services.reports.publication.compose import compose
from services.reports.publication.model import Chart, Fact, Imprint, Mark, Text
from services.reports.templates.declaration import Item as Declared

if TYPE_CHECKING:
    from services.reports.publication.model import Block, Cell, Publication

KINDS = {
    "FigureItem": "figure",
    "RatioItem": "ratio",
    "ReferenceItem": "reference",
    "StatementItem": "statement",
    "TableItem": "table",
    "TextItem": "text",
}
IMPRINT = Imprint("2025-03-01T08:00:00Z", "Utkast", "0" * 64, "Nämnden", (), "/x")
YEARS = (2022, 2023, 2024)


def published(*items: dict[str, Any]) -> Publication:
    return compose(document(*items), IMPRINT)


def document(*items: dict[str, Any]) -> dict[str, Any]:
    return {
        "title": "Prov",
        "period": {"period": "2024", "label": "2024"},
        "area": None,
        "status": "complete",
        "sources": [],
        "names": {},
        "sections": [{"key": "s", "title": "Avsnitt", "items": list(items)}],
    }


def figure(*values: dict[str, Any], **more: Any) -> dict[str, Any]:  # noqa: ANN401  JSON
    return {
        "kind": "figure",
        "key": "reached",
        "label": "Nådda unga",
        "status": "ok",
        "reason": None,
        "unit": "persons",
        "definition": {
            "service": "outreach",
            "figure": "reached",
            "version": 1,
            "title": "Nådda",
            "text": "Antal nådda.",
        },
        "source": {"register": "contacts", "lastDelivery": None},
        "where": {},
        "values": list(values),
        "breaks": [],
        "chart": "line",
        "notes": [],
    } | more


def year(number: int, value: int | None, *, segment: int = 0, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "period": str(number),
        "periodLabel": str(number),
        "state": "complete",
        "value": value,
        "tables": [],
        "segment": segment,
    } | more


def by_sex(women: int, men: int) -> list[dict[str, Any]]:
    rows = [{"sex": "men", "value": men}, {"sex": "women", "value": women}]
    return [{"by": ["sex"], "rows": rows}]


def blocks(publication: Publication, kind: type[Any]) -> list[Any]:
    found: list[Block] = [
        block for section in publication.sections for item in section.items for block in item.blocks
    ]
    return [block for block in found if isinstance(block, kind)]


def cells(publication: Publication) -> list[Cell]:
    facts = [fact.cell for fact in blocks(publication, Fact)]
    rows = [row for table in publication.tables() for row in table.rows]
    return [cell for cell in [*facts, *(cell for row in rows for cell in row.cells)] if cell.path]


def at(made: Any, path: str) -> Any:  # noqa: ANN401  JSON
    for step in path.strip("/").split("/"):
        made = made[int(step)] if isinstance(made, list) else made[step]
    return made


def test_every_kind_that_a_template_can_say_is_shown() -> None:
    declared = {kind.__name__ for kind in get_args(Declared)}
    assert declared == set(KINDS)
    for kind in KINDS.values():
        missing = {"kind": kind, "key": "k", "label": "K", "status": "unavailable"}
        shown = blocks(published(missing | {"reason": "budget: timeout"}), Text)
        assert "Ekonomi svarade inte i tid" in shown[0].text


def test_an_item_of_a_kind_that_nobody_shows_is_an_error_and_not_left_out() -> None:
    unknown = {"kind": "map", "key": "k", "label": "K", "status": "ok", "reason": None}
    with pytest.raises(KeyError, match="map"):
        published(unknown)


def test_every_number_is_the_documents_own_at_its_path() -> None:
    item = figure(*(year(each, each - 2000, tables=by_sex(9, each - 2009)) for each in YEARS))
    of = document(item)
    shown = cells(compose(of, IMPRINT))
    assert len(shown) == 1 + 3 + 6
    assert all(cell.value == at(of, cell.path) for cell in shown)


def test_a_series_is_one_table_and_a_line_that_stops_where_counting_changes() -> None:
    values = [year(each, 10 * each, segment=int(each > 2023)) for each in YEARS]
    breaks = [{"on": "2024-01-01", "text": "Från 2024 räknas 19-29 år."}]
    made = published(figure(*values, breaks=breaks))
    (chart,) = blocks(made, Chart)
    assert chart.mark is Mark.LINE
    assert [point.segment for point in chart.points] == [0, 0, 1]
    assert [(each.before, each.text) for each in chart.breaks] == [
        ("2024", "Nytt räknesätt från 1 januari 2024")
    ]
    assert chart.table in {table.key for table in made.tables()}
    assert "bruten före 2024" in chart.description


def test_a_series_without_a_break_has_no_rule() -> None:
    (chart,) = blocks(published(figure(*(year(each, each) for each in YEARS))), Chart)
    assert chart.breaks == ()
    assert "bruten" not in chart.description


def test_what_is_withheld_is_nowhere_in_table_picture_or_description() -> None:
    values = [year(2022, 7), year(2023, None, withheld=True), year(2024, 9)]
    made = published(figure(*values))
    (chart,) = blocks(made, Chart)
    assert [point.value for point in chart.points] == [7, None, 9]
    assert "2023: visas inte" in chart.description
    (table,) = made.tables()
    assert [row.cells[1].text for row in table.rows] == ["7", "..", "9"]
    assert table.rows[1].cells[1].withheld


def test_one_value_is_no_picture() -> None:
    assert blocks(published(figure(year(2024, 3))), Chart) == []


def test_days_in_notes_are_said_in_swedish() -> None:
    item = figure(year(2024, 3), notes=["Gäller till och med 2024-08-31, av 1234-99-99."])
    notes = [text.text for text in blocks(published(item), Text)]
    assert "Gäller till och med 31 augusti 2024, av 1234-99-99." in notes


def test_a_breakdown_along_years_is_a_line_for_each_of_its_values() -> None:
    made = published(figure(*(year(each, 4, tables=by_sex(1, 3)) for each in YEARS)))
    (chart,) = blocks(made, Chart)
    assert {(point.series, point.value) for point in chart.points} == {("kvinnor", 1), ("män", 3)}
    assert chart.table in {table.key for table in made.tables()}
