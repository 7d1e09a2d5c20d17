"""The list of what the published documents hold names items that exist, and leaves none out."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from services.reports.templates import TEMPLATES

COVERAGE = Path(__file__).parents[2] / "docs" / "coverage.md"
NAMED = re.compile(r"`([a-z-]+): ([a-z0-9_.]+)`")


def items() -> set[tuple[str, str]]:
    return {(name, item.key) for name, template in TEMPLATES.items() for item in template.items()}


def differences(text: str) -> dict[str, list[tuple[str, str]]]:
    """Return what the list names and no template has, and what no line of the list names."""
    named = set(NAMED.findall(text))
    return {"unknown": sorted(named - items()), "unnamed": sorted(items() - named)}


def test_every_item_named_exists_and_every_item_is_named() -> None:
    assert differences(COVERAGE.read_text("utf-8")) == {"unknown": [], "unnamed": []}


@pytest.mark.parametrize(
    ("was", "becomes", "found"),
    [
        ("`fokus-jarva: sff.groups`, ", "", {"unnamed": [("fokus-jarva", "sff.groups")]}),
        (
            "`fokus-jarva: guidance.visits`",
            "`fokus-jarva: guidance.visits`, `fokus-jarva: guidance.hours`",
            {"unknown": [("fokus-jarva", "guidance.hours")]},
        ),
    ],
)
def test_a_line_too_few_and_a_name_too_many_are_seen(
    was: str, becomes: str, found: dict[str, list[tuple[str, str]]]
) -> None:
    text = COVERAGE.read_text("utf-8")
    assert was in text
    assert differences(text.replace(was, becomes)) == {"unknown": [], "unnamed": []} | found


def test_every_line_of_a_table_says_what_serves_it_or_why_nothing_does() -> None:
    lines = COVERAGE.read_text("utf-8").splitlines()
    rows = [
        [cell.strip() for cell in line.strip("|").split("|")] for line in lines if line[:2] == "| "
    ]
    served = [row for row in rows if len(row) == 3 and row[0] != "place"]
    assert len(served) > 45
    for row in served:
        assert NAMED.search(row[2]) or row[2].startswith(("none", "the attestation")), row
