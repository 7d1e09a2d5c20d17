"""Projektbilaga: the committee's projects by funder, with what they have cost so far."""

from __future__ import annotations

from services.reports.templates.declaration import (
    COSTS,
    RatioItem,
    Section,
    StatementItem,
    Template,
    TextItem,
    money,
)

_SO_FAR = ("{so_far}",)
_LAST = ("{last}",)

PROJECTS = Section(
    "projects",
    "Projekt efter finansiär",
    (
        TextItem(
            "projects.intro",
            "Bilagan tar upp de beslutade projekt som pågått under {period_label}, efter "
            "vem som finansierar dem. Belopp som inte är angivna visas som ett streck och "
            "räknas inte som noll. Belopp i euro räknas om till kronor bara där det står.",
        ),
        StatementItem("projects.appendix", "Projekt efter finansiär", "project-appendix"),
        money(
            "projects.active",
            "Pågående projekt vid periodens slut",
            "projects-active",
            _LAST,
            {},
            ("funder",),
            ("funder", "role"),
            chart="bars",
        ),
    ),
)

STRATEGIC = Section(
    "strategic",
    "Strategiskt viktiga projekt och projekt över gränsen",
    (
        StatementItem(
            "strategic.form", "Kostnader och intäkter (-), ej investeringar", "strategic-projects"
        ),
    ),
)

LEDGER = Section(
    "ledger",
    "Budget och utfall per projekt",
    (
        money(
            "ledger.budget",
            "Årets budgeterade kostnader",
            "project-budget",
            _LAST,
            {},
            ("project",),
        ),
        money(
            "ledger.forecast",
            "Prognos för årets kostnader",
            "project-forecast",
            _LAST,
            {},
            ("project",),
        ),
        money(
            "ledger.costs",
            "Bokförda kostnader hittills i år",
            "outcome",
            _SO_FAR,
            {"account_group": COSTS},
            ("project",),
            note="Kostnader utan projektnummer hör till nämndens övriga verksamhet.",
        ),
        RatioItem(
            "ledger.used",
            "Andel av årets budget som är förbrukad",
            "percent",
            "ledger.costs",
            "ledger.budget",
            percent=True,
            note="Per projekt; den samlade andelen avser alla bokförda kostnader.",
        ),
    ),
)

FINANCING = Section(
    "financing",
    "Finansiering",
    (
        money(
            "financing.cofinancing",
            "Beslutad medfinansiering för hela projekttiden",
            "project-cofinancing-decided",
            _LAST,
            {},
            ("funder",),
            chart="bars",
        ),
        money("financing.claimed", "Ansökt om utbetalning", "claimed", _SO_FAR, {}, ("project",)),
        money("financing.paid", "Utbetalt stöd", "paid", _SO_FAR, {}, ("project",)),
        money(
            "financing.in_kind",
            "Medfinansiering i natura",
            "cofinancing",
            _SO_FAR,
            {},
            ("project",),
        ),
    ),
)

PROJEKTBILAGA = Template(
    name="projektbilaga",
    title="Projektbilaga {year}, {period_label}",
    period_kind="year_or_tertial",
    needs_area=False,
    sections=(PROJECTS, STRATEGIC, LEDGER, FINANCING),
)
