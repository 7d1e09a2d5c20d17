"""Codes as a Swedish reader meets them."""

from __future__ import annotations

WORDS = {
    "women": "kvinnor",
    "men": "män",
    "unknown": "uppgift saknas",
    "work": "arbete",
    "studies": "studier",
    "other_measure": "annan insats",
    "moved": "flyttat",
    "declined": "tackat nej",
    "lost_contact": "kontakten bruten",
    "deceased": "avliden",
    "other": "annan orsak",
    "decision_4_2": "4:2-beslut",
    "social_assistance": "försörjningsstöd",
    "outreach": "uppsökande verksamhet",
    "persons": "personer",
    "exits": "avslut",
    "visits": "besök",
    "groups": "grupper",
    "sessions": "tillfällen",
    "units": "enheter",
    "teams": "team",
    "companies": "företag",
    "employers": "arbetsgivare",
    "percent": "procent",
    "SEK": "kronor",
    "projects": "projekt",
    "hires": "anställda",
    "contacts": "kontakter",
    "agreements": "överenskommelser",
    "collaborations": "samarbeten",
    "hours-per-month": "timmar per månad",
    "leavings": "avslutade aktivitetsansvar",
    "referrals": "hänvisningar",
    "follow-ups": "uppföljningar",
    "accountGroup": "kontogrupp",
    "activity": "insats",
    "ageGroup": "åldersgrupp",
    "district": "stadsdelsområde",
    "education": "utbildning",
    "funder": "finansiär",
    "kind": "form",
    "project": "projekt",
    "role": "roll",
    "status": "ställning på arbetsmarknaden",
    "venue": "plats",
    "sex": "kön",
    "outcome": "avslutsorsak",
    "ground": "inskrivningsgrund",
    "unit": "enhet",
    "sector": "bransch",
    "employer": "arbetsgivare",
    "participants": "Deltagare",
    "budget": "Ekonomi",
    "reports": "Referensserier",
    "timeout": "svarade inte i tid",
    "unreachable": "gick inte att nå",
    "few_people": "avser så få personer att uppgiften inte visas för allmänheten",
    "not_for_the_public": "kan inte visas för allmänheten",
    "no_series_delivered": "är inte levererade",
    "series_missing": "saknas delvis",
    "part_or_base_missing": "täljare eller nämnare saknas",
    "insufficient_scope": "behörighet att läsa uppgiften saknas",
    "unit_not_allowed": "behörighet till enheten saknas",
    "unknown_code": "känner inte till något av det som frågan gäller",
    "unreadable_answer": "gav ett svar som inte gick att läsa",
    "not_found": "har inget sådant",
    "no_project_linked": "inget projekt i budgeten hör till programmet",
    "mixed_divisions": "serien blandar två stadsdelsindelningar",
}
"""Codes as a Swedish reader should meet them; a code without a word is shown as it is."""


def word(code: str) -> str:
    """Return a code's Swedish word, or the code: it may be a name that others gave."""
    return WORDS.get(code, code)


def heading(code: str) -> str:
    """Return a code's word as it begins a line: ``Kön``."""
    shown = word(code)
    return shown[:1].upper() + shown[1:]


REGISTERS = {
    "enrolments": "inskrivningar",
    "advisory-sessions": "rådgivande samtal",
    "residence": "folkbokföring",
    "kaa": "kommunala aktivitetsansvaret",
    "attendance": "närvaro",
    "visits": "besök",
    "contacts": "kontakter",
    "sie": "bokföring (SIE)",
    "vouchers": "verifikationer",
    "trial-balance": "råbalans",
    "projects": "projekt",
    "staff-hours": "arbetad tid",
    "reference-series": "referensserier",
}
"""What the registers that others push hold."""


def register(code: str) -> str:
    """Return a register's Swedish name, or its code."""
    return REGISTERS.get(code, code)


def reason(text: str) -> str:
    """Return why something is missing: ``budget: timeout`` is ``Ekonomi svarade inte i tid``."""
    return " ".join(word(part) for part in text.split(": "))


def listed(words: list[str]) -> str:
    """Return words as a list in a sentence: ``kön, enhet och utfall``."""
    return " och ".join(filter(None, [", ".join(words[:-1]), *words[-1:]]))
