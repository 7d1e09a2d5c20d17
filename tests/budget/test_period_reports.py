"""Signed reports of a period: when they are refused, what they vouch for, and what shows later."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import asyncpg
import pytest

from services.budget.domain.signed_content import differences, hash_of
from services.budget.domain.signed_formats import FORMATS, NEWEST
from services.budget.figures import LEDGER
from shared.db import driver
from shared.journal import take_snapshot
from tests.budget.project_bodies import decided, entry, said, sek
from tests.budget.years import book, close, decide_budget, open_years

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.db import Database
    from tests.budget.calling import Clerk
    from tests.servers import DatabaseUrls

T1 = "2035-T1"
RANGE = "203501-203504"


@pytest.fixture
async def books(clerk: Clerk) -> Clerk:
    """A year booked to April, whose only deviation is below the threshold."""
    await open_years(clerk, 2035)
    await decide_budget(clerk, 2035, operations="1000.00")
    threshold = {"validFrom": "2035-01-01", "decidedBy": "Ekonomichefen", "amount": "700.00"}
    await clerk.post("/deviation-thresholds", threshold)
    for part in range(1, 5):
        await book(clerk, 203500 + part, "5010", 100_00)
    await clerk.settled()
    return clerk


@pytest.fixture
async def closed(books: Clerk) -> Clerk:
    """The same, with every period closed that the report of April uses."""
    await close(books, 2035, range(5))
    await books.settled()
    return books


@pytest.fixture
async def owner(budget_urls: DatabaseUrls) -> AsyncIterator[asyncpg.Connection[Any]]:
    """The owner of the tables, who can switch their triggers off."""
    connection = await asyncpg.connect(budget_urls.owner)
    yield connection
    await connection.close()


_GUARDED = ("posting", "voucher", "period_report")


async def _tamper(owner: asyncpg.Connection[Any], *statements: str) -> None:
    for table in _GUARDED:
        await owner.execute(f"alter table {table} disable trigger user")
    for statement in statements:
        assert not (await owner.execute(statement)).endswith(" 0")
    for table in _GUARDED:
        await owner.execute(f"alter table {table} enable trigger user")


async def _sign(clerk: Clerk, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    made: dict[str, Any] = await clerk.post("/period-reports", {"period": T1} | more)
    return made


async def test_report_is_signed_once_everything_is_in_order(closed: Clerk) -> None:
    made = await _sign(closed)
    assert (made["period"], len(made["contentHash"])) == (RANGE, 64)
    assert made["basis"] < made["recordedAt"]
    again = await _sign(closed)
    assert again["contentHash"] == made["contentHash"], "nothing changed, nothing reads otherwise"
    assert (await closed.get("/period-reports", year="2035"))["items"] == [made, again]
    assert (await closed.get("/period-reports", year="2034"))["items"] == []
    assert await closed.get(f"/period-reports/{made['id']}") == made


async def test_open_periods_are_named(books: Clerk) -> None:
    await close(books, 2035, [0, 1, 3])
    await books.settled()
    problem = await books.post("/period-reports", {"period": T1}, status=409)
    assert (problem["code"], problem["openPeriods"]) == ("period_not_reportable", [203502, 203504])
    assert (problem["brokenTies"], problem["uncommentedDeviations"]) == ([], [])
    assert (await books.get("/period-reports"))["items"] == []


@pytest.mark.parametrize(("commented", "state"), [(False, "missing"), (True, "outdated")])
async def test_deviation_without_a_comment_that_fits_is_named(
    books: Clerk, *, commented: bool, state: str
) -> None:
    comment = {"period": 203504, "subjectKey": "operations", "cause": "Orsak", "action": "Åtgärd"}
    if commented:
        await books.post("/deviation-comments", comment)
    await book(books, 203504, "5010", 1400_01)
    await close(books, 2035, range(5))
    await books.settled()
    problem = await books.post("/period-reports", {"period": T1}, status=409)
    assert problem["uncommentedDeviations"] == [
        {
            "subjectKind": "settlement-row",
            "subjectKey": "operations",
            "deviation": "-800.01",
            "comment": state,
        }
    ]
    await books.post("/deviation-comments", comment)
    await books.settled()
    await _sign(books)


async def test_broken_tie_is_named(closed: Clerk, owner: asyncpg.Connection[Any]) -> None:
    await _tamper(owner, "update posting set amount = amount + 1 where account = '5010'")
    problem = await closed.post("/period-reports", {"period": T1}, status=409)
    broken = {one["code"]: one["difference"] for one in problem["brokenTies"]}
    assert broken["vouchers-balance"] == "0.04"


async def test_basis_that_is_not_settled_is_refused(closed: Clerk) -> None:
    body = {"period": T1, "basis": "2999-01-01T00:00:00Z"}
    problem = await closed.post("/period-reports", body, status=409)
    assert problem["code"] == "basis_not_settled"


@pytest.mark.parametrize("period", ["2035-T4", "203500", "203501-203601", "", "2035-T1-extra"])
async def test_period_that_is_none_is_refused(clerk: Clerk, period: str) -> None:
    problem = await clerk.post("/period-reports", {"period": period}, status=422)
    assert problem["invalid-parameters"][0]["property"] == "period"


async def test_report_is_of_the_basis_that_was_read(closed: Clerk) -> None:
    seen = await closed.get("/statements", period=T1)
    await closed.post("/periods/203504/reopenings", {"reason": "Sen faktura"})
    await book(closed, 203504, "5010", 1_00)
    await closed.settled()
    made = await _sign(closed, basis=seen["basis"])
    assert made["basis"] == seen["basis"]
    check = await closed.get(f"/period-reports/{made['id']}/verification")
    assert (check["unchanged"], check["differences"]) == (True, [])


async def test_later_statement_says_which_report_used_a_period_before_it_was_reopened(
    closed: Clerk,
) -> None:
    first = await _sign(closed)
    await closed.settled()
    untouched = await closed.get("/statements/income-statement", period=T1)
    assert untouched["reopenings"] == []
    await closed.post("/periods/203503/reopenings", {"reason": "Sen faktura"})
    await closed.settled()
    statement = await closed.get("/statements/income-statement", period="2035-T2")
    (reopening,) = statement["reopenings"]
    assert (reopening["period"], reopening["reason"]) == (203503, "Sen faktura")
    assert reopening["reports"] == [
        {
            "id": first["id"],
            "period": RANGE,
            "basis": first["basis"],
            "by": first["by"],
            "at": first["recordedAt"],
        }
    ]
    (note,) = [note for note in statement["notes"] if "203503" in note]
    assert note.startswith("Perioden 203503 öppnades igen ")
    assert f"(Sen faktura) efter att rapporten för {RANGE} undertecknats" in note
    again = await closed.get("/statements/income-statement", period=T1, basis=untouched["basis"])
    assert again == untouched


async def test_period_that_no_report_had_used_is_reopened_without_a_note(closed: Clerk) -> None:
    await closed.post("/periods/203503/reopenings", {"reason": "Sen faktura"})
    await closed.post("/periods/203503/closures")
    await closed.settled()
    await _sign(closed)
    await close(closed, 2035, [5])
    await closed.post("/periods/203505/reopenings", {"reason": "Glömd lön"})
    await closed.settled()
    statement = await closed.get("/statements/balance-sheet", period="2035-T2")
    assert [(one["period"], one["reports"]) for one in statement["reopenings"]] == [
        (203503, []),
        (203505, []),
    ]
    assert statement["notes"] == []


async def test_report_still_holds_after_everything_that_may_happen_later(closed: Clerk) -> None:
    made = await _sign(closed)
    await closed.post("/periods/203504/reopenings", {"reason": "Sen faktura"})
    await book(closed, 203504, "5010", 50_00)
    await decide_budget(closed, 2036, operations="1.00")
    await closed.post("/accounts/5010/versions", {"name": "Ny", "validFrom": "2000-01-01"})
    comment = {"period": 203504, "subjectKey": "operations", "cause": "Orsak", "action": "Åtgärd"}
    await closed.post("/deviation-comments", comment)
    line = {"row": "operations", "amount": "1.00"}
    await closed.post("/forecasts", {"year": 2035, "occasion": "T1", "lines": [line]})
    check = await closed.get(f"/period-reports/{made['id']}/verification")
    assert (check["unchanged"], check["computedHash"]) == (True, made["contentHash"])
    assert check["report"] == made


_MOVED = "update posting set account = '3510' where account = '5010' and period = 203502"


async def test_posting_changed_behind_the_triggers_shows_to_the_ore(
    closed: Clerk, budget_db: Database, owner: asyncpg.Connection[Any]
) -> None:
    """Negative control: one posting moved to another account, which no tie and no sum shows.

    A snapshot of the ledger's sums taken before keeps the statement as it was; the
    verification adds the postings themselves.
    """
    async with budget_db.begin() as session:
        assert await take_snapshot(await driver(session), LEDGER) is not None
    await closed.settled()
    made = await _sign(closed)
    await _tamper(owner, _MOVED)
    assert (await closed.get("/ties", period=T1))["hold"] is True
    check = await closed.get(f"/period-reports/{made['id']}/verification")
    assert check["unchanged"] is False
    assert check["computedHash"] != made["contentHash"]
    places = {one["place"]: (one["kept"], one["computed"]) for one in check["differences"]}
    assert places["statements/income-statement/rows/50/external"] == ("40000", "30000")
    assert places["statements/income-statement/rows/35/external"] == ("0", "10000")
    assert places["deviations/settlement-row operations/compared"] == ("40000", "30000")


async def test_text_of_a_report_changed_with_its_hash_shows_too(
    closed: Clerk, owner: asyncpg.Connection[Any]
) -> None:
    made = await _sign(closed)
    changed = "replace(content, '40000', '50000')"
    await _tamper(
        owner,
        f"update period_report set content = {changed},"
        f" content_hash = encode(sha256(convert_to({changed}, 'UTF8')), 'hex')",
    )
    check = await closed.get(f"/period-reports/{made['id']}/verification")
    assert check["unchanged"] is False
    assert check["computedHash"] == made["contentHash"]


async def test_signature_of_a_format_that_is_not_known_is_not_called_changed(
    closed: Clerk, owner: asyncpg.Connection[Any]
) -> None:
    made = await _sign(closed)
    assert made["format"] == NEWEST
    await _tamper(owner, "update period_report set format = 32000")
    problem = await closed.get(f"/period-reports/{made['id']}/verification", status=409)
    assert problem["code"] == "period_report_format_unknown"
    assert (problem["format"], problem["knownFormats"]) == (32000, list(FORMATS))
    assert (await closed.get(f"/period-reports/{made['id']}"))["format"] == 32000


async def test_deviation_of_a_project_is_explained_before_the_signature(closed: Clerk) -> None:
    known = await decided(closed, start="2035-01", end="2035-12", decidedCost=sek("1000.00"))
    await said(closed, known, 203504, entry("forecast", "cost", 2035, "1200.00"))
    await closed.settled()
    problem = await closed.post("/period-reports", {"period": T1}, status=409)
    assert [
        (one["subjectKind"], one["subjectKey"], one["deviation"], one["comment"])
        for one in problem["uncommentedDeviations"]
    ] == [("project", "7", "-200.00", "missing")]
    remark = {"subjectKind": "project", "subjectKey": "7", "cause": "Orsak", "action": "Åtgärd"}
    await closed.post("/deviation-comments", remark | {"period": 203504})
    await closed.settled()
    await _sign(closed)


async def test_report_that_is_none_is_not_found(clerk: Clerk) -> None:
    for path in ("", "/verification"):
        problem = await clerk.get(f"/period-reports/{uuid4()}{path}", status=404)
        assert problem["code"] == "period_report_not_found"


def test_differences_are_named_by_place_and_absence_is_null() -> None:
    kept, computed = '{"a":{"b":1,"c":"x"}}', '{"a":{"b":2,"d":true}}'
    found = [(one.place, one.kept, one.computed) for one in differences(kept, computed)]
    assert found == [("a/b", "1", "2"), ("a/c", '"x"', None), ("a/d", None, "true")]
    assert differences(kept, kept) == []
    assert hash_of("") == "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
