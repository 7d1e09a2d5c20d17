"""What the demonstration loads, in order: each step is one kind of thing at one service."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from jarva.demo import funded, ledger, reached
from jarva.demo.loading import Target, lines, post_all, push

Step = Callable[[Target, Path], str]


def _posted(service: str, noun: str, *, key: tuple[str, ...] = ()) -> Step:
    def step(target: Target, data: Path) -> str:
        bodies = lines(data / service / f"{noun}.ndjson")
        with target.client(service) as client:
            post_all(client, f"/{noun}", bodies, key=key)
        return f"{len(bodies)} there"

    return step


def _pushed(service: str, register: str, *, mode: str = "snapshot") -> Step:
    def step(target: Target, data: Path) -> str:
        with target.client(service) as client:
            counts = push(client, register, data / service / f"{register}.csv", mode=mode)
        return ", ".join(f"{number} {what}" for what, number in sorted(counts.items()) if number)

    return step


def _units(target: Target, data: Path) -> str:
    bodies = lines(data / "participants" / "units.ndjson")
    last_days = {body["code"]: body.pop("lastDay") for body in bodies if "lastDay" in body}
    with target.client("participants") as client:
        for unit in post_all(client, "/units", bodies, key=("code",)):
            last_day = last_days.get(unit["code"])
            if last_day and unit["validTo"] is None:
                closure = {"lastDay": last_day, "reason": "Omorganisation"}
                post_all(client, f"/units/{unit['code']}/closures", [closure], listed=False)
    return f"{len(bodies)} there"


def _groups(target: Target, data: Path) -> str:
    bodies = lines(data / "outreach" / "groups.ndjson")
    students = {body["name"]: body.pop("students") for body in bodies}
    with target.client("outreach") as client:
        for group in post_all(client, "/groups", bodies, key=("name",)):
            path = f"/groups/{group['id']}/student-counts"
            post_all(client, path, students[group["name"]], key=("year",))
    return f"{len(bodies)} there"


_CODE = ("code",)

STEPS: tuple[tuple[str, Step], ...] = (
    ("participants: units", _units),
    ("participants: programmes", _posted("participants", "programmes", key=_CODE)),
    ("participants: teams", _posted("participants", "teams", key=_CODE)),
    ("participants: enrolments", _pushed("participants", "enrolments")),
    ("participants: advisory sessions", _pushed("participants", "advisory-sessions", mode="delta")),
    ("participants: responsibility for activity", _pushed("participants", "kaa")),
    ("outreach: operations", _posted("outreach", "operations", key=_CODE)),
    ("outreach: venues", _posted("outreach", "venues", key=_CODE)),
    ("outreach: partners", _posted("outreach", "partners", key=_CODE)),
    ("outreach: agreements", _posted("outreach", "agreements", key=("partner", "kind"))),
    ("outreach: collaborations", _posted("outreach", "collaborations", key=("unit", "name"))),
    ("outreach: visits", _pushed("outreach", "visits")),
    ("outreach: contacts with youths", reached.youths),
    ("outreach: sessions", _posted("outreach", "sessions")),
    # How often is published, on which weekdays is not: those, and the hours, are made up.
    ("outreach: schedules", _posted("outreach", "schedules", key=("title",))),
    ("outreach: groups", _groups),
    ("outreach: employers", _posted("outreach", "employers", key=_CODE)),
    ("outreach: employer visits", _posted("outreach", "employer-visits")),
    ("outreach: hires", _posted("outreach", "hires")),
    ("outreach: outreach workers", _posted("outreach", "outreach-workers")),
    ("budget: fiscal year", ledger.fiscal_year),
    ("budget: trial balances", ledger.trial_balances),
    ("budget: budget versions", ledger.budget_versions),
    ("budget: investments", ledger.investments),
    ("budget: projects", ledger.projects),
    ("budget: a funded project of 2024", funded.project),
    ("reports: reference series", _pushed("reports", "reference-series", mode="delta")),
)
