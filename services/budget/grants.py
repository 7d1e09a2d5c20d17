"""Grants (beviljat stöd): what a funder decided to pay a project, and on which terms."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from services.budget import participant_hours
from services.budget.claim_errors import (
    GrantReasonMissing,
    ProgrammePeriodNotFound,
    RuleNotFound,
)
from services.budget.domain.programmes import RateKind, StaffCosts
from services.budget.domain.projects import Amount
from services.budget.queries import programmes as rules
from services.budget.queries import projects
from shared.clock import utcnow
from shared.db import Connection
from shared.journal import Cause


@dataclass(frozen=True, slots=True)
class Decision:
    """A funder's decision: the whole amount and all terms, from then on."""

    amount: Amount
    decided_on: date
    reference: str
    programme_period: str
    support_rate: int
    staff_costs: StaffCosts
    flat_rates: tuple[str, ...]
    participant_rate: str | None
    eligible_from: date
    eligible_to: date
    reason: str


async def decide(conn: Connection, project_id: UUID, decision: Decision, *, by: str) -> int:
    """Record a decision; the first ties the project to its programme period.

    Raises:
        ProjectNotFound, ProgrammePeriodNotFound, RuleNotFound: what it names is not there.
        GrantReasonMissing: the grant has been decided before, and nothing says why it changes.
        GrantBelowClaims, GrantProgrammeFixed: refusals of the database, `errors.CONSTRAINTS`.

    """
    project = await projects.project(conn, project_id)
    await _check_rules(conn, decision)
    held = await conn.fetchrow("select decisions from lock_grant($1)", project_id)
    number: int = (held["decisions"] if held else 0) + 1
    if number > 1 and not decision.reason.strip():
        raise GrantReasonMissing.of("reason", "missing", "say why the grant is changed")
    await conn.execute(
        """
        insert into grant_decision (project_id, number, amount, currency, decided_on, reference,
            programme_period, support_rate, staff_costs, flat_rates, participant_rate,
            eligible_from, eligible_to, reason, by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
        """,
        project_id,
        number,
        decision.amount.hundredths,
        decision.amount.currency,
        decision.decided_on,
        decision.reference,
        decision.programme_period,
        decision.support_rate,
        decision.staff_costs,
        list(decision.flat_rates),
        decision.participant_rate,
        decision.eligible_from,
        decision.eligible_to,
        decision.reason,
        by,
    )
    await participant_hours.value_anew(
        conn,
        project=project["number"],
        reason=f"grant, decision {number}",
        cause=Cause.PROGRESS,
    )
    return number


async def _check_rules(conn: Connection, decision: Decision) -> None:
    """Refuse rules that the programme period does not have."""
    code, now = decision.programme_period, utcnow()
    if not await conn.fetchval("select true from programme_period where code = $1", code):
        raise ProgrammePeriodNotFound
    known = {row["code"] for row in await rules.flat_rates(conn, code, now)}
    missing = [each for each in decision.flat_rates if each not in known]
    rates = {
        row["code"]
        for row in await rules.hourly_rates(conn, code, now)
        if row["kind"] == RateKind.PARTICIPANT
    }
    if decision.participant_rate is not None and decision.participant_rate not in rates:
        missing.append(decision.participant_rate)
    if missing:
        raise RuleNotFound(f"The programme period has no rule {', '.join(missing)}.")
