"""Rates of follow-ups: the parts by hand, the bounds, and what has not come yet."""

from __future__ import annotations

from datetime import date, timedelta
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from services.participants.domain.rates import Tally
from services.participants.follow_ups import METRICS
from services.participants.queries.follow_ups import waiting
from shared.clock import today
from shared.db import driver
from shared.ratios import Ratio
from tests.participants.city import City
from tests.participants.following import by_hand, esf_pays, exited, the_one

FEW = st.integers(0, 40)


@given(FEW, FEW, FEW, FEW, FEW)
def test_truth_lies_within_the_bounds(
    work: int, studies: int, neither: int, unreached: int, unanswered: int
) -> None:
    base = work + studies + neither + unreached + unanswered
    tally = Tally(base, work=work, studies=studies, neither=neither, unreached=unreached)
    assert tally.unanswered == unanswered
    share = tally.share(work + studies)
    if base == 0:
        assert (share.lowest.decimal, share.answered.decimal) == (None, None)
        return
    for others in range(unreached + unanswered + 1):  # whatever the silent ones do
        truth = Fraction(work + studies + others, base)
        assert Fraction(share.lowest.part, base) <= truth <= Fraction(share.highest.part, base)
    assert Fraction(share.highest.part, base) <= 1
    if tally.answered:
        answered = Fraction(share.answered.part, share.answered.whole)
        assert Fraction(share.lowest.part, base) <= answered <= Fraction(share.highest.part, base)


def test_ratios_are_rounded_half_up() -> None:
    assert [Ratio(*each).decimal for each in ((1, 3), (2, 3), (1, 20000), (8, 8), (0, 5))] == [
        "0.3333",
        "0.6667",
        "0.0001",
        "1.0000",
        "0.0000",
    ]


async def test_rates_come_with_base_response_and_bounds(city: City) -> None:
    await esf_pays(city)
    for sex, result in (
        ("women", "work"),
        ("women", "neither"),
        ("women", None),
        ("men", "studies"),
        ("men", "unknown"),
    ):
        enrolment = await exited(city, person=(await city.person(sex))["id"])
        if result is not None:
            path = f"/follow-ups/{(await the_one(city, enrolment, kind='exit'))['id']}/results"
            await city.made(path, {"result": result, "answeredOn": "2025-03-03"})
    basis = await city.basis()
    rates = await city.read("/follow-ups/rates", period="2025", by="sex", basis=basis)
    total = rates["total"]
    counts = ("base", "answered", "unreached", "unanswered", "work", "studies", "neither")
    assert [total[name] for name in counts] == [5, 3, 1, 1, 1, 1, 1]
    assert total["response"] == {"part": 3, "whole": 5, "decimal": "0.6000"}
    assert total["inWork"] == {
        "ofAnswered": {"part": 1, "whole": 3, "decimal": "0.3333"},
        "lowest": {"part": 1, "whole": 5, "decimal": "0.2000"},
        "highest": {"part": 3, "whole": 5, "decimal": "0.6000"},
    }
    assert total["inWorkOrStudies"]["highest"]["part"] == 4
    by_sex = {rate["breakdown"]["sex"]: rate for rate in rates["rates"]}
    assert {sex: rate["base"] for sex, rate in by_sex.items()} == {"women": 3, "men": 2}
    assert by_sex["men"]["inStudies"]["ofAnswered"] == {"part": 1, "whole": 1, "decimal": "1.0000"}
    figures = [await city.figure(name, "2025", basis=basis) for name in rates["parts"]]
    assert [figure["total"] for figure in figures] == [5, 4]  # unknown is an answer of a kind
    months = await city.read("/follow-ups/rates", period="2025", by="period", basis=basis)
    assert [rate["breakdown"] for rate in months["rates"]] == [{"period": "2025-02"}]
    men = await city.read("/follow-ups/rates", period="2025", sex="men", basis=basis)
    assert men["total"]["base"] == 2
    esf = await city.read("/follow-ups/rates", period="2025", after="six-months", basis=basis)
    assert (esf["total"]["base"], esf["total"]["inWork"]["ofAnswered"]["decimal"]) == (5, None)
    own = await city.read("/follow-ups/rates", period="2025", units=("jobbtorg-unga",))
    assert (own["total"]["base"], own["restriction"]) == (
        0,
        "Endast enheterna jobbtorg-unga visas.",
    )
    wrong = await city.refused("GET", "/follow-ups/rates", period="2025", by="height")
    assert wrong == "422 unknown_dimension"


async def test_nobody_is_in_the_base_of_a_rate_before_their_day(city: City) -> None:
    await exited(city, on=(today() - timedelta(days=100)).isoformat())
    due = (await the_one(city, await exited(city, on=today().isoformat())))["dueOn"]
    period = f"{today() - timedelta(days=60)}/{due}"
    rates = await city.read("/follow-ups/rates", period=period, basis=await city.basis())
    assert (rates["countedTo"], rates["total"]["base"]) == (today().isoformat(), 1)
    assert (await city.figure("follow-ups", period))["total"] == 2
    future = await city.read("/follow-ups/rates", period=f"{today() + timedelta(days=1)}/{due}")
    assert (future["countedTo"], future["total"]["base"]) == (None, 0)


async def test_operations_see_what_waits_and_what_the_job_has_left(city: City) -> None:
    for day in (date(2024, 11, 30), today() - timedelta(days=1), today()):
        await exited(city, on=day.isoformat())
    await by_hand(
        city,
        "update follow_up set due_on = $1 where state = 'planned' and exited_on < $1",
        today(),
    )
    async with city.db.read() as session:
        assert await waiting(await driver(session)) == {
            "follow_ups_open": 1,
            "follow_ups_overdue": 1,
            "follow_ups_not_opened": 0,
        }
    await by_hand(city, "update follow_up set due_on = due_on - 1 where state = 'planned'")
    async with city.db.read() as session:
        assert (await waiting(await driver(session)))["follow_ups_not_opened"] == 1
    shown = await city.client.get("/metrics")
    assert all(f'{name}{{service="participants"}}' in shown.text for name in METRICS)
