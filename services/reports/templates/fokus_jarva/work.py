"""Fokus Järva: the area in figures, and the job centres and projects for adults."""

from __future__ import annotations

from services.reports.templates.declaration import (
    DISTRICTS,
    THREE_YEARS,
    Condition,
    RatioItem,
    ReferenceItem,
    Section,
    TableItem,
    TextItem,
    participants,
)

_YEAR = ("{year}",)
_AUTUMN = ("{year}-09-01/{year}-12-31",)
_ADULTS: dict[str, Condition] = {"unit": ("jobbtorg-vuxna-{area_code}", "jobbtorg-kista")}
_YOUTH: dict[str, Condition] = {"unit": ("jobbtorg-unga-{area_code}", "jobbtorg-unga-kista")}
_BOTH: dict[str, Condition] = {
    "unit": (
        "jobbtorg-vuxna-{area_code}",
        "jobbtorg-unga-{area_code}",
        "jobbtorg-kista",
        "jobbtorg-unga-kista",
    )
}
_KRAFTEN = {"programme": "stockholmskraften"}
_WOMEN = {"programme": "kvinnors-etablering"}
_WORK_OR_STUDIES: dict[str, Condition] = {"outcome": ("work", "studies")}
_FORMER = "Före den 1 juli 2023 avses de jobbtorg som då fanns för Rinkeby-Kista och Spånga-Tensta."
_NOT_KAA = "Ungdomar inom kommunala aktivitetsansvaret ingår inte."
_JOBBTORG = f"{_NOT_KAA} {_FORMER}"

BACKGROUND = Section(
    "background",
    "Området i siffror",
    (
        TextItem(
            "background.intro",
            "Rapporten visar vad nämnden har gjort för dem som bor i {area} under "
            "{year}. Först beskrivs området med uppgifter som andra tar fram, sedan "
            "redovisas varje verksamhet för sig.\n\n"
            "Personer, besök och kontakter är olika saker och läggs aldrig ihop. "
            "Under varje uppgift står hur den är räknad och var den kommer ifrån.",
        ),
        ReferenceItem(
            "background.unemployment",
            "Arbetslösa av befolkningen 18-64 år per stadsdelsområde",
            "unemployment.share",
            "{year}",
            by="district",
            chart="bars",
        ),
        ReferenceItem(
            "background.population",
            "Befolkning per stadsdelsområde",
            "population",
            "{previous}",
            by="district",
            chart="bars",
        ),
        ReferenceItem(
            "background.education",
            "Högsta utbildningsnivå i {area}, 25-64 år",
            "education.{area_code}",
            "{previous}",
            chart="bars",
        ),
        ReferenceItem(
            "background.education_city",
            "Högsta utbildningsnivå i hela staden, 25-64 år",
            "education.city",
            "{previous}",
            chart="bars",
        ),
    ),
)


