"""Fokus Järva: the committee's yearly account of its work in one focus area."""

from __future__ import annotations

from services.reports.templates.declaration import (
    DISTRICTS,
    FigureItem,
    ReferenceItem,
    Section,
    Template,
)

_AUTUMN = "{year}-09-01/{year}-12-31"
_PILOT_TEAMS = "Avser pilotteamen, som började arbeta den 1 september."

FOKUS_JARVA = Template(
    name="fokus-jarva",
    title="Arbetsmarknadsnämndens bidrag till Fokus {area} {year}",
    period_kind="year",
    needs_area=True,
    sections=(
        Section(
            "jobbtorg",
            "Jobbtorg",
            (
                FigureItem(
                    "jobbtorg.units",
                    "Jobbtorg i området vid årets slut",
                    "participants",
                    "units",
                    ("{year}-12-31",),
                    {"kind": "jobbtorg", "district": DISTRICTS},
                ),
            ),
        ),
        Section(
            "stockholmskraften",
            "Stockholmskraften",
            (
                FigureItem(
                    "stockholmskraften.enrolled",
                    "Inskrivna vid årets slut",
                    "participants",
                    "enrolled",
                    ("{year}-12-31",),
                    {"programme": "stockholmskraften"},
                ),
                FigureItem(
                    "stockholmskraften.exits",
                    "Avslut september-december",
                    "participants",
                    "exits",
                    (_AUTUMN,),
                    {"programme": "stockholmskraften"},
                    (("outcome",), ("outcome", "sex")),
                    _PILOT_TEAMS,
                ),
                FigureItem(
                    "stockholmskraften.teams",
                    "Team i arbete",
                    "participants",
                    "teams",
                    ("{year}-09-01", "{year}-11-30"),
                    {"programme": "stockholmskraften"},
                ),
            ),
        ),
        Section(
            "kvinnors_etablering",
            "Kvinnors etablering",
            (
                FigureItem(
                    "kvinnors_etablering.enrolled",
                    "Inskrivna under året genom det uppsökande uppdraget",
                    "participants",
                    "persons-enrolled",
                    ("{year}",),
                    {"programme": "kvinnors-etablering"},
                    (("sex",),),
                ),
                FigureItem(
                    "kvinnors_etablering.exits",
                    "Avslut under året inom projektet",
                    "participants",
                    "exits",
                    ("{year}",),
                    {"programme": "kvinnors-etablering"},
                    (("outcome",),),
                ),
                FigureItem(
                    "kvinnors_etablering.exits_4_2",
                    "Avslut under året utifrån 4:2-beslut",
                    "participants",
                    "exits",
                    ("{year}",),
                    {"ground": "decision_4_2"},
                    (("outcome",), ("outcome", "ground")),
                ),
                FigureItem(
                    "kvinnors_etablering.advised",
                    "Personer som fått råd och stöd utan att skrivas in",
                    "participants",
                    "advised",
                    ("{year}",),
                    {"programme": "kvinnors-etablering"},
                    note="Högst tre rådgivande samtal per person.",
                ),
            ),
        ),
        Section(
            "guidance",
            "Studie- och yrkesvägledning på medborgarkontor och bibliotek",
            (
                FigureItem(
                    "guidance.visits",
                    "Besök under året",
                    "outreach",
                    "visits",
                    ("{year}",),
                    {"operation": "guidance"},
                    (("sex",),),
                ),
            ),
        ),
        Section(
            "sff",
            "Sfi för föräldralediga",
            (
                FigureItem(
                    "sff.groups",
                    "Grupper",
                    "outreach",
                    "groups",
                    ("{previous}", "{year}"),
                    {"operation": "sff"},
                ),
                FigureItem(
                    "sff.students",
                    "Inskrivna elever",
                    "outreach",
                    "students",
                    ("{previous}", "{year}"),
                    {"operation": "sff"},
                ),
            ),
        ),
        Section(
            "komvux",
            "Vuxenutbildning",
            (
                FigureItem(
                    "komvux.own_units",
                    "Skolenheter i egen regi vid årsskiftet",
                    "participants",
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
                ),
            ),
        ),
        Section(
            "employers",
            "Arbetsgivare",
            (
                FigureItem(
                    "employers.visited",
                    "Besökta företag under året",
                    "outreach",
                    "employers-visited",
                    ("{year}",),
                ),
            ),
        ),
        Section(
            "outreach_workers",
            "Uppsökare anställda ur målgrupperna",
            (
                FigureItem(
                    "stadsdelsmammor.employed",
                    "Stadsdelsmammor vid årets slut",
                    "outreach",
                    "outreach-workers",
                    ("{year}-12-31",),
                    {"role": "stadsdelsmamma"},
                ),
                FigureItem(
                    "stadsdelsmammor.two_year_employment",
                    "varav med två års anställning",
                    "outreach",
                    "outreach-workers",
                    ("{year}-12-31",),
                    {"role": "stadsdelsmamma", "contract": "two_year"},
                ),
                FigureItem(
                    "stadsdelssystrar.employed",
                    "Stadsdelssystrar den 1 oktober",
                    "outreach",
                    "outreach-workers",
                    ("{year}-10-01",),
                    {"role": "stadsdelssyster"},
                ),
            ),
        ),
        Section(
            "youth_and_parents",
            "Föräldrar och unga",
            (
                FigureItem(
                    "parental_drop_in.sessions",
                    "Genomförda drop-in för föräldralediga",
                    "outreach",
                    "sessions",
                    ("{year}",),
                    {"operation": "parental-drop-in"},
                ),
                ReferenceItem(
                    "final_term.identified",
                    "Unga i sista terminen på gymnasiet i familjer med försörjningsstöd",
                    "final_term.identified",
                    "{year}",
                ),
            ),
        ),
    ),
)
