"""Hours in claims: time reports within day and year, and participants' hours as co-financing."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import pytest

from shared.events import new_id
from tests.budget.funding import Funded, hours, lines_of, project_five, proposed

if TYPE_CHECKING:
    from tests.budget.calling import Clerk
    from tests.servers import DatabaseUrls

UNIT: dict[str, Any] = {"staffCosts": "unit"}
IN_KIND: dict[str, Any] = {"participantRate": "deltagare"}


@pytest.fixture
def budget_urls(funded_urls: DatabaseUrls) -> DatabaseUrls:
    return funded_urls


@pytest.fixture
async def funded(clerk: Clerk) -> Funded:
    """Project 5 with invented unit costs: 400 kronor an hour of staff, 150 of a participant."""
    funded = await project_five(clerk)
    await funded.hourly_rate("400.00")
    await funded.hourly_rate(
        "150.00",
        kind="participant",
        code="deltagare",
        name="Deltagarersättning",
        costType="deltagarersattning",
    )
    return funded


async def test_hours_are_worth_their_unit_cost_instead_of_what_was_booked(funded: Funded) -> None:
    await funded.grant("100000.00", **UNIT, flatRates=["ovriga-kostnader-40"])
    await funded.cost("5000.00")
    await funded.report(hours(450), hours(121, day="2024-03-05", activity=3))
    claim = await funded.claimed()
    assert lines_of(claim) == [
        ("unit_cost", "personal", "3806.67"),
        ("flat_rate", "ovriga-kostnader-40", "1522.67"),
        ("excluded", "covered_by_unit_cost", "5000.00"),
    ]
    line = claim["lines"][0]
    assert (line["code"], line["minutes"], line["rate"]) == ("projektledare", 571, "400.00")
    for number in ("1", "2"):
        path = f"/claims/{claim['id']}/lines/{number}/sources"
        sources = (await funded.clerk.get(path))["items"]
        assert [
            (each["employee"], each["day"], each["activity"], each["minutes"]) for each in sources
        ] == [("a4711", "2024-03-04", 2, 450), ("a4711", "2024-03-05", 3, 121)]
    assert (await funded.report(hours(450)))[0]["unchanged"] == 1


async def test_rate_of_the_day_values_the_hour(funded: Funded) -> None:
    await funded.grant("100000.00", **UNIT)
    await funded.hourly_rate("500.00", validFrom="2024-04-01")
    await funded.report(hours(60, day="2024-03-31"), hours(60, day="2024-04-01"))
    claim = await funded.claimed()
    assert [(line["rate"], line["amount"]) for line in claim["lines"]] == [
        ("400.00", "400.00"),
        ("500.00", "500.00"),
    ]


async def test_corrected_and_retracted_hours_come_off_the_next_claim(funded: Funded) -> None:
    await funded.grant("100000.00", **UNIT)
    await funded.report(hours(480), hours(480, day="2024-03-05"))
    first = await funded.claimed()
    assert first["lines"][0]["minutes"] == 960
    counts, errors = await funded.report(
        hours(420),
        hours(480, day="2024-03-06"),
        {**hours(480, day="2024-03-05"), "op": "retract", "reason": "Annan person"},
    )
    assert (counts["changed"], counts["created"], counts["retracted"], errors) == (1, 1, 1, [])
    assert (await funded.submit(await funded.draft(), status=409))["code"] == "claim_negative"
    await funded.report(hours(480, day="2024-03-07"))
    second = await funded.claimed()
    assert second["lines"][0]["minutes"] == -60 - 480 + 480 + 480
    await funded.report(hours(30, day="2024-03-08"))
    assert (await funded.claimed())["lines"][0]["minutes"] == 30


async def test_thirteen_hours_a_day_over_all_projects(funded: Funded) -> None:
    await funded.grant("100000.00", **UNIT)
    other = Funded(funded.clerk, await proposed(funded.clerk, "6"))
    await other.grant("100000.00", **UNIT)
    counts, errors = await funded.report(
        hours(480),
        hours(300, project="6"),
        hours(1, activity=7),
        hours(781, employee="b1"),
        hours(780, employee="b2"),
    )
    assert errors == [
        (3, "minutes", "too_many_hours_a_day"),
        (4, "minutes", "too_many_hours_a_day"),
    ]
    assert counts["created"] == 3
    # What is held counts, unless the delivery says it anew.
    assert (await funded.report(hours(1, activity=7)))[1] == [
        (1, "minutes", "too_many_hours_a_day")
    ]
    assert (await funded.report(hours(479), hours(1, activity=7)))[1] == []


@pytest.mark.parametrize(
    ("change", "field", "code"),
    [
        ({"project": "77"}, "project", "unknown_project"),
        ({"project": "6"}, "project", "project_without_grant"),
        ({"function": "okand"}, "function", "unknown_function"),
        ({"day": "2190-01-01", "attestedAt": "2190-02-01T00:00:00Z"}, "day", "in_the_future"),
        ({"attestedAt": "2024-03-03T22:59:59Z"}, "attestedAt", "attested_before_worked"),
        ({"activity": 8}, "activity", "out_of_range"),
        ({"employee": "19900101-2384"}, "employee", "wrong_pattern"),
    ],
)
async def test_faulty_report_is_refused_and_no_other(
    funded: Funded, change: dict[str, str], field: str, code: str
) -> None:
    await funded.grant("100000.00", **UNIT)
    await proposed(funded.clerk, "6")
    counts, errors = await funded.report(hours(60) | change, hours(60, day="2024-05-06"))
    assert errors == [(1, field, code)]
    assert (counts["created"], counts["rejected"]) == (1, 1)


async def worked(funded: Funded, first: date, days: int, *, project: str = "5") -> None:
    """Report twelve hours a day from a day on."""
    rows = [hours(720, day=str(first + timedelta(days=at)), project=project) for at in range(days)]
    assert (await funded.report(*rows))[1] == []


async def test_hours_beyond_the_year_do_not_count_and_say_why(funded: Funded) -> None:
    """1 720 hours are 143 days of twelve hours and four hours more, over all projects."""
    await funded.grant("10000000.00", **UNIT)
    other = Funded(funded.clerk, await proposed(funded.clerk, "6"))
    await other.grant("10000000.00", **UNIT)
    await worked(other, date(2024, 1, 1), 100, project="6")
    await worked(funded, date(2024, 5, 1), 45)
    claim = await funded.claimed()
    counted, beyond = claim["lines"]
    assert (counted["kind"], counted["minutes"]) == ("unit_cost", 43 * 720 + 240)
    assert (beyond["code"], beyond["minutes"]) == ("beyond_the_year", 480 + 720)
    sources = await funded.clerk.get(f"/claims/{claim['id']}/lines/2/sources")
    assert [(each["day"], each["minutes"]) for each in sources["items"]] == [
        ("2024-06-13", 480),
        ("2024-06-14", 720),
    ]
    # Earlier days of the year, reported late in the other project, take the year's hours.
    await worked(other, date(2024, 4, 15), 2, project="6")
    assert (await other.claimed())["lines"][0]["minutes"] == 102 * 720
    await funded.hourly_rate("400.00", code="handledare", name="Handledare")
    await funded.report(hours(600, employee="b2", day="2024-07-01", function="handledare"))
    await funded.report(hours(780, employee="b2", day="2024-07-02", function="handledare"))
    await funded.report(hours(780, employee="b2", day="2024-07-03", function="handledare"))
    second = await funded.claimed()
    assert [(line["code"], line["minutes"]) for line in second["lines"][:2]] == [
        ("handledare", 2160),
        ("projektledare", -2 * 720),
    ]


async def test_whole_hours_round_each_report_down_where_the_programme_says_so(
    funded: Funded,
) -> None:
    rules = await funded.clerk.get("/programme-periods/esf-plus-2021-2027")
    body = {n: rules[n] for n in ("name", "firstDay", "lastDay", "hoursPerDay", "source")}
    path = "/programme-periods/esf-plus-2021-2027/versions"
    await funded.clerk.post(path, body | {"hoursPerYear": 1720, "wholeHours": True})
    await funded.grant("100000.00", **UNIT)
    await funded.report(hours(479), hours(59, day="2024-03-05"))
    claim = await funded.claimed()
    assert [(line["code"], line["minutes"]) for line in claim["lines"]] == [
        ("projektledare", 420),
        ("rounded_down", 59 + 59),
    ]


async def test_participants_hours_are_cost_and_cofinancing_at_once(funded: Funded) -> None:
    await funded.grant("100000.00", **IN_KIND)
    await funded.cost("600.00")
    someone = new_id()
    await funded.attested(someone, date(2024, 3, 1), 600)
    claim = await funded.claimed()
    assert lines_of(claim) == [
        ("actual", "personal", "600.00"),
        ("in_kind", "deltagarersattning", "1500.00"),
    ]
    # Half of 2 100.00 is more than the cost that is not in kind.
    assert (claim["sums"]["inKind"], claim["sums"]["support"]) == ("1500.00", "600.00")
    (source,) = (await funded.clerk.get(f"/claims/{claim['id']}/lines/2/sources"))["items"]
    assert (source["recordId"], source["recordVersion"], source["employee"]) == (
        str(someone),
        1,
        None,
    )
    await funded.attested(someone, date(2024, 3, 1), 0, version=2)
    await funded.cost("3000.00")
    assert lines_of(await funded.claimed())[1] == ("in_kind", "deltagarersattning", "-1500.00")


async def test_attested_months_that_do_not_count_are_listed_with_their_reason(
    funded: Funded,
) -> None:
    """The grant is for 29 February to 30 June, and an hour is worth something from April on."""
    await funded.hourly_rate(
        "100.00",
        kind="participant",
        code="ny",
        name="Ny ersättning",
        costType="deltagarersattning",
        validFrom="2024-04-01",
    )
    terms = {"eligibleFrom": "2024-02-29", "eligibleTo": "2024-06-30"}
    await funded.grant("100000.00", participantRate="ny", **terms)
    await funded.cost("9000.00", day="2024-05-02")
    for month, minutes in ((1, 60), (3, 120), (4, 180), (6, 240), (7, 300)):
        await funded.attested(new_id(), date(2024, month, 1), minutes)
    claim = await funded.claimed()
    assert [(x["kind"], x["code"], x["minutes"]) for x in claim["lines"][1:]] == [
        ("in_kind", "ny", 180 + 240),
        ("excluded", "no_rate", 60 + 120),
        ("excluded", "outside_eligible_period", 300),
    ]
    assert claim["sums"]["inKind"] == "700.00"


async def test_newest_version_counts_whatever_order_versions_arrive_in(funded: Funded) -> None:
    await funded.grant("100000.00", **IN_KIND)
    someone, march = new_id(), date(2024, 3, 1)
    for version, minutes in ((3, 120), (1, 600), (2, 0), (3, 120)):
        await funded.attested(someone, march, minutes, version=version)
    await funded.clerk.settled()
    figure = await funded.clerk.get("/figures/cofinancing", period="2024-03", by="project")
    assert figure["total"] == "300.00"
    assert [(row["project"], row["value"]) for row in figure["rows"]] == [("5", "300.00")]


async def test_cofinancing_is_valued_by_the_rule_of_its_month(funded: Funded) -> None:
    async def by_month() -> dict[str, str]:
        await funded.clerk.settled()
        answer = await funded.clerk.get("/figures/cofinancing", period="2024", by="period")
        return {row["period"]: row["value"] for row in answer["rows"]}

    for month in (3, 4):
        await funded.attested(new_id(), date(2024, month, 1), 61)
    assert await by_month() == {}, "nothing is granted yet that says what an hour is worth"
    await funded.grant("100000.00", **IN_KIND)
    assert await by_month() == {"2024-03": "152.50", "2024-04": "152.50"}
    await funded.hourly_rate(
        "200.00",
        kind="participant",
        code="deltagare",
        name="Deltagarersättning",
        costType="deltagarersattning",
        validFrom="2024-04-01",
    )
    assert await by_month() == {"2024-03": "152.50", "2024-04": "203.33"}
