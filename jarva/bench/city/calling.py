"""Whole reports over HTTP, with every service up, against the slowest service's own answers."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Mapping
from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

import httpx2

from jarva.bench.city.plain import Disagreement
from jarva.bench.city.questions import FIGURES, Key, Report, body_of
from jarva.bench.measuring import Line, cpu_seconds
from services.reports.domain.planning import queries
from shared.clock import rfc3339
from shared.figures.answers import shown_value
from shared.periods import Period

if TYPE_CHECKING:
    from jarva.demo.loading import Target
    from jarva.running import Running

_WHOLE_TARGET = 1.5
_AGAIN = 50
_AGAIN_MS = 1.0
_TIMEOUT = 120.0
_LEDGER = ("budget-settlement", "income-statement", "balance-sheet", "investments")


async def of_report(
    running: Running,
    target: Target,
    report: Report,
    bases: Mapping[str, datetime],
    totals: Mapping[str, Mapping[Key, int]],
) -> list[Line]:
    """Measure a report for both audiences, first and again; compare what it says now.

    Args:
        running: the services.
        target: their addresses and a token.
        report: which report.
        bases: by what a reader calls them; ``now`` is compared with the totals.
        totals: what plain SQL found, by service and question.

    Raises:
        Disagreement: the report is partial, or a value is not the plain one.

    """
    lines = []
    headers = {"Authorization": f"Bearer {target.token}"}
    async with httpx2.AsyncClient(headers=headers, trust_env=False, timeout=_TIMEOUT) as client:
        url = f"{running.urls['reports'].rstrip('/')}/reports/v1/committee-report-data"
        for name, basis in bases.items():
            alone = await slowest(client, running.urls, report, basis)
            params = report.params | {"basis": rfc3339(basis)}
            seconds, answer = await _timed(client, url, params)
            _check(report, answer.json(), totals if name == "now" else {})
            lines.append(_line(f"{report.template} over HTTP, {name}", seconds, alone))
            public = params | {"audience": "public"}
            seconds, _ = await _timed(client, url, public)
            lines.append(_line(f"{report.template} over HTTP, {name}, public", seconds, alone))
        held = report.params | {"basis": rfc3339(bases["now"])}
        lines.append(await _again(client, running, url, held))
    return lines


def _line(title: str, seconds: float, alone: float) -> Line:
    note = "the slowest service answering the same questions, alone"
    return Line(title, seconds * 1e3, alone * 1e3, "ms", _WHOLE_TARGET, note)


async def _again(
    client: httpx2.AsyncClient, running: Running, url: str, params: dict[str, str]
) -> Line:
    """Measure the reports service's processor time for a report that the caller holds."""
    held = (await client.get(url, params=params)).headers["ETag"]
    pid = running.pids["reports-api"]
    before = cpu_seconds([pid])
    for _ in range(_AGAIN):
        answer = await client.get(url, params=params, headers={"If-None-Match": held})
        if answer.status_code != httpx2.codes.NOT_MODIFIED:
            raise Disagreement(f"{params}: {answer.status_code}, and nothing has changed")
    spent = (cpu_seconds([pid]) - before) / _AGAIN
    title = f"{params['template']} again at the same basis, 304"
    return Line(title, spent * 1e3, _AGAIN_MS, "ms CPU", 1.0, "a millisecond")


async def slowest(
    client: httpx2.AsyncClient, urls: Mapping[str, str], report: Report, basis: datetime
) -> float:
    """Return the seconds of the service that takes longest to answer what the report asks it."""
    plan = report.plan()
    taken = []
    for service in sorted(plan.services()):
        root = f"{urls[service].rstrip('/')}/{service}/v1"
        at = rfc3339(basis)
        calls = []
        if asked := plan.figures.get(service):
            body = {"basis": at, "queries": [body_of(each) for each in asked]}
            calls.append(client.post(f"{root}/figure-queries", json=body))
        calls += [
            client.get(f"{root}{each.path}?{urlencode([*each.params, ('basis', at)])}")
            for each in plan.readings.get(service, ())
        ]
        if service == "budget" and plan.statements:
            params = {"period": report.period, "basis": at}
            paths = {f"/{name}" if name not in _LEDGER else "" for name in plan.statements}
            calls += [client.get(f"{root}/statements{path}", params=params) for path in paths]
        began = time.perf_counter()
        for answer in await asyncio.gather(*calls):
            answer.raise_for_status()
        taken.append(time.perf_counter() - began)
    return max(taken)


async def _timed(
    client: httpx2.AsyncClient, url: str, params: dict[str, str]
) -> tuple[float, httpx2.Response]:
    began = time.perf_counter()
    answer = await client.get(url, params=params)
    seconds = time.perf_counter() - began
    answer.raise_for_status()
    if answer.json()["status"] != "complete":
        raise Disagreement(f"{params}: the report is partial: {answer.json()['sources']}")
    return seconds, answer


def _check(
    report: Report, document: dict[str, Any], totals: Mapping[str, Mapping[Key, int]]
) -> None:
    """Compare each figure of a report with what plain SQL found for the same question."""
    shown = {
        (item["key"], value["period"]): value["value"]
        for section in document["sections"]
        for item in section["items"]
        if item["kind"] == "figure"
        for value in item["values"]
    }
    for service, found in totals.items():
        for item in report.items(service):
            definition = FIGURES[service].named(item.figure)
            for asked in queries(item, *report.about):
                period = str(Period.parse(asked.period))
                total = found[asked.figure, period, asked.where]
                value = shown[item.key, period]
                if value != shown_value(definition, total):
                    raise Disagreement(f"{item.key}: {value} is shown, {total} was found")
