"""The figures that budget answers for: what was booked, budgeted and forecast, and projects."""

from __future__ import annotations

from services.budget.domain.counterparts import CounterpartClass
from services.budget.domain.projects import FUNDERS, Role
from services.budget.domain.settlement import BUDGET_ROWS, FORECAST_ROWS
from services.budget.models.facts import fact
from services.budget.models.kept_sums import PROJECT_DIMENSIONS, STATEMENT_DIMENSIONS
from services.budget.models.ledger import DIMENSIONS
from services.budget.queries.causes import CAUSE_OF_POSTING
from services.budget.queries.sums import Shape
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
        "cause": CAUSE_OF_POSTING,
    },
    own_periods=True,
)
"""The ledger's postings as a journal: nothing is written twice to be counted."""

ACCOUNTS = Journal(
    "posting",
    STATEMENT_DIMENSIONS,
    expressions={"measure": "'postings'"},
    own_periods=True,
    summed_as=Shape.ACCOUNTS,
)
"""The same postings in the shape of the statements: sums by account, class and period alone."""

PROJECTS = Journal(
    "posting",
    PROJECT_DIMENSIONS,
    expressions={"measure": "'postings'"},
    own_periods=True,
    summed_as=Shape.PROJECTS,
)
"""The same postings in the shape of the projects' forms."""

FACTS = Journal.of(fact)

SNAPSHOTS = (LEDGER, ACCOUNTS, PROJECTS, FACTS)
"""What the worker adds up."""

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

# The budget of a year is a stock: it is there from the year's first day, each adjustment from
# the day it takes effect, and it is gone on the first day of the next.
BUDGET_FACTS = """
    select 'budget' as measure, day.at as happened_on, day.sign * l.amount as amount,
           null::uuid as subject, v.id as record_id, '' as funder, '' as programme, '' as role,
           '' as department, '' as project, l.row_code as settlement_row
    from budget_version v join budget_line l on l.version_id = v.id
    cross join lateral (values
        (greatest(coalesce(v.effective_on, v.decided_on), make_date(v.year, 1, 1)), 1),
        (make_date(v.year + 1, 1, 1), -1)) as day (at, sign)
    where v.id = any($1::uuid[])
      and coalesce(v.effective_on, v.decided_on) < make_date(v.year + 1, 1, 1)
"""

# Of an occasion's forecasts the newest counts, from the occasion's last day to that of the next
# forecast that names the row, or to the end of the year.
FORECAST_FACTS = """
    select 'forecast' as measure, day.at as happened_on, day.sign * said.amount as amount,
           null::uuid as subject, said.id as record_id, '' as funder, '' as programme,
           '' as role, '' as department, '' as project, said.row_code as settlement_row
    from (select newest.*, lead(newest.since) over (
              partition by newest.year, newest.row_code order by newest.since) as until
          from (select distinct on (f.year, f.occasion, l.row_code)
                       f.id, f.year, l.row_code, l.amount,
                       case f.occasion when 'T1' then make_date(f.year, 4, 30)
                                       when 'T2' then make_date(f.year, 8, 31)
                                       else make_date(f.year, 12, 31) end as since
                from forecast f join forecast_line l on l.forecast_id = f.id
                where f.year in (select year from forecast where id = any($1::uuid[]))
                order by f.year, f.occasion, l.row_code, f.number desc) newest) said
    cross join lateral (values
        (said.since, 1),
        (coalesce(said.until, make_date(said.year + 1, 1, 1)), -1)) as day (at, sign)
"""

_BY_PROJECT = ("funder", "programme", "role", "department", "project")
_IN_EURO = (
    "Belopp i euro räknas om till kronor med den senaste angivna kursen den dag beloppet"
    " började gälla; utan angiven kurs räknas de inte."
)


