"""Charts: what is drawn, what is not joined, and what stands where a value may not be shown."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from xml.etree import ElementTree as ET

import pytest

from services.reports.publication import charts
from services.reports.publication.drawings import COLOURS, INK, RULE
from services.reports.publication.model import Break, Chart, Mark, Point

SVG = "{http://www.w3.org/2000/svg}"
YEARS = ("2021", "2022", "2023", "2024")


def line(*segments: int, values: tuple[float | None, ...] = (10, 20, 30, 40)) -> Chart:
    return Chart(
        key="reached:diagram",
        title="Nådda unga, åren 2021-2024",
        description="Fyra år; räknas på nytt sätt från 2023.",
        mark=Mark.LINE,
        unit="personer",
        points=tuple(
            Point(year, "", segment, value, "" if value is not None else "..")
            for year, segment, value in zip(YEARS, segments, values, strict=True)
        ),
        table="reached",
        breaks=(Break("2023", "Nytt räknesätt från 1 januari 2023"),)
        if len({*segments}) > 1
        else (),
    )


def bars(*values: float | None) -> Chart:
    return replace(
        line(0, 0, 0, 0),
        mark=Mark.BARS,
        points=tuple(
            Point(f"grupp {number}", "", 0, value, "" if value is not None else "..")
            for number, value in enumerate(values)
        ),
    )


def paths(picture: str, mark: str) -> list[str]:
    """Return the outline of every mark of one kind, in order."""
    drawn = ET.fromstring(picture)  # noqa: S314  our own drawing
    return [
        path.attrib["d"]
        for group in drawn.iter(f"{SVG}g")
        if f"mark-{mark} role-mark" in group.get("class", "")
        for path in group.iter(f"{SVG}path")
    ]


def joined(picture: str) -> int:
    """Return how many pairs of neighbours the lines join."""
    return sum(path.count("L") for path in paths(picture, "line"))


def texts(picture: str) -> list[str]:
    return [each.text or "" for each in ET.fromstring(picture).iter(f"{SVG}text")]  # noqa: S314


def test_a_line_stops_at_a_series_break_and_a_rule_says_why() -> None:
    broken = charts.svg(line(0, 0, 1, 1))
    assert joined(broken) == 2
    assert "Nytt räknesätt från" in broken


def test_the_same_values_without_a_break_are_joined() -> None:
    whole = charts.svg(line(0, 0, 0, 0))
    assert joined(whole) == 3
    assert "räknesätt" not in whole


def test_a_year_that_a_break_falls_inside_stands_alone() -> None:
    assert joined(charts.svg(line(0, 1, 2, 2))) == 1


def test_a_withheld_value_has_its_sign_no_point_and_no_line_past_it() -> None:
    picture = charts.svg(line(0, 0, 0, 0, values=(10, None, 30, 40)))
    assert joined(picture) == 1
    assert len(paths(picture, "symbol")) == 3
    assert ".." in texts(picture)


def test_bars_begin_at_zero_and_are_as_long_as_their_values() -> None:
    lengths = [
        float(found.group(1))
        for path in paths(charts.svg(bars(100, 50, 25)), "rect")
        if (found := re.match(r"M0,[\d.]+h([\d.]+)v", path))
    ]
    assert lengths[0] == pytest.approx(2 * lengths[1], rel=0.02)
    assert lengths[1] == pytest.approx(2 * lengths[2], rel=0.02)


def test_a_withheld_bar_is_not_drawn_but_named() -> None:
    picture = charts.svg(bars(100, None))
    assert len(paths(picture, "rect")) == 1
    assert {"grupp 1", "..", "100"} <= set(texts(picture))


def test_numbers_are_written_as_in_swedish() -> None:
    assert "3\N{NO-BREAK SPACE}514,5" in texts(charts.svg(bars(3514.5, 1)))


def test_series_differ_without_colour() -> None:
    points = tuple(
        Point(year, sex, 0, value)
        for year, values in (("2023", (4, 9)), ("2024", (5, 8)))
        for sex, value in zip(("kvinnor", "män"), values, strict=True)
    )
    picture = charts.svg(replace(line(0, 0, 0, 0), points=points))
    assert len(set(re.findall(r'stroke-dasharray="([^"]+)"', picture))) == 2
    assert len(set(paths(picture, "symbol"))) == 2
    assert {"kvinnor", "män"} <= set(texts(picture))
    lying = charts.svg(replace(line(0, 0, 0, 0), points=points, mark=Mark.BARS))
    assert {"kvinnor 4", "män 8"} <= set(texts(lying))


def test_a_picture_in_a_page_is_one_named_image_in_the_colours_of_the_page() -> None:
    picture = ET.fromstring(charts.inline(line(0, 0, 1, 1)))  # noqa: S314  our own drawing
    assert picture.get("role") == "img"
    named = {each.get("id"): each.text for each in picture if each.get("id")}
    assert [named[name] for name in picture.attrib["aria-labelledby"].split()] == [
        "Nådda unga, åren 2021-2024",
        "Fyra år; räknas på nytt sätt från 2023.",
    ]
    inner = [each for each in picture.iter() if each is not picture]
    assert not [each for each in inner if "role" in each.attrib]
    colours = {value for each in inner for name in ("fill", "stroke") if (value := each.get(name))}
    assert colours <= {"none", "transparent", "currentColor", "var(--chart-1)", "var(--chart-rule)"}


def test_a_picture_holds_no_script_and_asks_for_nothing() -> None:
    picture = charts.inline(line(0, 0, 1, 1))
    assert not re.search(r"<script|<image|<style|href|url\(|https?://(?!www\.w3\.org)", picture)


def test_the_title_cannot_write_into_the_page() -> None:
    picture = charts.inline(replace(line(0, 0, 0, 0), title="<script>alert(1)</script>"))
    assert "<script" not in picture


def test_the_same_chart_is_the_same_picture() -> None:
    first = charts.svg(line(0, 0, 1, 1)), charts.png(line(0, 0, 1, 1))
    charts.svg(bars(1, 2))
    for kept in (charts.svg, charts.png):
        kept.cache_clear()
    assert (charts.svg(line(0, 0, 1, 1)), charts.png(line(0, 0, 1, 1))) == first
    assert first[1].startswith(b"\x89PNG")


def test_pictures_made_at_once_are_those_made_alone() -> None:
    wanted = [bars(*range(1, many)) for many in range(3, 23)]
    charts.svg.cache_clear()
    with ThreadPoolExecutor(6) as several:
        together = list(several.map(charts.svg, wanted))
    charts.svg.cache_clear()
    assert [charts.svg(chart) for chart in wanted] == together


@pytest.mark.parametrize("colour", [*COLOURS, INK, RULE])
def test_colours_of_print_stand_out_from_white(colour: str) -> None:
    assert contrast(colour, "#ffffff") >= 3


def contrast(one: str, other: str) -> float:
    """Return the contrast of two colours (WCAG 2.1, relative luminance)."""
    lighter, darker = sorted((luminance(one), luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    parts = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    linear = [
        part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts
    ]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]
