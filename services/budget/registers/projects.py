"""The register of projects, as the city's project system holds them.

One row each, everything that is said about a project from now on::

    number,name,funder,programme,role,responsibleDepartment,budget,budgetCurrency,start,end,decidedOn
    5,Vux 2.0,esf,ESF,owner,Vuxenutbildning Stockholm,18700000.00,SEK,2017-12,2021-12,2017-12-01

A row that says something else than the project's newest version becomes a version of its own. A
row with a day of decision decides the project. Partners are no part of a row: a project keeps
those that it has.
"""

from __future__ import annotations

from dataclasses import replace
from datetime import date
from typing import Annotated, Any, Literal
from uuid import UUID

from msgspec import Meta

from services.budget import projects
from services.budget.domain.project_terms import faults_of
from services.budget.domain.projects import (
    FUNDERS,
    Amount,
    Currency,
    NotADate,
    PartialDate,
    Particulars,
    Role,
    Terms,
)
from services.budget.figures import FACTS
from services.budget.project_versions import COLUMNS, values
from services.budget.queries.projects import known, particulars_of, project
from shared.db import Connection
from shared.deliveries import Batch, Column, Register, Row, RowRefused
from shared.money import parse_kronor

Kronor = Annotated[str, Meta(pattern=r"^-?[0-9]{1,13}(\.[0-9]{1,2})?$")]
When = Annotated[str, Meta(pattern=r"^[0-9]{4}(-[0-9]{2}(-[0-9]{2})?)?$")]
Short = Annotated[str, Meta(max_length=200)]
Note = Annotated[str, Meta(max_length=500)]
Code = Literal["SEK", "EUR"]


class ProjectRow(Row):
    """One project; an amount needs its currency, and a budget that is not stated a note."""

    number: Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]{0,19}$")]
    name: Annotated[str, Meta(min_length=1, max_length=200)]
    funder: Annotated[str, Meta(max_length=40)]
    programme: Short
    role: Role
    responsible_department: Short
    start: When
    end: When
    phase: Short = ""
    budget: Kronor | None = None
    budget_currency: Code | None = None
    budget_note: Note = ""
    own_share: Kronor | None = None
    own_share_currency: Code | None = None
    cofinancing: Kronor | None = None
    cofinancing_currency: Code | None = None
    decided_cost: Kronor | None = None
    decided_cost_currency: Code | None = None
    decided_income: Kronor | None = None
    decided_income_currency: Code | None = None
    grant_share_basis_points: Annotated[int, Meta(ge=0, le=10_000)] | None = None
    forecast_start: When | None = None
    forecast_end: When | None = None
    forecast_explanation: Note = ""
    strategic_reason: Note = ""
    decided_on: date | None = None


def _stage(row: ProjectRow) -> tuple[Any, ...]:
    if row.funder not in FUNDERS:
        raise RowRefused("funder", "unknown_funder", f"A funder is one of {', '.join(FUNDERS)}.")
    said = _said(row)
    for fault in faults_of(said):
        field = fault.property.partition(".")[0]
        raise RowRefused(field, fault.code, f"{fault.reason.capitalize()}.")
    return (row.number, row.decided_on, *values(said))


def _said(row: ProjectRow) -> Particulars:
    start, end = _date("start", row.start), _date("end", row.end)
    return Particulars(
        name=row.name,
        funder=row.funder,
        programme=row.programme,
        role=row.role,
        department=row.responsible_department,
        phase=row.phase,
        terms=Terms(
            budget=_amount("budget", row.budget, row.budget_currency),
            own_share=_amount("ownShare", row.own_share, row.own_share_currency),
            cofinancing=_amount("cofinancing", row.cofinancing, row.cofinancing_currency),
            decided_cost=_amount("decidedCost", row.decided_cost, row.decided_cost_currency),
            decided_income=_amount(
                "decidedIncome", row.decided_income, row.decided_income_currency
            ),
            grant_points=row.grant_share_basis_points,
        ),
        budget_note=row.budget_note,
        start=start,
        end=end,
        forecast_start=_date("forecastStart", row.forecast_start) if row.forecast_start else None,
        forecast_end=_date("forecastEnd", row.forecast_end) if row.forecast_end else None,
        forecast_explanation=row.forecast_explanation,
        strategic_reason=row.strategic_reason.strip(),
    )


