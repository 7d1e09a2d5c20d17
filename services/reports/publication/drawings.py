"""What a chart looks like: bars lie and begin at zero, lines stop at every series break.

Series differ by more than colour: bars have their name beside them, lines a dash and a shape of
their own and their name at the end. A value that may not be shown, or that nobody knows, has its
sign where it would have stood, and no line passes it. Every colour has a contrast of at least
3:1 against white (WCAG 2.1, 1.4.11), as those of the page's dark style have against its ground.
"""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING, Any

import altair as alt

from services.reports.publication import numbers
from services.reports.publication.model import Mark

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.reports.publication.model import Chart, Point

COLOURS = ("#005a9c", "#a8431a", "#2d7031", "#6a3d9a")
INK = "#1b1b1b"
RULE = "#767676"

_FACE = "Liberation Sans"
"""The typeface inside vl-convert: a picture is as wide on every machine."""

_WIDTH = 460
_PADDING = {"left": 22, "right": 16, "top": 5, "bottom": 5}
"""A reader's page may have wider letters than the ones that the picture was measured with."""

_BAR = 22
_LINE_HEIGHT = 14
_LABEL_LETTERS = 24
_PLOT_HEIGHT = 220
_ROOM = 1.4
"""The axis is longer than the longest bar, so that its number has room beside it."""

_DASHES = ([1, 0], [6, 3], [2, 2], [8, 3, 2, 3])
_SHAPES = ("circle", "square", "diamond", "triangle-up")
_CROWDED = 12
"""More points than this have no numbers beside them; the table has."""

Row = dict[str, Any]


def drawing(chart: Chart) -> dict[str, Any]:
    """Return a chart as its specification (Vega-Lite)."""
    made = _bars(chart) if chart.mark is Mark.BARS else _lines(chart)
    specification: dict[str, Any] = made.to_dict(format="vega-lite")
    return specification | {"config": _STYLE, "background": None, "padding": _PADDING}


_STYLE = {
    "font": _FACE,
    "view": {"stroke": None},
    "text": {"fontSize": 13, "color": INK},
    "axis": {
        "labelFontSize": 13,
        "labelColor": INK,
        "labelLimit": 0,
        "domainColor": RULE,
        "tickColor": RULE,
        "gridColor": RULE,
        "gridOpacity": 0.3,
        "titleColor": INK,
        "titleFontSize": 13,
        "titleFontWeight": "normal",
    },
}


def _bars(chart: Chart) -> alt.LayerChart | alt.FacetChart:
    """Return lying bars, one under the other, each with its number and what it is."""
    categories = list(dict.fromkeys(point.category for point in chart.points))
    series = _series(chart)
    several = len(series) > 1
    wrapped = {each: textwrap.wrap(each, _LABEL_LETTERS) or [""] for each in categories}
    rows: list[Row] = [
        {
            "category": "\n".join(wrapped[point.category]),
            "series": point.series,
            "value": point.value,
            "at": max(point.value or 0, 0),
            "text": " ".join(filter(None, [point.series if several else "", _text(point)])),
        }
        for point in chart.points
    ]
    values = [point.value or 0 for point in chart.points]
    longest, least = max(values), min(0, *values)
    scale = alt.Scale(domain=[least, max(longest * _ROOM, 1 if not least else 0)], nice=False)
    lines = max(len(each) for each in wrapped.values())
    height = max(_BAR * len(series), _LINE_HEIGHT * lines) + 8
    base = _chart(rows).encode(
        y=alt.Y("category:N")
        .sort(None)
        .title(None)
        .axis(ticks=False, domain=False, labelExpr=r"split(datum.label, '\n')"),
    )
    if several:
        base = base.encode(yOffset=alt.YOffset("series:N").sort(None))
    colour = alt.Color("series:N").scale(domain=series, range=_cycled(COLOURS, series)).legend(None)
    bars = base.mark_bar(height=_BAR - 6).encode(
        x=alt.X("value:Q").scale(scale).title(None).axis(None), color=colour
    )
    texts = base.mark_text(align="left", dx=4).encode(x=alt.X("at:Q").scale(scale), text="text:N")
    return alt.layer(bars, texts).properties(
        width=_WIDTH,
        height=height * len(categories),
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
    )


