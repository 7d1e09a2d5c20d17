"""The routes of budget with invented amounts: other data give other figures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from services.budget.figures import LEDGER
from shared import examples
from shared.db import driver
from shared.journal import take_snapshot

if TYPE_CHECKING:
    from shared.db import Database
    from tests.budget.calling import Clerk

ACCOUNTS = {"15": "Kundfordringar", "1210": "Inventarier", "2010": "Eget kapital"} | {
    "3510": "Bidrag",
    "5010": "Löner",
    "7910": "Avskrivningar",
    "8410": "Ränteintäkter",
    "8510": "Räntekostnader",
    "3891": "Periodiserade investeringsbidrag",
}
COUNTERPARTS = {"12": "Stadsledningskontoret", "61": "Bostadsbolaget", "87": "Företag"}


@pytest.fixture
async def books(clerk: Clerk) -> Clerk:
    await clerk.post("/fiscal-years", {"year": 2035})
    for code, name in ACCOUNTS.items():
        body: dict[str, Any] = {"code": code, "name": name, "validFrom": "2030-01-01"}
        if code == "3891":
            body["settlementRow"] = "recognised-investment-income"
        await clerk.post("/accounts", body)
    for code, name in COUNTERPARTS.items():
        body = {"code": code, "name": name, "validFrom": "2030-01-01"}
        await clerk.post("/counterparts", body)
    return clerk


def voucher(*postings: tuple[str, str, str], period: int = 203503, **more: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "period": period,
        "happenedOn": f"{period // 100}-{max(period % 100, 1):02}-10",
        "text": "Prov",
        "postings": [
            {"account": account, "counterpart": counterpart, "amount": amount}
            for account, counterpart, amount in postings
        ],
    } | more


async def _amounts(clerk: Clerk, statement: str, **params: str) -> dict[str, dict[str, str]]:
    await clerk.settled()
    answer = await clerk.get(f"/statements/{statement}", status=200, **params)
    return {row["code"]: row["amounts"] for row in answer["rows"]}


MADE = (
    ("5010", "87", "700.10"),
    ("3510", "12", "-200.05"),
    ("7910", "87", "50.00"),
    ("8510", "12", "3.00"),
    ("8510", "61", "4.00"),
    ("8410", "87", "-1.00"),
    ("3891", "87", "-10.00"),
    ("15", "87", "-496.05"),
    ("1210", "87", "-50.00"),
)


async def test_statements_follow_the_postings_that_were_made(books: Clerk) -> None:
    """Amounts that nobody printed: nothing in the code knows any figure."""
    opening = (("15", "0", "1000.00"), ("2010", "0", "-1000.00"))
    await books.post("/counterparts", {"code": "0", "name": "-", "validFrom": "2030-01-01"})
    await books.post("/vouchers", voucher(*opening, period=203500))
    await books.post("/vouchers", voucher(*MADE))
    await books.post(
        "/budget-versions",
        {
            "year": 2035,
            "kind": "council_decision",
            "decidedOn": "2034-11-20",
            "decidedBy": "Kommunfullmäktige",
            "reference": "A",
            "lines": [{"row": "operations", "amount": "900.00"}],
        },
    )
    income = await _amounts(books, "income-statement", period="2035-T1")
    assert income["costs"]["total"] == "700.10"
    assert income["result"] == {
        "external": "739.10",
        "municipalCompany": "4.00",
        "internal": "-197.05",
        "undivided": "0.00",
        "total": "546.05",
    }
    balance = await _amounts(books, "balance-sheet", period="2035-T1")
    assert balance["assets"]["total"] == "453.95"
    assert balance["equity"] == {
        "change": "546.05",
        "opening": "-1000.00",
        "external": "546.05",
        "municipalCompany": "0.00",
        "internal": "0.00",
        "undivided": "-1000.00",
        "total": "-453.95",
    }
    settlement = await _amounts(books, "budget-settlement", period="2035-T1")
    assert settlement["operations"] == {
        "budget": "900.00",
        "outcome": "704.10",
        "deviation": "195.90",
    }
    assert settlement["internal-interest"]["outcome"] == "3.00"
    assert settlement["recognised-investment-income"]["outcome"] == "-10.00"
    assert settlement["revenue"]["outcome"] == "-201.05"
    assert settlement["net-operations"]["outcome"] == "546.05"
    ties = await books.get("/ties", period="2035-T1")
    assert ties["hold"], [tie for tie in ties["ties"] if not tie["holds"]]


async def test_budget_adjustments_count_from_the_day_they_were_decided(books: Clerk) -> None:
    version = {
        "year": 2035,
        "decidedBy": "Nämnden",
        "reference": "B",
        "lines": [{"row": "revenue", "amount": "-100.00"}],
    }
    early = version | {"kind": "adjustment", "decidedOn": "2035-02-01"}
    await books.post("/budget-versions", early, status=409)
    decided = version | {"kind": "council_decision", "decidedOn": "2034-11-20"}
    await books.post("/budget-versions", decided)
    await books.post("/budget-versions", decided, status=409)
    await books.post("/budget-versions", early | {"decidedOn": "2035-06-10"})
    april = await _amounts(books, "budget-settlement", period="2035-T1")
    august = await _amounts(books, "budget-settlement", period="2035-T2")
    assert (april["revenue"]["budget"], august["revenue"]["budget"]) == ("-100.00", "-200.00")
    unknown = early | {"lines": [{"row": "net-operations", "amount": "1.00"}]}
    await books.post("/budget-versions", unknown, status=422)
    line = {"row": "revenue", "amount": "-1.00"}
    twice = decided | {"year": 2037, "lines": [line, line]}
    await books.post("/budget-versions", twice, status=422)


async def test_earlier_basis_gives_the_same_bytes_after_corrections(books: Clerk) -> None:
    made = await books.post("/vouchers", voucher(("5010", "87", "10.00"), ("15", "87", "-10.00")))
    await books.settled()
    before = await books.get("/statements/income-statement", period="2035-T1")
    await books.post(f"/vouchers/{made['id']}/reversals", {"reason": "Fel konto"})
    await books.post("/accounts/5010/versions", {"name": "Ny", "validFrom": "2030-01-01"})
    await books.settled()
    again = await books.get("/statements/income-statement", period="2035-T1", basis=before["basis"])
    now = await books.get("/statements/income-statement", period="2035-T1")
    assert again == before
    assert now["rows"] != before["rows"]


async def test_outcome_is_the_same_with_snapshots_of_the_ledger(
    books: Clerk, budget_db: Database
) -> None:
    for amount in ("10.00", "20.00"):
        pair = (("5010", "87", amount), ("3510", "12", f"-{amount}"))
        await books.post("/vouchers", voucher(*pair))
        await books.settled()
        async with budget_db.begin() as session:
            assert await take_snapshot(await driver(session), LEDGER) is not None
    last = (("5010", "87", "0.50"), ("3510", "12", "-0.50"))
    await books.post("/vouchers", voucher(*last, period=203504))
    await books.settled()
    outcome = await books.get("/figures/outcome", period="2035-T1", by="accountGroup")
    found = {row["accountGroup"]: row["value"] for row in outcome["rows"]}
    assert found == {"35": "-30.50", "50": "30.50"}
    march = await books.get("/figures/outcome", period="2035-03", counterpartClass="internal")
    assert march["total"] == "-30.00"


async def test_reopened_period_is_shown_with_its_reason(books: Clerk) -> None:
    await books.post("/periods/203503/closures")
    closed = voucher(("5010", "87", "10.00"), ("15", "87", "-10.00"))
    problem = await books.post("/vouchers", closed, status=409)
    assert problem["code"] == "period_closed"
    await books.post("/periods/203503/closures", status=409)
    await books.post("/periods/203503/reopenings", {"reason": ""}, status=422)
    await books.post("/periods/203503/reopenings", {"reason": "Sen faktura"})
    await books.post("/periods/203503/reopenings", {"reason": "Sen faktura"}, status=409)
    await books.post("/periods/203603/closures", status=404)
    await books.post("/vouchers", closed)
    await books.settled()
    statement = await books.get("/statements/balance-sheet", period="2035-T1")
    assert [(r["period"], r["reason"]) for r in statement["reopenings"]] == [
        (203503, "Sen faktura")
    ]


async def test_voucher_is_numbered_read_listed_and_taken_back_once(books: Clerk) -> None:
    body = voucher(("5010", "87", "10.00"), ("15", "87", "-10.00"))
    key = uuid4().hex
    first = await books.post("/vouchers", body, key=key)
    assert await books.post("/vouchers", body, key=key) == first
    second = await books.post("/vouchers", body)
    assert (first["number"], second["number"]) == (1, 2)
    assert first["postings"][1]["counterpartClass"] == "external"
    for period in (203502, 203603):
        elsewhere = {"reason": "Fel konto", "period": period}
        path = f"/vouchers/{first['id']}/reversals"
        problem = await books.post(path, elsewhere, status=422)
        assert problem["code"] == "reversal_elsewhere"
    reversal = await books.post(f"/vouchers/{first['id']}/reversals", {"reason": "Fel konto"})
    assert (reversal["number"], reversal["reversalOf"]) == (3, first["id"])
    again = await books.post(
        f"/vouchers/{first['id']}/reversals", {"reason": "Fel konto"}, status=409
    )
    assert again["code"] == "already_reversed"
    refused = await books.post(
        f"/vouchers/{reversal['id']}/reversals", {"reason": "Ångrar mig"}, status=409
    )
    assert refused["code"] == "reversal_of_reversal"
    assert (await books.get(f"/vouchers/{first['id']}"))["reversedBy"] == reversal["id"]
    page = await books.get("/vouchers", period="203501-203512", limit="2", page="2")
    assert page["_meta"]["totalRecords"] == 3
    assert [item["number"] for item in page["items"]] == [3]
    await books.get(f"/vouchers/{uuid4()}", status=404)


@pytest.mark.parametrize(
    ("postings", "more", "code"),
    [
        ((("5010", "87", "10.00"), ("15", "87", "-9.99")), {}, "voucher_unbalanced"),
        ((("5099", "87", "10.00"), ("15", "87", "-10.00")), {}, "code_part_not_valid"),
        ((("5010", "99", "10.00"), ("15", "87", "-10.00")), {}, "code_part_not_valid"),
        (
            (("5010", "87", "10.00"), ("15", "87", "-10.00")),
            {"happenedOn": "2034-03-10"},
            "voucher_in_another_year",
        ),
        ((("5010", "87", "10.00"),), {}, "invalid_request"),
        ((("5010", "87", "10.005"), ("15", "87", "-10.005")), {}, "invalid_request"),
    ],
)
async def test_voucher_that_is_none_is_refused_by_name(
    books: Clerk, postings: tuple[tuple[str, str, str], ...], more: dict[str, Any], code: str
) -> None:
    problem = await books.post("/vouchers", voucher(*postings, **more), status=422)
    assert problem["code"] == code, problem


async def test_voucher_of_a_delivery_is_corrected_by_delivering_again(books: Clerk) -> None:
    body = b"statement,period,line,external\nincome-statement,203501-203504,50,10.00\n"
    assert (await books.push(body))["state"] == "applied"
    (booked,) = (await books.get("/vouchers"))["items"]
    problem = await books.post(
        f"/vouchers/{booked['id']}/reversals", {"reason": "Fel konto"}, status=409
    )
    assert problem["code"] == "booked_by_delivery"


def project(**changed: Any) -> dict[str, Any]:  # noqa: ANN401
    return {
        "number": "7",
        "name": "Provprojektet",
        "funder": "esf",
        "programme": "ESF",
        "role": "owner",
        "responsibleDepartment": "Jobbtorg",
        "budget": {"amount": "1000000.00", "currency": "SEK"},
        "start": "2034",
        "end": "2035-06",
    } | changed


async def test_project_is_decided_once_and_tells_participants(
    books: Clerk, budget_db: Database
) -> None:
    made = await books.post("/projects", project())
    decision = {"decidedOn": "2034-01-10"}
    decided = await books.post(f"/projects/{made['id']}/decisions", decision)
    assert (made["state"], decided["state"], decided["version"]) == ("proposed", "decided", 2)
    await books.post(f"/projects/{made['id']}/decisions", decision, status=409)
    await books.post("/projects", project(), status=409)
    async with budget_db.read() as session:
        sent = await (await driver(session)).fetch(
            "select type, consumer, data->>'startsOn' as s, data->>'endsOn' as e from outbox"
        )
    assert [tuple(row) for row in sent] == [
        ("budget.project.decided.v1", "participants", "2034-01-01", "2035-06-30")
    ]


async def test_changed_project_keeps_what_it_said_at_an_earlier_basis(books: Clerk) -> None:
    made = await books.post("/projects", project())
    await books.post(f"/projects/{made['id']}/decisions", {"decidedOn": "2034-01-10"})
    await books.settled()
    before = await books.get("/statements/project-appendix", period="2035-T1")
    body = project(name="Nya provet", reason="Nytt namn enligt beslut")
    del body["number"]
    path = f"/budget/v1/projects/{made['id']}"
    stale = await books.http.put(path, json=body, headers={"If-Match": '"v1"'})
    assert stale.status_code == 412
    changed = await books.http.put(path, json=body, headers={"If-Match": '"v2"'})
    assert changed.status_code == 200, changed.text
    await books.settled()
    now = await books.get("/statements/project-appendix", period="2035-T1")
    again = await books.get("/statements/project-appendix", period="2035-T1", basis=before["basis"])
    assert again == before
    assert [row["label"] for row in now["rows"] if row["kind"] == "project"] == ["7. Nya provet"]


@pytest.mark.parametrize(
    "changed",
    [
        {"budget": None},
        {"start": "2036"},
        {"end": "2035-13"},
        {"funder": "someone"},
        {"forecastEnd": "2036-01"},
        {"budget": {"amount": "1.00", "currency": "USD"}},
    ],
)
async def test_project_that_makes_no_sense_is_refused(
    books: Clerk, changed: dict[str, Any]
) -> None:
    await books.post("/projects", project(**changed), status=422)


async def test_amount_not_stated_is_a_value_of_its_own(books: Clerk) -> None:
    made = await books.post("/projects", project(budget=None, budgetNote="En tjänst bekostas"))
    await books.post(f"/projects/{made['id']}/decisions", {"decidedOn": "2034-01-10"})
    await books.settled()
    appendix = await books.get("/statements/project-appendix", period="2035-T1")
    rows = {row["code"]: row for row in appendix["rows"]}
    assert rows["7"]["amounts"]["budget"] is None
    assert appendix["notes"] == [
        "1 projekt anger inget budgetbelopp och ingår inte i summorna.",
        "Projekt 7 (Provprojektet) går ej att summera: En tjänst bekostas.",
    ]


async def test_newest_forecast_counts_and_older_ones_stay(books: Clerk) -> None:
    await books.post("/investment-categories", {"code": "inventarier", "name": "Inventarier"})
    entry = {"category": "inventarier", "kind": "forecast", "year": 2035}
    await books.post("/investment-entries", entry | {"period": 203504, "amount": "100.00"})
    await books.post("/investment-entries", entry | {"period": 203508, "amount": "80.00"})
    plan = entry | {"kind": "plan", "period": 203500, "amount": "120.00"}
    await books.post("/investment-entries", plan)
    april = await _amounts(books, "investments", period="2035-T1")
    august = await _amounts(books, "investments", period="2035-T2")
    assert april["inventarier"]["deviation"] == "20.00"
    assert august["inventarier"]["deviation"] == "40.00"
    missing = entry | {"category": "finns-inte", "period": 203504, "amount": "1.00"}
    await books.post("/investment-entries", missing, status=404)


async def test_every_field_of_the_published_specification_has_an_example(clerk: Clerk) -> None:
    assert examples.missing(clerk.app.api.openapi()) == []
