"""The ledger's machine with a project that claims: its rules beside those of the ledger."""

from __future__ import annotations

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any
from uuid import UUID

from hypothesis import strategies as st
from hypothesis.stateful import invariant, rule
from typing_extensions import override

from services.budget import claims, grants, programmes, projects
from services.budget.claim_errors import (
    ClaimNegative,
    ClaimOutOfOrder,
    GrantBelowClaims,
    GrantExceeded,
    NothingToClaim,
)
from services.budget.claims import Step
from services.budget.domain.claims import Action, ClaimKind
from services.budget.domain.programmes import StaffCosts
from services.budget.domain.projects import Amount, Currency
from services.budget.errors import PeriodClosed
from services.budget.grants import Decision
from services.budget.programmes import PeriodTerms
from services.budget.queries import claims as reads
from services.budget.schemas.projects import ProjectIn
from shared.basis import wait_until_settled
from shared.db import Database, driver
from tests.budget.books import BY, YEAR
from tests.budget.ledger_machine import AMOUNTS, PARTS, LedgerMachine
from tests.budget.ledger_model import draft_of
from tests.budget.project_bodies import project
from tests.budget.refusals import meaning, refused

PROJECT = "9"
TO_COME = datetime(2199, 1, 1, tzinfo=UTC)
"""Nothing else writes while a draft is computed: what is recorded by now is all there is."""

TERMS = Decision(
    amount=Amount(1_000_000, Currency.SEK),
    decided_on=date(YEAR, 1, 1),
    reference="Prov",
    programme_period="prov",
    support_rate=5000,
    staff_costs=StaffCosts.ACTUAL,
    flat_rates=(),
    participant_rate=None,
    eligible_from=date(YEAR, 1, 1),
    eligible_to=date(YEAR, 12, 31),
    reason="Prov",
)
_TWICE = """
    select s.posting_id from claim_source s join claim_standing st using (claim_id)
    where st.state in ('submitted', 'decided', 'paid')
    group by s.posting_id having count(*) > 1
"""
_HELD = """
    select coalesce(sum(s.amount), 0)::bigint as amount
    from claim_source s join claim_standing st using (claim_id)
    where st.state in ('submitted', 'decided', 'paid')
"""
_ALL = "select coalesce(sum(amount), 0)::bigint as amount from posting where project <> ''"


