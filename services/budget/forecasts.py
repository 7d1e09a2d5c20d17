"""Forecasts: what is proposed from the ledger's own pattern, and what the controller says.

A forecast is given for an occasion of the year and kept for ever; a later one of the same
occasion stands beside it. Each amount keeps the proposal that stood there when it was given.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.budget.domain.accuracy import Kept
from services.budget.domain.coverage import (
    Coverage,
    whole_year,
    why_not_comparable,
    why_not_known,
)
from services.budget.domain.forecasting import (
    YEARS_BACK,
    EarlierYear,
    Method,
    Proposal,
    propose,
)
from services.budget.domain.occasions import Occasion
from services.budget.domain.periods import FIRST, LAST, PeriodRange, part_of
from services.budget.domain.settlement import FORECAST_ROWS
from services.budget.errors import ForecastReasonMissing
from services.budget.figures import FACTS, FORECAST_FACTS
from services.budget.queries import forecasts, outcomes
from services.budget.queries.outcomes import YearOutcome
from shared.basis import settled_within
from shared.db import Connection
from shared.events import new_id
from shared.journal import Cause, settle


@dataclass(frozen=True, slots=True)
class Proposals:
    """A proposal for each row, the outcome it starts from, and which years it could not use."""

    range: PeriodRange
    basis: datetime
    outcome: Mapping[str, int]
    rows: Mapping[str, Proposal]
    notes: Sequence[str]


async def proposals(conn: Connection, of: PeriodRange, basis: datetime) -> Proposals:
    """Propose what each row of the ledger comes to, from the year so far at the range's end."""
    part, years = part_of(of.last), (of.year - YEARS_BACK, of.year)
    booked = await outcomes.outcomes(conn, *years, part=part, basis=basis)
    covered = await outcomes.coverage(conn, *years, part=part, basis=basis)
    now = booked.get(of.year) or _NOTHING
    unknown = why_not_known(covered.get(of.year), part)
    earlier = {year: one for year, one in sorted(covered.items()) if year != of.year}
    excluded = [why for one in earlier.values() if (why := why_not_comparable(one))]
    return Proposals(
        range=of,
        basis=basis,
        outcome=now.reached,
        rows={
            row: Proposal(None, Method.NONE, reason=unknown)
            if unknown
            else propose(
                of.year,
                now.reached[row],
                _earlier_years(row, booked, earlier),
                complete=part == LAST,
            )
            for row in FORECAST_ROWS
        },
        notes=excluded,
    )


_ZEROES = dict.fromkeys(FORECAST_ROWS, 0)
_NOTHING = YearOutcome(reached=_ZEROES, whole=_ZEROES)


def _earlier_years(
    row: str, booked: Mapping[int, YearOutcome], covered: Mapping[int, Coverage]
) -> list[EarlierYear]:
    return [
        EarlierYear(year, booked[year].reached[row], booked[year].whole[row])
        for year, one in covered.items()
        if why_not_comparable(one) is None
    ]


async def give(
    conn: Connection,
    *,
    year: int,
    occasion: Occasion,
    lines: Mapping[str, int],
    reason: str,
    basis: datetime | None,
    by: str,
) -> UUID:
    """Record the controller's forecast of the year, each amount with the proposal beside it.

    Args:
        conn: the writing transaction.
        year: the year that is forecast.
        occasion: when in the year it is said.
        lines: öre the year will come to, by row; rows left out keep their earlier forecast.
        reason: why the occasion is forecast once more; empty for its first.
        basis: of the proposals that the controller saw; the newest settled one when None.
        by: whose forecast it is.

    Raises:
        ForecastReasonMissing: the occasion has a forecast, and nothing says why another.
        BasisNotSettled: the basis is later than what is settled.

    """
    number = await forecasts.next_number(conn, year, occasion)
    if number > 1 and not reason.strip():
        raise ForecastReasonMissing.of("reason", "missing", "say why the forecast is changed")
    at = await settled_within(conn, basis)
    of = PeriodRange(year * 100 + FIRST, occasion.period(year))
    proposed = (await proposals(conn, of, at)).rows
    forecast_id = new_id()
    await conn.execute(
        "insert into forecast (id, year, occasion, number, reason, proposal_basis, by)"
        " values ($1, $2, $3, $4, $5, $6, $7)",
        forecast_id,
        year,
        occasion,
        number,
        reason,
        at,
        by,
    )
    await conn.copy_records_to_table(
        "forecast_line",
        columns=("forecast_id", "row_code", "amount", "proposed", "method", "note"),
        records=[
            (forecast_id, row, amount, beside.amount, beside.method, beside.reason)
            for row, amount in sorted(lines.items())
            for beside in (proposed[row],)
        ],
    )
    await _settle(conn, year, f"forecast {occasion.label} {number}")
    return forecast_id


async def _settle(conn: Connection, year: int, reason: str) -> None:
    """Have the journal say what is expected of the year, by when it was.

    A forecast that another one follows was not wrong: what is newly said is new, whatever it
    is said of.
    """
    rows = await conn.fetch("select id from forecast where year = $1", year)
    ids = [row["id"] for row in rows]
    await settle(
        conn,
        FACTS,
        "forecast",
        ids,
        wanted_sql=FORECAST_FACTS,
        reason=reason,
        cause=Cause.PROGRESS,
    )


@dataclass(frozen=True, slots=True)
class Accuracy:
    """How right the forecasts of a year were; ``kept`` has those of all years up to it."""

    year: int
    complete: bool
    kept: Sequence[Kept]


async def accuracy(conn: Connection, year: int, basis: datetime) -> Accuracy:
    """Set every row of every forecast beside what its year came to, up to a year."""
    given = await forecasts.forecasts(conn, basis, (0, year))
    first = min((one["year"] for one in given), default=year)
    booked = await outcomes.outcomes(conn, first, year, part=LAST, basis=basis)
    covered = await outcomes.coverage(conn, first, year, part=LAST, basis=basis)
    complete = {one.year for one in covered.values() if whole_year(one)}
    kept = [
        Kept(
            year=one["year"],
            occasion=Occasion(one["occasion"]),
            number=one["number"],
            newest=one["newest"],
            row=row,
            amount=amount,
            proposed=proposed,
            outcome=booked.get(one["year"], _NOTHING).whole[row],
            complete=one["year"] in complete,
        )
        for one in given
        for row, amount, proposed in zip(one["rows"], one["amounts"], one["proposals"], strict=True)
    ]
    return Accuracy(year, year in complete, kept)
