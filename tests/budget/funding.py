# ruff: noqa: ANN401  JSON bodies and answers are whatever a test sends and gets
"""A project with a funder: its rules from the published example, its costs, hours and claims."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import msgspec

from services.budget.handlers import HANDLERS, HoursAttested
from services.budget.registers import REGISTERS
from shared import inbox
from shared.clock import utcnow
from shared.db import driver
from shared.deliveries import DeliveryWorker
from shared.events import Envelope, new_id
from tests.budget.calling import ROOT, Clerk

if TYPE_CHECKING:
    from datetime import date
    from uuid import UUID

EXAMPLE = Path(__file__).parents[2] / "docs" / "examples" / "programme-rules-esf.json"
PROGRAMME = "esf-plus-2021-2027"
ACCOUNTS = {
    "1930": "Bank",
    "3510": "Bidrag",
    "5010": "Löner",
    "6010": "Lokalhyra",
    "7410": "Främmande tjänster",
}


@dataclass
class Funded:
    """A project of the year 2024, and everything that happens around its money."""

    clerk: Clerk
    project_id: str
    number: str = "5"

    async def grant(self, granted: str, *, currency: str = "SEK", **more: Any) -> Any:
        """Record a decision on the grant; the second and later ones need a reason."""
        body: dict[str, Any] = {
            "amount": {"amount": granted, "currency": currency},
            "decidedOn": "2024-01-10",
            "reference": "2024/00117",
            "programmePeriod": PROGRAMME,
            "supportRate": 5000,
            "staffCosts": "actual",
            "eligibleFrom": "2024-01-01",
            "eligibleTo": "2024-12-31",
            "reason": "Ändrat beslut",
        } | more
        status = body.pop("status", 201)
        return await self.clerk.post(f"/projects/{self.project_id}/grants", body, status=status)

    async def cost(
        self,
        amount: str,
        *,
        account: str = "5010",
        day: str = "2024-03-10",
        project: str | None = None,
    ) -> str:
        """Book a cost of the project, paid from the bank; return its voucher."""
        back = amount.removeprefix("-") if amount.startswith("-") else f"-{amount}"
        body = {
            "period": int(day[:4] + day[5:7]),
            "happenedOn": day,
            "text": "Projektkostnad",
            "postings": [
                {
                    "account": account,
                    "counterpart": "87",
                    "amount": amount,
                    "project": project or self.number,
                },
                {"account": "1930", "counterpart": "87", "amount": back},
            ],
        }
        return str((await self.clerk.post("/vouchers", body))["id"])

    async def reverse(self, voucher: str, **more: Any) -> None:
        await self.clerk.post(f"/vouchers/{voucher}/reversals", {"reason": "Fel projekt"} | more)

    async def draft(self, kind: str = "interim", *, last: str = "2024-12", **more: Any) -> str:
        body = {
            "projectId": self.project_id,
            "kind": kind,
            "firstMonth": "2024-01",
            "lastMonth": last,
        } | more
        return str((await self.clerk.post("/claims", body))["id"])

    async def submit(self, claim: str, *, status: int = 201, **more: Any) -> Any:
        await self.clerk.settled()
        body = {"submittedOn": "2024-12-20"} | more
        return await self.clerk.post(f"/claims/{claim}/submissions", body, status=status)

    async def claimed(self, kind: str = "interim", **more: Any) -> Any:
        """Draft a claim and submit it."""
        return await self.submit(await self.draft(kind, **more))

    async def decide(self, claim: str, amount: str, *, status: int = 201, **more: Any) -> Any:
        body = {"decidedOn": "2025-01-20", "amount": amount, "reference": "B1"} | more
        return await self.clerk.post(f"/claims/{claim}/decisions", body, status=status)

    async def pay(self, claim: str, amount: str, *, status: int = 201) -> Any:
        body = {"paidOn": "2025-02-01", "amount": amount}
        return await self.clerk.post(f"/claims/{claim}/payments", body, status=status)

    async def end(self, claim: str, how: str, *, status: int = 201) -> Any:
        body = {"happenedOn": "2025-01-15", "reason": "Fel underlag"}
        return await self.clerk.post(f"/claims/{claim}/{how}", body, status=status)

    async def financing(self, **params: Any) -> Any:
        await self.clerk.settled()
        return await self.clerk.get(f"/projects/{self.project_id}/financing-statements", **params)

    async def hourly_rate(self, amount: str, **more: Any) -> None:
        """Record what an hour is worth: an invented amount, since none is published."""
        body = {
            "kind": "staff",
            "code": "projektledare",
            "name": "Projektledare",
            "costType": "personal",
            "amount": amount,
            "validFrom": "2021-01-01",
            "source": "Påhittat för test",
        } | more
        await self.clerk.post(f"/programme-periods/{PROGRAMME}/hourly-rates", body)

    async def report(self, *rows: dict[str, Any]) -> Any:
        """Push time reports; return the delivery with its row errors."""
        lines = "\n".join(json.dumps(row) for row in rows)
        headers = {"Idempotency-Key": uuid4().hex, "Content-Type": "application/x-ndjson"}
        path = "/registers/staff-hours/deliveries"
        sent = await self.clerk.http.post(ROOT + path, content=lines.encode(), headers=headers)
        assert sent.status_code == 202, sent.text
        await DeliveryWorker(self.clerk.db, REGISTERS).run_until_idle()
        path = f"{path}/{sent.json()['id']}"
        done = await self.clerk.get(path)
        assert done["state"] == "applied", done
        errors = await self.clerk.get(f"{path}/errors")
        return done["counts"], [
            (error["rowNumber"], error["field"], error["code"]) for error in errors["items"]
        ]

    async def attested(
        self,
        attestation: UUID,
        month: date,
        minutes: int,
        *,
        version: int = 1,
        project: str | None = None,
    ) -> None:
        """Deliver what participants tells of attested hours, as its relay does, and apply it."""
        data = HoursAttested(
            attestation_id=attestation,
            attested_version=version,
            project=project or self.number,
            programme="project-5",
            month=month,
            minutes=minutes,
        )
        envelope = Envelope(
            id=new_id(),
            source="participants",
            type=HoursAttested.wire_type(),
            subject=f"hour-attestation/{new_id()}",
            aggregatesequence=1,
            time=utcnow(),
            data=msgspec.Raw(msgspec.json.encode(data)),
        )
        async with self.clerk.db.begin() as session:
            await inbox.receive(await driver(session), [envelope])
        while await inbox.Inbox(self.clerk.db, HANDLERS).apply_due():
            pass


def hours(minutes: int, *, day: str = "2024-03-04", **more: Any) -> dict[str, Any]:
    """Return a valid, boring time report."""
    return {
        "employee": "a4711",
        "project": "5",
        "day": day,
        "activity": 2,
        "function": "projektledare",
        "minutes": minutes,
        "attestedBy": "chef-3",
        "attestedAt": "2025-01-02T08:10:00Z",
    } | more


async def open_funded(clerk: Clerk) -> Funded:
    """Open the year and its accounts, the example's rules, and project 5, decided."""
    await clerk.post("/fiscal-years", {"year": 2024})
    for code, name in ACCOUNTS.items():
        await clerk.post("/accounts", {"code": code, "name": name, "validFrom": "2020-01-01"})
    await clerk.post("/counterparts", {"code": "87", "name": "Företag", "validFrom": "2020-01-01"})
    for post in json.loads(EXAMPLE.read_text("utf-8"))["posts"]:
        await clerk.post(post["path"], post["body"])
    return Funded(clerk, await proposed(clerk, "5"))


async def project_five(clerk: Clerk) -> Funded:
    """Return what `open_funded` made in the database of which the clerk's is a copy."""
    (project,) = (await clerk.get("/projects"))["items"]
    return Funded(clerk, project["id"])


async def proposed(clerk: Clerk, number: str) -> str:
    """Propose a project and decide it; return its id."""
    body = {
        "number": number,
        "name": f"Projekt {number}",
        "funder": "esf",
        "programme": "ESF+",
        "role": "owner",
        "responsibleDepartment": "Jobbtorg Stockholm",
        "budgetNote": "Enligt beslut",
        "start": "2024-01-01",
        "end": "2024-12-31",
    }
    made = await clerk.post("/projects", body)
    await clerk.post(f"/projects/{made['id']}/decisions", {"decidedOn": "2024-01-05"})
    return str(made["id"])


def lines_of(claim: Any) -> list[tuple[str, str, str]]:
    """Return kind, cost type (or reason) and amount of each line."""
    return [
        (line["kind"], line["code"] if line["kind"] == "excluded" else line["costType"], amount)
        for line in claim["lines"]
        for amount in [line["amount"] if line["kind"] != "excluded" else line["base"]]
    ]
