"""Charts as pictures: for a page that follows its reader's colours, for print, and as pixels.

A chart is made by Vega-Altair and drawn by vl-convert, which embeds a script engine and a
typeface: the first picture of a process takes half a second, each later one some 30 ms, and the
same chart is the same bytes anywhere. Nothing is fetched and no script is left in the picture.
"""

from __future__ import annotations

from functools import lru_cache
from threading import Lock
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

import vl_convert

from services.reports.publication.drawings import COLOURS, INK, RULE, drawing

if TYPE_CHECKING:
    from services.reports.publication.model import Chart

_KEPT = 256
"""Pictures that a process remembers: a few reports' worth."""

_DRAWING = Lock()
"""One picture is made at a time: drawn in several threads at once, equal charts were told apart."""

_SVG = "http://www.w3.org/2000/svg"
_VARIABLES = {colour: f"var(--chart-{number})" for number, colour in enumerate(COLOURS, 1)} | {
    INK: "currentColor",
    RULE: "var(--chart-rule)",
}
"""The colours of print and what a page's style calls them."""

_PIXELS = 2.0
"""Pixels to a unit of the drawing, for sharp print."""


@lru_cache(maxsize=_KEPT)
def svg(chart: Chart) -> str:
    """Return a chart for print: dark on white, with colours of its own."""
    with _DRAWING:
        return vl_convert.vegalite_to_svg(drawing(chart), format_locale="sv-SE")


@lru_cache(maxsize=_KEPT)
def png(chart: Chart) -> bytes:
    """Return a chart as pixels on white, for files that cannot hold a drawing."""
    with _DRAWING:
        made = drawing(chart) | {"background": "white"}
        return vl_convert.vegalite_to_png(made, format_locale="sv-SE", scale=_PIXELS)


@lru_cache(maxsize=_KEPT)
def inline(chart: Chart) -> str:
    """Return a chart to stand in a page: its colours are those of the page's style.

    To a screen reader it is one picture with a name and a description; the marks inside it are
    hidden, since the table beside it holds the numbers.
    """
    # our own drawing, made on the line above: nothing of it comes from elsewhere
    drawn = ET.fromstring(svg(chart))  # noqa: S314
    for element in drawn.iter():
        _plain(element)
    name = "".join(letter if letter.isalnum() else "-" for letter in chart.key)
    for attribute in ("width", "height"):
        del drawn.attrib[attribute]
    drawn.set("role", "img")
    drawn.set("aria-labelledby", f"{name}-title {name}-desc")
    for place, (tag, text) in enumerate((("title", chart.title), ("desc", chart.description))):
        told = ET.Element(f"{{{_SVG}}}{tag}", {"id": f"{name}-{tag}"})
        told.text = text
        drawn.insert(place, told)
    ET.register_namespace("", _SVG)
    return ET.tostring(drawn, encoding="unicode")


def _plain(element: ET.Element) -> None:
    """Take what the library says of each mark away, and let the page's style colour it."""
    for attribute in [name for name in element.attrib if name.startswith("aria-")]:
        del element.attrib[attribute]
    for attribute in ("role", "font-family"):
        element.attrib.pop(attribute, None)
    for attribute in ("fill", "stroke"):
        value = element.get(attribute)
        if value in _VARIABLES:
            element.set(attribute, _VARIABLES[value])
