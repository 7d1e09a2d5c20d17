"""Shape of why the committee's statements moved between two bases."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import pairwise
from typing import Self

from pydantic import Field

from services.budget.domain.periods import PeriodRange
from services.budget.schemas.fields import PERIOD
from services.budget.statement_changes import Moved, Steps
from shared.figures.change_schemas import ChangeOut, PartsOut
from shared.figures.steps_sql import KINDS
from shared.models import ApiModel, Instant
from shared.money import to_decimal_string


class RowChangesOut(ApiModel):
    """One row: each of its amounts at two bases, and what it moved by."""

    code: str = Field(max_length=80, examples=["operations"])
    label: str = Field(max_length=300, examples=["Drift och underhåll"])
    amounts: dict[str, ChangeOut] = Field(description="By column code")

    @classmethod
    def of(cls, code: str, label: str, columns: dict[str, Steps]) -> Self:
        amounts = {column: _change(steps) for column, steps in columns.items()}
        return cls(code=code, label=label, amounts=amounts)


def _change(steps: Steps) -> ChangeOut:
    """Return the change of an amount, in kronor; of one not known at an end there is none."""
    before, after = steps[0], steps[-1]
    if before is None or after is None:
        return ChangeOut(before=_shown(before), after=_shown(after), difference=None, parts=None)
    held = [before]
    for amount in steps[1:]:
        held.append(held[-1] if amount is None else amount)
    parts = (to_decimal_string(later - earlier) for earlier, later in pairwise(held))
    return ChangeOut(
        before=_shown(before),
        after=_shown(after),
        difference=to_decimal_string(after - before),
        parts=PartsOut.model_validate(dict(zip(KINDS, parts, strict=True))),
    )


def _shown(amount: int | None) -> str | None:
    return None if amount is None else to_decimal_string(amount)


class StatementChangeOut(ApiModel):
    """Why one statement moved; an amount's currency is its row's in the statement itself."""

    statement: str = Field(
        max_length=40,
        description="Its code, or `deviations`, whose rows are kind and key of what deviates",
        examples=["budget-settlement"],
    )
    rows: list[RowChangesOut] = Field(description="Every row that is there at any of the bases")


class StatementChangesOut(ApiModel):
    """Why every statement of a period moved between two bases."""

    period: str = PERIOD
    since: Instant = Field(description="The earlier basis")
    basis: Instant = Field(description="The later basis")
    items: list[StatementChangeOut]

    @classmethod
    def of(cls, found: Sequence[Moved], of: PeriodRange, since: datetime, basis: datetime) -> Self:
        return cls(
            period=str(of),
            since=since,
            basis=basis,
            items=[
                StatementChangeOut(
                    statement=one.statement,
                    rows=[
                        RowChangesOut.of(code, label, dict(columns))
                        for code, label, columns in one.rows()
                    ],
                )
                for one in found
            ],
        )