def _of_projects(name: str, measure: str, title: str, definition: str) -> FigureDefinition:
    """Return a figure of öre that decided projects were given for a whole year, or in all."""
    return FigureDefinition(
        name=name,
        version=1,
        unit="SEK",
        title=title,
        definition=definition,
        kind="stock",
        journal=FACTS,
        measure=measure,
        dimensions=_BY_PROJECT,
        codes={"funder": list(FUNDERS), "role": [role.value for role in Role]},
        notes=(_IN_EURO,),
    )


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
            name="budget",
            version=1,
            unit="SEK",
            title="Budget",
            definition=(
                "Årets budget med de justeringar som gäller den sista dagen i perioden, för hela"
                " året; kostnader positiva, intäkter negativa."
            ),
            kind="stock",
            journal=FACTS,
            measure="budget",
            dimensions=("settlement_row",),
            codes={"settlement_row": BUDGET_ROWS},
        ),
        FigureDefinition(
            name="forecast",
            version=1,
            unit="SEK",
            title="Prognos",
            definition=(
                "Den senaste prognosen för hela året den sista dagen i perioden (T1, T2 eller"
                " bokslut); kostnader positiva, intäkter negativa. Rader utan prognos saknas."
            ),
            kind="stock",
            journal=FACTS,
            measure="forecast",
            dimensions=("settlement_row",),
            codes={"settlement_row": FORECAST_ROWS},
        ),
        FigureDefinition(
            name="cofinancing",
            version=1,
            unit="SEK",
            title="Medfinansiering i natura",
            definition=(
                "Intygade deltagartimmar värderade till deltagarersättningen per timme som gällde"
                " månadens första dag, avrundade till hela ören för varje intyg."
            ),
            kind="flow",
            journal=FACTS,
            measure="cofinancing",
            dimensions=("project",),
        ),
        FigureDefinition(
            name="claimed",
            version=1,
            unit="SEK",
            title="Ansökt om utbetalning",
            definition=(
                "Inlämnade ansökningar om utbetalning som inte återkallats eller avslagits, på"
                " dagen de lämnades in; en beslutad ansökan räknas med det beslutade beloppet."
            ),
            kind="flow",
            journal=FACTS,
            measure="claimed",
            dimensions=("project",),
        ),
        FigureDefinition(
            name="paid",
            version=1,
            unit="SEK",
            title="Utbetalt stöd",
            definition=(
                "Stöd som finansiären betalat ut, på utbetalningsdagen, minus förskott som"
                " återbetalats, på återbetalningsdagen."
            ),
            kind="flow",
            journal=FACTS,
            measure="paid",
            dimensions=("project",),
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
            dimensions=_BY_PROJECT,
            codes={"funder": list(FUNDERS), "role": [role.value for role in Role]},
        ),
        _of_projects(
            "project-budget",
            "project-budget-cost",
            "Projektens budgeterade kostnader",
            "Årets beslutade budget för projektens kostnader, hela året, som den gäller den sista"
            " dagen i perioden.",
        ),
        _of_projects(
            "project-budget-income",
            "project-budget-income",
            "Projektens budgeterade intäkter",
            "Årets beslutade budget för projektens intäkter, hela året, som den gäller den sista"
            " dagen i perioden; negativ.",
        ),
        _of_projects(
            "project-forecast",
            "project-forecast-cost",
            "Prognos för projektens kostnader",
            "Den senaste prognosen den sista dagen i perioden för projektens kostnader hela året.",
        ),
        _of_projects(
            "project-forecast-income",
            "project-forecast-income",
            "Prognos för projektens intäkter",
            "Den senaste prognosen den sista dagen i perioden för projektens intäkter hela året;"
            " negativ.",
        ),
        _of_projects(
            "project-cofinancing-decided",
            "project-cofinancing",
            "Beslutad medfinansiering",
            "Nämndens beslutade medfinansiering, för hela projekttiden, av de projekt som har"
            " börjat och inte slutat den sista dagen i perioden.",
        ),
    ]
)
