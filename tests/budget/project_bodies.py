"""Projects as clerks describe them, for tests that change one thing at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tests.budget.calling import Clerk

YEAR = 2035


def sek(kronor: str) -> dict[str, str]:
    return {"amount": kronor, "currency": "SEK"}


def eur(euros: str) -> dict[str, str]:
    return {"amount": euros, "currency": "EUR"}


def project(**changed: Any) -> dict[str, Any]:  # noqa: ANN401  any JSON value
    """Return a project of 60 million kronor that runs from 2034 to 2036."""
    return {
        "number": "7",
        "name": "Provprojektet",
        "funder": "esf",
        "programme": "ESF",
        "role": "owner",
        "responsibleDepartment": "Jobbtorg",
        "budget": sek("60000000.00"),
        "start": "2034-03",
        "end": "2036-06",
    } | changed


async def decided(clerk: Clerk, *, on: str = "2034-01-10", **changed: Any) -> dict[str, Any]:  # noqa: ANN401
    """Register a project and decide it; return it as the service shows it."""
    made = await clerk.post("/projects", project(**changed))
    shown: dict[str, Any] = await clerk.post(f"/projects/{made['id']}/decisions", {"decidedOn": on})
    return shown


async def change(
    clerk: Clerk,
    known: dict[str, Any],
    *,
    reason: str = "Nytt beslut",
    status: int = 200,
    **changed: Any,  # noqa: ANN401
) -> dict[str, Any]:
    """Put a changed description of a project; return it as the service shows it."""
    body = project(**changed) | {"reason": reason}
    del body["number"]
    answer = await clerk.http.put(
        f"/budget/v1/projects/{known['id']}",
        json=body,
        headers={"If-Match": f'"v{known["version"]}"'},
    )
    assert answer.status_code == status, answer.text
    shown: dict[str, Any] = answer.json()
    return shown


def entry(
    kind: str, flow: str, year: int, amount: str | None, currency: str = "SEK"
) -> dict[str, Any]:
    """Return an amount of a year; None takes back what was said."""
    stated = None if amount is None else {"amount": amount, "currency": currency}
    return {"kind": kind, "flow": flow, "year": year, "amount": stated}


async def said(
    clerk: Clerk,
    known: dict[str, Any],
    period: int,
    *entries: dict[str, Any],
    note: str = "",
    status: int = 201,
) -> dict[str, Any]:
    """Say amounts of a project's years in a period."""
    body = {"period": period, "note": note, "entries": list(entries)}
    answer: dict[str, Any] = await clerk.post(
        f"/projects/{known['id']}/yearly-amounts", body, status=status
    )
    return answer
