"""The raw rows of the tables as they were at a basis, and what follows from a row and a day."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import date, datetime
from functools import cached_property
from typing import Any

import msgspec

from shared.db import Connection

Row = dict[str, Any]
"""A row's columns as JSON has them: days are ISO texts, which compare as days do."""

_PRESENT = "select to_jsonb(t)::text from {table} t where t.recorded_at <= $1"
_EARLIER = """
    select body::text from record_version
    where kind = '{table}' and recorded_at <= $1 and superseded_at > $1
"""


@dataclass
class Rows:
    """The tables of one basis."""

    tables: dict[str, list[Row]]
    entries: dict[str, dict[str, str | None]] = field(default_factory=dict)
    """The breakdown of each enrolment, once it has been asked for."""

    def __getitem__(self, table: str) -> list[Row]:
        return self.tables[table]

    def live(self, table: str) -> list[Row]:
        """Return the rows that were not retracted."""
        return [row for row in self[table] if row["retracted_at"] is None]

    @cached_property
    def people(self) -> dict[str, Row]:
        return {row["id"]: row for row in self["person"]}

    @cached_property
    def enrolments(self) -> dict[str, Row]:
        return {row["id"]: row for row in self["enrolment"]}

    @cached_property
    def _homes(self) -> dict[str, list[Row]]:
        homes: dict[str, list[Row]] = defaultdict(list)
        for row in self["residence"]:
            homes[row["person_id"]].append(row)
        return homes

    def whole(self, person_id: str) -> Row:
        """Return the person that a record of them was merged into, or the record itself."""
        person = self.people[person_id]
        while person["merged_into"] is not None:
            person = self.people[person["merged_into"]]
        return person

    def who(self, person_id: str, day: str, stated_district: str | None = None) -> dict[str, str]:
        """Return sex, age group and district of a person on a day."""
        person = self.whole(person_id)
        lived = [
            home["district"]
            for home in self._homes[person["id"]]
            if home["valid_from"] <= day <= (home["valid_to"] or "9999")
        ]
        if person["protection"] != "none":
            district = "unknown"
        else:
            district = (lived or [stated_district])[0] or "unknown"
        return {
            "sex": person["sex"],
            "age_group": age_group(person["birth_date"], day),
            "district": district,
        }


async def read(conn: Connection, tables: tuple[str, ...], basis: datetime) -> Rows:
    """Read tables whole, as they were at a basis: rows, and versions that were true then."""
    found = {}
    for table in tables:
        texts = [
            row[0]
            for sql in (_PRESENT, _EARLIER)
            for row in await conn.fetch(sql.format(table=table), basis)
        ]
        found[table] = [msgspec.json.decode(text) for text in texts]
    return Rows(found)


def age_on(born: str, day: str) -> int:
    """Return whole years; a birthday of 29 February comes by 1 March."""
    birth, then = date.fromisoformat(born), date.fromisoformat(day)
    return then.year - birth.year - ((then.month, then.day) < (birth.month, birth.day))


def age_group(born: str, day: str) -> str:
    if born > day:
        return "unknown"
    age = age_on(born, day)
    for above, group in (
        (65, "65-"),
        (60, "60-64"),
        (50, "50-59"),
        (40, "40-49"),
        (30, "30-39"),
        (25, "25-29"),
        (20, "20-24"),
        (16, "16-19"),
    ):
        if age >= above:
            return group
    return "0-15"
