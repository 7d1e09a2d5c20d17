"""What a claim is computed from: a project's postings and hours at a basis, and its grant."""

from __future__ import annotations

from datetime import date, datetime
from uuid import UUID

from services.budget.claim_errors import GrantNotFound
from services.budget.domain.claims import Cost, Grant, Inputs, ParticipantReport
from services.budget.domain.hours import StaffReport, within_year
from services.budget.domain.programmes import Rules, StaffCosts
from shared.db import Connection

# What takes a posting back belongs to the day and the cost type of what it takes back, or a
# correction after the project's end would leave the claimed cost standing.
_COSTS = """
    select o.id, o.account, coalesce(r.happened_on, o.happened_on) as day, o.amount
    from posting o
    join voucher v on v.id = o.voucher_id
    left join voucher r on r.id = v.reversal_of
    where o.project = $1 and o.happened_on <= $2 and o.recorded_at <= $3
      and o.account ~ '^([4-7]|8[5-8])'
      and not exists (select from claimed_posting c where c.posting_id = o.id)
    order by o.id
"""

# All time of everybody who has worked in the project: the cap of a year is over all projects.
_STAFF = """
    select h.id, v.version, h.employee, h.project, h.day, h.activity, h.function, v.minutes,
           coalesce(c.minutes, 0) as claimed
    from staff_hours h
    cross join lateral (
        select version, minutes from staff_hours_version
        where staff_hours_id = h.id and recorded_at <= $3 order by version desc limit 1) v
    left join claimed_hours c on c.kind = 'staff_hours' and c.record_id = h.id
    where h.day <= $2
      and h.employee in (select employee from staff_hours where project = $1)
"""

_PARTICIPANTS = """
    select h.attestation_id, h.version, h.month, h.minutes, coalesce(c.minutes, 0) as claimed
    from (select distinct on (attestation_id) * from participant_hours
          where recorded_at <= $3 order by attestation_id, version desc) h
    left join claimed_hours c on c.kind = 'participant_hours' and c.record_id = h.attestation_id
    where h.project = $1 and h.month <= $2 order by h.month, h.attestation_id
"""


async def grant_of(conn: Connection, project_id: UUID) -> tuple[Grant, str, str]:
    """Return a project's grant as last decided, its programme period and its currency.

    Raises:
        GrantNotFound: nothing has been granted.

    """
    row = await conn.fetchrow(
        "select * from grant_decision where project_id = $1 order by number desc limit 1",
        project_id,
    )
    if row is None:
        raise GrantNotFound
    grant = Grant(
        number=row["number"],
        support_rate=row["support_rate"],
        staff_costs=StaffCosts(row["staff_costs"]),
        flat_rates=tuple(row["flat_rates"]),
        participant_rate=row["participant_rate"],
        eligible_from=row["eligible_from"],
        eligible_to=row["eligible_to"],
    )
    return grant, row["programme_period"], row["currency"]


async def inputs_of(
    conn: Connection, project: str, rules: Rules, *, last: date, basis: datetime
) -> Inputs:
    """Return what a project may claim by a day, as it was known at a basis."""
    asked = (project, last, basis)
    costs = [Cost(**dict(row)) for row in await conn.fetch(_COSTS, *asked)]
    reports = [StaffReport(**dict(row)) for row in await conn.fetch(_STAFF, *asked)]
    attested = [ParticipantReport(*row.values()) for row in await conn.fetch(_PARTICIPANTS, *asked)]
    within = within_year(
        reports, hours_per_year=rules.hours_per_year, whole_hours=rules.whole_hours
    )
    own = [report for report in reports if report.project == project]
    return Inputs(costs, own, within, attested)
