"""The ledger, plans and projects of August 2020 loaded through the public API, as the demo does."""

from __future__ import annotations

import csv
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.budget.calling import Clerk

DATA = Path(__file__).parents[2] / "jarva" / "demo" / "data" / "budget"


def rows_of(name: str) -> list[dict[str, str]]:
    with (DATA / name).open(encoding="utf-8") as file:
        return list(csv.DictReader(file))


async def load_ledger(clerk: Clerk) -> list[dict[str, Any]]:
    """Open the year and push the two forms; return the deliveries."""
    await clerk.post("/fiscal-years", {"year": 2020})
    return [
        await clerk.push((DATA / name).read_bytes())
        for name in ("income_statement.csv", "balance_sheet.csv")
    ]


async def load_plans(clerk: Clerk) -> None:
    """Record the budget and the investments."""
    for key, lines in groupby(
        rows_of("budget_versions.csv"),
        lambda row: tuple(row[n] for n in ("year", "kind", "decidedOn", "decidedBy", "reference")),
    ):
        year, kind, decided_on, decided_by, reference = key
        await clerk.post(
            "/budget-versions",
            {
                "year": int(year),
                "kind": kind,
                "decidedOn": decided_on,
                "decidedBy": decided_by,
                "reference": reference,
                "lines": [{"row": line["row"], "amount": line["amount"]} for line in lines],
            },
        )
    entries = rows_of("investments.csv")
    for code, name in dict.fromkeys((e["category"], e["name"]) for e in entries):
        await clerk.post("/investment-categories", {"code": code, "name": name})
    for entry in entries:
        body: dict[str, Any] = {k: v for k, v in entry.items() if k != "name"}
        numbers = {"year": int(entry["year"]), "period": int(entry["period"])}
        await clerk.post("/investment-entries", body | numbers)


async def load_projects(clerk: Clerk) -> list[str]:
    """Register and decide the projects; return their ids."""
    made = []
    for row in rows_of("projects.csv"):
        project = await clerk.post("/projects", _project(row))
        path = f"/projects/{project['id']}/decisions"
        await clerk.post(path, {"decidedOn": row["decidedOn"]})
        made.append(project["id"])
    return made


def _project(row: dict[str, str]) -> dict[str, Any]:
    plain = ("number", "name", "funder", "programme", "role", "start", "end", "phase")
    body: dict[str, Any] = {name: row[name] for name in plain}
    body["responsibleDepartment"] = row["responsibleDepartment"]
    body["budgetNote"] = row["budgetNote"]
    for name in ("budget", "ownShare", "cofinancing"):
        if row[name]:
            body[name] = {"amount": row[name], "currency": row[f"{name}Currency"]}
    return body
