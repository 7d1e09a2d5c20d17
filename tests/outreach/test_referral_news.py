"""What participants tells of referrals, corrected and taken back, in any order and repeated."""

# ruff: noqa: ANN401  fields of events and parameters are whatever a test wants to send

from __future__ import annotations

from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import date
from itertools import combinations
from random import Random
from typing import Any
from uuid import UUID, uuid4

from services.outreach.domain.referrals import Answer, Enrolment, Fate, fate, newest
from services.participants.events import (
    EnrolmentCorrected,
    EnrolmentExited,
    EnrolmentStarted,
    ReferralAccepted,
    ReferralDeclined,
    ReferralReceived,
)
from shared.events import Envelope, Event
from tests.outreach.arena import UNIT, Arena, envelope, referral_body

CHANCE = Random(7)
FIRST, SECOND = UUID(int=1), UUID(int=2)
STARTED, LEFT = date(2024, 3, 12), date(2024, 9, 30)
ONE = Enrolment(FIRST, 1, STARTED)
LIFE: tuple[Answer | Enrolment, ...] = (
    Answer(1),
    Answer(2, accepted_on=date(2024, 3, 10), enrolment_id=FIRST),
    ONE,
    replace(ONE, version=2, exited_on=LEFT, outcome="work"),
    replace(ONE, version=3, exited_on=date(2024, 10, 9), outcome="studies"),
    replace(ONE, version=4),
    replace(ONE, version=5, started_on=date(2024, 3, 1)),
    replace(ONE, version=6, started_on=date(2024, 3, 1), retracted=True),
    Answer(3),
    Answer(4, accepted_on=date(2024, 11, 1), enrolment_id=SECOND),
    Enrolment(SECOND, 1, date(2024, 11, 4)),
    Enrolment(SECOND, 2, date(2024, 11, 4), date(2025, 1, 7), "work"),
)
"""All that may happen to one referral, as it happened; two enrolments, the first of which never
was."""

Heard = dict[object, Answer | Enrolment]
Rule = Callable[[Any, Any], Any]


def heard(known: Heard, news: Answer | Enrolment, rule: Rule = newest) -> Heard:
    about = news.enrolment_id if isinstance(news, Enrolment) else "answer"
    return {**known, about: rule(known.get(about), news)}


def became(known: Heard) -> Fate:
    enrolments = [each for each in known.values() if isinstance(each, Enrolment)]
    answer = known.get("answer")
    return fate(answer if isinstance(answer, Answer) else None, enrolments)


def disagreeing(rule: Rule) -> int:
    """Return how many sets of news do not end the same in every order and when repeated.

    Every order of the whole life goes through such sets, one piece of news at a time.
    """
    known: dict[frozenset[int], Heard] = {frozenset(): {}}
    faults = 0
    for size in range(1, len(LIFE) + 1):
        for some in map(frozenset, combinations(range(len(LIFE)), size)):
            ends = [heard(known[some - {last}], LIFE[last], rule) for last in some]
            known[some] = ends[0]
            again = [heard(ends[0], LIFE[each], rule) for each in some]
            faults += any(end != ends[0] for end in ends + again)
    return faults


def test_a_life_ends_the_same_in_every_order() -> None:
    assert disagreeing(newest) == 0
    assert disagreeing(lambda _, news: news) > 1000


def test_what_became_of_it_at_each_step() -> None:
    known: Heard = {}
    days = []
    for news in LIFE:
        known = heard(known, news)
        now = became(known)
        days.append((now.accepted_on, now.enrolled_on, now.exited_on, now.reopened))
    accepted, moved, anew = date(2024, 3, 10), date(2024, 3, 1), date(2024, 11, 4)
    assert days == [
        (None, None, None, False),
        (accepted, None, None, False),
        (accepted, STARTED, None, False),
        (accepted, STARTED, LEFT, False),
        (accepted, STARTED, date(2024, 10, 9), False),
        (accepted, STARTED, None, False),
        (accepted, moved, None, False),
        (None, None, None, True),
        (None, None, None, True),
        (date(2024, 11, 1), None, None, True),
        (date(2024, 11, 1), anew, None, True),
        (date(2024, 11, 1), anew, date(2025, 1, 7), True),
    ]


def test_of_what_was_told_before_versions_were_the_earliest_day_stands() -> None:
    late = replace(ONE, version=2, exited_on=LEFT, outcome="moved")
    early = replace(late, exited_on=date(2024, 9, 1), outcome="work")
    assert newest(late, early) == newest(early, late) == early


