"""What stands in the way of attesting a report. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from services.reports.domain.assembly import Document

UNEXPLAINED = frozenset({"missing", "outdated"})
"""States of a deviation's comment that leave it unexplained."""

_TOLD = ("subjectKind", "subjectKey", "label", "deviation", "commentState")


def statements_of(document: Document) -> Iterator[dict[str, Any]]:
    """Return every statement that a report shows."""
    for section in document["sections"]:
        for item in section["items"]:
            if item["kind"] == "statement" and item["status"] == "ok":
                yield item["statement"]


def missing_parts(document: Document) -> list[dict[str, str]]:
    """Return the items that are unavailable, with the reason of each."""
    return [
        {"key": item["key"], "label": item["label"], "reason": item["reason"]}
        for section in document["sections"]
        for item in section["items"]
        if item["status"] != "ok"
    ]


def broken_ties(document: Document) -> list[dict[str, str]]:
    """Return each tie between statements that does not hold, once."""
    found = {
        tie["code"]: {name: tie[name] for name in ("code", "title", "difference")}
        for statement in statements_of(document)
        for tie in statement.get("ties") or ()
        if not tie["holds"]
    }
    return list(found.values())


def explained(deviations: Iterable[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the deviations whose comment stands."""
    return [one for one in deviations if one["comment"] and one["commentState"] not in UNEXPLAINED]


def unexplained(deviations: Iterable[dict[str, Any]]) -> list[dict[str, str]]:
    """Return the deviations above the threshold whose comment is missing or outdated."""
    return [
        {name: str(one[name]) for name in _TOLD}
        for one in deviations
        if one["commentState"] in UNEXPLAINED
    ]
