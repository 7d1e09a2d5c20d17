"""The report as a page that a person reads: on paper, on a phone, with a screen reader."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from babel.numbers import format_decimal
from jinja2 import Environment, FileSystemLoader, StrictUndefined

if TYPE_CHECKING:
    from services.reports.domain.assembly import Document

PAGES = Path(__file__).with_name("pages")

OPTIONAL = {"undivided"}
"""Columns of statements that the printed forms lack: for amounts whose class is not known."""

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
    "no_series_delivered": "ingen serie är levererad",
    "part_or_base_missing": "täljare eller nämnare saknas",
}
"""Codes as a Swedish reader should meet them; a code without a word is shown as it is."""


def page(document: Document) -> str:
    """Return the report as one self-contained HTML page in Swedish."""
    return _environment().get_template("report.html").render(report=document)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(PAGES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"word": word, "number": number, "kronor": kronor, "span": span}
    environment.filters["shown"] = shown
    return environment


def word(code: str) -> str:
    """Return a code's Swedish word."""
    return WORDS.get(code, code)


def number(value: float | str | None) -> str:
    """Return a count the Swedish way, ``3 500``, or an amount of money (a text) as kronor.

    Nothing known is a dash, never a zero.
    """
    if isinstance(value, str):
        return kronor(value)
    return "–" if value is None else format_decimal(value, locale="sv_SE")  # noqa: RUF001  a dash


def kronor(amount: str | None) -> str:
    """Return a decimal string as kronor with two decimals: ``-335 238 030,46``."""
    if amount is None:
        return ""
    whole, _, decimals = amount.lstrip("+-").partition(".")
    grouped = format_decimal(int(whole), locale="sv_SE")
    return f"{'-' if amount.startswith('-') else ''}{grouped},{decimals.ljust(2, '0')}"


def shown(columns: list[dict[str, str]], rows: list[dict[str, Any]]) -> list[dict[str, str]]:
    """Return a statement's columns without the optional one when nothing stands in it."""
    return [
        column
        for column in columns
        if column["code"] not in OPTIONAL
        or any(row["amounts"][column["code"]] not in {None, "0.00"} for row in rows)
    ]


def span(row: dict[str, Any]) -> str:
    """Return a reference value or range, said to be approximate when it is."""
    low, high = row["low"], row["high"]
    shown = number(low) if low == high else f"{number(low)}–{number(high)}"  # noqa: RUF001  a range
    return f"cirka {shown}" if row["approximate"] else shown
