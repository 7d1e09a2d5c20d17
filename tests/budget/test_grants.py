"""Grants and the rules behind them: what they allow, and how a project's money stands."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.budget.funding import Funded, lines_of, project_five

if TYPE_CHECKING:
    from tests.budget.calling import Clerk
    from tests.servers import DatabaseUrls


@pytest.fixture
def budget_urls(funded_urls: DatabaseUrls) -> DatabaseUrls:
    return funded_urls


@pytest.fixture
async def funded(clerk: Clerk) -> Funded:
    return await project_five(clerk)


async def test_grant_caps_the_claim_and_says_what_it_cuts(funded: Funded) -> None:
    await funded.grant("120.00")
    await funded.cost("1000.00")
    claim = await funded.claimed()
    assert (claim["sums"]["support"], claim["sums"]["cut"]) == ("500.00", "380.00")
    await funded.cost("10.00")
    assert (await funded.submit(await funded.draft(), status=409))["code"] == "nothing_to_claim"
    refused = await funded.submit(await funded.draft("advance", advance="0.01"), status=409)
    assert (refused["code"], refused["left"]) == ("grant_exceeded", "0.00")
    await funded.grant("124.00")
    assert (await funded.claimed())["claimed"] == "4.00"


async def test_grant_is_raised_and_lowered_but_not_below_what_is_claimed(funded: Funded) -> None:
    await funded.grant("1000.00")
    await funded.cost("1000.00")
    await funded.claimed()
    assert (await funded.grant("499.99", status=409))["code"] == "grant_below_claims"
    assert (await funded.grant("500.00"))["number"] == 2
    other = await funded.grant("500.00", programmePeriod="esf-2014-2020", status=409)
    assert other["code"] == "grant_programme_fixed"
    unknown = await funded.grant("500.00", flatRates=["nothing-such"], status=422)
    assert unknown["code"] == "rule_not_found"
    listed = await funded.clerk.get(f"/projects/{funded.project_id}/grants")
    assert [(each["number"], each["amount"]["amount"]) for each in listed["items"]] == [
        (1, "1000.00"),
        (2, "500.00"),
    ]


async def test_project_without_a_grant_claims_nothing(funded: Funded) -> None:
    body = {
        "projectId": funded.project_id,
        "kind": "interim",
        "firstMonth": "2024-01",
        "lastMonth": "2024-03",
    }
    assert (await funded.clerk.post("/claims", body, status=404))["code"] == "grant_not_found"


async def test_grant_in_euro_is_claimed_at_the_rate_of_the_last_day(funded: Funded) -> None:
    async def state(rate: str, day: str) -> None:
        body = {"currency": "EUR", "validOn": day, "rate": rate, "source": "Påhittad"}
        await funded.clerk.post("/exchange-rates", body)

    await funded.grant("500.00", currency="EUR")
    await funded.cost("1000.10")
    draft = await funded.draft()
    await state("9.99", "2025-01-01")
    refused = await funded.submit(draft, status=409)
    assert refused["code"] == "exchange_rate_missing"
    await state("11.3", "2024-06-30")
    claim = await funded.submit(draft)
    assert (claim["currency"], claim["claimed"]) == ("EUR", "44.25")
    assert claim["sums"]["eligible"] == "1000.10"
    assert claim["sums"]["exchange"] == {
        "currency": "EUR",
        "rate": "11.3",
        "validOn": "2024-06-30",
        "source": "Påhittad",
    }
    await state("12", "2024-12-01")
    assert (await funded.clerk.get(f"/claims/{claim['id']}"))["sums"] == claim["sums"]
    financing = await funded.financing()
    assert (financing["currency"], financing["left"]) == ("EUR", "455.75")
    await funded.decide(claim["id"], "40.00")
    await funded.pay(claim["id"], "40.00")
    await funded.clerk.settled()
    figure = await funded.clerk.get("/figures/paid", period="2025-02", by="project")
    assert figure["total"] == "452.00"


async def test_financing_at_a_basis_is_kept(funded: Funded) -> None:
    await funded.grant("1000.00", flatRates=["indirekta-kostnader-15"])
    await funded.cost("200.00")
    claim = await funded.claimed()
    before = await funded.financing()
    assert before["costTypes"] == [
        {"kind": "flat_rate", "costType": "indirekta-kostnader-15", "amount": "30.00"},
        {"kind": "actual", "costType": "personal", "amount": "200.00"},
    ]
    await funded.decide(claim["id"], "100.00")
    await funded.pay(claim["id"], "100.00")
    await funded.grant("2000.00")
    after = await funded.financing()
    assert (after["granted"], after["decided"], after["paid"]) == ("2000.00", "100.00", "100.00")
    assert await funded.financing(basis=before["basis"]) == before


async def test_rules_are_listed_with_their_sources(funded: Funded) -> None:
    rules = await funded.clerk.get("/programme-periods/esf-plus-2021-2027")
    assert (rules["hoursPerYear"], rules["hoursPerDay"], rules["version"]) == (1720, 13, 1)
    assert {rate["code"]: rate["share"] for rate in rules["flatRates"]} == {
        "indirekta-kostnader-15": 1500,
        "ovriga-kostnader-40": 4000,
    }
    assert all(rule["source"] for rule in rules["flatRates"] + rules["accounts"])
    body = {name: rules[name] for name in ("name", "firstDay", "lastDay", "hoursPerDay", "source")}
    path = "/programme-periods/esf-plus-2021-2027/versions"
    revised = await funded.clerk.post(path, body | {"hoursPerYear": 1700})
    assert (revised["version"], revised["hoursPerYear"]) == (2, 1700)
    listed = await funded.clerk.get("/programme-periods")
    assert [each["code"] for each in listed["items"]] == ["esf-plus-2021-2027", "esf-2014-2020"]
    await funded.clerk.get("/programme-periods/none", status=404)
    stray = {"prefix": "69", "costType": "bilar", "validFrom": "2024-01-01", "source": "Test"}
    path = "/programme-periods/esf-plus-2021-2027/account-rules"
    assert (await funded.clerk.post(path, stray, status=422))["code"] == "cost_type_not_found"


async def test_account_that_stops_being_eligible_is_left_out_from_its_day(funded: Funded) -> None:
    await funded.grant("1000.00")
    rule = {"prefix": "5010", "costType": None, "validFrom": "2024-05-01", "source": "Test"}
    await funded.clerk.post("/programme-periods/esf-plus-2021-2027/account-rules", rule)
    await funded.cost("10.00", day="2024-04-30")
    await funded.cost("20.00", day="2024-05-01")
    assert lines_of(await funded.claimed()) == [
        ("actual", "personal", "10.00"),
        ("excluded", "account_not_eligible", "20.00"),
    ]
