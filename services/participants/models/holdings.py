"""Which tables hold something about a person: found by their foreign keys, not listed.

A table belongs to a person when it has a column ``person_id``, or refers to a person's record
or to a record that belongs to them. New tables come by themselves.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from sqlalchemy import Column, LargeBinary

from services.participants.models.base import metadata
from services.participants.models.person import person

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Table

LEFT_OUT: dict[str, str] = {
    "concern_report": "sealed from everyone but the manager who signed it",
    "participant_fact": "counted from the records themselves, of which it says nothing more",
    "person_to_tell": "says that something is about to be told to outreach, and nothing of it",
    "told_kaa_membership": "the days of memberships, of which those themselves are given out",
    "told_person": "whom a merge counts the person as, which merges themselves say",
}
"""Tables that name people and are not given out, and why."""

_MEANS_NOTHING = frozenset({"seal_key_version", "index_key_version", "merged_root", "subject_id"})


@dataclass(frozen=True, slots=True)
class Holding:
    """One table's part of what is held about a person.

    Attributes:
        table: its name.
        condition: SQL that its rows of the people ``$1`` (their ids) meet.
        columns: that say something as they are.
        sealed: that have to be opened first.

    """

    table: str
    condition: str
    columns: tuple[str, ...]
    sealed: tuple[str, ...]


@cache
def holdings() -> tuple[Holding, ...]:
    """Return every table that holds something about people, the person's own first."""
    conditions = {person.name: "id = any($1::uuid[])"}
    tables = [person]
    while found := _reached(conditions):
        conditions |= {table.name: condition for table, condition in found.items()}
        tables += found
    return tuple(_holding(table, conditions[table.name]) for table in tables)


def _reached(conditions: Mapping[str, str]) -> dict[Table, str]:
    """Return the tables that refer to one of those known, with what their rows meet."""
    reached: dict[Table, str] = {}
    for table in metadata.sorted_tables:
        if table.name in conditions or table.name in LEFT_OUT:
            continue
        ways = _ways(table, conditions)
        if ways:
            reached[table] = " or ".join(ways)
    return reached


def _ways(table: Table, conditions: Mapping[str, str]) -> list[str]:
    if "person_id" in table.columns:
        return ["person_id = any($1::uuid[])"]
    return [
        f"{column.name} in (select id from {target} where {conditions[target]})"
        for column in table.columns
        for target in sorted({key.column.table.name for key in column.foreign_keys})
        if target in conditions
    ]


def _holding(table: Table, condition: str) -> Holding:
    plain = [
        column.name
        for column in table.columns
        if not isinstance(column.type, LargeBinary) and column.name not in _MEANS_NOTHING
    ]
    sealed = [column.name for column in table.columns if is_sealed(column)]
    return Holding(table.name, condition, tuple(plain), tuple(sealed))


def is_sealed(column: Column[object]) -> bool:
    """Say whether a column holds something sealed (other bytes are hashes)."""
    return isinstance(column.type, LargeBinary) and column.name.endswith("_sealed")
