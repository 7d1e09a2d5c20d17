"""Dimensions and fiscal years through the API: named, dated, and required of what is booked."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import pytest

from services.budget.domain.fiscal_years import FiscalYear
from tests.budget.test_api import project, voucher

if TYPE_CHECKING:
    from tests.budget.calling import Clerk

SINCE = "2035-01-01"


@pytest.fixture
async def books(clerk: Clerk) -> Clerk:
    await clerk.post("/fiscal-years", {"year": 2035})
    for code in ("5010", "1510"):
        await clerk.post("/accounts", {"code": code, "name": code, "validFrom": SINCE})
    await clerk.post("/counterparts", {"code": "87", "name": "Företag", "validFrom": SINCE})
    return clerk


def _voucher(period: int = 203503, **named: Any) -> dict[str, Any]:  # noqa: ANN401
    body = voucher(("5010", "87", "10.00"), ("1510", "87", "-10.00"), period=period)
    body["postings"][0] |= named
    return body


async def test_dimensions_built_in_are_those_of_ledger_files(clerk: Clerk) -> None:
    items = (await clerk.get("/dimensions"))["items"]
    assert [(item["number"], item["name"]) for item in items] == [
        (1, "Ansvar"),
        (6, "Projekt"),
        (21, "Verksamhet"),
    ]


async def test_sub_dimension_is_registered_under_its_parent(clerk: Clerk) -> None:
    made = await clerk.post("/dimensions", {"number": 61, "name": "Delprojekt", "parent": 6})
    assert (made["number"], made["parent"]) == (61, 6)
    bearer = await clerk.post("/dimensions", {"number": 2, "name": "Kostnadsbärare"})
    assert bearer["parent"] == 1, "by the standard it divides the unit responsible"
    twice = await clerk.post("/dimensions", {"number": 61, "name": "Annat"}, status=409)
    assert twice["code"] == "dimension_taken"
    orphan = {"number": 62, "name": "Delprojekt", "parent": 63}
    assert (await clerk.post("/dimensions", orphan, status=404))["code"] == "dimension_not_found"


@pytest.mark.parametrize("number", [3, 5, 11, 19, 20])
async def test_number_kept_for_another_use_is_refused(clerk: Clerk, number: int) -> None:
    problem = await clerk.post("/dimensions", {"number": number, "name": "Ny"}, status=422)
    assert problem["code"] == "dimension_reserved"


async def test_posting_names_registered_objects_on_days_of_their_validity(books: Clerk) -> None:
    await books.post("/dimensions", {"number": 7, "name": "Anställd"})
    dated = {"code": "A12", "name": "A12", "validFrom": SINCE, "validTo": "2035-03-31"}
    await books.post("/dimensions/7/objects", dated)
    await books.post("/dimensions/1/objects", {"code": "4711", "name": "X", "validFrom": SINCE})
    named: dict[str, Any] = {"responsibility": "4711", "objects": {"7": "A12"}, "text": "Mars"}
    made = await books.post("/vouchers", _voucher(**named))
    shown = (await books.get(f"/vouchers/{made['id']}"))["postings"][0]
    assert {name: shown[name] for name in named} == named
    for refused in (
        _voucher(203504, **named),
        _voucher(objects={"7": "A13"}),
        _voucher(objects={"8": "A12"}),
        _voucher(activity="4711"),
    ):
        problem = await books.post("/vouchers", refused, status=422)
        assert problem["code"] == "code_part_not_valid"
    await books.post("/vouchers", _voucher(objects={"6": "4711"}), status=422)
    longer = {"name": "A12", "validFrom": SINCE}
    assert (await books.post("/dimensions/7/objects/A12/versions", longer))["version"] == 2
    await books.post("/vouchers", _voucher(203504, **named))


async def test_objects_are_listed_read_and_registered_once(clerk: Clerk) -> None:
    for code in ("4711", "4712", "5"):
        body = {"code": code, "name": f"Enhet {code}", "validFrom": SINCE}
        await clerk.post("/dimensions/1/objects", body)
    again = {"code": "5", "name": "Femman", "validFrom": SINCE}
    assert (await clerk.post("/dimensions/1/objects", again, status=409))["code"] == "code_taken"
    page = await clerk.get("/dimensions/1/objects", prefix="47", limit="1", page="2")
    assert [item["code"] for item in page["items"]] == ["4712"]
    assert page["_meta"]["totalRecords"] == 2
    assert (await clerk.get("/dimensions/1/objects/5"))["name"] == "Enhet 5"
    missing = {"name": "Femman", "validFrom": SINCE}
    for path in ("/dimensions/1/objects/6/versions", "/dimensions/9/objects/5/versions"):
        await clerk.post(path, missing, status=404)
    await clerk.get("/dimensions/9/objects", status=404)
    await clerk.post("/dimensions/9/objects", again, status=404)


async def test_project_can_be_posted_to_from_its_first_day_on(books: Clerk) -> None:
    await books.post("/projects", project(number="7", start="2035-03", end="2035-04"))
    await books.post("/vouchers", _voucher(project="7"))
    await books.post("/vouchers", _voucher(203512, project="7"))
    problem = await books.post("/vouchers", _voucher(203502, project="7"), status=422)
    assert problem["code"] == "code_part_not_valid"


async def test_broken_year_is_named_by_the_year_it_ends_in(clerk: Clerk) -> None:
    await clerk.post("/fiscal-years", {"year": 2010, "firstDay": "2009-07-01"})
    await clerk.post("/fiscal-years", {"year": 2012})
    assert (await clerk.get("/fiscal-years"))["items"] == [
        {"year": 2010, "firstDay": "2009-07-01", "lastDay": "2010-06-30"},
        {"year": 2012, "firstDay": "2012-01-01", "lastDay": "2012-12-31"},
    ]
    await clerk.post("/fiscal-years", {"year": 2010}, status=409)
    for year, first_day in ((2013, "2013-02-02"), (2013, "2013-07-01"), (2013, "2011-07-01")):
        body = {"year": year, "firstDay": first_day}
        problem = await clerk.post("/fiscal-years", body, status=422)
        assert problem["code"] == "not_a_fiscal_year"


BROKEN = FiscalYear.beginning(date(2009, 7, 1))
CALENDAR = FiscalYear.calendar(2020)


@pytest.mark.parametrize(
    ("year", "period", "first", "last"),
    [
        (CALENDAR, 202000, date(2020, 1, 1), date(2020, 1, 1)),
        (CALENDAR, 202002, date(2020, 2, 1), date(2020, 2, 29)),
        (CALENDAR, 202012, date(2020, 12, 1), date(2020, 12, 31)),
        (CALENDAR, 202014, date(2020, 12, 31), date(2020, 12, 31)),
        (BROKEN, 201000, date(2009, 7, 1), date(2009, 7, 1)),
        (BROKEN, 201001, date(2009, 7, 1), date(2009, 7, 31)),
        (BROKEN, 201008, date(2010, 2, 1), date(2010, 2, 28)),
        (BROKEN, 201013, date(2010, 6, 30), date(2010, 6, 30)),
    ],
)
def test_period_has_its_days_within_the_year(
    year: FiscalYear, period: int, first: date, last: date
) -> None:
    assert (year.first_day_of(period), year.last_day_of(period)) == (first, last)
    if 0 < period % 100 <= 12:
        assert year.period_of(first) == year.period_of(last) == period


def test_day_of_another_year_has_no_period() -> None:
    assert (BROKEN.year, BROKEN.last_day) == (2010, date(2010, 6, 30))
    for day in (date(2009, 6, 30), date(2010, 7, 1)):
        with pytest.raises(ValueError, match="another year"):
            BROKEN.period_of(day)
    with pytest.raises(ValueError, match="another year"):
        BROKEN.last_day_of(202001)
