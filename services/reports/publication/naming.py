"""What the codes of breakdowns are called, before anything is laid out.

A code means something within its breakdown: ``other`` is one thing among reasons to leave and
another among forms of collaboration. Districts and projects are called what the document says
(``names``); a code without a name is shown as it is, for it may be a name that others gave.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from services.reports.domain.assembly import Document

NAMES: Mapping[str, Mapping[str, str]] = {
    "education": {
        "less_than_compulsory": "kortare än grundskola",
        "compulsory": "grundskola",
        "upper_secondary": "gymnasial",
        "post_secondary_short": "eftergymnasial, kortare än två år",
        "post_secondary": "eftergymnasial, två år eller längre",
        "unknown": "uppgift saknas",
    },
    "status": {
        "employed": "i arbete",
        "unemployed": "arbetslös",
        "long_term_unemployed": "långtidsarbetslös",
        "inactive": "utanför arbetskraften",
        "unknown": "uppgift saknas",
    },
    "outcome": {
        "national_programme": "nationellt program i gymnasieskolan",
        "introductory_programme": "introduktionsprogram",
        "adapted": "anpassad gymnasieskola",
        "equivalent": "motsvarande utbildning",
        "diploma": "gymnasieexamen",
        "adapted_certificate": "gymnasiesärskolebevis",
        "equivalent_completed": "fullföljd motsvarande utbildning",
        "turned_twenty": "fyllt tjugo år",
    },
    "activity": {
        "internship": "praktik",
        "work_training": "arbetsträning",
        "osa": "offentligt skyddat arbete",
        "stockholmsjobb": "Stockholmsjobb",
        "supported_employment": "arbete med stöd",
        "sfi": "sfi",
        "komvux": "komvux",
        "vocational_course": "yrkeskurs",
        "guidance": "vägledning",
        "validation": "validering",
        "other": "annan insats",
    },
    "ground": {
        "kaa": "kommunala aktivitetsansvaret",
        "disability_support": "stöd vid funktionsnedsättning",
        "other_authority": "annan myndighet",
        "voluntary": "frivilligt",
    },
    "kind": {
        "forum": "samverkansforum",
        "check_in": "avstämningar",
        "on_site": "närvaro på plats",
        "joint_project": "gemensamt projekt",
        "network": "nätverk",
        "iop": "idéburet offentligt partnerskap",
        "cooperation": "samarbete",
        "project": "projekt",
        "procurement": "upphandling",
        "other": "annan form",
    },
    "funder": {
        "esf": "Europeiska socialfonden",
        "eu-commission": "Europeiska kommissionen",
        "finsam": "Samordningsförbundet",
        "social-investment-fund": "Sociala investeringsfonden",
        "county-board": "Länsstyrelsen",
        "other": "övriga finansiärer",
    },
    "role": {
        "owner": "projektägare",
        "part_owner": "delägare",
        "partner": "samarbetspartner",
        "stadsdelsmamma": "stadsdelsmamma",
        "stadsdelssyster": "stadsdelssyster",
        "outreach_worker": "uppsökare",
        "coach": "coach",
        "guidance_counsellor": "studie- och yrkesvägledare",
        "other": "annan roll",
    },
    "sector": {
        "care": "vård och omsorg",
        "construction": "bygg",
        "it": "it",
        "private-elderly-care": "privat äldreomsorg",
        "restaurant": "restaurang",
        "retail": "handel",
        "transport": "transport",
    },
    "project": {"": "utan projekt"},
    "venue": {"": "utan angiven plats"},
    "accountGroup": {str(group): f"kontogrupp {group}" for group in range(10, 100)},
}

PLACES = frozenset({"employer", "operation", "programme", "team", "unit", "venue"})
"""Breakdowns whose codes are made of names: ``jobbtorg-kista`` is read as Jobbtorg kista."""

NOT_SAID = "inte angivet"
"""What an empty code of any other breakdown is called."""


def named(document: Document) -> Document:
    """Return the document with names in the place of codes, where a reader meets them.

    Values stand where they stood, so that the paths to them are the same.
    """
    names = _Names(document.get("names", {}))
    return document | {
        "sections": [
            section | {"items": [names.item(item) for item in section["items"]]}
            for section in document["sections"]
        ]
    }


class _Names:
    def __init__(self, own: Mapping[str, Mapping[str, str]]) -> None:
        self._own = own

    def item(self, item: Document) -> Document:
        if item["status"] != "ok":
            return item
        if item["kind"] == "reference" and item.get("by"):
            rows = [row | {"label": self._name(item["by"], row["label"])} for row in item["rows"]]
            return item | {"rows": rows}
        if item["kind"] == "table":
            rows = [row | {"by": self._all(row["by"])} for row in item["rows"]]
            return item | {"rows": rows}
        if "values" in item:
            return item | {"values": [self._value(value) for value in item["values"]]}
        return item

    def _value(self, value: Document) -> Document:
        tables = [
            table
            | {
                "rows": [
                    row | self._all({name: row[name] for name in table["by"]})
                    for row in table["rows"]
                ]
            }
            for table in value["tables"]
        ]
        return value | {"tables": tables}

    def _all(self, by: Mapping[str, str]) -> dict[str, str]:
        return {dimension: self._name(dimension, code) for dimension, code in by.items()}

    def _name(self, dimension: str, code: str) -> str:
        return called(self._own, dimension, code)


def called(own: Mapping[str, Mapping[str, str]], dimension: str, code: str) -> str:
    """Return what a code of a breakdown is called; ``own`` are the document's own names."""
    name = own.get(dimension, {}).get(code) or NAMES.get(dimension, {}).get(code)
    if name is None and dimension in PLACES:
        name = code.replace("-", " ").capitalize()
    return name or code or NOT_SAID
