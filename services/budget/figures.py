"""The figures that budget answers for: sums of postings, and projects under way."""

from __future__ import annotations

from services.budget.domain.counterparts import CounterpartClass
from services.budget.domain.projects import FUNDERS, Role
from services.budget.models.facts import fact
from services.budget.models.ledger import DIMENSIONS
from shared.figures import FigureDefinition, Figures
from shared.journal import Journal

LEDGER = Journal(
    "posting",
    DIMENSIONS,
    expressions={
        "measure": "'postings'",
        "subject": "null::uuid",
        "record_kind": "'voucher'",
        "record_id": "voucher_id",
        "reason": "''",
    },
    own_periods=True,
)
"""The ledger's postings as a journal: nothing is written twice to be counted."""

FACTS = Journal.of(fact)

PROJECT_FACTS = """
    select 'projects' as measure, day.at as happened_on, day.amount, null::uuid as subject,
           v.project_id as record_id, v.funder, v.programme, v.role, v.department,
           p.number as project, '' as settlement_row
    from (select distinct on (project_id) * from project_version
          where project_id = any($1::uuid[]) order by project_id, version desc) v
    join project p on p.id = v.project_id
    cross join lateral (values
        (v.start_on, 1),
        ((v.end_on + case v.end_precision when 'year' then interval '1 year'
                          when 'month' then interval '1 month' else interval '1 day' end)::date,
         -1)) as day (at, amount)
    where v.state = 'decided'
"""

_BY_COST = (
    "account",
    "account_group",
    "counterpart_class",
    "project",
    "responsibility",
    "activity",
)

FIGURES = Figures(
    [
        FigureDefinition(
            name="outcome",
            version=1,
            unit="SEK",
            title="Utfall",
            definition="Bokfört belopp under perioden; kostnader positiva, intäkter negativa.",
            kind="flow",
            journal=LEDGER,
            measure="postings",
            dimensions=_BY_COST,
            register="trial-balance",
            codes={"counterpart_class": [code.value for code in CounterpartClass]},
        ),
        FigureDefinition(
            name="projects-active",
            version=1,
            unit="projects",
            title="Pågående projekt",
            definition=(
                "Beslutade projekt som har börjat och inte slutat den sista dagen i perioden."
                " Ett projekt med bara år eller månad angivet räknas hela året eller månaden."
            ),
            kind="stock",
            journal=FACTS,
            measure="projects",
            dimensions=("funder", "programme", "role", "department", "project"),
            codes={"funder": list(FUNDERS), "role": [role.value for role in Role]},
        ),
    ]
)
