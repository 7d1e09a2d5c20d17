"""A committee member meets no code: what a breakdown's values are called is said in Swedish."""

from __future__ import annotations

from typing import Any

import pytest
from pydantic.alias_generators import to_camel

from services.budget.figures import FIGURES as BUDGET
from services.outreach.figures.definitions import FIGURES as OUTREACH
from services.participants.figures.definitions import FIGURES as PARTICIPANTS
from services.reports.publication.naming import NAMES, named
from services.reports.publication.wording import WORDS
from services.reports.templates import TEMPLATES
from services.reports.templates.declaration import FigureItem

SERVICES = {"participants": PARTICIPANTS, "outreach": OUTREACH, "budget": BUDGET}
FIGURES = sorted(
    {
        (item.service, item.figure, by)
        for template in TEMPLATES.values()
        for item in template.items()
        if isinstance(item, FigureItem)
        for by in item.tables or ((),)
    }
)


def unnamed(service: str, figure: str, by: tuple[str, ...]) -> list[str]:
    """Return the codes of a figure's unit and breakdowns that a reader would meet as they are."""
    definition = SERVICES[service].named(figure)
    found = [] if definition.unit in WORDS else [definition.unit]
    for dimension in by:
        name = to_camel(dimension)
        found += [] if name in WORDS else [name]
        known = NAMES.get(name, {}).keys() | WORDS.keys() | {""}
        found += [
            code
            for code in definition.codes.get(dimension, ())
            if code not in known and not code[0].isdigit()
        ]
    return found


@pytest.mark.parametrize(("service", "figure", "by"), FIGURES)
def test_every_code_that_a_template_can_show_has_a_word(
    service: str, figure: str, by: tuple[str, ...]
) -> None:
    assert unnamed(service, figure, by) == []


def test_a_code_without_a_word_is_seen() -> None:
    assert unnamed("participants", "units", ("ownership",)) == ["ownership", "own", "procured"]


def item(**more: Any) -> dict[str, Any]:  # noqa: ANN401  whichever part a test is about
    return {"key": "k", "label": "L", "status": "ok", "reason": None} | more


def shown(made: dict[str, Any]) -> dict[str, Any]:
    document = {
        "names": {"district": {"jarva": "Järva"}, "project": {"6": "6. YFI"}},
        "sections": [{"key": "s", "items": [made]}],
    }
    found: dict[str, Any] = named(document)["sections"][0]["items"][0]
    return found


@pytest.mark.parametrize(
    ("dimension", "code", "name"),
    [
        ("district", "jarva", "Järva"),
        ("project", "6", "6. YFI"),
        ("project", "", "utan projekt"),
        ("kind", "other", "annan form"),
        ("activity", "other", "annan insats"),
        ("employer", "yalla-rinkeby", "Yalla rinkeby"),
        ("sector", "retail-trade", "retail-trade"),
        ("sector", "", "inte angivet"),
    ],
)
def test_a_code_is_named_by_its_breakdown_and_values_stay_where_they_are(
    dimension: str, code: str, name: str
) -> None:
    row = {dimension: code, "value": 7}
    table = {"by": [dimension], "rows": [row]}
    found = shown(item(kind="figure", values=[{"value": 7, "tables": [table]}]))
    assert found["values"][0]["tables"][0]["rows"] == [{dimension: name, "value": 7}]
    assert row[dimension] == code, "the document itself keeps its codes"


def test_reference_series_and_tables_of_services_are_named_too() -> None:
    rows = [{"label": "jarva", "low": 1, "high": 1}]
    assert shown(item(kind="reference", by="district", rows=rows))["rows"][0]["label"] == "Järva"
    assert shown(item(kind="reference", by=None, rows=rows))["rows"][0]["label"] == "jarva"
    made = shown(item(kind="table", rows=[{"by": {"venue": ""}, "cells": {}}]))
    assert made["rows"][0]["by"] == {"venue": "utan angiven plats"}
