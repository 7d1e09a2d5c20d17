"""Loading the budget service: a year of the ledger, its budget, investments and projects."""

from __future__ import annotations

import csv
from collections import Counter
from pathlib import Path

from jarva.demo.loading import Body, Target, post_all, push

FOLDER = "budget"


def fiscal_year(target: Target, data: Path) -> str:
    """Open the years that the trial balances are about."""
    years = sorted({int(row["year"]) for row in _rows(data, "budget_versions")})
    with target.client("budget") as client:
        for year in years:
            if not client.get("/periods", params={"year": year}).json()["items"]:
                post_all(client, "/fiscal-years", [{"year": year}], listed=False)
    return ", ".join(map(str, years))


def trial_balances(target: Target, data: Path) -> str:
    """Push the printed tables as the city's ledger would."""
    counts: Counter[str] = Counter()
    with target.client("budget") as client:
        for name in ("income_statement", "balance_sheet"):
            counts += push(client, "trial-balance", data / FOLDER / f"{name}.csv")
    return ", ".join(f"{number} {what}" for what, number in sorted(counts.items()))


def budget_versions(target: Target, data: Path) -> str:
    """Record the council's decision and its adjustments."""
    bodies: dict[tuple[str, ...], Body] = {}
    head = ("kind", "decidedOn", "decidedBy", "reference")
    for row in _rows(data, "budget_versions"):
        about = (row["year"], *(row[name] for name in head))
        body = bodies.setdefault(
            about, {"year": int(row["year"])} | {name: row[name] for name in head} | {"lines": []}
        )
        body["lines"].append({"row": row["row"], "amount": row["amount"]})
    with target.client("budget") as client:
        post_all(client, "/budget-versions", list(bodies.values()), key=("year", *head))
    return f"{len(bodies)} there"


def investments(target: Target, data: Path) -> str:
    """Record what was planned, forecast and spent."""
    rows = _rows(data, "investments")
    names = {row["category"]: row["name"] for row in rows}
    numbers = ("year", "period")
    with target.client("budget") as client:
        categories = [{"code": code, "name": name} for code, name in names.items()]
        post_all(client, "/investment-categories", categories, key=("code",))
        entries = [
            {name: int(text) if name in numbers else text for name, text in row.items()}
            for row in rows
        ]
        for entry in entries:
            del entry["name"]
        post_all(client, "/investment-entries", entries)
    return f"{len(rows)} there"


def projects(target: Target, data: Path) -> str:
    """Register the projects and decide them."""
    rows = _rows(data, "projects")
    with target.client("budget") as client:
        shown = post_all(client, "/projects", [_project(row) for row in rows], key=("number",))
        for row, project in zip(rows, shown, strict=True):
            if project["decidedOn"] is None:
                path = f"/projects/{project['id']}/decisions"
                post_all(client, path, [{"decidedOn": row["decidedOn"]}], listed=False)
    return f"{len(rows)} there"


def _project(row: dict[str, str]) -> Body:
    texts = (
        "number",
        "name",
        "funder",
        "programme",
        "role",
        "budgetNote",
        "start",
        "end",
        "responsibleDepartment",
        "phase",
    )
    amounts = {
        name: {"amount": row[name], "currency": row[f"{name}Currency"]}
        for name in ("budget", "ownShare", "cofinancing")
        if row[name]
    }
    return {name: row[name] for name in texts} | amounts


def _rows(data: Path, name: str) -> list[dict[str, str]]:
    with (data / FOLDER / f"{name}.csv").open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))
