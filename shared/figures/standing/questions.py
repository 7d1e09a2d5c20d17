"""Which questions stand: those that took long, for as long as somebody asks them."""

from __future__ import annotations

from contextvars import ContextVar
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

import msgspec

from shared.db import Database, driver
from shared.figures.definitions import FigureDefinition, Query
from shared.periods import Period

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from shared.db import Connection
    from shared.journal import Journal

LONG = 0.005
"""Seconds that counting may take without a question being remembered."""

MOST = 500
"""Questions that stand at most in a service: the one not asked for longest makes room."""

DAYS = 400
"""Days that a question stands without being asked: reports of a year are asked for yearly."""

_COUNTED_BY = 1
"""Raised when the same question is counted in another way: answers kept before are forgotten."""


@dataclass
class Noted:
    """The questions of one request that are to stand.

    Attributes:
        long: seconds that counting may take without a question being remembered.
        questions: as `written`.

    """

    long: float = LONG
    questions: list[str] = field(default_factory=list)


NOTED: ContextVar[Noted] = ContextVar("NOTED")
"""Where the request at hand takes note (`shared.figures.standing.reading`), if it does."""


def note(question: str, seconds: float, *, kept: bool) -> None:
    """Take note of a question that took long, or stands already and is asked again."""
    noted = NOTED.get(None)
    if noted is not None and (kept or seconds > noted.long):
        noted.questions.append(question)


def written(definitions: Sequence[FigureDefinition], query: Query) -> str:
    """Return a checked question as it is kept: everything that its values depend on but facts."""
    first = definitions[0]
    columns = repr(sorted(first.journal.expressions.items()))
    said = {
        "counted_by": _COUNTED_BY,
        "journal": str(first.journal.kept_as),
        "columns": sha256(columns.encode()).hexdigest(),
        "kind": first.kind,
        "value": first.value,
        "added": [[each.measure, _sorted(each.where)] for each in definitions],
        "period": str(query.period),
        "by": query.by,
        "where": _sorted(query.where),
    }
    return msgspec.json.encode(said).decode()


def read(
    text: str, journals: Collection[Journal], basis: datetime
) -> tuple[Sequence[FigureDefinition], Query] | None:
    """Return a question that was kept, to be asked at a basis; None if nobody asks so by now."""
    said = msgspec.json.decode(text)
    journal = next((each for each in journals if each.kept_as == said["journal"]), None)
    if journal is None:
        return None
    definitions = [
        FigureDefinition(
            name="standing",
            version=0,
            unit="",
            title="",
            definition="",
            kind=said["kind"],
            journal=journal,
            measure=measure,
            where={name: tuple(values) for name, values in where},
            value=said["value"],
        )
        for measure, where in said["added"]
    ]
    where = {name: tuple(values) for name, values in said["where"]}
    period = Period.parse(said["period"])
    query = Query("standing", period, basis, by=tuple(said["by"]), where=where)
    return (definitions, query) if written(definitions, query) == text else None


def digest_of(question: str) -> str:
    """Return what a written question is found by."""
    return sha256(question.encode()).hexdigest()


_known: WeakKeyDictionary[Database, set[tuple[date, str]]] = WeakKeyDictionary()


async def remember(db: Database, questions: Collection[str]) -> None:
    """Have questions stand from now on, or longer; a question is written down once a day."""
    today = datetime.now(UTC).date()
    known = {each for each in _known.get(db, ()) if each[0] == today}
    new = sorted({question for question in questions if (today, question) not in known})
    if not new:
        return
    async with db.begin() as session:
        conn = await driver(session)
        await conn.execute(_REMEMBERED, [digest_of(question) for question in new], new)
    _known[db] = known | {(today, question) for question in new}


async def forget(conn: Connection) -> None:
    """Let questions go that nobody has asked for long, with their answers."""
    await conn.execute(_FORGOTTEN, MOST, DAYS)


def _sorted(where: Mapping[str, tuple[str, ...]]) -> list[tuple[str, list[str]]]:
    return sorted((name, sorted(values)) for name, values in where.items())


# In one order, so that two that remember the same do not lock each other out.
_REMEMBERED = """
    insert into standing_question (digest, question)
    select digest, question from unnest($1::text[], $2::text[]) as asked (digest, question)
    order by digest
    on conflict (digest) do update set asked_on = current_date
    where standing_question.asked_on <> current_date
"""

_FORGOTTEN = """
    delete from standing_question where asked_on < current_date - $2::integer or id in (
        select id from standing_question order by asked_on desc, id desc offset $1)
"""
