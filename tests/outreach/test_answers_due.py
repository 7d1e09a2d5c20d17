"""The answer to a referral is due: frozen when it is made, and found overdue once."""

from __future__ import annotations

import asyncio
from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from pydantic import SecretStr

from services.outreach import answers_due
from services.outreach.domain.referrals import UNANSWERED, ReferralState, answer_due
from services.outreach.handlers import ReferralAccepted, ReferralDeclined, ReferralReceived
from services.outreach.settings import Settings
from services.outreach.worker import MARK_OVERDUE
from shared.clock import today
from shared.db import driver
from shared.events import Message
from shared.schedules import run_next
from tests.outreach.arena import Arena, envelope, referral_body


def test_the_answer_is_due_so_many_days_after_it_was_recorded() -> None:
    assert answer_due(date(2026, 11, 26), 14) == date(2026, 12, 10)
    assert answer_due(date(2024, 2, 15), 14) == date(2024, 2, 29)
    assert UNANSWERED == (ReferralState.MADE, ReferralState.RECEIVED)


def test_units_have_a_day_to_a_year() -> None:
    no = SecretStr("none")
    common: Any = {"database_url": no, "redis_url": no, "auth_issuer": "-", "auth_jwks_url": "-"}
    for days in (1, 14, 365):
        assert Settings(**common, referral_answer_days=days).referral_answer_days == days
    for days in (0, 366):
        with pytest.raises(ValueError, match="referral_answer_days"):
            Settings(**common, referral_answer_days=days)


async def due(arena: Arena, days_ago: int) -> dict[str, Any]:
    """Make a referral whose answer was due so many days ago."""
    made = await arena.made("/referrals", referral_body())
    async with arena.db.begin() as session:
        await (await driver(session)).execute(
            "update referral set answer_due_on = $2 where id = $1",
            UUID(made["id"]),
            today() - timedelta(days=days_ago),
        )
    return made


def news(made: dict[str, Any], kind: type[Message], sequence: int = 1, **more: Any) -> Any:  # noqa: ANN401  a test's
    told = kind(referral_id=UUID(made["id"]), **more)
    return envelope(told, subject=f"referral/{made['id']}", sequence=sequence)


async def waiting(arena: Arena) -> list[str]:
    return [each["id"] for each in (await arena.read("/referrals", overdue=True))["items"]]


async def test_what_nobody_answers_is_overdue_once_until_somebody_does(arena: Arena) -> None:
    late = await arena.made("/referrals", referral_body(referredOn="2024-03-05"))
    assert late["answerDueOn"] == (today() + timedelta(days=14)).isoformat()
    in_time, yesterday, longest, received = [await due(arena, days) for days in (0, 1, 20, 3)]
    accepted, declined, withdrawn = [await due(arena, 5) for _ in range(3)]
    no = {"reason": "made_in_error", "withdrawnOn": today().isoformat()}
    await arena.made(f"/referrals/{withdrawn['id']}/withdrawals", no)
    day = today()
    await arena.told(
        [
            news(received, ReferralReceived, received_on=day),
            news(accepted, ReferralAccepted, accepted_on=day, enrolment_id=uuid4()),
            news(declined, ReferralDeclined, declined_on=day, reason="no_capacity"),
        ]
    )
    async with arena.db.read() as session:
        before = await answers_due.waiting(await driver(session))
    assert before == {"referrals_overdue": 0, "referrals_not_marked": 3}
    runs = await asyncio.gather(*(run_next(arena.db, MARK_OVERDUE) for _ in range(2)))
    assert sum(runs) == 1
    overdue = [longest["id"], received["id"], yesterday["id"]]
    assert await waiting(arena) == overdue
    async with arena.db.read() as session:
        after = await answers_due.waiting(await driver(session))
    assert after == {"referrals_overdue": 3, "referrals_not_marked": 0}
    shown = await arena.read(f"/referrals/{yesterday['id']}")
    assert (shown["overdueSince"], shown["version"], shown["state"]) == (day.isoformat(), 2, "made")
    assert (await arena.read(f"/referrals/{in_time['id']}"))["overdueSince"] is None
    async with arena.db.read() as session:
        told = await (await driver(session)).fetch(
            "select subject, data::text from outbox where type = 'outreach.referral.overdue.v1'"
        )
    assert {row["subject"] for row in told} == {f"referral/{each}" for each in overdue}
    assert "personId" not in str(told)
    # An answer takes it off the list by itself, and it stays known that it was late.
    late_news = news(received, ReferralAccepted, sequence=2, accepted_on=day, enrolment_id=uuid4())
    await arena.told([late_news, news(longest, ReferralDeclined, declined_on=day, reason="other")])
    assert await waiting(arena) == [yesterday["id"]]
    assert (await arena.read(f"/referrals/{received['id']}"))["overdueSince"] is not None
    assert await arena.drifting() == {}
    metrics = (await arena.client.get("/metrics")).text
    assert 'referrals_overdue{service="outreach"}' in metrics
