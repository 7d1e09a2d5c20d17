"""Providers are asked at once, within one time budget, and a missing one is said to be."""

from __future__ import annotations

import asyncio
import time
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from typing_extensions import override

from services.reports.domain.planning import AreaOfReport, plan
from services.reports.errors import NothingToReport
from services.reports.gathering import REFUSED, Gathered, ProviderFailed, gather
from services.reports.templates import TEMPLATES
from shared.periods import Period

if TYPE_CHECKING:
    from services.reports.domain.planning import FigureQuery, Reading

NOW = datetime(2025, 3, 1, 12, tzinfo=UTC)
JARVA = AreaOfReport("jarva", "Järva", ("jarva", "rinkeby-kista", "spanga-tensta"))
PLAN = plan(TEMPLATES["fokus-jarva"], Period.parse("2024"), JARVA)


class Answering:
    """A far side that answers, after a while."""

    def __init__(self, *, settled: datetime = NOW, delay: float = 0.0) -> None:
        self.settled = settled
        self.delay = delay
        self.bases: list[datetime] = []

    async def settled_at(self) -> datetime:
        await asyncio.sleep(self.delay)
        return self.settled

    async def figures(self, queries: list[FigureQuery], basis: datetime) -> list[dict[str, Any]]:
        self.bases.append(basis)
        await asyncio.sleep(self.delay)
        return [{"figure": query.figure, "total": 1} for query in queries]

    async def reading(self, reading: Reading, basis: datetime) -> dict[str, Any]:
        self.bases.append(basis)
        return {"source": reading.source}

    async def statements(
        self, names: list[str], period: str, basis: datetime
    ) -> dict[str, dict[str, Any]]:
        raise AssertionError((names, period, basis))


class Failing(Answering):
    @override
    async def figures(self, queries: list[FigureQuery], basis: datetime) -> list[dict[str, Any]]:
        raise ProviderFailed(f"http_500 at {basis} for {len(queries)}")


async def ask(
    providers: dict[str, Any],
    **more: Any,  # noqa: ANN401  whichever option a test is about
) -> Gathered:
    options = {"period": "2024", "basis": None, "own_settled_at": NOW, "time_budget": 2.0}
    return await gather(PLAN, providers, **(options | more))


async def test_the_basis_is_the_smallest_settled_instant_and_everyone_is_asked_with_it() -> None:
    early = Answering(settled=NOW - timedelta(seconds=3))
    late = Answering()
    gathered = await ask({"participants": late, "outreach": early})
    assert gathered.basis == NOW - timedelta(seconds=3)
    assert {*late.bases, *early.bases} == {gathered.basis}
    assert gathered.unavailable == {}


async def test_our_own_facts_bound_the_basis_too() -> None:
    own = NOW - timedelta(minutes=1)
    gathered = await ask({"participants": Answering(), "outreach": Answering()}, own_settled_at=own)
    assert gathered.basis == own


async def test_a_basis_that_is_given_is_used_as_it_is() -> None:
    given = NOW - timedelta(days=40)
    gathered = await ask({"participants": Answering(), "outreach": Answering()}, basis=given)
    assert gathered.basis == given


async def test_a_provider_that_hangs_costs_its_own_answers_and_no_more_than_the_budget() -> None:
    began = time.monotonic()
    gathered = await ask(
        {"participants": Answering(), "outreach": Answering(delay=3600)}, time_budget=0.4
    )
    assert time.monotonic() - began < 2
    assert gathered.unavailable == {"outreach": "timeout"}
    assert {service for service, _ in gathered.figures} == {"participants"}


async def test_a_provider_that_fails_is_named_with_its_reason() -> None:
    gathered = await ask({"participants": Failing(), "outreach": Answering()})
    assert gathered.unavailable == {
        "participants": f"http_500 at {NOW} for {len(PLAN.figures['participants'])}"
    }


class Meeting(Answering):
    """A far side that answers no question before the other one has been asked the same."""

    def __init__(self, both: asyncio.Barrier) -> None:
        super().__init__()
        self.both = both

    @override
    async def settled_at(self) -> datetime:
        await self.both.wait()
        return await super().settled_at()

    @override
    async def figures(self, queries: list[FigureQuery], basis: datetime) -> list[dict[str, Any]]:
        await self.both.wait()
        return await super().figures(queries, basis)


async def test_providers_are_asked_at_once() -> None:
    both = asyncio.Barrier(2)
    gathered = await ask({"participants": Meeting(both), "outreach": Meeting(both)}, time_budget=30)
    assert gathered.unavailable == {}
    assert {service for service, _ in gathered.figures} == {"participants", "outreach"}


async def test_nothing_answers() -> None:
    hanging = {"participants": Answering(delay=60), "outreach": Answering(delay=60)}
    with pytest.raises(NothingToReport):
        await ask(hanging, time_budget=0.2)


class Refusing(Answering):
    """A far side that refuses one figure and one table, and answers the rest."""

    @override
    async def figures(self, queries: list[FigureQuery], basis: datetime) -> list[dict[str, Any]]:
        answers = await super().figures(queries, basis)
        return [{REFUSED: "unknown_code"}, *answers[1:]]

    @override
    async def reading(self, reading: Reading, basis: datetime) -> dict[str, Any]:
        if reading == next(iter(PLAN.readings["participants"])):
            raise ProviderFailed("not_found")
        return await super().reading(reading, basis)


async def test_a_question_that_is_refused_is_missing_alone() -> None:
    gathered = await ask({"participants": Refusing(), "outreach": Answering()})
    asked = PLAN.figures["participants"]
    first, reading = next(iter(asked)), next(iter(PLAN.readings["participants"]))
    assert gathered.unavailable == {}
    assert gathered.refused == {
        ("participants", first): "unknown_code",
        ("participants", reading): "not_found",
    }
    answered = {query for service, query in gathered.figures if service == "participants"}
    assert answered == {*asked} - {first}
    assert {*gathered.readings} == {
        (service, each) for service, of in PLAN.readings.items() for each in of if each != reading
    }