def _lines(chart: Chart) -> alt.LayerChart | alt.FacetChart:
    """Return points in order, joined only where the chart says that they may be."""
    categories = list(dict.fromkeys(point.category for point in chart.points))
    series = _series(chart)
    last = len(categories) - 1
    place = alt.X("place:Q").scale(domain=[-0.3, last + _margin(series, last)], nice=False)
    place = place.title(None).axis(
        values=list(range(len(categories))), grid=False, labelExpr=f"{categories}[datum.value]"
    )
    height = alt.Y("value:Q").scale(zero=True, nice=True).title(chart.unit)
    height = height.axis(format=",.2~f", tickCount=5)
    coloured = alt.Color("series:N").scale(domain=series, range=_cycled(COLOURS, series))
    dashed = alt.StrokeDash("series:N").scale(domain=series, range=_cycled(_DASHES, series))
    shaped = alt.Shape("series:N").scale(domain=series, range=_cycled(_SHAPES, series))
    rows = _placed(chart, categories)
    known = _chart([row for row in rows if row["value"] is not None])
    layers: list[alt.Chart] = [
        known.mark_line(strokeWidth=2.5).encode(
            x=place,
            y=height,
            color=coloured.legend(None),
            strokeDash=dashed.legend(None),
            detail="run:N",
        ),
        known.mark_point(filled=True, size=70, opacity=1).encode(
            x=place, y=height, color=coloured.legend(None), shape=shaped.legend(None)
        ),
        *_texts(rows, series, place, height),
        *_rules(chart, categories, place),
    ]
    return alt.layer(*layers).properties(
        width=_WIDTH,
        height=_PLOT_HEIGHT,
        autosize=alt.AutoSizeParams(type="fit-x", contains="padding"),
    )


def _placed(chart: Chart, categories: list[str]) -> list[Row]:
    """Return the points with their run: a line is one run of one segment of one series."""
    rows: list[Row] = []
    runs: dict[str, int] = {}
    for point in chart.points:
        if point.value is None:
            runs[point.series] = runs.get(point.series, 0) + 1
        rows.append(
            {
                "place": categories.index(point.category),
                "series": point.series,
                "run": f"{point.series}/{point.segment}/{runs.get(point.series, 0)}",
                "value": point.value,
                "text": _text(point),
            }
        )
    return rows


def _texts(rows: list[Row], series: list[str], place: alt.X, height: alt.Y) -> list[alt.Chart]:
    """Return the signs of what cannot be shown, and numbers or the names of the lines."""
    unknown = [row | {"value": 0} for row in rows if row["value"] is None]
    known = [row for row in rows if row["value"] is not None]
    layers = [_words(unknown).mark_text(dy=-8)] if unknown else []
    if len(series) > 1:
        ends = {row["series"]: row | {"text": row["series"]} for row in known}
        layers.append(_words(list(ends.values())).mark_text(dx=10, align="left"))
    elif len(rows) <= _CROWDED:
        layers.append(_words(known).mark_text(dy=-14))
    return [layer.encode(x=place, y=height) for layer in layers]


def _words(rows: list[Row]) -> alt.Chart:
    return _chart(rows).encode(text="text:N")


def _chart(rows: list[Row]) -> alt.Chart:
    return alt.Chart(alt.InlineData(values=rows))


def _rules(chart: Chart, categories: list[str], place: alt.X) -> list[alt.Chart]:
    """Return a rule for each break, between the points that it parts, with its words."""
    marks = [
        {"place": categories.index(each.before) - 0.5, "text": textwrap.wrap(each.text, 20)}
        for each in chart.breaks
        if each.before in categories
    ]
    if not marks:
        return []
    base = _chart(marks).encode(x=place)
    return [
        base.mark_rule(strokeDash=[2, 3], color=RULE, strokeWidth=1.5),
        base.mark_text(align="left", baseline="top", dx=4, fontSize=11).encode(
            y=alt.value(0), text="text:N"
        ),
    ]


def _margin(series: list[str], last: int) -> float:
    """Return how much of the axis lies beyond its last point, for the names of the lines."""
    if len(series) == 1:
        return 0.4
    letters = max(len(each) for each in series)
    return max(0.4, (last + 0.6) * min(letters * 8, 200) / (_WIDTH - 60 - min(letters * 8, 200)))


def _series(chart: Chart) -> list[str]:
    return list(dict.fromkeys(point.series for point in chart.points))


def _cycled(values: Sequence[Any], series: list[str]) -> list[Any]:
    return [values[number % len(values)] for number in range(len(series))]


def _text(point: Point) -> str:
    if point.text or point.value is None:
        return point.text or numbers.NOTHING
    return numbers.number(point.value)
