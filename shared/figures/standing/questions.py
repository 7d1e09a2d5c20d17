"""Which questions stand: those that took long, for as long as somebody asks them."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from hashlib import sha256
from time import perf_counter
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

import msgspec
import structlog
from starlette.background import BackgroundTask

from shared.db import Database, driver
from shared.figures.definitions import FigureDefinition, Figures, Query
from shared.periods import Period

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from shared.db import Connection

log = structlog.get_logger(__name__)

LONG = 0.005
"""Seconds an answer may take without its question being remembered."""

MOST = 500
"""Questions that stand at most in a service: the one not asked for longest makes room."""

DAYS = 400
"""Days that a question stands without being asked: reports of a year are asked for yearly."""

_COUNTED_BY = 1
"""Raised when the same question is counted in another way: answers kept before are forgotten."""


def digest_of(definitions: Sequence[FigureDefinition], query: Query) -> str:
    """Return what a checked question is known by: everything its values depend on but facts."""
    first = definitions[0]
    said = {
        "counted_by": _COUNTED_BY,
        "journal": str(first.journal.table),
        "columns": sorted(first.journal.expressions.items()),
        "own_periods": first.journal.own_periods,
        "kind": first.kind,
        "value": first.value,
        "added": [[each.measure, _sorted(each.where)] for each in definitions],
        "period": str(query.period),
        "by": query.by,
        "where": _sorted(query.where),
    }
    return sha256(msgspec.json.encode(said)).hexdigest()


def written(query: Query) -> str:
    """Return a question as it is kept; `read` of it gives the same question."""
    said = {
        "figure": query.figure,
        "plus": query.plus,
        "period": str(query.period),
        "by": query.by,
        "where": {name: list(values) for name, values in query.where.items()},
    }
    return msgspec.json.encode(said).decode()


def read(text: str, basis: datetime) -> Query:
    """Return a question that was kept, to be asked at a basis."""
    said = msgspec.json.decode(text)
    return Query(
        figure=said["figure"],
        period=Period.parse(said["period"]),
        basis=basis,
        by=tuple(said["by"]),
        where={name: tuple(values) for name, values in said["where"].items()},
        plus=tuple(said["plus"]),
    )


@dataclass
class Asked:
    """The questions of one request, of which those that took long are to stand.

    Attributes:
        db: the service's.
        figures: what was asked about.
        longest: seconds that an answer may take without its question standing.
        long: the questions that took long, as far as their caller may ask them.

    """

    db: Database
    figures: Figures
    longest: float = LONG
    long: list[Query] = field(default_factory=list)

    @contextmanager
    def timed(self, *queries: Query) -> Iterator[None]:
        """Take note of questions if answering them takes long."""
        began = perf_counter()
        yield
        if perf_counter() - began > self.longest * len(queries):
            self.long += [query for query in queries if query.counted]

    @property
    def remembered(self) -> BackgroundTask | None:
        """What is left to do when the answer has been sent, if anything."""
        return BackgroundTask(self._remember) if self.long else None

    async def _remember(self) -> None:
        try:
            await remember(self.db, self.figures, self.long)
        except Exception as error:  # noqa: BLE001  the answer has been given, and is right
            log.warning("question_not_remembered", code=type(error).__name__)


_known: WeakKeyDictionary[Database, set[tuple[date, str]]] = WeakKeyDictionary()


async def remember(db: Database, figures: Figures, queries: Sequence[Query]) -> None:
    """Have questions stand from now on, or longer; a question is written down once a day."""
    today = datetime.now(UTC).date()
    known = {each for each in _known.get(db, ()) if each[0] == today}
    asked = {(today, digest_of(figures.checked(query), query)): written(query) for query in queries}
    new = {key: text for key, text in asked.items() if key not in known}
    if not new:
        return
    async with db.begin() as session:
        conn = await driver(session)
        await conn.execute(_REMEMBERED, [digest for _, digest in new], list(new.values()))
    _known[db] = known | set(new)


async def forget(conn: Connection) -> None:
    """Let questions go that nobody has asked for long, with their answers."""
    await conn.execute(_FORGOTTEN, MOST, DAYS)


def _sorted(where: Any) -> list[tuple[str, list[str]]]:  # noqa: ANN401  of a definition or query
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