class ClaimsMachine(LedgerMachine):
    """Claim what was posted, while the ledger posts, reverses, closes, reopens and imports."""

    def __init__(self) -> None:
        super().__init__()
        self.granted = TERMS.amount.hundredths
        self.standing: dict[UUID, tuple[str, int]] = {}

    @override
    async def _opened(self) -> Database:
        database = await super()._opened()
        said = ProjectIn.model_validate(project(number=PROJECT, start=f"{YEAR}-01"))
        terms = PeriodTerms("Prov", date(2021, 1, 1), date(2040, 1, 1), 1720, 13, False, "Prov")  # noqa: FBT003  by position as a table would
        async with database.begin() as session:
            conn = await driver(session)
            self.project_id = await projects.propose(conn, PROJECT, said.to_domain(), by=BY)
            await programmes.register(conn, "prov", terms, by=BY)
            await programmes.add_cost_type(
                conn,
                "prov",
                code="personal",
                name="Personal",
                account_prefixes=["50"],
                valid_from=date(2021, 1, 1),
                source="Prov",
                by=BY,
            )
            await grants.decide(conn, self.project_id, TERMS, by=BY)
        return database

    @rule(part=PARTS, amount=AMOUNTS)
    def post_cost(self, part: int, amount: int) -> None:
        """Book a cost of the project; the ledger's own rule takes it back like any other."""
        draft = draft_of(part, "5010", "1510", (amount, amount))
        cost, payment = draft.entries
        draft = replace(draft, entries=[replace(cost, project=PROJECT), payment])
        if draft.period in self.model.closed:
            with refused(PeriodClosed):
                self.run(self._book(draft))
        else:
            self._noted(self.run(self._book(draft)), draft)

    async def _draft(self) -> UUID:
        year = {"first_month": date(YEAR, 1, 1), "last_month": date(YEAR, 12, 1)}
        async with self.db.begin() as session:
            return await claims.draft(
                await driver(session),
                self.project_id,
                kind=ClaimKind.INTERIM,
                **year,
                advance=None,
                by=BY,
            )

    async def _step(self, claim: UUID, action: Action, amount: int | None = None) -> None:
        step = Step(action, date(YEAR, 12, 20), BY, amount=amount, reason="Prov")
        async with self.db.begin() as session:
            conn = await driver(session)
            if action is Action.SUBMITTED:
                await claims.submit(conn, claim, step, basis=None)
            else:
                await claims.advance_by(conn, claim, step)

    @rule(many=st.sampled_from([1, 1, 3]))
    def claim(self, many: int) -> None:
        """Claim what no live claim has, once or several times at the same moment."""

        async def at_once() -> tuple[list[UUID], list[Any]]:
            made = [await self._draft() for _ in range(many)]
            await wait_until_settled(self.db)
            submitting = (self._step(one, Action.SUBMITTED) for one in made)
            return made, await asyncio.gather(*submitting, return_exceptions=True)

        made, outcomes = self.run(at_once())
        won = [one for one, outcome in zip(made, outcomes, strict=True) if outcome is None]
        for outcome in outcomes:
            expected = {NothingToClaim, ClaimNegative, GrantExceeded}
            assert outcome is None or meaning(outcome) in expected, outcome
        assert len(won) <= 1, "what one has claimed is not there for another"
        for one in won:
            self.standing[one] = ("submitted", self.run(self._amount(one)))

    async def _amount(self, claim: UUID) -> int:
        async with self.db.read() as session:
            return int((await reads.claim(await driver(session), claim))["amount"])

    @rule(
        at=st.integers(0, 20),
        action=st.sampled_from([a for a in Action if a is not Action.SUBMITTED]),
        share=st.integers(1, 100),
    )
    def carry_on(self, at: int, action: Action, share: int) -> None:
        """Decide in part, pay, withdraw or reject; what the state rules out is refused.

        No claim of the machine is final, and no other one is repaid.
        """
        if not self.standing:
            return
        claim = list(self.standing)[at % len(self.standing)]
        state, amount = self.standing[claim]
        asked = amount if action is Action.PAID else amount * share // 100
        moves = action in (Action.DECIDED, Action.PAID, Action.REPAID)
        given = asked if moves else None
        wanted = "decided" if action is Action.PAID else "submitted"
        if state != wanted or action is Action.REPAID:
            with refused(ClaimOutOfOrder):
                self.run(self._step(claim, action, max(given, 1) if given is not None else None))
        elif action is not Action.PAID or asked:
            self.run(self._step(claim, action, given))
            self.standing[claim] = (action.value, asked if given is not None else 0)

    @rule(amount=st.integers(0, 2_000_000))
    def change_grant(self, amount: int) -> None:
        """Raise or lower the grant; never below what is claimed."""

        async def decided() -> None:
            terms = replace(TERMS, amount=Amount(amount, Currency.SEK))
            async with self.db.begin() as session:
                await grants.decide(await driver(session), self.project_id, terms, by=BY)

        if amount < sum(claimed for _, claimed in self.standing.values()):
            with refused(GrantBelowClaims):
                self.run(decided())
        else:
            self.run(decided())
            self.granted = amount

    @invariant()
    def no_posting_is_claimed_twice_and_nothing_beyond_the_grant(self) -> None:
        assert self.run(self._fetch(_TWICE)) == []
        (held,) = self.run(self._fetch("select granted, claimed from grant_balance"))
        claimed = sum(amount for _, amount in self.standing.values())
        assert (held["granted"], held["claimed"]) == (self.granted, claimed)
        assert claimed <= self.granted

    @invariant()
    def live_claims_and_the_next_hold_every_cost(self) -> None:
        (held,), (costs,) = self.run(self._fetch(_HELD)), self.run(self._fetch(_ALL))
        assert held["amount"] + self.run(self._waiting()) == costs["amount"]

    async def _waiting(self) -> int:
        draft = await self._draft()
        async with self.db.read() as session:
            conn = await driver(session)
            made = await claims.compute(conn, await reads.claim(conn, draft), TO_COME)
        return made.sums.eligible