def _date(field: str, text: str) -> PartialDate:
    try:
        return PartialDate.parse(text)
    except NotADate as error:
        raise RowRefused(field, "not_a_date", f"{str(error).capitalize()}.") from error


def _amount(field: str, text: str | None, currency: Code | None) -> Amount | None:
    if (text is None) is not (currency is None):
        raise RowRefused(field, "currency_missing", "An amount and its currency belong together.")
    return (
        None if text is None or currency is None else Amount(parse_kronor(text), Currency(currency))
    )


_HELD = """
    select v.*, p.number, p.id from project p
    join project_version v on v.project_id = p.id and v.version = p.version
"""

_SAID = ", ".join(f"s.{name}" for name in COLUMNS)
_HOLDS = ", ".join(f"h.{name}" for name in COLUMNS)

_COMPARE = f"""
    select s.row_no, case when h.id is null then 'created' else 'changed' end, h.id
    from staging s left join ({_HELD}) h on h.number = s.number
    where h.id is null or (h.decided_on is null and s.decided_on is not null)
       or ({_SAID}) is distinct from ({_HOLDS})
"""

_DECIDED_OTHERWISE = f"""
    select s.row_no, 'decidedOn', 'decided_on_another_day', 'The project was decided another day.'
    from staging s join ({_HELD}) h on h.number = s.number where h.decided_on <> s.decided_on
"""

_PARTNERS = f"from staging s join ({_HELD}) h on h.number = s.number"
_MORE_THAN_BUDGET = f"""
    select s.row_no, 'budget', 'more_than_budget', 'The amounts of its partners are more.'
    {_PARTNERS} join project_partner o on o.project_id = h.id and o.version = h.version
    where o.currency = s.budget_currency
    group by s.row_no, s.budget_amount having sum(o.amount) > s.budget_amount
"""
_NOT_OWN_SHARE = f"""
    select s.row_no, 'ownShare', 'not_own_share', 'The committee has another amount as a partner.'
    {_PARTNERS} join project_partner o on o.project_id = h.id and o.version = h.version
    where o.is_committee and (o.amount, o.currency) <> (s.own_share_amount, s.own_share_currency)
"""


async def _apply(conn: Connection, batch: Batch) -> None:
    rows = await conn.fetch(
        "select * from batch where effect in ('created', 'changed') order by row_no"
    )
    for row in rows:
        await _make_true(conn, row, batch)


async def _make_true(conn: Connection, row: Any, batch: Batch) -> None:  # noqa: ANN401  a record
    project_id, said = row["record_id"], particulars_of(row)
    decided = False
    if row["effect"] == "created":
        await projects.propose(conn, row["number"], said, by=batch.by, project_id=project_id)
    else:
        decided = await _change(conn, project_id, said, batch)
    if row["decided_on"] is not None and not decided:
        await projects.decide(conn, project_id, decided_on=row["decided_on"], by=batch.by)


async def _change(conn: Connection, project_id: UUID, said: Particulars, batch: Batch) -> bool:
    """Let a project say what is said, with the partners it has; return whether it is decided."""
    (held,) = await known(conn, [await project(conn, project_id)])
    partners = held.project.terms.partners
    if particulars_of(held.row) != said:
        await projects.change(
            conn,
            project_id,
            replace(said, terms=replace(said.terms, partners=partners)),
            expected=held.row["version"],
            reason=batch.reason,
            by=batch.by,
        )
    return held.row["decided_on"] is not None


_TYPES = {
    "grant_share_points": "integer",
    "strategic": "boolean",
    **dict.fromkeys((name for name in COLUMNS if name.endswith("_amount")), "bigint"),
    **dict.fromkeys((name for name in COLUMNS if name.endswith("_on")), "date"),
}

PROJECTS = Register(
    name="projects",
    title="Projekt",
    row=ProjectRow,
    key=("number",),
    columns=(
        Column("number", "text"),
        Column("decided_on", "date"),
        *(Column(name, _TYPES.get(name, "text")) for name in COLUMNS),
    ),
    stage=_stage,
    checks=(_DECIDED_OTHERWISE, _MORE_THAN_BUDGET, _NOT_OWN_SHARE),
    compare=_COMPARE,
    size="select count(*) from project",
    apply=_apply,
    journals=(FACTS,),
)
