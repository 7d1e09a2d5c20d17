"""One report's changes put together: what was assembled for each step, item by item. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.reports.domain import table_steps
from services.reports.domain.moves import (
    Place,
    away,
    followed,
    service_away,
    told,
    untold,
    values_of,
)
from services.reports.domain.planning import readings, service_of
from services.reports.domain.steps import STEPS, change_of, ruled, same
from services.reports.domain.table_steps import CountedTable
from services.reports.templates.declaration import TableItem

if TYPE_CHECKING:
    from collections.abc import Iterator

    from services.reports.domain.assembly import Document
    from services.reports.domain.moves import Followed
    from services.reports.domain.planning import (
        AreaOfReport,
        FigureQuery,
        ProgrammeOfReport,
        Reading,
    )
    from services.reports.domain.ratios import Value
    from services.reports.domain.stepping import Changes
    from services.reports.domain.steps import Change
    from services.reports.templates.declaration import Template
    from shared.periods import Period

_OTHER_RULES = (
    "Rapporten som sparades är räknad enligt andra definitioner än dagens; skillnaden står som"
    " ändrade regler."
)
_OTHERWISE = (
    "Den sparade rapporten visar något annat än vad samma fråga ger vid samma tidpunkt, utan att"
    " definitionen har ändrats: skillnaden kan inte delas upp."
)


@dataclass(frozen=True)
class Kept:
    """A kept report that stands at one end instead of what its question gives today."""

    document: Document
    is_later: bool


def counted_tables(
    template: Template,
    about: tuple[Period, AreaOfReport | None, ProgrammeOfReport | None],
    ends: tuple[Document, Document],
    answers: Mapping[tuple[str, Reading], Document],
) -> dict[str, CountedTable]:
    """Return the tables of counts that can be told, by the item's key.

    ``answers`` are those that the later end's tables were made of.
    """
    earlier_items, later_items = (items_of(end) for end in ends)
    found = {}
    for item in template.items():
        if not isinstance(item, TableItem) or item.source == "deviations":
            continue
        earlier, shown = earlier_items[item.key], later_items[item.key]
        if shown["status"] != "ok" or service_away(earlier):
            continue
        made_of = [answers[service_of(item), each] for each in readings(item, *about)]
        found[item.key] = CountedTable(
            earlier if earlier["status"] == "ok" else None,
            shown,
            {each["period"]: each["countedTo"] for each in made_of if "countedTo" in each},
        )
    return found


def items_of(document: Document) -> dict[str, Document]:
    """Return a report's items by key."""
    return {item["key"]: item for section in document["sections"] for item in section["items"]}


@dataclass(frozen=True)
class Explanation:
    """Everything that a report's changes are made of.

    Attributes:
        steps: the report as it was assembled for each step.
        tables: its tables of counts, by key.
        changes: what the services said.
        kept: the kept report at one end, if it is about one.

    """

    steps: Sequence[Document]
    tables: Mapping[str, CountedTable]
    changes: Changes
    kept: Kept | None = None

    def document(self) -> Document:
        """Return the changes of every value of the report."""
        first, last = self.steps[0], self.steps[-1]
        sections = [
            {"key": section["key"], "title": section["title"], "items": list(self._items(section))}
            for section in last["sections"]
        ]
        items = [item for section in sections for item in section["items"]]
        whole = all(item["status"] == "ok" for item in items)
        head = {
            name: last[name]
            for name in ("template", "title", "period", "area", "programme", "names")
        }
        return {
            **head,
            "since": first["basis"],
            "basis": last["basis"],
            "status": "complete" if whole else "partial",
            "moved": sum(item["moved"] for item in items),
            "sections": sections,
        }

    def _items(self, section: Document) -> Iterator[Document]:
        for item in section["items"]:
            if item["kind"] != "text":
                yield self._item(item)

    def _item(self, head: Document) -> Document:
        key = head["key"]
        steps = [items_of(step)[key] for step in self.steps]
        ends = (steps[0], steps[-1])
        counted = head["kind"] in {"figure", "ratio", "reference"}
        reason = away(*steps) if counted else service_away(ends[0]) or away(ends[-1])
        if reason is not None:
            return untold(head, reason)
        found = followed(steps) if counted else self._of_service(steps[-1])
        if isinstance(found, str):
            return untold(head, found)
        changes = found.changes()
        if self.kept is not None:
            kept = items_of(self.kept.document)
            if key not in kept or kept[key]["status"] != "ok":
                return untold(head, "reports: not_in_the_kept_report")
            today = items_of(self.steps[-1 if self.kept.is_later else 0])
            _put_kept(found, changes, (kept, today, key), is_later=self.kept.is_later)
        return told(head, found, changes)

    def _of_service(self, item: Document) -> Followed | str:
        """Return a table or a statement through its steps, or why it cannot be told."""
        if item["kind"] == "statement" or item["source"]["answer"] == "deviations":
            name = "deviations" if item["kind"] == "table" else item["statement"]["statement"]
            moved = self.changes.statements.get(name)
            if moved is None:
                return f"budget: {self.changes.unavailable.get('budget', 'not_explained')}"
            if item["kind"] == "table":
                return table_steps.deviations(item, moved)
            return table_steps.statement(item["statement"], moved)
        table = self.tables[item["key"]]
        answers: dict[FigureQuery, Document] = {}
        for query in table.questions():
            answer = self.changes.figures.get((table.service, query))
            if answer is None:
                return f"{table.service}: {self.changes.missing(table.service, query)}"
            answers[query] = answer
        return table.followed(answers)


def _put_kept(
    found: Followed,
    changes: dict[Place, Change],
    held_and_given: tuple[Mapping[str, Document], Mapping[str, Document], str],
    *,
    is_later: bool,
) -> None:
    """Put what a kept report says in the place of what its question gives today.

    The two differ when a definition has changed since: then that is the rules' part. Where none
    has, nobody can say why, and nothing is split.
    """
    kept, today, key = held_and_given
    held, given = dict(values_of(kept[key])), dict(values_of(today[key]))
    decimals = found.decimals()
    by_rule = _counted_by(kept, key) != _counted_by(today, key)
    for place in dict.fromkeys([*changes, *held]):
        shown = decimals.get(place.column)
        if shown is None:
            continue
        change = changes.get(place) or change_of([found.absent] * len(STEPS), shown)
        other = change["before" if is_later else "after"]
        ours = held.get(place, found.absent)
        if same(ours, given.get(place, found.absent), shown):
            continue
        ends: tuple[Value, Value] = (other, ours) if is_later else (ours, other)
        change = ruled(change, *ends, shown)
        changes[place] = change if by_rule else change | {"parts": None}
        found.note(_OTHER_RULES if by_rule else _OTHERWISE)


def _counted_by(items: Mapping[str, Document], key: str) -> object:
    """Return what tells by which rules an item was counted; a ratio by those of its parts."""
    item = items.get(key, {})
    match item.get("kind"):
        case "figure":
            definition = item.get("definition", {})
            return [definition.get(name) for name in ("service", "figure", "version")]
        case "statement":
            return item["statement"].get("version")
        case "ratio":
            keys = [item[side]["key"] for side in ("part", "base")]
            return [item["unit"], *(_counted_by(items, each) for each in keys if each)]
        case _:
            return [(each["code"], each.get("figure")) for each in item.get("columns", ())]
