"""Deviations at a period's end: what departs from the budget, and the comments on it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from services.budget import strategic_projects
from services.budget.domain.deviations import ComparedWith, Deviation, SubjectKind, Threshold
from services.budget.domain.periods import PeriodRange, part_of
from services.budget.domain.settlement import BUDGET_ROWS, FLOW_OF, FORECAST_ROWS, LABELS
from services.budget.errors import NoSuchDeviation
from services.budget.queries import deviations, forecasts, ledger, outcomes, planning
from shared.basis import settled_within
from shared.db import Connection
from shared.events import new_id


@dataclass(frozen=True, slots=True)
class Remark:
    """A comment to write: what deviated at a period's end, why, and what is done about it."""

    period: int
    kind: SubjectKind
    key: str
    cause: str
    action: str


async def deviations_of(
    conn: Connection, of: PeriodRange, basis: datetime, *, from_postings: bool = False
) -> list[Deviation]:
    """Return every deviation of the year so far at the end of a range, commented or not.

    With ``from_postings`` no snapshot of the ledger's sums is believed.
    """
    rows = await settlement_deviations(conn, of, basis, from_postings=from_postings)
    projects = await strategic_projects.project_deviations(
        conn, of, basis, from_postings=from_postings
    )
    return [*rows, *projects]


async def settlement_deviations(
    conn: Connection, of: PeriodRange, basis: datetime, *, from_postings: bool
) -> list[Deviation]:
    """Return each row of the settlement: its budget minus the newest forecast of the year.

    A row that nobody has forecast is set against its outcome so far.
    """
    year = PeriodRange(of.start_of_year, of.last)
    kind = SubjectKind.SETTLEMENT_ROW
    last = await ledger.last_day_of(conn, of.last, basis)
    threshold = await deviations.threshold(conn, kind, last, basis)
    comments = await deviations.comments(conn, kind, of.last, basis)
    budget = await planning.budget_of(conn, year, basis)
    forecast = await expected(conn, year, basis)
    outcome = await _outcome(conn, year, basis, from_postings=from_postings)
    rows = []
    for row in BUDGET_ROWS:
        compared, source = forecast.get(row, (outcome[row], ""))
        rows.append(
            Deviation(
                kind=kind,
                key=row,
                label=LABELS[row],
                budget=budget.get(row, 0),
                compared=compared,
                compared_with=ComparedWith.FORECAST if source else ComparedWith.OUTCOME,
                source=source,
                threshold=threshold,
                comment=comments.get(row),
            )
        )
    return rows


async def expected(
    conn: Connection, year: PeriodRange, basis: datetime
) -> dict[str, tuple[int, str]]:
    """Return what each row was last expected to come to by the range's end, and who said so."""
    said = await forecasts.expected(conn, year, basis)
    invested = await planning.investment_forecasts(conn, year, basis)
    ledger = {
        row: (one.amount, f"Prognos {one.occasion.label} {year.year}, version {one.number}")
        for row, one in said.items()
    }
    investments = {
        row: (invested[flow], f"Investeringsprognoser {year.year}")
        for row, flow in FLOW_OF.items()
        if flow in invested
    }
    return ledger | investments


async def _outcome(
    conn: Connection, year: PeriodRange, basis: datetime, *, from_postings: bool
) -> Mapping[str, int]:
    booked = await outcomes.outcomes(
        conn,
        year.year,
        year.year,
        part=part_of(year.last),
        basis=basis,
        from_postings=from_postings,
    )
    flows = await planning.investment_flows(conn, year, basis)
    invested = {row: flows.get(flow, 0) for row, flow in FLOW_OF.items()}
    ledger = booked[year.year].reached if year.year in booked else dict.fromkeys(FORECAST_ROWS, 0)
    return ledger | invested


async def comment(conn: Connection, remark: Remark, *, basis: datetime | None, by: str) -> UUID:
    """Write a comment, or a new version of it, on the deviation as it was at a basis.

    Args:
        conn: the writing transaction.
        remark: on what, the cause and the action.
        basis: of the list of deviations that was read; the newest settled one when None.
        by: who writes.

    Raises:
        NoSuchDeviation: the period has no such row or project.
        BasisNotSettled: the basis is later than what is settled.

    """
    number = await deviations.next_number(conn, remark.period, remark.kind, remark.key)
    at = await settled_within(conn, basis)
    of = PeriodRange(remark.period // 100 * 100 + 1, remark.period)
    wanted = (remark.kind, remark.key)
    found = [one for one in await deviations_of(conn, of, at) if (one.kind, one.key) == wanted]
    if not found:
        raise NoSuchDeviation
    (subject,) = found
    comment_id = new_id()
    await conn.execute(
        """
        insert into deviation_comment (id, period, subject_kind, subject_key, number, cause,
                                       action, deviation, compared_with, basis, by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)
        """,
        comment_id,
        remark.period,
        remark.kind,
        remark.key,
        number,
        remark.cause,
        remark.action,
        subject.amount,
        subject.compared_with,
        at,
        by,
    )
    return comment_id


async def set_threshold(
    conn: Connection, kind: SubjectKind, threshold: Threshold, *, by: str
) -> int:
    """Record from which size deviations are commented, from a day on."""
    threshold_id: int = await conn.fetchval(
        """
        insert into deviation_threshold
            (subject_kind, valid_from, share_basis_points, amount, decided_by, reference, by)
        values ($1, $2, $3, $4, $5, $6, $7) returning id
        """,
        kind,
        threshold.valid_from,
        threshold.share,
        threshold.amount,
        threshold.decided_by,
        threshold.reference,
        by,
    )
    return threshold_id
