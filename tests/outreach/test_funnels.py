"""What outreach led to: each step a figure, each share with its base, at any basis."""

from __future__ import annotations

from datetime import date
from typing import Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from services.outreach.domain.funnels import CONVERSIONS, SMALL_BASE, Stage, shares
from services.outreach.domain.referrals import ReferralState, at_least, furthest
from services.outreach.facts import settling
from services.outreach.funnels import STAGES
from services.outreach.handlers import (
    EnrolmentExited,
    EnrolmentStarted,
    ReferralAccepted,
    ReferralDeclined,
)
from services.outreach.models import NEWS
from shared.events import Envelope, Message
from tests.outreach.arena import UNIT, Arena, envelope, referral_body

KISTA = "jobbtorg-unga-kista"
MONTH = "2019-03"
CONTACTS = ("contacts", "two_way_contacts", "persons_reached")


@given(st.sets(st.sampled_from(NEWS)))
def test_a_referral_has_come_as_far_as_every_step_before_its_own(
    noted: set[ReferralState],
) -> None:
    state = furthest(dict.fromkeys(noted, date(2024, 1, 1)))
    steps = list(at_least(ReferralState.MADE))
    come = [step for step in steps if state in at_least(step)]
    assert come == (steps[: steps.index(state) + 1] if state in steps else [])


def test_who_was_turned_down_was_not_accepted_and_who_left_was_enrolled() -> None:
    for turned_down in (ReferralState.DECLINED, ReferralState.WITHDRAWN):
        assert turned_down not in at_least(ReferralState.MADE)
    assert at_least(ReferralState.ENROLLED) == (ReferralState.ENROLLED, ReferralState.EXITED)


@given(st.lists(st.none() | st.integers(0, 50), min_size=len(Stage), max_size=len(Stage)))
def test_a_share_has_its_base_or_is_none(values: list[int | None]) -> None:
    counted = dict(zip(Stage, values, strict=True))
    for each, conversion in zip(shares(counted), CONVERSIONS, strict=True):
        part, base = counted[conversion.numerator], counted[conversion.denominator]
        assert (each.decimal is None) == (part is None or not base)
        assert each.small_base == (base is not None and base < SMALL_BASE)


