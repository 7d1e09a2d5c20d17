"""What PostgreSQL's refusals mean to a caller.

A violated constraint is looked up by its name in the service's table; SQLSTATE decides the
rest. Messages are never read: they quote values.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg
import sqlalchemy.exc

from shared.errors import Conflict, DomainError, Invalid, Unavailable

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

DATABASE_ERRORS: tuple[type[Exception], ...] = (
    sqlalchemy.exc.DBAPIError,
    sqlalchemy.exc.TimeoutError,
    asyncpg.PostgresError,
    asyncpg.InterfaceError,
    ConnectionError,
    TimeoutError,
)
_LOST = (sqlalchemy.exc.TimeoutError, asyncpg.InterfaceError, ConnectionError, TimeoutError)

_RETRY_SOON = frozenset({"40001", "40P01", "55P03", "55006"})
_TOO_SLOW = frozenset({"57014", "25P03", "25P04"})
_TAKEN = frozenset({"23505", "23P01"})
_CLASS = 2


class Busy(Conflict):
    code = "try_again"
    title = "Another change was being made to the same thing"


class TooSlow(Unavailable):
    code = "too_slow"
    title = "The request took longer than allowed"


class DatabaseUnavailable(Unavailable):
    code = "database_unavailable"
    title = "The service's database cannot be reached"


class AlreadyExists(Conflict):
    code = "already_exists"
    title = "Something with the same identity is already recorded"


class ReferenceMissing(Conflict):
    code = "reference_missing"
    title = "Something the request refers to is not recorded, or is still referred to"


class ValueRefused(Invalid):
    code = "value_refused"
    title = "A value cannot be recorded"


def postgres_error(error: BaseException) -> asyncpg.PostgresError | None:
    """Return the driver's error inside SQLAlchemy's wrapping, if there is one."""
    seen: BaseException | None = error
    while seen is not None:
        if isinstance(seen, asyncpg.PostgresError):
            return seen
        seen = getattr(seen, "orig", None) or seen.__cause__
    return None


def translate(
    error: Exception, constraint_errors: Mapping[str, Callable[[], DomainError]]
) -> DomainError | None:
    """Return what a database error means, or None when it is a defect of ours."""
    found = postgres_error(error)
    if found is None:
        lost = isinstance(error, _LOST) or getattr(error, "connection_invalidated", False)
        return DatabaseUnavailable(retry_after=1) if lost else None
    if isinstance(found.__cause__, TypeError):
        return None  # the driver was handed a value of the wrong type: our mistake, not theirs
    named = constraint_errors.get(getattr(found, "constraint_name", None) or "")
    if named is not None:
        return named()
    return _by_state(found.sqlstate or "")


def _by_state(state: str) -> DomainError | None:  # noqa: PLR0911  one return a meaning
    if state in _RETRY_SOON:
        return Busy(retry_after=1)
    if state in _TOO_SLOW:
        return TooSlow(retry_after=5)
    if state in _TAKEN:
        return AlreadyExists()
    match state[:_CLASS]:
        case "08" | "53" | "57":
            return DatabaseUnavailable(retry_after=1)
        case "23":
            return ReferenceMissing() if state == "23503" else ValueRefused()
        case "22":
            return ValueRefused()
        case _:
            return None
