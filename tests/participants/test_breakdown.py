from __future__ import annotations

from datetime import date, timedelta

from services.participants.domain.ages import AGE_GROUPS
from shared.db import Database, driver


def counted_by_hand(born: date, day: date) -> str:
    """Count the birthdays lived through, one by one."""
    if born > day:
        return "unknown"
    age = 0
    while not _birthday(born, age + 1) > day:
        age += 1
    return [code for lowest, code in AGE_GROUPS if age >= lowest][-1]


def _birthday(born: date, age: int) -> date:
    try:
        return born.replace(year=born.year + age)
    except ValueError:  # 29 February in a common year: the day after the 28th
        return date(born.year + age, 3, 1)


async def test_age_group_is_right_on_every_day_around_every_boundary(
    participants_db: Database,
) -> None:
    async with participants_db.read() as session:
        conn = await driver(session)
        for born in (date(2000, 2, 29), date(1999, 12, 31), date(2001, 1, 1)):
            rows = await conn.fetch(
                "select day, age_group($1::date, day) as code from unnest($2::date[]) day",
                born,
                [
                    _birthday(born, lowest) + timedelta(days=offset)
                    for lowest, _ in AGE_GROUPS
                    for offset in (-2, -1, 0, 1, 2)
                ],
            )
            for row in rows:
                assert row["code"] == counted_by_hand(born, row["day"]), (born, row["day"])
            assert {row["code"] for row in rows} == {code for _, code in AGE_GROUPS} | {"unknown"}


DUE = (
    ("2024-09-15", "2024-12-15"),
    ("2024-11-30", "2025-02-28"),
    ("2023-11-30", "2024-02-29"),
    ("2024-12-31", "2025-03-31"),
    ("2024-05-31", "2024-08-31"),
)


async def test_follow_up_falls_due_three_months_later(participants_db: Database) -> None:
    async with participants_db.read() as session:
        conn = await driver(session)
        for exited, due in DUE:
            found = await conn.fetchval(
                "select follow_up_due($1, 'exit')", date.fromisoformat(exited)
            )
            assert found == date.fromisoformat(due), exited
