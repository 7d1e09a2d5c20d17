"""The pure rules of outreach."""

from __future__ import annotations

import re
from datetime import date
from itertools import permutations
from random import Random

import pytest

from services.outreach.domain.codes import SOURCE_KEY_PATTERN, Direction, SessionState
from services.outreach.domain.counting import (
    CountingRule,
    Counts,
    break_note,
    counts_contact,
    rule_on,
    series_breaks,
)
from services.outreach.domain.meetings import SessionChange, require_session_change
from services.outreach.domain.numbers import organisation_number
from services.outreach.domain.referrals import ReferralState, earliest, furthest
from services.outreach.errors import (
    InTheFuture,
    OrganisationNumberInvalid,
    ReasonRequired,
    SessionHasVisits,
    SessionStateRefused,
)
from services.outreach.own_counts import OWN

BY_VISITORS = CountingRule(1, date(2019, 1, 1), Counts.VISITORS, "")
BY_CONTACTS = CountingRule(2, date(2024, 1, 1), Counts.TWO_WAY_CONTACTS, "Beslut 2023-12-05.")
RULES = (BY_CONTACTS, BY_VISITORS)
TODAY = date(2024, 6, 1)


def test_rule_on_gives_the_latest_begun() -> None:
    assert rule_on(RULES, date(2018, 12, 31)) is None
    assert rule_on(RULES, date(2023, 12, 31)) == BY_VISITORS
    assert rule_on(RULES, date(2024, 1, 1)) == BY_CONTACTS


@pytest.mark.parametrize(
    ("counts", "by_direction"),
    [
        (Counts.CONTACTS, {"one_way": True, "two_way": True}),
        (Counts.TWO_WAY_CONTACTS, {"one_way": False, "two_way": True}),
        (Counts.VISITORS, {"one_way": False, "two_way": False}),
        (Counts.PARTICIPANTS, {"one_way": False, "two_way": False}),
    ],
)
def test_who_is_reached_by_which_contact_is_the_rules(
    counts: Counts, by_direction: dict[str, bool]
) -> None:
    rule = CountingRule(1, date(2019, 1, 1), counts, "")
    assert {each: counts_contact(rule, each) for each in Direction} == by_direction
    assert not any(counts_contact(None, each) for each in Direction)
    assert OWN[counts].unit == counts.unit


def test_a_break_is_a_change_inside_the_period() -> None:
    assert series_breaks(RULES, date(2022, 1, 1), date(2024, 12, 31)) == [
        (BY_VISITORS, BY_CONTACTS)
    ]
    assert series_breaks(RULES, date(2024, 1, 1), date(2024, 12, 31)) == []
    assert series_breaks(RULES, date(2022, 1, 1), date(2023, 12, 31)) == []


def test_the_note_names_both_rules_and_the_reason() -> None:
    note = break_note("UVAS", BY_VISITORS, BY_CONTACTS)
    assert "2024-01-01" in note
    assert "tvåvägskontakter (regel 2)" in note
    assert "tidigare besök (regel 1)" in note
    assert "Beslut 2023-12-05." in note


CHANGES = [
    ("planned", "held", None, False, None),
    ("planned", "planned", None, False, None),
    ("planned", "cancelled", "Sjukdom", False, None),
    ("planned", "cancelled", None, False, ReasonRequired),
    ("held", "cancelled", "Fel dag", False, None),
    ("held", "cancelled", "Fel dag", True, SessionHasVisits),
    ("held", "held", None, False, ReasonRequired),
    ("held", "held", "Fel lokal", True, None),
    ("held", "planned", "Fel", False, SessionStateRefused),
    ("cancelled", "held", "Hölls ändå", False, None),
    ("cancelled", "planned", "Ställs inte in", False, None),
    ("cancelled", "held", None, False, ReasonRequired),
]


@pytest.mark.parametrize(("held", "wanted", "reason", "has_visits", "refusal"), CHANGES)
def test_session_changes(
    *, held: str, wanted: str, reason: str | None, has_visits: bool, refusal: type[Exception] | None
) -> None:
    change = SessionChange(SessionState(wanted), date(2024, 5, 30), reason)
    state = SessionState(held)
    if refusal is None:
        require_session_change(state, change, today=TODAY, has_visits=has_visits)
        return
    with pytest.raises(refusal):
        require_session_change(state, change, today=TODAY, has_visits=has_visits)


def test_nothing_is_held_before_its_day() -> None:
    tomorrow = SessionChange(SessionState.HELD, date(2024, 6, 2), None)
    with pytest.raises(InTheFuture):
        require_session_change(SessionState.PLANNED, tomorrow, today=TODAY, has_visits=False)


def test_every_order_of_the_same_news_ends_the_same() -> None:
    told = [
        (ReferralState.RECEIVED, date(2024, 2, 1)),
        (ReferralState.DECLINED, date(2024, 2, 3)),
        (ReferralState.ENROLLED, date(2024, 2, 9)),
        (ReferralState.ENROLLED, date(2024, 2, 8)),
        (ReferralState.EXITED, date(2024, 5, 1)),
    ]
    ends = set()
    for order in permutations(told):
        noted: dict[ReferralState, date | None] = {}
        for state, day in (*order, Random(1).choice(order)):
            noted[state] = earliest(noted.get(state), day)
        ends.add((furthest(noted), noted[ReferralState.ENROLLED]))
    assert ends == {(ReferralState.EXITED, date(2024, 2, 8))}


def test_who_was_enrolled_after_all_was_not_declined() -> None:
    day = date(2024, 2, 1)
    assert furthest({}) is ReferralState.MADE
    assert furthest({ReferralState.DECLINED: day, ReferralState.ACCEPTED: day}) == "declined"
    assert furthest({ReferralState.DECLINED: day, ReferralState.ENROLLED: day}) == "enrolled"
    assert furthest({ReferralState.EXITED: None, ReferralState.MADE: day}) == "made"


def test_organisation_numbers_of_legal_persons() -> None:
    assert organisation_number("212000-0142") == "2120000142"  # the city itself
    assert organisation_number("2120000142") == "2120000142"


@pytest.mark.parametrize(
    "refused",
    [
        "212000-0143",  # check digit
        "200109-2382",  # a test identity number: a sole trader's
        "21200-0142",
        "212000 0142",
        "٢١٢٠٠٠٠١٤٢",
    ],
)
def test_other_numbers_are_refused_without_being_repeated(refused: str) -> None:
    with pytest.raises(OrganisationNumberInvalid) as refusal:
        organisation_number(refused)
    assert refused not in str(refusal.value)


@pytest.mark.parametrize(
    "number", ["20200109-2382", "200109-2382", "2001092382", "200109+2382", "202001692389"]
)
def test_no_source_key_has_the_form_of_an_identity_number(number: str) -> None:
    assert re.fullmatch(SOURCE_KEY_PATTERN, f"vera:{number}") is None


@pytest.mark.parametrize("key", ["2024-0001", "202013092382", "20200109238", "b-20200109-2382"])
def test_other_source_keys_are_taken(key: str) -> None:
    assert re.fullmatch(SOURCE_KEY_PATTERN, f"vera:{key}") is not None
    assert re.fullmatch(SOURCE_KEY_PATTERN, key) is None
