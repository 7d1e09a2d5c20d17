"""What must be there before anything can happen: registered through the public APIs."""

from __future__ import annotations

from collections.abc import Sequence
from uuid import uuid4

from jarva.bench.city.meetings import CONTACTING, QUIET, VISITED
from jarva.bench.city.postings import ACCOUNTS, COUNTERPARTS, PROJECTS
from jarva.bench.city.questions import REPORTS
from jarva.bench.city.size import AREAS, YEARS
from jarva.demo.loading import Body, Target, finished, post_all

SCOPES = (
    *("participants:read", "participants:write", "outreach:read", "outreach:write"),
    *("budget:read", "budget:post", "budget:close", "figures:read"),
    *("reports:read", "reports:committee", "registers:push"),
)
_SINCE = "2010-01-01"
_COUNTS = {"uppsokande-unga": "two_way_contacts", "stadsdelsmammor": "two_way_contacts"}


def register(target: Target) -> None:
    """Register everything, and push what others publish."""
    _push_references(target)
    for service, path, bodies in BODIES:
        with target.client(service) as client:
            made = post_all(client, path, bodies, listed=False)
            if path == "/projects":
                for project in made:
                    decided = f"/projects/{project['id']}/decisions"
                    post_all(client, decided, [{"decidedOn": "2019-01-15"}], listed=False)


def _push_references(target: Target) -> None:
    """Push a value for every reference series that the reports show; without, they are partial."""
    wanted = {reference for report in REPORTS for reference in report.plan().references}
    rows = [
        f"{series},{period},jarva,1000,,,persons,false,Mätning,2024" for series, period in wanted
    ]
    with target.client("reports") as client:
        answer = client.post(
            "/registers/reference-series/deliveries",
            content="\n".join([_HEAD, *sorted(rows), ""]).encode(),
            headers={"Content-Type": "text/csv", "Idempotency-Key": str(uuid4())},
        )
        answer.raise_for_status()
        delivery = finished(client, answer.headers["Location"])
    if delivery["counts"]["rejected"]:
        raise RuntimeError(f"the reference series were refused: {delivery}")


_HEAD = "series,period,label,value,low,high,unit,approximate,source,vintage"


def _units() -> list[Body]:
    centres = [(f"jobbtorg-{kind}-{area}", area) for area in AREAS for kind in ("vuxna", "unga")]
    former = [("jobbtorg-kista", "rinkeby-kista"), ("jobbtorg-unga-kista", "rinkeby-kista")]
    return [
        {
            "code": code,
            "name": code,
            "kind": "kaa" if code == "kaa-jarva" else "jobbtorg",
            "ownership": "own",
            "district": district,
            "validFrom": _SINCE,
        }
        for code, district in (*centres, *former, ("kaa-jarva", "jarva"))
    ]


def _programmes() -> list[Body]:
    own: list[Body] = [
        {"code": "jobbtorg", "kind": "jobbtorg"},
        {"code": "kvinnors-etablering", "kind": "project"},
        {
            "code": "stockholmskraften",
            "kind": "project",
            "esfFrom": "2024-09-01",
            "projectReference": "P1",
        },
    ]
    return [{"name": body["code"], "validFrom": _SINCE} | body for body in own]


def _operations() -> list[Body]:
    return [
        {
            "code": code,
            "name": code,
            "counts": "visitors" if code in (*VISITED, *QUIET) else _COUNTS.get(code, "contacts"),
            "validFrom": _SINCE,
        }
        for code in (*CONTACTING, *VISITED, *QUIET)
    ]


def _venues() -> list[Body]:
    return [
        {
            "code": f"plats-{area}-{number}",
            "name": f"Plats {number} i {area}",
            "kind": "library",
            "district": area,
            "validFrom": _SINCE,
        }
        for area in AREAS
        for number in (0, 1)
    ]


def _codes(codes: Sequence[str]) -> list[Body]:
    return [{"code": code, "name": f"Mätning {code}", "validFrom": _SINCE} for code in codes]


def _projects() -> list[Body]:
    return [
        {
            "number": f"P{number}",
            "name": f"Projekt {number}",
            "funder": ("esf", "finsam")[number % 2],
            "programme": "ESF+",
            "role": "owner",
            "budgetNote": "",
            "budget": {"amount": "1000000.00", "currency": "SEK"},
            "start": "2019-02",
            "end": "2026-12",
            "responsibleDepartment": "Jobbtorg Stockholm",
            "phase": "",
        }
        for number in range(PROJECTS)
    ]


def _budget_versions() -> list[Body]:
    return [
        {
            "year": year,
            "kind": "council_decision",
            "decidedOn": f"{year - 1}-11-20",
            "decidedBy": "Kommunfullmäktige",
            "reference": f"Budget {year}",
            "lines": [
                {"row": "operations", "amount": "1294000000.00"},
                {"row": "revenue", "amount": "-488800000.00"},
            ],
        }
        for year in YEARS
    ]


BODIES: tuple[tuple[str, str, list[Body]], ...] = (
    ("participants", "/units", _units()),
    ("participants", "/programmes", _programmes()),
    ("outreach", "/operations", _operations()),
    ("outreach", "/venues", _venues()),
    ("budget", "/fiscal-years", [{"year": year} for year in YEARS]),
    ("budget", "/accounts", _codes(ACCOUNTS)),
    ("budget", "/counterparts", _codes(COUNTERPARTS)),
    ("budget", "/projects", _projects()),
    ("budget", "/budget-versions", _budget_versions()),
)
"""What is registered, in order: service, path, bodies."""
