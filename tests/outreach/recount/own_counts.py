"""Each operation's own number by each of its rules, in the days that the rule held."""

from __future__ import annotations

from collections.abc import Callable

from tests.counting import Counted
from tests.outreach.recount import labour, meetings
from tests.outreach.recount.rows import Rows

OWN: dict[str, tuple[str, Callable[[Rows], list[Counted]]]] = {
    "contacts": ("contacts", meetings.contacts),
    "two_way_contacts": (
        "contacts",
        lambda rows: [c for c in meetings.contacts(rows) if c.by["direction"] == "two_way"],
    ),
    "visitors": ("visits", meetings.visits),
    "participants": ("persons", labour.students),
}
"""What a rule counts, in which unit."""


Numbers = dict[tuple[str, int], tuple[str, int]]
"""Unit of counting and value, by operation and version of its rule."""


def own_counts(rows: Rows, first: str, last: str, units: tuple[str, ...] | None) -> Numbers:
    """Return the number of each rule that holds some day there, of these units or of all."""
    found = {}
    things = {counts: list_of(rows) for counts, (_, list_of) in OWN.items()}
    for rule in rows["counting_rule"]:
        operation = rule["operation"]
        nexts = (
            each["valid_from"]
            for each in rows["counting_rule"]
            if each["operation"] == operation and each["valid_from"] > rule["valid_from"]
        )
        until = min(nexts, default="9999-12-31")
        if rule["valid_from"] > last or until <= first:
            continue
        value = sum(
            thing.amount
            for thing in things[rule["counts"]]
            if thing.by["operation"] == operation
            and (units is None or thing.by["unit"] in units)
            and first <= thing.day <= last
            and rule["valid_from"] <= thing.day < until
        )
        found[operation, rule["version"]] = (OWN[rule["counts"]][0], value)
    return found
