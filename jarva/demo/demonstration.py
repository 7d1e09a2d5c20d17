"""The whole demonstration: start, load, assemble, compare, say what was reproduced, stop."""

from __future__ import annotations

import json
import time
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import httpx2
from rich.console import Console
from rich.progress import Progress, SpinnerColumn, TextColumn, TimeElapsedColumn
from rich.table import Table

from jarva.demo import published
from jarva.demo.loading import Body, Target
from jarva.demo.steps import STEPS

SCOPES = (
    "participants:read",
    "participants:write",
    "outreach:read",
    "outreach:write",
    "budget:read",
    "budget:post",
    "budget:close",
    "registers:push",
    "figures:read",
    "reports:read",
    "reports:committee",
)
REPORTS: dict[str, dict[str, str]] = {
    "fokus-jarva": {"template": "fokus-jarva", "period": "2024", "area": "jarva"},
    "tertialrapport": {"template": "tertialrapport", "period": "2020-T2"},
    "projektbilaga": {"template": "projektbilaga", "period": "2020-T2"},
    "esf-indicators": {
        "template": "esf-indicators",
        "period": "2024",
        "programme": "stockholmskraften",
    },
}
FORMATS = ("html", "xlsx", "docx", "pdf")
FILES = {"json": "/committee-report-data"} | {
    ending: f"/committee-report-files/{ending}" for ending in FORMATS
}
"""Where each report is asked for, by the ending of the file that it is kept in."""
_SETTLING_SECONDS = 30.0


def load(target: Target, data: Path, console: Console) -> None:
    """Push everything in ``data`` to the services, step by step.

    Raises:
        NotLoaded: a service refused something.

    """
    columns = (SpinnerColumn(), TextColumn("{task.description}"), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as progress:
        for title, step in STEPS:
            task = progress.add_task(title, total=1)
            said = step(target, data)
            progress.update(task, completed=1, visible=False)
            console.print(f"loaded  {title}: {said}", highlight=False)


def settle(target: Target) -> str:
    """Wait until everything loaded so far is settled everywhere; return a basis for reports."""
    begun = time.time()
    deadline = time.monotonic() + _SETTLING_SECONDS
    while True:
        settled = []
        for service in ("participants", "outreach", "budget"):
            with target.client(service) as client:
                settled.append(client.get("/basis").raise_for_status().json()["settledAt"])
        basis = min(settled)
        if _seconds(basis) >= begun or time.monotonic() > deadline:
            return str(basis)
        time.sleep(0.05)


def assemble(target: Target, folder: Path, basis: str, console: Console) -> dict[str, Body]:
    """Ask for every report at one basis, keep it as JSON and in every format, and return all.

    Prints of each file how many bytes it has, and in how many seconds it was answered.
    """
    folder.mkdir(parents=True, exist_ok=True)
    documents: dict[str, Any] = {}
    with target.client("reports") as client:
        for name, question in REPORTS.items():
            params = question | {"basis": basis}
            data, *_ = [
                _kept(client, address, params, folder / f"{name}.{ending}", console)
                for ending, address in FILES.items()
            ]
            documents[name] = data.json()
    return documents


def tell(
    reports: Mapping[str, Body], data: Path, console: Console, *, every_amount: bool = False
) -> bool:
    """Print one line per published figure, and the total; return whether all are reproduced.

    Amounts of the statements are many: those that are reproduced are counted per statement
    unless ``every_amount``.
    """
    lines = list(published.compare(reports, data))
    shown = [line for line in lines if every_amount or not line.is_amount or not line.reproduced]
    console.print(_table(shown))
    if not every_amount:
        _tell_amounts([line for line in lines if line.is_amount], console)
    reproduced = sum(line.reproduced for line in lines)
    moved = [line for line in lines if not line.reproduced]
    console.print(f"{reproduced} of {len(lines)} published figures reproduced", style="bold")
    for line in moved:
        console.print(
            f"moved: {line.name} ({line.period}): published {line.published}, "
            f"computed {line.computed}, from {line.source or 'nowhere'}",
            style="red",
            highlight=False,
        )
    return not moved


def _tell_amounts(lines: Iterable[published.Line], console: Console) -> None:
    counts: dict[str, list[bool]] = {}
    for line in lines:
        counts.setdefault(line.name.partition(" ")[0], []).append(line.reproduced)
    for statement, same in counts.items():
        console.print(f"{statement}: {sum(same)} of {len(same)} amounts to the öre, budget: ledger")


def _table(lines: Iterable[published.Line]) -> Table:
    table = Table("figure", "period", "published", "computed", "", "from", box=None, pad_edge=False)
    for line in lines:
        style = None if line.reproduced else "red"
        table.add_row(
            line.name,
            line.period,
            line.published,
            line.computed,
            line.verdict,
            line.source,
            style=style,
        )
    return table


def _kept(
    client: httpx2.Client, address: str, params: dict[str, str], file: Path, console: Console
) -> httpx2.Response:
    begun = time.monotonic()
    answer = _asked(client, address, params)
    seconds = time.monotonic() - begun
    file.write_bytes(answer.content)
    size = f"{len(answer.content):>9,}".replace(",", " ")
    console.print(f"written {file.name:<24}{size} bytes {seconds:6.2f} s", highlight=False)
    return answer


def _asked(client: httpx2.Client, path: str, params: dict[str, str]) -> httpx2.Response:
    deadline = time.monotonic() + _SETTLING_SECONDS
    answer = client.get(path, params=params)
    while answer.status_code == httpx2.codes.CONFLICT and time.monotonic() < deadline:
        time.sleep(0.05)  # the reports service itself has not settled the basis yet
        answer = client.get(path, params=params)
    if answer.is_error:
        raise RuntimeError(f"{path}: {answer.status_code} {json.dumps(answer.json())}")
    return answer


def _seconds(instant: str) -> float:
    return datetime.fromisoformat(instant).timestamp()
