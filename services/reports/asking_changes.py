"""Asking every provider at once why its numbers moved, within one time budget."""

from __future__ import annotations

import asyncio
import time
from typing import TYPE_CHECKING, Any, Protocol

from services.reports.domain.stepping import Changes
from services.reports.gathering import REFUSED, at_once

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence
    from datetime import datetime

    from services.reports.domain.planning import FigureQuery


class Explaining(Protocol):
    """One service, asked why its numbers moved between two bases.

    Each method raises `ProviderFailed` or is cancelled.
    """

    async def figure_changes(
        self, queries: list[FigureQuery], since: datetime, basis: datetime
    ) -> list[dict[str, Any]]:
        """Return the changes of each figure, in order; one refused is ``{REFUSED: code}``."""

    async def statement_changes(
        self, period: str, since: datetime, basis: datetime
    ) -> dict[str, dict[str, Any]]:
        """Return the changes of every statement, and of what deviates, by name. Of budget."""


async def gather_changes(
    asked: Mapping[str, Sequence[FigureQuery]],
    providers: Mapping[str, Explaining],
    *,
    statements_of: str | None,
    since: datetime,
    basis: datetime,
    time_budget: float,
) -> Changes:
    """Ask for the changes of figures, by service, and of the statements of a period.

    Args:
        asked: the figures, by service.
        providers: by service name.
        statements_of: the period of the statements; None asks for none.
        since: the earlier basis.
        basis: the later one.
        time_budget: seconds for everything together.

    """
    deadline = time.monotonic() + time_budget
    needed = sorted({*asked, *(["budget"] if statements_of else [])})
    found = Changes()
    calls = {
        name: _of(
            providers[name],
            list(asked.get(name, ())),
            statements_of if name == "budget" else None,
            (since, basis),
        )
        for name in needed
    }
    for name, (figures, statements) in (await at_once(calls, deadline, found.unavailable)).items():
        for query, answer in zip(asked.get(name, ()), figures, strict=True):
            if REFUSED in answer:
                found.refused[name, query] = str(answer[REFUSED])
            else:
                found.figures[name, query] = answer
        found.statements |= statements
    return found


_Answers = tuple[list[dict[str, Any]], dict[str, dict[str, Any]]]


def _of(
    provider: Explaining,
    queries: list[FigureQuery],
    period: str | None,
    between: tuple[datetime, datetime],
) -> Callable[[], Awaitable[_Answers]]:
    async def ask() -> _Answers:
        figures, statements = await asyncio.gather(
            provider.figure_changes(queries, *between) if queries else _no_figures(),
            provider.statement_changes(period, *between) if period else _no_statements(),
        )
        return figures, statements

    return ask


async def _no_figures() -> list[dict[str, Any]]:
    return []


async def _no_statements() -> dict[str, dict[str, Any]]:
    return {}
