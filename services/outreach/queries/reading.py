"""How records of any kind are found, listed and seen."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, Generic, TypeVar
from uuid import UUID

from sqlalchemy import ColumnElement, Select, func, or_, select

from services.outreach.errors import NotFoundHere
from services.outreach.models import Record
from shared.auth import Caller
from shared.db import ReadSession, WriteSession

Row = TypeVar("Row", bound=Record)
Session = ReadSession | WriteSession
Conditions = tuple[ColumnElement[bool], ...]
"""Further conditions of a list, made by the functions beside the queries of its noun."""


@dataclass(frozen=True, slots=True)
class Noun(Generic[Row]):
    """How records of one kind are named, found, listed and seen.

    Args:
        model: the table.
        name: as errors say it.
        key: what a URL names a record by.
        day: the day that lists are ordered and limited by, the newest first; catalogues have
            none and are ordered by their key.
        units: the columns of which one must be among the caller's units; none for catalogues.

    """

    model: type[Row]
    name: str
    key: Any
    day: Any = None
    units: tuple[Any, ...] = ()

    def seen_by(self, caller: Caller) -> Select[Row]:
        """Return the SELECT of the records that a caller may see."""
        statement = select(self.model)
        covered = caller.unit_filter()
        if covered is None or not self.units:
            return statement
        return statement.where(or_(*(unit.in_(covered) for unit in self.units)))


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which records of a list: equal in these columns, within these days (both included).

    Further conditions come from functions beside the queries of a noun; so does the day that
    decides which is soonest, where that is the order.
    """

    limit: int
    offset: int
    equal: Mapping[str, Any]
    first: date | None = None
    last: date | None = None
    also: Conditions = ()
    soonest: Any = None


async def read(session: Session, noun: Noun[Row], key: str | UUID, *, by: Caller) -> Row:
    """Return one record.

    Raises:
        NotFoundHere: there is none, or the caller's units do not cover it.

    """
    row = await session.scalar(noun.seen_by(by).where(noun.key == key))
    if row is None:
        raise NotFoundHere(noun.name)
    return row


async def read_for_change(
    session: WriteSession, noun: Noun[Row], key: str | UUID, *, by: Caller
) -> Row:
    """Return one record as it is now, locked until the transaction ends; raises as `read`."""
    statement = noun.seen_by(by).where(noun.key == key).with_for_update()
    row = await session.scalar(statement.execution_options(populate_existing=True))
    if row is None:
        raise NotFoundHere(noun.name)
    return row


async def listed(
    session: Session, noun: Noun[Row], wanted: Wanted, *, by: Caller
) -> tuple[list[Row], int]:
    """Return one page of records and how many there are in all."""
    statement = noun.seen_by(by).where(*criteria(noun, wanted))
    total = await session.scalar(select(func.count()).select_from(statement.subquery()))
    page = statement.order_by(*_order(noun, wanted)).limit(wanted.limit).offset(wanted.offset)
    return list(await session.scalars(page)), total or 0


def _order(noun: Noun[Row], wanted: Wanted) -> tuple[Any, ...]:
    if wanted.soonest is not None:
        return (wanted.soonest, noun.key)
    return (noun.key,) if noun.day is None else (noun.day.desc(), noun.key.desc())


def criteria(noun: Noun[Row], wanted: Wanted) -> list[ColumnElement[bool]]:
    """Return the conditions of which records a list asks for, whoever asks."""
    asked: list[ColumnElement[bool]] = [
        getattr(noun.model, column) == value
        for column, value in wanted.equal.items()
        if value is not None
    ]
    if noun.day is not None:
        asked += [noun.day >= wanted.first] if wanted.first else []
        asked += [noun.day <= wanted.last] if wanted.last else []
    return [*asked, *wanted.also]
