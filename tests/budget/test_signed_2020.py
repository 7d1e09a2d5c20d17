"""The whole chain on the ledger of August 2020: comments, closing, signature, verification."""

from __future__ import annotations

from typing import TYPE_CHECKING

import asyncpg
import pytest

from services.budget.domain.settlement import FORECAST_ROWS
from shared.money import parse_kronor
from tests.budget.loading import load_ledger, load_plans, load_projects
from tests.budget.years import close

if TYPE_CHECKING:
    from tests.budget.calling import Clerk
    from tests.servers import DatabaseUrls

PERIOD = "2020-T2"


@pytest.fixture
async def loaded(clerk: Clerk) -> Clerk:
    await load_ledger(clerk)
    await load_plans(clerk)
    await load_projects(clerk)
    await clerk.settled()
    return clerk


async def _sign(clerk: Clerk) -> str:
    """Explain what needs it, close the periods and sign; return the path of the check."""
    for one in (await clerk.get("/deviations", period=PERIOD))["items"]:
        if one["commentNeeded"]:
            named = {name: one[name] for name in ("subjectKind", "subjectKey")}
            comment = named | {"period": 202008, "cause": "Orsak", "action": "Åtgärd"}
            await clerk.post("/deviation-comments", comment)
    await close(clerk, 2020, range(9))
    await clerk.settled()
    made = await clerk.post("/period-reports", {"period": PERIOD})
    return f"/period-reports/{made['id']}/verification"


async def test_rows_deviate_as_the_settlement_prints_them(loaded: Clerk) -> None:
    found = await loaded.get("/deviations", period=PERIOD)
    named = {one["subjectKey"]: one["deviation"] for one in found["items"]}
    settlement = await loaded.get("/statements/budget-settlement", period=PERIOD)
    printed = {row["code"]: row["amounts"]["deviation"] for row in settlement["rows"]}
    assert [named[row] for row in FORECAST_ROWS] == [printed[row] for row in FORECAST_ROWS]
    assert sum(parse_kronor(named[row]) for row in FORECAST_ROWS) == 246_544_872_43
    assert named["investment-expenditure"] == "0.00", "the plan is what is forecast for the year"


async def test_signed_report_holds_until_somebody_changes_what_is_behind_it(
    loaded: Clerk, budget_urls: DatabaseUrls
) -> None:
    path = await _sign(loaded)
    check = await loaded.get(path)
    assert (check["unchanged"], check["differences"]) == (True, [])
    owner = await asyncpg.connect(budget_urls.owner)
    for statement in (
        "alter table project_version disable trigger user",
        "update project_version set cofinancing_amount = 1 where funder = 'finsam'",
        "alter table project_version enable trigger user",
    ):
        await owner.execute(statement)
    await owner.close()
    check = await loaded.get(path)
    assert check["unchanged"] is False
    assert {one["place"].partition("/")[0] for one in check["differences"]} == {"projects"}
