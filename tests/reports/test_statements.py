"""What reports gets from budget as it runs: every statement as its own call gives it."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

import httpx2

from services.reports.clients import AskedBy
from services.reports.domain.planning import plan
from services.reports.templates import TEMPLATES
from shared.auth import ALL, Caller
from shared.http import Limits, ServiceClient
from shared.periods import Period
from tests.budget.calling import ROOT, clerk_of
from tests.budget.years import book, decide_budget, open_years

if TYPE_CHECKING:
    from shared.db import Database
    from tests.conftest import Calling
    from tests.servers import DatabaseUrls
    from tests.tokens import Issuer


async def test_every_statement_of_a_report_is_what_its_own_call_gives(
    budget_db: Database, budget_urls: DatabaseUrls, issuer: Issuer, calling: Calling
) -> None:
    names = list(plan(TEMPLATES["tertialrapport"], Period.parse("2035-T1"), None).statements)
    caller = Caller("anna", frozenset(), ALL, token=issuer.token("budget:read"))
    async with clerk_of(budget_db, budget_urls, issuer, calling) as clerk:
        await open_years(clerk, 2035)
        await decide_budget(clerk, 2035, operations="1000.00")
        await book(clerk, 203501, "5010", 100_00)
        await clerk.settled()
        basis = (await clerk.get("/statements", period="2035-T1"))["basis"]
        alone = {
            name: await clerk.get(f"/statements/{name}", period="2035-T1", basis=basis)
            for name in names
        }
        transport = httpx2.ASGITransport(clerk.app)
        async with ServiceClient("budget", f"http://budget{ROOT}", Limits(), transport) as client:
            together = await AskedBy(client, caller).statements(
                names, "2035-T1", datetime.fromisoformat(basis)
            )
    assert together == alone
    assert list(together) == names
    assert len(names) == 6