@dataclass
class Unit:
    """Participants, as far as outreach hears from it of one referral."""

    arena: Arena
    referral: dict[str, Any]
    enrolment: UUID = field(default_factory=uuid4)
    _waiting: list[Envelope] = field(default_factory=list)
    _told: Counter[str] = field(default_factory=Counter)

    def say(self, news: type[Event], version: int, **more: Any) -> None:
        values = {"version_after": version, "referral_id": UUID(self.referral["id"]), **more}
        if news.aggregate == "enrolment":
            values = {"enrolment_id": self.enrolment, "started_on": STARTED, **values}
        event = news(**values)
        self._told[event.subject] += 1
        sent = envelope(event, subject=event.subject, sequence=self._told[event.subject])
        self._waiting.append(sent)

    def enrolled(self, version: int = 2) -> None:
        """Let the unit accept the referral."""
        more = {"accepted_on": date(2024, 3, 10), "enrolment_id": self.enrolment}
        self.say(ReferralAccepted, version, **more)
        person = UUID(self.referral["personId"])
        more = {"person_id": person, "unit": UNIT, "programme": "kvinnors-etablering"}
        self.say(EnrolmentStarted, 1, **more)

    def corrected(self, version: int, **more: Any) -> None:
        """Let the enrolment be without an exit, and more."""
        values = {"exited_on": None, "outcome": None, "retracted": False, **more}
        self.say(EnrolmentCorrected, version, **values)

    async def heard(self) -> dict[str, Any]:
        """Deliver what was said, twice and shuffled, and return what the referral says then."""
        news, self._waiting = self._waiting * 2, []
        CHANCE.shuffle(news)
        for each in news:
            await self.arena.told([each])
        return await self.arena.read(f"/referrals/{self.referral['id']}")


async def test_an_exit_taken_back_and_a_moved_start_are_seen_and_old_bases_stay(
    arena: Arena,
) -> None:
    unit = Unit(arena, await arena.made("/referrals", referral_body()))
    unit.say(ReferralReceived, 1, received_on=date(2024, 3, 6))
    unit.enrolled()
    unit.say(EnrolmentExited, 2, exited_on=LEFT, outcome="work")
    assert (await unit.heard())["state"] == "exited"
    old = await arena.basis()
    unit.corrected(3)
    unit.corrected(4, started_on=date(2024, 3, 1))
    shown = await unit.heard()
    assert (shown["state"], shown["enrolledOn"]) == ("enrolled", "2024-03-01")
    assert (shown["exitedOn"], shown["exitOutcome"], shown["reopened"]) == (None, None, False)
    assert await states(arena) == {"enrolled": 1}
    assert await states(arena, basis=old) == {"exited": 1}
    reasons = await arena.scalar(
        "select array_agg(distinct reason) from outreach_fact where record_kind = 'referral'"
    )
    assert "enrolment corrected" in reasons
    assert await arena.drifting() == {}


async def test_a_referral_whose_enrolment_never_was_waits_again_and_is_answered_anew(
    arena: Arena,
) -> None:
    body = referral_body()
    unit = Unit(arena, await arena.made("/referrals", body))
    unit.say(ReferralReceived, 1, received_on=date(2024, 3, 6))
    unit.enrolled()
    await unit.heard()
    # Somebody who was enrolled may be referred once more; then the enrolment proves wrong.
    other = Unit(arena, await arena.made("/referrals", body))
    unit.corrected(2, retracted=True)
    unit.say(ReferralReceived, 3, received_on=date(2024, 5, 2))
    shown = await unit.heard()
    assert (shown["state"], shown["reopened"]) == ("received", True)
    assert (shown["receivedOn"], shown["acceptedOn"]) == ("2024-03-06", None)
    assert (shown["enrolledOn"], shown["enrolmentId"]) == (None, None)
    refused = await arena.refused("POST", "/referrals", body)
    assert refused == "409 referral_already_open"

    unit.enrolment = uuid4()
    unit.enrolled(4)
    shown = await unit.heard()
    assert (shown["state"], shown["enrolmentId"]) == ("enrolled", str(unit.enrolment))
    unit.corrected(2, retracted=True)
    unit.say(ReferralReceived, 5, received_on=date(2024, 5, 3))
    more = {"declined_on": date(2024, 5, 4), "reason": "no_capacity"}
    unit.say(ReferralDeclined, 6, **more)
    other.say(ReferralReceived, 1, received_on=date(2024, 5, 2))
    assert (await other.heard())["state"] == "received"
    shown = await unit.heard()
    assert (shown["state"], shown["declineReason"]) == ("declined", "no_capacity")
    assert await states(arena) == {"declined": 1, "received": 1}
    assert await arena.scalar("select count(*) from inbox where dead_at is not null") == 0
    assert await arena.drifting() == {}


async def states(arena: Arena, **query: Any) -> dict[str, int]:
    figure = await arena.figure("referrals", "2024", by="state", **query)
    return {row["state"]: row["value"] for row in figure["rows"]}
