"""Random histories of a project's money, recounted by a plain script that knows no claims.

Whatever is posted, reversed, reported, attested, claimed, decided, paid, withdrawn, rejected and
granted, in whatever order: what live claims hold and what the next claim would take is together
all that is eligible, to the öre and the minute; and no more is claimed than was granted.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date
from itertools import count
from typing import TYPE_CHECKING, Any
from uuid import UUID

import asyncpg
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from shared.db import driver
from shared.events import new_id
from shared.money import parse_kronor, to_decimal_string
from tests.budget.funding import PROGRAMME, Funded, hours, open_funded, proposed
from tests.effort import effort

if TYPE_CHECKING:
    from tests.budget.calling import Clerk
    from tests.servers import DatabaseUrls

YEAR_OF_HOURS = 20
TERMS: dict[str, Any] = {
    "staffCosts": "unit",
    "flatRates": ["indirekta-kostnader-15"],
    "participantRate": "deltagare",
}
STEPS = st.one_of(
    st.tuples(st.just("post"), st.integers(1, 500_000)),
    st.tuples(st.just("reverse"), st.integers(0, 20)),
    st.tuples(st.just("report"), st.tuples(st.integers(1, 6), st.integers(1, 780))),
    st.tuples(st.just("attest"), st.tuples(st.integers(0, 2), st.integers(0, 2000))),
    st.tuples(st.just("claim"), st.just(0)),
    st.tuples(st.just("claim"), st.just(0)),
    st.tuples(st.just("advance"), st.integers(1, 100_000)),
    st.tuples(st.just("decide"), st.tuples(st.integers(0, 20), st.integers(0, 100))),
    st.tuples(st.just("pay"), st.integers(0, 20)),
    st.tuples(st.just("withdraw"), st.integers(0, 20)),
    st.tuples(st.just("reject"), st.integers(0, 20)),
    st.tuples(st.just("grant"), st.integers(0, 900_000)),
)
_numbers = count(100)

_HELD = """
    select coalesce(sum(l.amount) filter (where l.kind = 'actual'), 0)::int as costs,
           coalesce(sum(l.minutes) filter (where l.kind = 'unit_cost'), 0)::int as staff,
           coalesce(sum(l.minutes) filter (where l.kind = 'in_kind'), 0)::int as participants
    from claim c join claim_standing s on s.claim_id = c.id join claim_line l on l.claim_id = c.id
    where c.project_id = $1 and s.state in ('submitted', 'decided', 'paid')
"""
_TWICE = """
    select s.posting_id from claim_source s join claim_line l using (claim_id, line)
    join claim_standing st on st.claim_id = s.claim_id
    where l.kind = 'actual' and st.state in ('submitted', 'decided', 'paid')
    group by s.posting_id having count(*) > 1
