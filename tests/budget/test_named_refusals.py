"""What cannot be recorded is refused by the field's name, and what is taken can be shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest

from tests.budget.funding import Funded, project_five

if TYPE_CHECKING:
    from tests.budget.calling import Clerk
    from tests.servers import DatabaseUrls

LARGEST = "9999999999999.99"


@pytest.fixture
def budget_urls(funded_urls: DatabaseUrls) -> DatabaseUrls:
    return funded_urls


@pytest.fixture
async def funded(clerk: Clerk) -> Funded:
    return await project_five(clerk)


def voucher(*amounts: str) -> dict[str, Any]:
    return {
        "period": 202403,
        "happenedOn": "2024-03-10",
        "text": "Prov",
        "postings": [
            {"account": account, "counterpart": "87", "amount": amount}
            for account, amount in zip(("5010", "1930", "6010"), amounts, strict=False)
        ],
    }


async def test_refusal_names_the_field(funded: Funded) -> None:
    clerk = funded.clerk
    await funded.grant("100.00")
    booked = await funded.cost("10.00")
    await clerk.post("/investment-categories", {"code": "inventarier", "name": "Inventarier"})
    days = {"name": "Fel", "validFrom": "2024-02-01", "validTo": "2024-01-31"}
    spent = {"category": "inventarier", "kind": "outcome", "year": 2024, "amount": "1.00"}
    refused = {
        "/vouchers": (voucher("1.00", "-1.00", "0.00"), "postings.2.amount"),
        f"/vouchers/{booked}/reversals": ({"reason": "   "}, "reason"),
        "/accounts": ({"code": "6410"} | days, "validTo"),
        "/counterparts/87/versions": (days, "validTo"),
        "/dimensions/6/objects": ({"code": "X"} | days, "validTo"),
        "/dimensions/1/objects": ({"code": " X", "name": "X", "validFrom": "2020-01-01"}, "code"),
        "/dimensions": ({"number": 30, "name": "Egen", "parent": 30}, "parent"),
        "/investment-entries": (spent | {"period": 202303}, "period"),
    }
    for path, (body, field) in refused.items():
        problem = await clerk.post(path, body, status=422)
        named = [each["property"] for each in problem["invalid-parameters"]]
        assert (path, named) == (path, [field])
    none = await funded.grant("9.00", supportRate=0, status=422)
    assert [each["property"] for each in none["invalid-parameters"]] == ["supportRate"]
    early = await clerk.post(
        "/claims",
        {
            "projectId": funded.project_id,
            "kind": "interim",
            "firstMonth": "2024-03",
            "lastMonth": "2024-02",
        },
        status=422,
    )
    (said,) = early["invalid-parameters"]
    assert said["reason"] == "a claim's last month is not before its first"
    silent = await funded.grant("200.00", reason=" ", status=422)
    assert silent["code"] == "grant_reason_missing"
    assert [each["property"] for each in silent["invalid-parameters"]] == ["reason"]


async def test_statements_show_the_largest_amounts_and_the_longest_names(funded: Funded) -> None:
    """Sums have more digits than any amount, and a group's label begins with its code."""
    clerk = funded.clerk
    await clerk.post("/accounts", {"code": "50", "name": "n" * 200, "validFrom": "2020-01-01"})
    for _ in range(11):
        await clerk.post("/vouchers", voucher(LARGEST, f"-{LARGEST}"))
    problem = await clerk.post("/vouchers", voucher(f"1{LARGEST}", f"-1{LARGEST}"), status=422)
    assert [each["property"] for each in problem["invalid-parameters"]] == [
        "postings.0.amount",
        "postings.1.amount",
    ]
    await clerk.settled()
    shown = await clerk.get("/statements/income-statement", period="2024")
    (row,) = [row for row in shown["rows"] if row["code"] == "50"]
    assert (row["label"], row["amounts"]["total"]) == ("50 " + "n" * 200, "109999999999999.89")
