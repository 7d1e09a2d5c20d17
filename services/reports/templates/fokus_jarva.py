"""Fokus Järva: the committee's yearly account of its work in one focus area."""

from __future__ import annotations

from services.reports.templates.declaration import (
    DISTRICTS,
    THREE_YEARS,
    Condition,
    RatioItem,
    ReferenceItem,
    Section,
    TableItem,
    Template,
    TextItem,
    outreach,
    participants,
)

_YEAR = ("{year}",)
_YEAR_ENDS = ("{before}-12-31", "{previous}-12-31", "{year}-12-31")
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
_DIVISION = "Stadsdelsområden enligt den indelning som gällde när uppgiften togs fram."

FOKUS_JARVA = Template(
    name="fokus-jarva",
    title="Arbetsmarknadsnämndens bidrag till Fokus {area} {year}",
    period_kind="year",
    needs_area=True,
    sections=(
        Section(
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
        ),
        Section(
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
        ),
        Section(
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
        ),
        Section(
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
        ),
        Section(
            "youth",
            "Unga",
            (
                ReferenceItem(
                    "uvas.count",
                    "Unga som varken arbetar eller studerar per stadsdelsområde",
                    "uvas.count",
                    "{before}",
                    _DIVISION,
                    by="district",
                    chart="bars",
                ),
                ReferenceItem(
                    "uvas.population",
                    "Unga i samma åldrar per stadsdelsområde",
                    "uvas.population",
                    "{before}",
                    _DIVISION,
                    by="district",
                ),
                RatioItem(
                    "uvas.share",
                    "Andel av de unga som varken arbetar eller studerar",
                    "percent",
                    "uvas.count",
                    "uvas.population",
                    percent=True,
                    chart="bars",
                ),
                outreach(
                    "uvas.reached",
                    "Nådda unga som varken arbetar eller studerar, uppsökande verksamhet",
                    "uvas-reached",
                    THREE_YEARS,
                    {},
                    note="Personer med minst en kontakt; Kompetensverkstan räknar besök.",
                    chart="line",
                ),
                outreach(
                    "kompetensverkstan.visits",
                    "Besök på Kompetensverkstan",
                    "visits",
                    THREE_YEARS,
                    {"operation": "kompetensverkstan"},
                    note="Besök är inte personer och kan inte jämföras med nådda personer.",
                    chart="bars",
                ),
                participants(
                    "kaa.members",
                    "Ungdomar inom kommunala aktivitetsansvaret vid årets slut",
                    "kaa-members",
                    _YEAR_ENDS,
                    {"district": DISTRICTS},
                    chart="line",
                ),
                participants(
                    "kaa.contacted",
                    "Ungdomar som nåtts inom kommunala aktivitetsansvaret",
                    "kaa-contacted",
                    THREE_YEARS,
                    {"district": DISTRICTS},
                    chart="bars",
                ),
                participants(
                    "kaa.left",
                    "Skäl till att aktivitetsansvaret upphört",
                    "kaa-left",
                    THREE_YEARS,
                    {"district": DISTRICTS},
                    ("outcome",),
                    chart="bars",
                ),
                ReferenceItem(
                    "final_term.identified",
                    "Unga i sista terminen på gymnasiet i familjer med försörjningsstöd",
                    "final_term.identified",
                    "{year}",
                ),
            ),
        ),
        Section(
            "guidance",
            "Studie- och yrkesvägledning på medborgarkontor och bibliotek",
            (
                outreach(
                    "guidance.visits",
                    "Besök under året",
                    "visits",
                    _YEAR,
                    {"operation": "guidance"},
                    ("sex",),
                    chart="bars",
                ),
            ),
        ),
        Section(
            "sff",
            "Sfi för föräldralediga",
            (
                outreach(
                    "sff.groups",
                    "Grupper",
                    "groups",
                    ("{previous}", "{year}"),
                    {"operation": "sff"},
                ),
                outreach(
                    "sff.students",
                    "Inskrivna elever",
                    "students",
                    ("{previous}", "{year}"),
                    {"operation": "sff"},
                    chart="bars",
                ),
            ),
        ),
        Section(
            "komvux",
            "Vuxenutbildning",
            (
                participants(
                    "komvux.own_units",
                    "Skolenheter i egen regi vid årsskiftet",
                    "units",
                    ("{next}-01-01",),
                    {"kind": "komvux", "ownership": "own", "district": DISTRICTS},
                ),
                ReferenceItem(
                    "komvux.students",
                    "Elever i komvux på skolor i området",
                    "komvux.students",
                    "{year}",
                    "Elever som någon gång under året studerat på en skola i området.",
                ),
                ReferenceItem(
                    "komvux.students_per_school",
                    "Elever per skola",
                    "komvux.students_per_school",
                    "{year}",
                    "Unika elever per skola; uppgifterna är ungefärliga.",
                    chart="bars",
                ),
                ReferenceItem(
                    "komvux.students_by_district",
                    "Studerande i komvux efter var de bor",
                    "komvux.students_by_district",
                    "{year}",
                    by="district",
                ),
                RatioItem(
                    "komvux.share_of_population",
                    "Andel av befolkningen som studerar i komvux",
                    "percent",
                    "komvux.students_by_district",
                    "background.population",
                    percent=True,
                    note="Studerande under rapportåret i förhållande till befolkningen året före.",
                    chart="bars",
                ),
            ),
        ),
        Section(
            "employers",
            "Arbetsgivare",
            (
                outreach(
                    "employers.visited",
                    "Besökta företag under året",
                    "employers-visited",
                    _YEAR,
                    {},
                ),
            ),
        ),
        Section(
            "outreach_workers",
            "Uppsökare anställda ur målgrupperna",
            (
                outreach(
                    "stadsdelsmammor.employed",
                    "Stadsdelsmammor vid årets slut",
                    "outreach-workers",
                    ("{year}-12-31",),
                    {"role": "stadsdelsmamma"},
                ),
                outreach(
                    "stadsdelsmammor.two_year_employment",
                    "varav med två års anställning",
                    "outreach-workers",
                    ("{year}-12-31",),
                    {"role": "stadsdelsmamma", "contract": "two_year"},
                ),
                outreach(
                    "stadsdelssystrar.employed",
                    "Stadsdelssystrar den 1 oktober",
                    "outreach-workers",
                    ("{year}-10-01",),
                    {"role": "stadsdelssyster"},
                ),
            ),
        ),
        Section(
            "outreach",
            "Uppsökande arbete",
            (
                outreach(
                    "parental_drop_in.sessions",
                    "Genomförda drop-in för föräldralediga",
                    "sessions",
                    _YEAR,
                    {"operation": "parental-drop-in"},
                ),
                outreach(
                    "collaborations.ongoing",
                    "Pågående samarbeten vid årets slut",
                    "collaborations",
                    ("{year}-12-31",),
                    {},
                    ("kind",),
                ),
                outreach(
                    "collaborations.paused",
                    "Pausade samarbeten vid årets slut",
                    "collaborations-paused",
                    ("{year}-12-31",),
                    {},
                ),
                TableItem(
                    "outreach.funnel",
                    "Vad det uppsökande arbetet ledde till",
                    "funnel",
                    _YEAR,
                    note="Hänvisningarna är de som gjordes under året, oavsett när de besvarades.",
                ),
            ),
        ),
    ),
)
