"""What the database refuses by itself about plans: attacked through SQL as the service's role."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import asyncpg
import pytest

from tests.budget.years import close, decide_budget, open_years

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.db import Database
    from tests.budget.calling import Clerk
    from tests.servers import DatabaseUrls

_FORECAST = """
    insert into forecast (year, occasion, number, reason, proposal_basis, by, recorded_at)
    values (2035, 'T2', $1, $2, now(), 'x', now() - $3 * interval '1 day')
"""
_FORECAST_LINE = """
    insert into forecast_line (forecast_id, row_code, amount, method, note)
    select id, 'revenue', 1, 'none', 'Attack' from forecast
"""
_BUDGET_LINE = "insert into budget_line select id, 'revenue', 1 from budget_version"
_COMMENT = """
    insert into deviation_comment (period, subject_kind, subject_key, number, cause, action,
                                   deviation, compared_with, basis, by, recorded_at)
    values ($1, $2, 'operations', 1, $3, $4, 1, 'outcome', now(), 'x',
            now() - $5 * interval '1 day')
"""
_THRESHOLD = """
    insert into deviation_threshold (subject_kind, valid_from, share_basis_points, amount,
                                     decided_by, reference, by)
    values ('settlement-row', '2035-01-01', $1, $2, 'x', '', 'x')
"""
_REPORT = """
    insert into period_report (first_period, last_period, basis, format, content, content_hash, by)
    values ($1, $2, now() - $3 * interval '1 day', 1, $4,
            encode(sha256(convert_to($5, 'UTF8')), 'hex'), 'x')
"""


@pytest.fixture
async def plans(clerk: Clerk) -> Clerk:
    """A year with one of everything in it."""
    await open_years(clerk, 2035)
    await decide_budget(clerk, 2035, operations="0.01")
    line = {"row": "operations", "amount": "0.01"}
    await clerk.post("/forecasts", {"year": 2035, "occasion": "T1", "lines": [line]})
    threshold = {"validFrom": "2035-01-01", "amount": "1.00", "decidedBy": "Ekonomichefen"}
    await clerk.post("/deviation-thresholds", threshold)
    said = {"subjectKey": "operations", "cause": "Orsak", "action": "Åtgärd"}
    await clerk.post("/deviation-comments", said | {"period": 203501})
    await close(clerk, 2035, [0, 1])
    await clerk.settled()
    await clerk.post("/period-reports", {"period": "203501"})
    return clerk


@pytest.fixture
async def attacker(plans: Clerk) -> AsyncIterator[asyncpg.Connection[Any]]:
    """A connection as the service's own role, without any of our code in between."""
    connection = await plans.db.connect()
    yield connection
    await connection.close()


TABLES = (
    "budget_version",
    "budget_line",
    "forecast",
    "forecast_line",
    "deviation_threshold",
    "deviation_comment",
    "period_report",
)


@pytest.mark.parametrize("table", TABLES)
async def test_nothing_planned_or_signed_is_changed_or_deleted(
    attacker: asyncpg.Connection[Any], budget_urls: DatabaseUrls, table: str
) -> None:
    owner = await asyncpg.connect(budget_urls.owner)
    column = await attacker.fetchval(
        "select column_name from information_schema.columns where table_name = $1"
        " and data_type in ('bigint', 'integer') and is_identity = 'NO' limit 1",
        table,
    )
    attacks = (f"update {table} set {column} = {column}", f"delete from {table}")
    assert await attacker.fetchval(f"select count(*) from {table}") == 1
    for attack in attacks:
        for who in (attacker, owner):
            with pytest.raises(asyncpg.InsufficientPrivilegeError):
                await who.execute(attack)
    await owner.close()


@pytest.mark.parametrize(
    ("statement", "values", "constraint"),
    [
        (_FORECAST, (1, "", 0), None),
        (_FORECAST, (2, "Omräknad", 0), None),
        (_FORECAST, (2, "  ", 0), "forecast_reason_check"),
        (_FORECAST, (0, "Omräknad", 0), "forecast_number_check"),
        (_FORECAST, (1, "", 1), "forecast_back_dated"),
        (_FORECAST_LINE, (), "forecast_line_sealed"),
        (_BUDGET_LINE, (), "budget_line_sealed"),
        (_COMMENT, (203502, "settlement-row", "Orsak", "Åtgärd", 0), None),
        (_COMMENT, (203502, "project", "Orsak", "Åtgärd", 0), None),
        (
            _COMMENT,
            (203502, "person", "Orsak", "Åtgärd", 0),
            "deviation_comment_subject_kind_check",
        ),
        (_COMMENT, (203502, "project", " ", "Åtgärd", 0), "deviation_comment_cause_check"),
        (_COMMENT, (203502, "project", "Orsak", "", 0), "deviation_comment_action_check"),
        (_COMMENT, (203500, "project", "Orsak", "Åtgärd", 0), "deviation_comment_period_check"),
        (_COMMENT, (203502, "project", "Orsak", "Åtgärd", 1), "deviation_comment_back_dated"),
        (_THRESHOLD, (500, None), None),
        (_THRESHOLD, (None, 0), None),
        (_THRESHOLD, (None, None), "deviation_threshold_stated_check"),
        (_THRESHOLD, (-1, None), "deviation_threshold_share_check"),
        (_THRESHOLD, (None, -1), "deviation_threshold_amount_check"),
        (_REPORT, (203501, 203504, 1, "{}", "{}"), None),
        (_REPORT, (203501, 203504, 1, "{}", "[]"), "period_report_content_hash_check"),
        (_REPORT, (203501, 203504, 0, "{}", "{}"), "period_report_basis_check"),
        (_REPORT, (203501, 203604, 1, "{}", "{}"), "period_report_periods_check"),
        (_REPORT, (203500, 203504, 1, "{}", "{}"), "period_report_periods_check"),
    ],
)
async def test_row_that_makes_no_sense_is_refused_by_name(
    attacker: asyncpg.Connection[Any],
    statement: str,
    values: tuple[object, ...],
    constraint: str | None,
) -> None:
    """Those without a name are the negative controls: the same statement, nothing wrong."""
    failed = None
    try:
        await attacker.execute(statement, *values)
    except asyncpg.PostgresError as error:
        failed = getattr(error, "constraint_name", None) or str(error)
    assert failed == constraint


async def test_line_in_the_transaction_of_its_forecast_is_taken(budget_db: Database) -> None:
    """The negative control of lines that come too late: the same statement in time."""
    attacker = await budget_db.connect()
    async with attacker.transaction():
        await attacker.execute(_FORECAST, 1, "", 0)
        await attacker.execute(_FORECAST_LINE)
    assert await attacker.fetchval("select count(*) from forecast_line") == 1
    await attacker.close()