JOBBTORG = Section(
    "jobbtorg",
    "Jobbtorg",
    (
        TextItem(
            "jobbtorg.intro",
            "Jobbtorgen ger stöd till arbete eller studier. Ett jobbtorg tar emot "
            "vuxna och ett tar emot unga mellan 16 och 29 år.",
        ),
        participants(
            "jobbtorg.units",
            "Jobbtorg i området vid årets slut",
            "units",
            ("{year}-12-31",),
            {"kind": "jobbtorg", "district": DISTRICTS},
        ),
        participants(
            "jobbtorg.enrolled",
            "Inskrivna under året, båda jobbtorgen",
            "enrolled-during",
            THREE_YEARS,
            _BOTH,
            note=_JOBBTORG,
            chart="bars",
        ),
        participants(
            "jobbtorg.exits",
            "Avslut, båda jobbtorgen",
            "exits",
            THREE_YEARS,
            _BOTH,
            ("outcome",),
            note=_JOBBTORG,
            chart="bars",
        ),
        participants(
            "jobbtorg_adults.enrolled",
            "Inskrivna under året, jobbtorg vuxna",
            "enrolled-during",
            THREE_YEARS,
            _ADULTS,
            ("sex",),
            note=_JOBBTORG,
            chart="bars",
        ),
        participants(
            "jobbtorg_adults.exits",
            "Avslut, jobbtorg vuxna",
            "exits",
            THREE_YEARS,
            _ADULTS,
            ("outcome",),
            note=_JOBBTORG,
            chart="bars",
        ),
        participants(
            "jobbtorg_youth.enrolled",
            "Inskrivna under året, jobbtorg unga",
            "enrolled-during",
            THREE_YEARS,
            _YOUTH,
            ("sex",),
            note=_JOBBTORG,
            chart="bars",
        ),
        participants(
            "jobbtorg_youth.exits",
            "Avslut, jobbtorg unga",
            "exits",
            THREE_YEARS,
            _YOUTH,
            ("outcome",),
            note=_JOBBTORG,
            chart="bars",
        ),
        participants(
            "jobbtorg.to_work_or_studies",
            "Avslut till arbete eller studier, båda jobbtorgen",
            "exits",
            THREE_YEARS,
            _BOTH | _WORK_OR_STUDIES,
        ),
        RatioItem(
            "jobbtorg.exits_per_enrolled",
            "Avslut till arbete eller studier per hundra inskrivna",
            "percent",
            "jobbtorg.to_work_or_studies",
            "jobbtorg.enrolled",
            percent=True,
            note="En person kan ha flera avslut under ett år.",
            chart="line",
        ),
        TableItem(
            "jobbtorg.follow_up",
            "I arbete eller studier tre månader efter avslut",
            "follow-up-rates",
            THREE_YEARS,
            _BOTH | {"kind": "exit"},
            chart="bars",
        ),
        TableItem(
            "stockholmsjobb.follow_up",
            "I arbete eller studier tre månader efter Stockholmsjobb",
            "follow-up-rates",
            THREE_YEARS,
            _BOTH | {"kind": "stockholmsjobb"},
            by="sex",
            chart="bars",
        ),
    ),
)


STOCKHOLMSKRAFTEN = Section(
    "stockholmskraften",
    "Stockholmskraften",
    (
        TextItem(
            "stockholmskraften.intro",
            "Projektet vänder sig till långtidsarbetslösa med försörjningsstöd och "
            "bedrivs i team tillsammans med Arbetsförmedlingen.",
        ),
        participants(
            "stockholmskraften.enrolled",
            "Inskrivna vid årets slut",
            "enrolled",
            ("{year}-12-31",),
            _KRAFTEN,
            ("sex",),
        ),
        participants(
            "stockholmskraften.exits",
            "Avslut september-december",
            "exits",
            _AUTUMN,
            _KRAFTEN,
            ("outcome",),
            ("outcome", "sex"),
            note="Avser pilotteamen, som började arbeta den 1 september.",
        ),
        participants(
            "stockholmskraften.teams",
            "Team i arbete",
            "teams",
            ("{year}-09-01", "{year}-11-30"),
            _KRAFTEN,
        ),
    ),
)


KVINNORS_ETABLERING = Section(
    "kvinnors_etablering",
    "Kvinnors etablering",
    (
        participants(
            "kvinnors_etablering.enrolled",
            "Inskrivna under året genom det uppsökande uppdraget",
            "persons-enrolled",
            _YEAR,
            _WOMEN,
            ("sex",),
        ),
        participants(
            "kvinnors_etablering.exits",
            "Avslut under året inom projektet",
            "exits",
            _YEAR,
            _WOMEN,
            ("outcome",),
        ),
        participants(
            "kvinnors_etablering.exits_4_2",
            "Avslut under året utifrån 4:2-beslut",
            "exits",
            _YEAR,
            {"ground": "decision_4_2"},
            ("outcome",),
            ("outcome", "ground"),
        ),
        participants(
            "kvinnors_etablering.advised",
            "Personer som fått råd och stöd utan att skrivas in",
            "advised",
            _YEAR,
            _WOMEN,
            note="Högst tre rådgivande samtal per person.",
        ),
    ),
)
