"""What is proposed for a row of the settlement: its own earlier years' pattern, exactly."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from services.budget.domain.accuracy import Kept, biases, per_cent
from services.budget.domain.coverage import Coverage, why_not_comparable, why_not_known
from services.budget.domain.forecasting import EarlierYear, Method, propose
from services.budget.domain.occasions import Occasion

YEAR = 2035
ORE = st.integers(-(10**13), 10**13)
FACTOR = st.integers(1, 10**6)
MONTHS = st.lists(st.integers(0, 10**9), min_size=12, max_size=14)
BACK = st.lists(st.sampled_from([1, 2, 3]), unique=True, min_size=1)


def test_share_that_was_reached_carries_the_outcome_to_the_whole_year() -> None:
    """Two thirds of the year, half of the money: a straight line would have said 300."""
    proposal = propose(YEAR, 200, [EarlierYear(2034, 500, 1000)])
    assert (proposal.amount, proposal.method) == (400, Method.PERIOD_PATTERN)


def test_recent_years_weigh_more() -> None:
    earlier = [
        EarlierYear(2034, 500, 1000),
        EarlierYear(2033, 250, 1000),
        EarlierYear(2032, 1000, 1000),
    ]
    proposal = propose(YEAR, 120, earlier)
    assert [part.weight for part in proposal.parts] == [3, 2, 1]
    assert [int(part.projected) for part in proposal.parts] == [240, 480, 120]
    assert proposal.amount == (3 * 240 + 2 * 480 + 1 * 120) // 6


def test_year_left_out_weighs_nothing_and_the_rest_keep_their_proportions() -> None:
    proposal = propose(YEAR, 120, [EarlierYear(2034, 500, 1000), EarlierYear(2032, 1000, 1000)])
    assert proposal.amount == (3 * 240 + 1 * 120) // 4


def test_years_more_than_three_back_and_the_year_itself_say_nothing() -> None:
    useless = [EarlierYear(2031, 1, 10), EarlierYear(2035, 1, 10), EarlierYear(2036, 1, 10)]
    assert propose(YEAR, 5, useless).method is Method.NONE


def test_row_without_an_earlier_year_gets_a_reason_and_no_straight_line() -> None:
    proposal = propose(YEAR, 800, [])
    assert (proposal.amount, proposal.method, proposal.parts) == (None, Method.NONE, ())
    assert proposal.reason.startswith("Inget tidigare år")


def test_what_had_not_begun_by_then_is_added_as_it_was() -> None:
    """Depreciation booked in a closing period: nothing reached, everything still to come."""
    proposal = propose(YEAR, 0, [EarlierYear(2034, 0, 700)])
    assert (proposal.amount, proposal.method) == (700, Method.REMAINING_PERIODS)


def test_other_sign_than_earlier_years_is_not_multiplied() -> None:
    """A grant that was paid back so far does not make the whole year a repayment."""
    proposal = propose(YEAR, 50, [EarlierYear(2034, -400, -1000)])
    assert (proposal.amount, proposal.method) == (-550, Method.REMAINING_PERIODS)


def test_sliver_that_was_reached_does_not_blow_chance_up() -> None:
    proposal = propose(YEAR, 3, [EarlierYear(2034, 1, 1000)])
    assert (proposal.amount, proposal.method) == (1002, Method.REMAINING_PERIODS)


def test_years_of_both_kinds_are_mixed_and_said_to_be() -> None:
    earlier = [EarlierYear(2034, 500, 1000), EarlierYear(2033, 0, 700)]
    proposal = propose(YEAR, 200, earlier)
    assert (proposal.amount, proposal.method) == ((3 * 400 + 2 * 900) // 5, Method.MIXED)


def test_mean_is_rounded_once_and_half_to_even() -> None:
    halves = [EarlierYear(2034, 2, 3)]
    assert [propose(YEAR, outcome, halves).amount for outcome in (1, 3, 5)] == [2, 4, 8]


@given(outcome=ORE, reached=ORE, whole=ORE, factor=FACTOR)
def test_scaling_earlier_years_changes_nothing_where_the_pattern_counts(
    outcome: int, reached: int, whole: int, factor: int
) -> None:
    before = propose(YEAR, outcome, [EarlierYear(2034, reached, whole)])
    after = propose(YEAR, outcome, [EarlierYear(2034, factor * reached, factor * whole)])
    assert after.method is before.method
    if before.method is Method.PERIOD_PATTERN:
        assert after.amount == before.amount


@given(months=MONTHS, part=st.integers(1, 12), back=BACK, factor=FACTOR)
def test_pattern_that_repeats_itself_exactly_is_proposed_exactly(
    months: list[int], part: int, back: list[int], factor: int
) -> None:
    reached, whole = sum(months[:part]), sum(months)
    earlier = [EarlierYear(YEAR - years, reached, whole) for years in back]
    proposal = propose(YEAR, factor * reached, earlier)
    if proposal.method is Method.PERIOD_PATTERN:
        assert proposal.amount == factor * whole
    same = propose(YEAR, reached, earlier)
    assert same.amount == whole


@given(outcome=ORE, earlier=st.lists(st.tuples(ORE, ORE), max_size=3))
def test_complete_year_proposes_its_own_outcome(
    outcome: int, earlier: list[tuple[int, int]]
) -> None:
    years = [EarlierYear(2034 - at, *amounts) for at, amounts in enumerate(earlier)]
    assert propose(YEAR, outcome, years, complete=True).amount == outcome
    over = [EarlierYear(one.year, one.whole, one.whole) for one in years]
    if over:
        assert propose(YEAR, outcome, over).amount == outcome


@given(outcome=ORE, earlier=st.lists(st.tuples(ORE, ORE), min_size=1, max_size=3))
def test_signs_turned_turn_the_proposal(outcome: int, earlier: list[tuple[int, int]]) -> None:
    """Revenue is forecast as costs are: nothing depends on which sign is which."""
    years = [EarlierYear(2034 - at, *amounts) for at, amounts in enumerate(earlier)]
    turned = [EarlierYear(one.year, -one.reached, -one.whole) for one in years]
    proposal, mirror = propose(YEAR, outcome, years), propose(YEAR, -outcome, turned)
    assert mirror.amount == -(proposal.amount or 0)
    assert all(isinstance(part.projected, Fraction) for part in proposal.parts)


def covered(**changed: int) -> Coverage:
    said = {"year": 2034, "first": 1, "last": 12, "reached": 8, "spans": 0} | changed
    return Coverage(**said)


def test_only_years_booked_period_by_period_say_how_a_year_goes() -> None:
    assert why_not_comparable(covered()) is None
    assert why_not_comparable(covered(last=14)) is None
    for cut in (covered(first=5), covered(last=8)):
        assert "inte bokfört från januari till december" in (why_not_comparable(cut) or "")
    whole = why_not_comparable(covered(spans=2)) or ""
    assert whole.startswith(
        "2034 används inte: 2 verifikationer avser perioder både före och efter"
    )


def test_outcome_so_far_is_known_when_its_last_month_is_booked() -> None:
    assert why_not_known(covered(), 8) is None
    assert why_not_known(covered(reached=12), 13) is None, "closing periods may be empty"
    for unknown in (None, covered(reached=7), covered(spans=1)):
        assert (why_not_known(unknown, 8) or "").startswith("Utfallet hittills är inte känt")


def kept(**changed: object) -> Kept:
    said: dict[str, object] = {
        "year": 2034,
        "occasion": Occasion.T1,
        "number": 1,
        "newest": True,
        "row": "operations",
        "amount": 1100,
        "proposed": 900,
        "outcome": 1000,
        "complete": True,
    }
    return Kept(**(said | changed))  # type: ignore[arg-type]


def test_difference_is_forecast_minus_outcome_on_signed_numbers() -> None:
    assert (kept().difference, kept().proposed_difference) == (100, -100)
    revenue = kept(amount=-900, outcome=-1000, proposed=None)
    assert (revenue.difference, revenue.proposed_difference) == (100, None)


def test_bias_counts_each_complete_year_once_by_its_newest_version() -> None:
    found = biases(
        [
            kept(newest=False, amount=9999),
            kept(number=2),
            kept(year=2033, amount=2900, outcome=3000),
            kept(year=2035, complete=False, amount=7),
            kept(occasion=Occasion.T2, amount=1100, outcome=-2000),
        ]
    )
    first, second = found
    assert (first.years, first.difference, first.per_cent) == ((2033, 2034), 0, "0.0")
    assert (second.occasion, second.difference, second.per_cent) == (Occasion.T2, 3100, "155.0")


def test_per_cent_is_of_the_size_and_of_nothing_it_is_nothing() -> None:
    asked = ((-5, 200), (1, 3), (5, -200), (1, 2000), (3, 2000), (7, 0))
    assert [per_cent(*one) for one in asked] == ["-2.5", "33.3", "2.5", "0.0", "0.2", None]
