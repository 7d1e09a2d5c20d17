"""The raw rows of the tables as they are when they are read, and what follows from them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import msgspec

from shared.db import Connection

Row = dict[str, Any]
"""A row's columns as JSON has them: days are ISO texts, which compare as days do."""


@dataclass(eq=False)
class Rows:
    """The tables of one basis."""

    tables: dict[str, list[Row]]

    def __getitem__(self, table: str) -> list[Row]:
        return self.tables[table]

    def live(self, table: str) -> list[Row]:
        """Return the rows that were not retracted."""
        return [row for row in self[table] if row["retracted_at"] is None]

    @cached_property
    def venues(self) -> dict[str, Row]:
        return {row["code"]: row for row in self["venue"]}

    @cached_property
    def sessions(self) -> dict[str, Row]:
        return {row["id"]: row for row in self["session"]}

    def kind(self, session_id: str | None) -> str | None:
        """Return the kind of a session, if there was one."""
        return None if session_id is None else self.sessions[session_id]["kind"]

    @cached_property
    def employers(self) -> dict[str, Row]:
        return {row["code"]: row for row in self["employer"]}

    @cached_property
    def _stands_for(self) -> dict[str, str]:
        return {row["person_id"]: row["subject_id"] for row in self["known_person"]}

    def subject(self, person_id: str | None) -> str | None:
        """Return whom a person is counted as: participants' word, or else themselves."""
        return None if person_id is None else self._stands_for.get(person_id, person_id)

    def place(self, row: Row, district: str | None = None) -> dict[str, str | None]:
        """Return unit, venue and district of what happened at a venue, or nowhere in particular."""
        venue = self.venues.get(row["venue"])
        return {
            "unit": row["unit"],
            "venue": row["venue"],
            "district": district or (venue["district"] if venue else "unknown"),
        }

    def rule(self, table: str, day: str, **equal: str) -> Row | None:
        """Return the latest rule that had begun on a day."""
        begun = [
            row
            for row in self[table]
            if row["valid_from"] <= day and all(row[name] == equal[name] for name in equal)
        ]
        return max(begun, key=lambda row: row["valid_from"], default=None)

    def in_kaa(self, person_id: str | None, day: str) -> bool:
        """Tell whether anybody who is counted as the same person was in KAA that day."""
        if person_id is None:
            return False
        who = self.subject(person_id)
        return any(
            self.subject(row["person_id"]) == who and row["joined_on"] <= day < row["until"]
            for row in self["known_kaa_membership"]
            if not row["retracted"]
        )


async def read(conn: Connection, tables: tuple[str, ...]) -> Rows:
    """Read tables whole; a reading kept is what an earlier basis is recounted from."""
    found = {}
    for table in tables:
        rows = await conn.fetch(f"select to_jsonb(t)::text from {table} t")
        found[table] = [msgspec.json.decode(row[0]) for row in rows]
    return Rows(found)
