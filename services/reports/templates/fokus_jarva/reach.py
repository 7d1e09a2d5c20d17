"""Fokus Järva: youths, education, employers and outreach."""

from __future__ import annotations

from services.reports.templates.declaration import (
    DISTRICTS,
    THREE_YEARS,
    RatioItem,
    ReferenceItem,
    Section,
    TableItem,
    outreach,
    participants,
)

_YEAR = ("{year}",)
_YEAR_ENDS = ("{before}-12-31", "{previous}-12-31", "{year}-12-31")
_DIVISION = "Stadsdelsområden enligt den indelning som gällde när uppgiften togs fram."

YOUTH = Section(
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
)


GUIDANCE = Section(
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
)


SFF = Section(
    "sff",
    "Sfi för föräldralediga",
    (
        outreach("sff.groups", "Grupper", "groups", ("{previous}", "{year}"), {"operation": "sff"}),
        outreach(
            "sff.students",
            "Inskrivna elever",
            "students",
            ("{previous}", "{year}"),
            {"operation": "sff"},
            chart="bars",
        ),
    ),
)


KOMVUX = Section(
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
)


EMPLOYERS = Section(
    "employers",
    "Arbetsgivare",
    (outreach("employers.visited", "Besökta företag under året", "employers-visited", _YEAR, {}),),
)


OUTREACH_WORKERS = Section(
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
)


OUTREACH = Section(
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
)