class Evenings:
    """Drop-in evenings in Kista, whom they referred, and what participants told since."""

    def __init__(self, arena: Arena) -> None:
        self.arena = arena
        self.post: list[Envelope] = []

    async def held(self, day: int, visits: int, **more: str) -> str:
        said = {
            "operation": "guidance",
            "venue": "kista-jobbtorg",
            "unit": KISTA,
            "kind": "drop_in",
            "heldOn": f"{MONTH}-{day:02}",
            **more,
        }
        body: dict[str, Any] = {
            "id": str(uuid4()),
            "session": said,
            "visits": [{"ageGroup": "20-24", "women": visits // 2, "men": visits - visits // 2}],
        }
        await self.arena.made("/session-reports", body)
        return str(body["id"])

    async def referred(self, session_id: str | None, day: int = 7, **more: str) -> UUID:
        body = referral_body(
            sessionId=session_id,
            referredOn=f"{MONTH}-{day:02}",
            unit=KISTA,
            programme="jobbtorg-unga",
            **more,
        )
        return UUID((await self.arena.made("/referrals", body))["id"])

    def say(self, subject: str, *news: Message) -> None:
        for sequence, each in enumerate(news, start=1):
            self.post.append(envelope(each, subject=subject, sequence=sequence))

    def enrol(self, referral: UUID, outcome: str | None = None) -> None:
        enrolment = uuid4()
        news: list[Message] = [
            EnrolmentStarted(
                referral_id=referral, enrolment_id=enrolment, started_on=date(2019, 4, 1)
            )
        ]
        if outcome:
            news.append(
                EnrolmentExited(
                    enrolment_id=enrolment, exited_on=date(2019, 9, 30), outcome=outcome
                )
            )
        self.say(f"enrolment/{enrolment}", *news)

    def accept(self, referral: UUID) -> None:
        news = ReferralAccepted(
            referral_id=referral, accepted_on=date(2019, 3, 20), enrolment_id=uuid4()
        )
        self.say(f"referral/{referral}", news)

    def decline(self, referral: UUID) -> None:
        news = ReferralDeclined(
            referral_id=referral, declined_on=date(2019, 3, 20), reason="not_reached"
        )
        self.say(f"referral/{referral}", news)

    async def deliver(self) -> None:
        await self.arena.told(self.post)
        self.post = []


@pytest.fixture
async def evenings(arena: Arena) -> Evenings:
    """A month as the committee told of 2019: a hundred visits, of which a fifth enrolled.

    Of 26 referrals from drop-in 20 were enrolled, one accepted, three declined. Eight have left
    since: five to work, one to studies. Besides, there is guidance, and another unit's referral.
    """
    place = {"kind": "jobbtorg", "district": "rinkeby-kista", "validFrom": "2019-01-01"}
    await arena.made("/venues", {"code": "kista-jobbtorg", "name": "Jobbtorg Kista", **place})
    told = Evenings(arena)
    weeks = [await told.held(day, 25) for day in (5, 12, 19, 26)]
    guided = await told.held(6, 8, kind="guidance")
    contact = {"operation": "jobbtorg-outreach", "unit": KISTA, "venue": "kista-jobbtorg"}
    for direction, day in (("two_way", 4), ("one_way", 5), ("two_way", 6)):
        said = {"personId": str(uuid4()), "direction": direction}
        await arena.contact(**contact, **said, happenedOn=f"{MONTH}-{day:02}")
    referrals = [await told.referred(weeks[n % 4]) for n in range(26)]
    for n, referral in enumerate(referrals[:20]):
        outcome = (*("work",) * 5, "studies", "moved", "moved")[n] if n < 8 else None
        told.enrol(referral, outcome)
    told.accept(referrals[20])
    for referral in referrals[21:24]:
        told.decline(referral)
    told.enrol(await told.referred(guided), "other")
    await told.referred(None, referringUnit=UNIT)
    return told


def values(group: dict[str, Any]) -> list[int | None]:
    return [each["value"] for each in group["stages"]]


def conversions(group: dict[str, Any]) -> dict[str, str | None]:
    return {each["name"]: each["value"] for each in group["conversions"]}


async def test_a_month_of_drop_in_reads_as_it_was_published(evenings: Evenings) -> None:
    arena = evenings.arena
    early = await arena.basis()
    asked: dict[str, Any] = {"period": MONTH, "by": "venue"}
    before = await arena.call("GET", "/funnels", **asked, basis=early)
    await evenings.deliver()
    now = await arena.read("/funnels", **asked, basis=await arena.basis())

    elsewhere, kista = now["groups"]
    assert (elsewhere["group"], kista["group"]) == ("", "kista-jobbtorg")
    assert values(kista) == [108, 3, 2, 2, 27, 22, 21, 9, 6, 100, 20]
    assert conversions(kista) == {
        "answered": "0.6667",
        "referred": "13.5000",
        "accepted": "0.8148",
        "enrolled": "0.7778",
        "exited": "0.4286",
        "to_work_or_studies": "0.6667",
        "drop_in": "0.2000",
    }
    drop_in = kista["conversions"][-1]
    assert (drop_in["numerator"]["unit"], drop_in["denominator"]["unit"]) == ("referrals", "visits")
    assert "Besök är inte personer" in drop_in["note"]
    small = {each["name"] for each in kista["conversions"] if each["smallBase"]}
    assert small == {"answered", "referred"}
    # Of nothing there is no share, and that is not zero.
    assert conversions(elsewhere)["drop_in"] is None
    assert conversions(elsewhere)["enrolled"] == "0.0000"

    # What is known later changes no earlier basis: nobody had answered yet.
    assert values(before.json()["groups"][1])[4:] == [27, 0, 0, 0, 0, 100, 0]
    again = await arena.call("GET", "/funnels", **asked, basis=early)
    assert (again.content, again.headers["etag"]) == (before.content, before.headers["etag"])
    assert await arena.drifting() == {}


async def test_each_step_is_a_figure_limited_to_the_callers_units(evenings: Evenings) -> None:
    await evenings.deliver()
    arena = evenings.arena
    basis = await arena.basis()
    for by in ("venue", "operation", "unit", "programme", "kind"):
        found = await arena.read("/funnels", period=MONTH, by=by, basis=basis)
        not_by = {
            stage["stage"]
            for stage in found["stages"]
            if "not-counted-by" in [note["kind"] for note in stage["notes"]]
        }
        queries = [
            {
                "figure": stage["figure"],
                "period": MONTH,
                "where": stage["where"],
                "by": [] if stage["stage"] in not_by else [by],
            }
            for stage in found["stages"]
        ]
        answer = await arena.call("POST", "/figure-queries", {"basis": basis, "queries": queries})
        for place, figure in enumerate(answer.json()["answers"]):
            shown = {group["group"]: values(group)[place] for group in found["groups"]}
            assert values(found["total"])[place] == figure["total"], (by, figure)
            if figure["by"]:
                counted = {row[by]: row["value"] for row in figure["rows"]}
                assert {name: value for name, value in shown.items() if value} == counted, by
            else:
                assert set(shown.values()) == {None}
        visits, contacts = {"visits", "drop_in_visits"}, set(CONTACTS)
        unlike: dict[str, set[str]] = {"programme": visits | contacts, "kind": contacts}
        assert not_by == unlike.get(by, set())
    for stage in CONTACTS:
        refused = {"period": MONTH, "by": "kind"}
        name = STAGES[Stage(stage)].figure
        assert await arena.refused("GET", f"/figures/{name}", **refused) == "422 unknown_dimension"
    await _limited(arena, basis)


async def _limited(arena: Arena, basis: str) -> None:
    by_unit: dict[str, Any] = {"period": MONTH, "by": "unit", "basis": basis}
    everything = await arena.read("/funnels", **by_unit)
    assert [group["group"] for group in everything["groups"]] == [UNIT, KISTA]
    own = await arena.read("/funnels", **by_unit, units=(UNIT,))
    assert [group["group"] for group in own["groups"]] == [UNIT]
    assert values(own["total"]) == [0, 0, 0, 0, 1, 0, 0, 0, 0, 0, 0]
    assert [note["kind"] for note in own["notes"]] == ["restricted"]
    chosen = await arena.read("/funnels", period=MONTH, programme="jobbtorg-unga", basis=basis)
    assert values(chosen["total"]) == [None, None, None, None, 28, 22, 21, 9, 6, None, 20]
    assert conversions(chosen["total"])["drop_in"] is None
    named = await arena.read("/funnels", period="2018", by="venue", venue=["kista-jobbtorg", "x"])
    assert [group["group"] for group in named["groups"]] == ["kista-jobbtorg", "x"]
    assert set(conversions(named["groups"][0]).values()) == {None}
    wrong: tuple[tuple[dict[str, Any], str], ...] = (
        ({"unit": KISTA, "units": (UNIT,)}, "403 unit_not_allowed"),
        ({"units": ()}, "403 unit_not_allowed"),
        ({"sex": "women"}, "422 unknown_dimension"),
        ({"by": "sex"}, "422 invalid_request"),
        ({"operation": "nothing"}, "422 unknown_code"),
        ({"scopes": ("outreach:read",)}, "403 insufficient_scope"),
    )
    for more, refusal in wrong:
        assert await arena.refused("GET", "/funnels", period=MONTH, **more) == refusal, more


async def test_a_referral_moves_with_what_led_to_it(
    arena: Arena, monkeypatch: pytest.MonkeyPatch
) -> None:
    met = await arena.session(kind="drop_in")
    said = {"personId": str(uuid4()), "sessionId": met["id"], "venue": None}
    contact = await arena.contact(**said)
    by_contact = referral_body(personId=said["personId"], contactId=contact["id"])
    await arena.made("/referrals", by_contact)
    await arena.made("/referrals", referral_body(sessionId=met["id"]))

    async def where(**more: str) -> list[list[Any]]:
        rows = (await arena.figure("referrals", "2024", by="venue,district,kind", **more))["rows"]
        return [list(row.values()) for row in rows]

    first = [["tensta-library", "spanga-tensta", "drop_in", 2]]
    assert await where() == first
    early = await arena.basis()
    moved = {"venue": "bla-huset", "kind": "fair", "reason": "Fel plats"}
    await arena.changed(f"/sessions/{met['id']}", moved, version=1)
    assert await where() == [["bla-huset", "jarva", "fair", 2]]
    corrected = {"district": "rinkeby-kista", "reason": "Fel område"}
    await arena.changed("/venues/bla-huset", corrected, version=1)
    assert await where() == [["bla-huset", "rinkeby-kista", "fair", 2]]
    assert await where(basis=early) == first
    assert await arena.drifting() == {}

    monkeypatch.setattr(settling, "_FOLLOWERS", {})
    await arena.changed(f"/sessions/{met['id']}", {**moved, "kind": "drop_in"}, version=2)
    assert await arena.drifting() == {"referral": 2}, "control"
