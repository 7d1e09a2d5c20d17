"""Tertialrapport: the committee's follow-up of its budget, three times a year."""

from __future__ import annotations

from services.reports.templates.declaration import (
    Condition,
    FigureItem,
    RatioItem,
    ReferenceItem,
    Section,
    StatementItem,
    TableItem,
    Template,
    TextItem,
    outreach,
    participants,
)

_AREA: dict[str, Condition] = {"district": ("rinkeby-kista", "spanga-tensta", "jarva")}
_DROP_IN = {"operation": "jobbtorg-drop-in", "unit": "jobbtorg-unga-kista"}

STRATEGIC_PROJECTS = Section(
    "strategic_projects",
    "Strategiskt viktiga projekt och projekt över gränsen",
    (
        StatementItem(
            "strategic_projects",
            "Kostnader och intäkter (-), ej investeringar",
            "strategic-projects",
        ),
    ),
)

BUDGET_SETTLEMENT = Section(
    "budget_settlement",
    "Budgetavräkning",
    (StatementItem("budget_settlement", "Budgetavräkning", "budget-settlement"),),
)

DEVIATIONS = Section(
    "deviations",
    "Avvikelser med orsak och åtgärd",
    (
        TextItem(
            "deviations.intro",
            "En avvikelse är budget minus prognos, eller minus utfall där ingen prognos "
            "finns. Avvikelser över den beslutade gränsen ska ha en orsak och en åtgärd.",
        ),
        TableItem("deviations.table", "Avvikelser mot budget", "deviations"),
    ),
)

INCOME_STATEMENT = Section(
    "income_statement",
    "Resultaträkning",
    (StatementItem("income_statement", "Resultaträkning", "income-statement"),),
)

BALANCE_SHEET = Section(
    "balance_sheet",
    "Balansräkning",
    (StatementItem("balance_sheet", "Balansräkning", "balance-sheet"),),
)

INVESTMENTS = Section(
    "investments",
    "Uppföljning av investeringsbudget",
    (StatementItem("investments", "Investeringar", "investments"),),
)

PROJECTS = Section(
    "projects",
    "Projektbilaga",
    (
        StatementItem("project_appendix", "Projekt efter finansiär", "project-appendix"),
        ReferenceItem(
            "projects.active", "Pågående projekt av alla storlekar", "projects.active", "{last}"
        ),
    ),
)

DROP_IN = Section(
    "drop_in",
    "Drop-in på jobbtorg för unga",
    (
        FigureItem(
            "drop_in.visitors",
            "Besök föregående år",
            "outreach",
            "visits",
            ("{previous}",),
            _DROP_IN,
            (("unit",),),
        ),
        FigureItem(
            "drop_in.enrolled",
            "Inskrivna efter besök föregående år",
            "participants",
            "persons-enrolled",
            ("{previous}",),
            {"unit": "jobbtorg-unga-kista", "ground": "outreach"},
        ),
        RatioItem(
            "drop_in.visitors_per_month",
            "Besök per månad i genomsnitt",
            "visits",
            "drop_in.visitors",
            per=12,
        ),
        RatioItem(
            "drop_in.enrolled_share",
            "Andel som valde att skriva in sig",
            "percent",
            "drop_in.enrolled",
            base="drop_in.visitors",
            percent=True,
            note="Inskrivna personer i förhållande till besök; en person kan göra flera.",
        ),
        TableItem(
            "drop_in.funnel",
            "Från besök till inskrivning, genom hänvisningar",
            "funnel",
            ("{previous}",),
            {"operation": "jobbtorg-drop-in"},
        ),
    ),
)

PRESENCE = Section(
    "presence",
    "Närvaro i Järvaområdet",
    (
        participants(
            "presence.units",
            "Jobbtorg vid periodens slut",
            "units",
            ("{last}",),
            {"kind": "jobbtorg"} | _AREA,
            ("unit",),
        ),
        outreach(
            "presence.sessions",
            "Genomförda tillfällen på lokala arenor",
            "sessions",
            ("{first}/{last}",),
            {},
            ("venue",),
        ),
        outreach(
            "presence.outreach_workers",
            "Anställda i uppsökande arbete vid periodens slut",
            "outreach-workers",
            ("{last}",),
            {},
            ("role",),
        ),
        outreach(
            "presence.collaborations",
            "Pågående samarbeten vid periodens slut",
            "collaborations",
            ("{last}",),
            {},
            ("kind",),
        ),
        outreach(
            "presence.agreements",
            "Gällande överenskommelser vid periodens slut",
            "agreements",
            ("{last}",),
            {},
            ("kind",),
        ),
    ),
)

EMPLOYERS = Section(
    "employers",
    "Arbetsgivarsamverkan",
    (
        FigureItem(
            "employers.hired",
            "Anställda aspiranter under våren",
            "outreach",
            "hires",
            ("{year}-01-01/{year}-06-30",),
            tables=(("sector",),),
        ),
        FigureItem(
            "employers.hired_by_employer",
            "Anställda aspiranter under året per arbetsgivare",
            "outreach",
            "hires",
            ("{first}/{last}",),
            tables=(("employer",),),
        ),
    ),
)

KOMVUX = Section(
    "komvux",
    "Vuxenutbildning",
    (
        ReferenceItem(
            "komvux.own_provision_share",
            "Andel utbildning i egen regi",
            "komvux.own_provision_share",
            "{year}",
        ),
    ),
)

TERTIALRAPPORT = Template(
    name="tertialrapport",
    title="Uppföljning av budget {year}, {period_label}",
    period_kind="tertial",
    needs_area=False,
    sections=(
        STRATEGIC_PROJECTS,
        BUDGET_SETTLEMENT,
        DEVIATIONS,
        INCOME_STATEMENT,
        BALANCE_SHEET,
        INVESTMENTS,
        PROJECTS,
        DROP_IN,
        PRESENCE,
        EMPLOYERS,
        KOMVUX,
    ),
)
