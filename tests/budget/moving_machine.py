"""The ledger at random, asked between any two moments why its numbers moved."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from datetime import datetime
from typing import Any

from hypothesis import strategies as st
from hypothesis.stateful import precondition, rule
from typing_extensions import override

from services.budget.domain.periods import PeriodRange
from services.budget.figures import FIGURES
from services.budget.schemas.statement_changes import StatementChangesOut
from services.budget.statement_changes import statement_changes
from services.budget.statements import report
from shared.basis import reading_at, wait_until_settled
from shared.db import driver
from shared.figures import Query, compute
from shared.figures.change_answers import change_answer
from shared.money import parse_kronor
from shared.periods import Period
from tests.budget.books import YEAR
from tests.budget.ledger_machine import LedgerMachine
from tests.budget.ledger_model import Booked, period_of

Parts = dict[str, Counter[str]]

YEAR_SO_FAR = PeriodRange(period_of(1), period_of(12))
PLACES = st.integers(0, 20)


class MovingMachine(LedgerMachine):
    """Everything that `LedgerMachine` does, with moments remembered and compared."""

    def __init__(self) -> None:
        super().__init__()
        self.moments: list[tuple[datetime, int]] = []
        """Each basis with how many vouchers the model held then."""

    @rule()
    def remember(self) -> None:
        basis = self.run(wait_until_settled(self.db))
        self.moments.append((basis, len(self.model.booked)))

    @precondition(lambda self: len(self.moments) > 1)
    @rule(first=PLACES, second=PLACES)
    def compare(self, first: int, second: int) -> None:
        one, other = (self.moments[at % len(self.moments)] for at in (first, second))
        if one[0] == other[0]:
            return
        (since, before), (basis, after) = sorted((one, other))
        self.figures_are_explained(since, basis, self.model.booked[before:after])
        self.statements_are_explained(since, basis)

    def figures_are_explained(
        self, since: datetime, basis: datetime, between: list[Booked]
    ) -> None:
        """By account: as the vouchers that the model knows came between."""
        told, before, after = self.run(self._explained(since, basis))
        cells = {cell["account"]: cell for cell in told["cells"]}
        expected: Parts = {}
        # The opening balance is no movement of its year: the outcome begins with the first month.
        for one in (each for each in between if each.period % 100 > 0):
            for account, amount in one.amounts.items():
                expected.setdefault(account, Counter())[one.part] += amount
        for account in {*expected, *before, *after}:
            cell = cells.get(account, {"before": "0.00", "after": "0.00", "parts": {}})
            assert parse_kronor(cell["before"]) == before.get(account, 0)
            assert parse_kronor(cell["after"]) == after.get(account, 0)
            parts = {name: parse_kronor(part) for name, part in cell["parts"].items()}
            assert sum(parts.values()) == after.get(account, 0) - before.get(account, 0)
            known = {name: amount for name, amount in expected.get(account, {}).items() if amount}
            assert {name: part for name, part in parts.items() if part} == known, account

    async def _explained(
        self, since: datetime, basis: datetime
    ) -> tuple[dict[str, Any], dict[str, int], dict[str, int]]:
        query = Query("outcome", Period.year(YEAR), basis, by=("account",))
        async with reading_at(self.db, basis) as (session, _):
            conn = await driver(session)
            told = await change_answer(conn, FIGURES, query, since)
            ends = []
            for at in (since, basis):
                asked = replace(query, basis=at)
                computed = await compute(conn, FIGURES.checked(asked), asked)
                ends.append({account: value for (account,), value in computed.cells})
        return told, ends[0], ends[1]

    def statements_are_explained(self, since: datetime, basis: datetime) -> None:
        """Every amount: what stands at both ends, and parts that sum to the difference."""
        told, ends = self.run(self._statements(since, basis))
        for statement in told.items:
            rows = {row.code: row for row in statement.rows}
            for at, end in zip(("before", "after"), ends, strict=True):
                for code, amounts in end.get(statement.statement, {}).items():
                    for column, amount in amounts.items():
                        shown = getattr(rows[code].amounts[column], at)
                        assert parse_kronor(shown) == amount, (statement.statement, code, column)
            for row in statement.rows:
                for change in row.amounts.values():
                    if change.parts is not None:
                        parts = change.parts.model_dump().values()
                        difference = parse_kronor(str(change.difference))
                        assert sum(parse_kronor(str(part)) for part in parts) == difference

    async def _statements(
        self, since: datetime, basis: datetime
    ) -> tuple[StatementChangesOut, list[dict[str, dict[str, dict[str, int]]]]]:
        async with reading_at(self.db, basis) as (session, _):
            conn = await driver(session)
            found = await statement_changes(conn, YEAR_SO_FAR, since, basis)
            ends = []
            for at in (since, basis):
                made = await report(conn, YEAR_SO_FAR, at)
                ends.append(
                    {
                        statement.code: {row.code: dict(row.amounts) for row in statement.rows}
                        for statement in made.statements.values()
                        if statement.code != "investments"
                    }
                )
        return StatementChangesOut.of(found, YEAR_SO_FAR, since, basis), [
            {code: _sent(rows) for code, rows in end.items()} for end in ends
        ]

    @override
    def give_up_half_way(self, part: int, amount: int) -> None:
        """What is rolled back moves nothing, and is tried often enough elsewhere."""


def _sent(rows: dict[str, dict[str, int]]) -> dict[str, dict[str, int]]:
    return {
        code: {_camel(column): amount for column, amount in amounts.items()}
        for code, amounts in rows.items()
    }


def _camel(name: str) -> str:
    first, *rest = name.split("_")
    return first + "".join(part.capitalize() for part in rest)