"""
_MONEY = "select granted, claimed, decided, paid from grant_balance where project_id = $1"


@dataclass
class History:
    """A project, what was done to it, and what a plain count says it comes to."""

    funded: Funded
    granted: int = 1_000_000
    costs: list[tuple[str, int]] = field(default_factory=list)
    reversed: set[str] = field(default_factory=set)
    reports: dict[int, int] = field(default_factory=dict)
    attested: dict[UUID, tuple[int, int]] = field(default_factory=dict)
    states: dict[str, tuple[str, int, int]] = field(default_factory=dict)

    @property
    def live(self) -> list[tuple[str, int, int]]:
        """State, amount that counts as claimed, and what was paid, of each live claim."""
        return [each for each in self.states.values() if each[0] not in ("withdrawn", "rejected")]

    def eligible(self) -> dict[str, int]:
        """Count everything eligible: costs not taken back, hours within the year, and attested."""
        left = YEAR_OF_HOURS * 60
        staff = 0
        for day in sorted(self.reports):
            counted = min(self.reports[day], left)
            staff, left = staff + counted, left - counted
        return {
            "costs": sum(ore for voucher, ore in self.costs if voucher not in self.reversed),
            "staff": staff,
            "participants": sum(minutes for _, minutes in self.attested.values()),
        }

    async def do(self, what: str, given_: Any) -> None:  # noqa: ANN401  of each step its own
        await getattr(self, f"_{what}")(given_)

    async def _post(self, ore: int) -> None:
        voucher = await self.funded.cost(to_decimal_string(ore), account="7410")
        self.costs.append((voucher, ore))

    async def _reverse(self, at: int) -> None:
        live = [voucher for voucher, _ in self.costs if voucher not in self.reversed]
        if live:
            voucher = live[at % len(live)]
            await self.funded.reverse(voucher)
            self.reversed.add(voucher)

    async def _report(self, said: tuple[int, int]) -> None:
        day, minutes = said
        row = hours(
            minutes,
            day=f"2024-02-0{day}",
            project=self.funded.number,
            employee=f"e{self.funded.number}",
        )
        assert (await self.funded.report(row))[1] == []
        self.reports[day] = minutes

    async def _attest(self, said: tuple[int, int]) -> None:
        who, minutes = said
        while len(self.attested) <= who:
            self.attested[new_id()] = (0, 0)
        attestation = list(self.attested)[who]
        version = self.attested[attestation][0] + 1
        await self.funded.attested(attestation, date(2024, 3, 1), minutes, version=version)
        self.attested[attestation] = (version, minutes)

    async def _claim(self, _: int) -> None:
        await self._submit(await self.funded.draft())

    async def _advance(self, ore: int) -> None:
        await self._submit(await self.funded.draft("advance", advance=to_decimal_string(ore)))

    async def _submit(self, draft: str) -> None:
        await self.funded.clerk.settled()
        http, path = self.funded.clerk.http, f"/budget/v1/claims/{draft}/submissions"
        answer = await http.post(
            path, json={"submittedOn": "2024-12-20"}, headers={"Idempotency-Key": draft}
        )
        if answer.status_code == 201:
            self.states[draft] = ("submitted", parse_kronor(answer.json()["claimed"]), 0)
        else:
            refusals = {"claim_negative", "nothing_to_claim", "grant_exceeded"}
            assert answer.json()["code"] in refusals, answer.text

    def _some(self, state: str, at: int) -> str | None:
        found = [claim for claim, each in self.states.items() if each[0] == state]
        return found[at % len(found)] if found else None

    async def _decide(self, said: tuple[int, int]) -> None:
        claim = self._some("submitted", said[0])
        if claim is not None:
            ore = self.states[claim][1] * said[1] // 100
            await self.funded.decide(claim, to_decimal_string(ore))
            self.states[claim] = ("decided", ore, 0)

    async def _pay(self, at: int) -> None:
        claim = self._some("decided", at)
        if claim is not None and self.states[claim][1]:
            ore = self.states[claim][1]
            await self.funded.pay(claim, to_decimal_string(ore))
            self.states[claim] = ("paid", ore, ore)

    async def _withdraw(self, at: int) -> None:
        await self._end(self._some("submitted", at), "withdrawals", "withdrawn")

    async def _reject(self, at: int) -> None:
        await self._end(self._some("submitted", at), "rejections", "rejected")

    async def _end(self, claim: str | None, how: str, state: str) -> None:
        if claim is not None:
            await self.funded.end(claim, how)
            self.states[claim] = (state, 0, 0)

    async def _grant(self, ore: int) -> None:
        possible = ore >= sum(claimed for _, claimed, _ in self.live)
        await self.funded.grant(to_decimal_string(ore), **TERMS, status=201 if possible else 409)
        if possible:
            self.granted = ore

    async def check(self) -> None:
        """Compare the service with the plain count."""
        project = UUID(self.funded.project_id)
        async with self.funded.clerk.db.read() as session:
            conn = await driver(session)
            money = await conn.fetchrow(_MONEY, project)
            held = await conn.fetchrow(_HELD, project)
            assert await conn.fetch(_TWICE) == []
        assert money is not None
        assert held is not None
        decided = sum(ore for state, ore, _ in self.live if state in ("decided", "paid"))
        claimed = sum(ore for _, ore, _ in self.live)
        paid = sum(ore for _, _, ore in self.live)
        assert tuple(money.values()) == (self.granted, claimed, decided, paid)
        assert paid <= decided <= claimed <= self.granted
        waiting = await self._waiting()
        assert {name: held[name] + waiting[name] for name in waiting} == self.eligible()

    async def _waiting(self) -> dict[str, int]:
        """Return what the next claim would take, as its draft says."""
        await self.funded.clerk.settled()
        lines = (await self.funded.clerk.get(f"/claims/{await self.funded.draft()}"))["lines"]
        return {
            "costs": sum(
                parse_kronor(line["amount"]) for line in lines if line["kind"] == "actual"
            ),
            "staff": sum(line["minutes"] for line in lines if line["kind"] == "unit_cost"),
            "participants": sum(line["minutes"] for line in lines if line["kind"] == "in_kind"),
        }


@pytest.fixture
async def funded(clerk: Clerk) -> Funded:
    """The rules, with a year of twenty hours, so that histories reach its end."""
    funded = await open_funded(clerk)
    await funded.hourly_rate("400.00")
    participant = {"kind": "participant", "code": "deltagare", "costType": "deltagarersattning"}
    await funded.hourly_rate("150.00", **participant)
    rules = await clerk.get(f"/programme-periods/{PROGRAMME}")
    kept = {name: rules[name] for name in ("name", "firstDay", "lastDay", "hoursPerDay", "source")}
    path = f"/programme-periods/{PROGRAMME}/versions"
    await clerk.post(path, kept | {"hoursPerYear": YEAR_OF_HOURS})
    return funded


@pytest.mark.timeout(effort(300))
@settings(
    max_examples=effort(5),
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
@given(steps=st.lists(STEPS, min_size=4, max_size=14))
async def test_live_claims_and_the_next_one_hold_all_that_is_eligible(
    funded: Funded, steps: list[tuple[str, Any]]
) -> None:
    number = str(next(_numbers))
    own = Funded(funded.clerk, await proposed(funded.clerk, number), number)
    history = History(own)
    await own.grant(to_decimal_string(history.granted), **TERMS)
    for what, said in steps:
        await history.do(what, said)
    await history.check()
    await history.do("post", 90_000_000)
    await history.do("grant", 2_000_000_000)
    await history.do("claim", 0)
    await history.check()
    assert await history._waiting() == {"costs": 0, "staff": 0, "participants": 0}


async def test_posting_that_a_claim_forgets_is_found(
    funded: Funded, budget_urls: DatabaseUrls
) -> None:
    """Negative control: the plain count notices what the next claim would take again."""
    history = History(funded)
    await funded.grant(to_decimal_string(history.granted), **TERMS)
    await history.do("post", 5_000)
    await history.do("claim", 0)
    await history.check()
    owner = await asyncpg.connect(budget_urls.owner)
    await owner.execute("delete from claimed_posting")
    await owner.close()
    with pytest.raises(AssertionError):
        await history.check()
