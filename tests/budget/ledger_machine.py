"""Post, reverse, close, reopen and import at random, each step against the model."""

from __future__ import annotations

import asyncio
import json
from collections import Counter
from collections.abc import Coroutine
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar
from uuid import UUID

import pytest
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    invariant,
    rule,
)
from typing_extensions import override

from services.budget import periods, vouchers
from services.budget.domain.vouchers import Draft
from services.budget.errors import (
    AlreadyReversed,
    BookedByDelivery,
    PeriodClosed,
    PeriodNotClosed,
    ReversalElsewhere,
    ReversalOfReversal,
    VoucherUnbalanced,
)
from shared.db import Database, driver
from shared.errors import DomainError
from tests.budget.books import ACCOUNTS, BY, open_books
from tests.budget.ledger_model import Booked, Model, draft_of, period_of, said
from tests.budget.pushing import Pushing
from tests.budget.refusals import meaning, refused

if TYPE_CHECKING:
    from tests.servers import Servers

T = TypeVar("T")

PARTS = st.integers(0, 14)
AMOUNTS = st.integers(1, 10**6)
CODES = st.sampled_from(sorted(ACCOUNTS))
KEYS = st.sampled_from(["K1", "K2", "K3", "K4"])


class LedgerMachine(RuleBasedStateMachine):
    """Post, reverse, close, reopen and import, against the model.

    The claims of a project add their rule here, beside `import_vouchers`: what it books is none
    of the ledger's, so the model needs no change; its own invariant goes beside these.
    """

    servers: ClassVar[Servers]
    runner: ClassVar[asyncio.Runner]

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.urls = self.run(self.servers.create(service="budget"))
        self.db = self.run(self._opened())

    async def _opened(self) -> Database:
        database = Database(self.urls.app, application_name="test", pool_size=8)
        async with database.begin() as session:
            await open_books(await driver(session))
        return database

    @override
    def teardown(self) -> None:
        self.run(self.db.close())
        self.run(self.servers.drop(self.urls))

    def run(self, work: Coroutine[Any, Any, T]) -> T:
        return self.runner.run(work)

    async def _book(self, draft: Draft) -> UUID:
        async with self.db.begin() as session:
            (made,) = await vouchers.book(await driver(session), [draft], series="A", by=BY)
        return made

    def _noted(self, made: UUID, draft: Draft, series: str = "A") -> None:
        amounts: Counter[str] = Counter()
        for entry in draft.entries:
            amounts[entry.account] += entry.amount
        self.model.booked.append(Booked(made, draft.period, dict(amounts)))
        self.model.numbers[series] += 1

    @rule(part=PARTS, debit=CODES, credit=CODES, amount=AMOUNTS, astray=st.sampled_from([0, 0, 1]))
    def post(self, part: int, debit: str, credit: str, amount: int, astray: int) -> None:
        draft = draft_of(part, debit, credit, (amount, amount + astray))
        if astray or draft.period in self.model.closed:
            with refused(VoucherUnbalanced if astray else PeriodClosed):
                self.run(self._book(draft))
        else:
            self._noted(self.run(self._book(draft)), draft)

    @rule(part=PARTS, amount=AMOUNTS)
    def give_up_half_way(self, part: int, amount: int) -> None:
        """A booking that is rolled back leaves no voucher and gives its number back."""

        async def attempt() -> None:
            draft = draft_of(part, "5010", "1510", (amount, amount))
            async with self.db.begin() as session:
                await vouchers.book(await driver(session), [draft], series="A", by=BY)
                raise ZeroDivisionError

        closed = period_of(part) in self.model.closed
        with refused(PeriodClosed) if closed else pytest.raises(ZeroDivisionError):
            self.run(attempt())

    @rule(at=st.integers(0, 60), part=st.none() | PARTS)
    def reverse(self, at: int, part: int | None) -> None:
        if not self.model.booked:
            return
        one = self.model.booked[at % len(self.model.booked)]
        period = one.period if part is None else period_of(part)

        async def taken_back() -> UUID:
            async with self.db.begin() as session:
                return await vouchers.reverse(
                    await driver(session),
                    one.id,
                    reason="Fel konto",
                    period=period,
                    happened_on=None,
                    by=BY,
                )

        if refusal := self._no_reversal(one, period):
            with refused(refusal):
                self.run(taken_back())
        else:
            self.model.take_back(one, self.run(taken_back()), period)
            self.model.numbers["A"] += 1

    def _no_reversal(self, one: Booked, period: int) -> type[DomainError] | None:
        if one.by_delivery:
            return BookedByDelivery
        if one.reversal:
            return ReversalOfReversal
        if one.taken_back:
            return AlreadyReversed
        if period < one.period:
            return ReversalElsewhere
        return PeriodClosed if period in self.model.closed else None

    async def _close(self, period: int) -> None:
        async with self.db.begin() as session:
            await periods.close(await driver(session), period=period, by=BY)

    @rule(part=PARTS)
    def close(self, part: int) -> None:
        period = period_of(part)
        if period in self.model.closed:
            with refused(PeriodClosed):
                self.run(self._close(period))
        else:
            self.run(self._close(period))
            self.model.closed.add(period)

    @rule(part=PARTS)
    def reopen(self, part: int) -> None:
        period = period_of(part)

        async def reopened() -> None:
            async with self.db.begin() as session:
                await periods.reopen(
                    await driver(session), period=period, reason="Sen faktura", by=BY
                )

        if period in self.model.closed:
            self.run(reopened())
            self.model.closed.remove(period)
        else:
            with refused(PeriodNotClosed):
                self.run(reopened())

    @rule(part=PARTS, amounts=st.lists(AMOUNTS, min_size=1, max_size=3))
    def post_while_closing(self, part: int, amounts: list[int]) -> None:
        """At the same time: each voucher is booked before the closing, or refused after it."""
        period = period_of(part)
        if period in self.model.closed:
            return
        drafts = [draft_of(part, "5010", "1510", (amount, amount)) for amount in amounts]

        async def at_once() -> list[UUID | BaseException | None]:
            booking = [self._book(draft) for draft in drafts]
            return await asyncio.gather(*booking, self._close(period), return_exceptions=True)

        *made, closing = self.run(at_once())
        assert closing is None, closing
        self.model.closed.add(period)
        for draft, outcome in zip(drafts, made, strict=True):
            if isinstance(outcome, UUID):
                self._noted(outcome, draft)
            else:
                assert isinstance(outcome, BaseException)
                assert meaning(outcome) is PeriodClosed, outcome

    @rule(
        rows=st.dictionaries(KEYS, st.tuples(PARTS, AMOUNTS), min_size=1),
        retracted=st.none() | KEYS,
    )
    def import_vouchers(self, rows: dict[str, tuple[int, int]], retracted: str | None) -> None:
        """A delivery of vouchers: created, changed, unchanged, retracted or refused."""
        sent = [self.model.row_of(key, *rows[key]) for key in rows]
        if retracted is not None and retracted not in rows:
            sent.append({"op": "retract", "key": self.model.key_of(retracted), "reason": "Fel"})
        expected: Counter[str] = Counter(self.model.expected(row) for row in sent)
        body = b"".join(json.dumps(row).encode() + b"\n" for row in sent)
        delivery = self.run(
            Pushing(self.db).push(
                body, register="vouchers", content_type="application/x-ndjson", atomic=False
            )
        )
        assert delivery.state == "applied", delivery
        counts = delivery.counts
        assert (
            Counter(
                created=counts.created,
                changed=counts.changed,
                unchanged=counts.unchanged,
                retracted=counts.retracted,
                rejected=counts.rejected,
            )
            == expected
        )
        self.run(self._learn(delivery.id, sent))

    async def _learn(self, delivery_id: UUID, sent: list[dict[str, Any]]) -> None:
        """Note what the model says was booked, under the ids that the ledger gave it."""
        async with self.db.read() as session:
            rows = await (await driver(session)).fetch(
                "select id, source_key, reversal_of from voucher where delivery_id = $1",
                delivery_id,
            )
        booked = {row["source_key"]: row["id"] for row in rows if row["source_key"]}
        reversals = {row["reversal_of"]: row["id"] for row in rows if row["reversal_of"]}
        for row in sent:
            outcome, held = self.model.expected(row), self.model.live(row["key"])
            if outcome in {"changed", "retracted"} and held is not None:
                replaced = outcome == "changed"
                self.model.take_back(held, reversals.pop(held.id), held.period, replaced=replaced)
                self.model.numbers["VER"] += 1
            if outcome in {"changed", "created"}:
                period, amounts = said(row)
                made = booked.pop(row["key"])
                self.model.booked.append(
                    Booked(
                        made,
                        period,
                        amounts,
                        key=row["key"],
                        by_delivery=True,
                        part="corrections" if outcome == "changed" else "newFacts",
                    )
                )
                self.model.numbers["VER"] += 1
        assert not booked
        assert not reversals

    async def _fetch(self, sql: str) -> list[Any]:
        async with self.db.read() as session:
            return await (await driver(session)).fetch(sql)

    @invariant()
    def every_voucher_balances(self) -> None:
        found = self.run(
            self._fetch(
                """select v.series, v.number from voucher v left join posting p
                   on p.voucher_id = v.id
                   group by v.id having count(p.id) < 2 or sum(p.amount) <> 0"""
            )
        )
        assert found == []

    @invariant()
    def every_series_is_without_gap(self) -> None:
        found = self.run(
            self._fetch(
                """select s.series, s.last_number, count(v.id) as many, min(v.number) as low,
                          max(v.number) as high
                   from voucher_series s left join voucher v using (series, year)
                   group by s.series, s.last_number"""
            )
        )
        said = {row["series"]: row["last_number"] for row in found if row["last_number"]}
        assert said == dict(self.model.numbers)
        for row in found:
            if row["many"]:
                assert (row["low"], row["high"]) == (1, row["many"]) == (1, row["last_number"])

    @invariant()
    def ledger_is_the_model(self) -> None:
        found = self.run(
            self._fetch(
                """select period, account, sum(amount)::bigint as amount from posting
                   group by period, account having sum(amount) <> 0"""
            )
        )
        balances = {(row["period"], row["account"]): row["amount"] for row in found}
        assert balances == self.model.balances()
