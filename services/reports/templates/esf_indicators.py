"""ESF-indikatorer: what one project of the European Social Fund Plus reports of itself."""

from __future__ import annotations

from services.reports.templates.declaration import (
    COSTS,
    PROJECT,
    RatioItem,
    Section,
    TableItem,
    Template,
    TextItem,
    money,
    participants,
)

_SO_FAR = ("{so_far}",)
_LAST = ("{last}",)
_OF = {"programme": "{programme}"}
_PAID_BY = {"project": PROJECT}

PARTICIPANTS = Section(
    "participants",
    "Deltagare",
    (
        TextItem(
            "participants.intro",
            "Här redovisas projektets deltagare och Europeiska socialfondens gemensamma "
            "indikatorer för {period_label}. En deltagare räknas i indikatorerna först när "
            "alla uppgifter som krävs är lämnade; hur många som saknar något står sist i "
            "tabellen.",
        ),
        participants(
            "participants.enrolled",
            "Inskrivna vid periodens slut",
            "enrolled",
            _LAST,
            _OF,
            ("sex",),
            ("age_group",),
            ("education",),
            chart="bars",
        ),
        participants(
            "participants.during",
            "Inskrivna under perioden",
            "enrolled-during",
            _SO_FAR,
            _OF,
            ("sex",),
        ),
        participants(
            "participants.new",
            "Nyinskrivna under perioden",
            "persons-enrolled",
            _SO_FAR,
            _OF,
            ("sex",),
            ("status",),
        ),
        participants(
            "participants.exits",
            "Avslut under perioden",
            "exits",
            _SO_FAR,
            _OF,
            ("outcome",),
            ("outcome", "sex"),
            chart="bars",
        ),
        participants(
            "participants.to_work_or_studies",
            "Avslut till arbete eller studier",
            "exits",
            _SO_FAR,
            _OF | {"outcome": ("work", "studies")},
            ("sex",),
        ),
        participants(
            "participants.hours",
            "Planerade timmar per månad i pågående insatser",
            "activity-hours",
            _LAST,
            _OF,
            ("activity",),
        ),
    ),
)

INDICATORS = Section(
    "indicators",
    "Gemensamma indikatorer",
    (
        TableItem(
            "indicators.table", "Gemensamma indikatorer efter kön", "esf-indicators", _SO_FAR, _OF
        ),
    ),
)

RESULTS = Section(
    "results",
    "Efter projektet",
    (
        TableItem(
            "results.three_months",
            "I arbete eller studier tre månader efter avslut",
            "follow-up-rates",
            _SO_FAR,
            _OF,
            by="sex",
            chart="bars",
        ),
        TableItem(
            "results.six_months",
            "I arbete eller studier sex månader efter avslut",
            "follow-up-rates",
            _SO_FAR,
            _OF,
            by="sex",
            after="six-months",
            chart="bars",
        ),
    ),
)

FINANCING = Section(
    "financing",
    "Kostnader och finansiering",
    (
        money(
            "financing.costs",
            "Bokförda kostnader",
            "outcome",
            _SO_FAR,
            _PAID_BY | {"account_group": COSTS},
            ("account_group",),
        ),
        money("financing.claimed", "Ansökt om utbetalning", "claimed", _SO_FAR, _PAID_BY),
        money("financing.paid", "Utbetalt stöd", "paid", _SO_FAR, _PAID_BY),
        money(
            "financing.in_kind",
            "Medfinansiering i natura genom deltagarnas intygade timmar",
            "cofinancing",
            _SO_FAR,
            _PAID_BY,
        ),
        RatioItem(
            "financing.per_participant",
            "Kostnad per deltagare",
            "SEK",
            "financing.costs",
            "participants.during",
            note="Bokförda kostnader delat med alla som var inskrivna någon dag.",
        ),
        RatioItem(
            "financing.per_exit",
            "Kostnad per avslut till arbete eller studier",
            "SEK",
            "financing.costs",
            "participants.to_work_or_studies",
            note="Kostnaden avser hela projektet, även dem som är kvar i det.",
        ),
    ),
)

ESF_INDICATORS = Template(
    name="esf-indicators",
    title="Indikatorer för {programme_name}, {period_label}",
    period_kind="year_or_tertial",
    needs_area=False,
    needs_programme=True,
    sections=(PARTICIPANTS, INDICATORS, RESULTS, FINANCING),
)
