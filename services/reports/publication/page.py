"""A publication as a page: on screen and paper, on a phone, with a screen reader."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from services.reports.publication import charts, numbers
from services.reports.publication.headings import columns, head_rows
from services.reports.publication.model import Table

if TYPE_CHECKING:
    from services.reports.publication.headings import HeadCell
    from services.reports.publication.model import Block, Chart, Item, Publication

PAGES = Path(__file__).parents[1] / "pages"


def write(publication: Publication) -> bytes:
    """Return the report as one self-contained HTML page in Swedish."""
    return _environment().get_template("report.html").render(report=publication).encode()


def body(publication: Publication) -> str:
    """Return what stands inside the page's frame, for a frame of somebody else's."""
    return _environment().get_template("report_body.html").render(report=publication)


@cache
def stylesheet() -> str:
    """Return the style that `body` is written for."""
    return (PAGES / "report.css").read_text("utf-8")


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["kind"] = _kind
    environment.filters["instant"] = numbers.instant
    environment.globals["names_itself"] = _names_itself
    environment.globals["headed"] = headed
    environment.globals["picture"] = charts.inline
    environment.globals["stylesheet"] = stylesheet
    return environment


def _kind(block: Block) -> str:
    return type(block).__name__.lower()


def headed(table: Table) -> list[list[HeadCell]]:
    """Return a table's head, row by row, with the groups that its form has."""
    return head_rows(columns(table))


def _names_itself(item: Item, chart: Chart) -> bool:
    """Tell whether a picture shows something that its table's caption does not say already."""
    return all(block.caption != chart.title for block in item.blocks if isinstance(block, Table))
