"""Asking every provider at once, within one time budget.

A provider that fails or is late costs its own sections only: the rest stands, and what is
missing is said to be missing, with the reason, never shown as zero.
"""

from __future__ import annotations

import asyncio
import time
from dataclasses import dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from services.reports.errors import NothingToReport

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Mapping, Sequence

    from services.reports.domain.planning import FigureQuery, Plan, Reading


T = TypeVar("T")

REFUSED = "refused"
"""The only key of an answer to a figure that the service cannot or may not give."""


class Provider(Protocol):
    """One service that is asked; each method raises `ProviderFailed` or is cancelled."""

    async def settled_at(self) -> datetime:
        """Return the instant before which nothing can still appear."""

    async def figures(self, queries: list[FigureQuery], basis: datetime) -> list[dict[str, Any]]:
        """Return one answer per query, in order; one that is refused is ``{REFUSED: code}``."""

    async def project_of(self, programme: str) -> str | None:
        """Return the number of the budget's project that pays for a programme, if there is one.

        Of participants. A programme's project is never another one, so that it needs no basis.

        Raises:
            ProgrammeNotFound: there is no such programme.

        """

    async def reading(self, reading: Reading, basis: datetime) -> dict[str, Any]:
        """Return the answer to a question that has a table of its own."""

    async def statements(
        self, names: list[str], period: str, basis: datetime
    ) -> dict[str, dict[str, Any]]:
        """Return statements by name."""


class Ledger(Protocol):
    """The budget service, asked what an attestation must know."""

    async def deviations(self, period: str, basis: datetime) -> list[dict[str, Any]]:
        """Return every deviation of a period, with the state of its comment."""


class RowKeeper(Protocol):
    """A service, asked for the rows behind a value."""

    async def rows(self, path: str, params: Sequence[tuple[str, str]]) -> dict[str, Any]:
        """Return a page of rows, as the service shows them to the caller."""


class ProviderFailed(Exception):
    """A provider did not answer as it should; ``reason`` is fit to publish."""

    def __init__(self, reason: str) -> None:
        """Keep the reason: a short code, never what the provider said."""
        super().__init__(reason)
        self.reason = reason


@dataclass
class Gathered:
    """Every answer, and why each missing one is missing."""

    basis: datetime
    figures: dict[tuple[str, FigureQuery], dict[str, Any]] = field(default_factory=dict)
    readings: dict[tuple[str, Reading], dict[str, Any]] = field(default_factory=dict)
    refused: dict[tuple[str, FigureQuery | Reading], str] = field(default_factory=dict)
    """Single questions that a service which is there did not answer, and why."""
    statements: dict[str, dict[str, Any]] = field(default_factory=dict)
    unavailable: dict[str, str] = field(default_factory=dict)


async def gather(
    plan: Plan,
    providers: Mapping[str, Provider],
    *,
    period: str,
    basis: datetime | None,
    own_settled_at: datetime,
    time_budget: float,
) -> Gathered:
    """Ask all providers of a plan concurrently and return within the time budget.

    Args:
        plan: the questions.
        providers: by service name; those the plan does not need are not asked.
        period: the period of the statements, as asked for.
        basis: the instant to answer for; without it the smallest settled instant of all.
        own_settled_at: up to when the reports service's own facts are settled.
        time_budget: seconds for everything together.

    Raises:
        NothingToReport: providers are needed and none of them answers.

    """
    deadline = time.monotonic() + time_budget
    needed = sorted(plan.services())
    failures: dict[str, str] = {}
    if basis is None:
        # Half the budget: a provider that hangs here must leave time for the others' answers.
        basis = await common_basis(plan, providers, own_settled_at, time_budget / 2, failures)
    gathered = Gathered(basis, unavailable=failures)
    at = basis
    asked = {
        name: _of(providers[name], plan, name, period, at)
        for name in needed
        if name not in failures
    }
    answers = await at_once(asked, deadline, failures)
    for name, answered in answers.items():
        for query, answer in answered.figures.items():
            if REFUSED in answer:
                gathered.refused[name, query] = str(answer[REFUSED])
            else:
                gathered.figures[name, query] = answer
        gathered.readings |= {(name, each): found for each, found in answered.readings.items()}
        gathered.refused |= {(name, each): reason for each, reason in answered.refused.items()}
        gathered.statements |= answered.statements
    return gathered


async def common_basis(
    plan: Plan,
    providers: Mapping[str, Provider],
    own_settled_at: datetime,
    time_budget: float,
    failures: dict[str, str],
) -> datetime:
    """Return the newest instant that all have settled who answer; note in ``failures`` who do not.

    Raises:
        NothingToReport: providers are needed and none of them answers.

    """
    needed = sorted(plan.services())
    deadline = time.monotonic() + time_budget
    settled = await at_once(
        {name: providers[name].settled_at for name in needed}, deadline, failures
    )
    if needed and not settled:
        raise NothingToReport
    return min([own_settled_at, *settled.values()])


@dataclass
class _Answers:
    figures: dict[FigureQuery, dict[str, Any]]
    statements: dict[str, dict[str, Any]]
    readings: dict[Reading, dict[str, Any]]
    refused: dict[Reading, str]


def _of(
    provider: Provider, plan: Plan, name: str, period: str, basis: datetime
) -> Callable[[], Awaitable[_Answers]]:
    async def ask() -> _Answers:
        queries = list(plan.figures.get(name, ()))
        names = list(plan.statements) if name == "budget" else []
        asked = list(plan.readings.get(name, ()))
        figures, statements, *tables = await asyncio.gather(
            provider.figures(queries, basis) if queries else _no_figures(),
            provider.statements(names, period, basis) if names else _no_statements(),
            *(_read(provider, reading, basis) for reading in asked),
        )
        answered = dict(zip(asked, tables, strict=True))
        return _Answers(
            dict(zip(queries, figures, strict=True)),
            statements,
            {each: found for each, found in answered.items() if not isinstance(found, str)},
            {each: found for each, found in answered.items() if isinstance(found, str)},
        )

    return ask


async def _read(provider: Provider, reading: Reading, basis: datetime) -> dict[str, Any] | str:
    """Return the answer, or why there is none: one table costs no other."""
    try:
        return await provider.reading(reading, basis)
    except ProviderFailed as failed:
        return failed.reason


async def _no_figures() -> list[dict[str, Any]]:
    return []


async def _no_statements() -> dict[str, dict[str, Any]]:
    return {}


async def at_once(
    calls: Mapping[str, Callable[[], Awaitable[T]]], deadline: float, failures: dict[str, str]
) -> dict[str, T]:
    """Run every call until the deadline; those that fail or are late are put in ``failures``."""

    async def one(name: str, call: Callable[[], Awaitable[T]]) -> tuple[str, T] | None:
        try:
            async with asyncio.timeout(max(0.0, deadline - time.monotonic())):
                return name, await call()
        except TimeoutError:
            failures[name] = "timeout"
        except ProviderFailed as failed:
            failures[name] = failed.reason
        return None

    done = await asyncio.gather(*(one(name, call) for name, call in calls.items()))
    return dict(result for result in done if result is not None)
