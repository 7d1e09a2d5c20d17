"""Why figures of participants moved: how tests ask, and what has to hold of every answer."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from pydantic.alias_generators import to_camel

from services.participants.figures.definitions import FIGURES
from tests.participants.city import City

NEW, LATE, CORRECTED, RETRACTED, MERGED, RULED, AREA = KINDS = (
    "newFacts",
    "lateFacts",
    "corrections",
    "retractions",
    "merges",
    "ruleChanges",
    "areaChanges",
)
"""The parts of a difference, in the order in which they are taken in."""

Key = tuple[str, ...]
Change = dict[str, Any]
_NOTHING: Change = {"before": 0, "after": 0}


@dataclass(frozen=True)
class Moved:
    """One question, what it answers at two bases, and why that is not the same."""

    figure: str
    period: str
    by: Key
    before: dict[str, Any]
    after: dict[str, Any]
    why: dict[str, Any]

    def cells(self) -> dict[Key, Change]:
        return {self._key(cell): cell for cell in self.why["cells"]}

    def changes(self) -> list[Change]:
        """Return the change of every cell, and of the total."""
        return [*self.why["cells"], self.why["total"]]

    def faults(self) -> Iterator[str]:
        """Yield what cannot be so: other ends than the figure's own, parts that do not sum."""
        told, befores, afters = self.cells(), self._values(self.before), self._values(self.after)
        compared = [
            (str(key), told.get(key, _NOTHING), befores.get(key), afters.get(key))
            for key in {**befores, **afters, **told}
        ]
        whole = ("total", self.why["total"], self.before["total"], self.after["total"])
        for key, change, before, after in (*compared, whole):
            where = f"{self.figure} {self.period} {key}"
            # A cell that a median has nothing in is not there; of a sum it is zero.
            if (_or_zero(change["before"]), _or_zero(change["after"])) != (
                _or_zero(before),
                _or_zero(after),
            ):
                yield f"{where}: {change}, asked for {before} and {after}"
            if not sums(change):
                yield f"{where}: {change} does not sum"

    def parts(self) -> dict[str, int | Decimal]:
        """Return what moved the total, by kind."""
        return nonzero(self.why["total"])

    def kinds(self) -> set[str]:
        """Return every kind that moved the total or a cell."""
        return {kind for change in self.changes() for kind in nonzero(change)}

    def _values(self, answer: dict[str, Any]) -> dict[Key, Any]:
        return {self._key(row): row["value"] for row in answer["rows"]}

    def _key(self, row: dict[str, Any]) -> Key:
        return tuple(str(row[name]) for name in self.after["by"])


def sums(change: Change) -> bool:
    """Say whether the parts of a change sum to its difference, and that to its ends'."""
    if change["before"] is None or change["after"] is None:
        return change.get("difference") is None and change.get("parts") is None
    if "parts" not in change:
        return bool(change["before"] == change["after"])
    difference = Decimal(change["after"]) - Decimal(change["before"])
    return difference == Decimal(change["difference"]) == sum(map(Decimal, _parts(change)))


def nonzero(change: Change) -> dict[str, int | Decimal]:
    if change.get("parts") is None:
        return {}
    return {
        kind: Decimal(part) if isinstance(part, str) else part
        for kind, part in change["parts"].items()
        if Decimal(part)
    }


def questions(periods: Iterable[str], *, every: bool = False) -> list[dict[str, Any]]:
    """Return every figure for each period by everything, and by nothing and each if asked."""
    return [
        {"figure": figure.name, "period": period, "by": [to_camel(name) for name in by]}
        for figure in FIGURES
        for period in periods
        for by in (
            *(((), *((name,) for name in figure.dimensions)) if every else ()),
            figure.dimensions,
        )
    ]


async def moved(city: City, since: str, basis: str, asked: Sequence[dict[str, Any]]) -> list[Moved]:
    """Ask at both bases, and why the answers differ; a few hundred questions to a call."""
    found: list[Moved] = []
    for start in range(0, len(asked), 400):
        queries = list(asked[start : start + 400])
        before, after = [await _answers(city, at, queries) for at in (since, basis)]
        why = await _called(
            city, "/figure-changes", {"since": since, "basis": basis, "queries": queries}
        )
        told = why["since"], why["basis"]
        assert [*map(datetime.fromisoformat, told)] == [
            *map(datetime.fromisoformat, (since, basis))
        ]
        found += [
            Moved(each["figure"], each["period"], tuple(each["by"]), *answers)
            for each, *answers in zip(queries, before, after, why["items"], strict=True)
        ]
    return found


async def _answers(city: City, basis: str, queries: list[dict[str, Any]]) -> list[dict[str, Any]]:
    body = {"basis": basis, "queries": queries}
    answers: list[dict[str, Any]] = (await _called(city, "/figure-queries", body))["answers"]
    return answers


async def _called(city: City, path: str, body: dict[str, Any]) -> dict[str, Any]:
    response = await city.call("POST", path, body)
    assert response.status_code == 200, response.text
    called: dict[str, Any] = response.json()
    return called


def _or_zero(value: Any) -> Any:  # noqa: ANN401  a number, a decimal string, or null
    return 0 if value is None else value


def _parts(change: Change) -> Iterable[int | str]:
    parts: dict[str, int | str] = change["parts"]
    assert tuple(parts) == KINDS
    return parts.values()
