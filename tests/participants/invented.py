"""Invented participants, as the registers of other systems would push them."""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

from tests.participants.city import number_of
from tests.participants.youths import youth

Row = dict[str, Any]
DISTRICTS = ("jarva", "bromma", "farsta", "skarholmen")
OUTCOMES = ("work", "studies", "other_measure", "moved", "declined", "lost_contact", "deceased")
GROUNDS = ("social_assistance", "outreach", "kaa", "disability_support", "voluntary")
STATUSES = ("unemployed", "long_term_unemployed", "inactive", "employed")
CIRCUMSTANCES = (
    "disability",
    "third_country_national",
    "foreign_background",
    "housing_exclusion",
    "rural_area",
)
ESF, PAID_FROM = "stockholmskraften", "2023-06-01"
EDUCATIONS = (None, "compulsory", "upper_secondary", "post_secondary", "unknown")


def people(many: int) -> list[str]:
    """Return identity numbers for invented people.

    Skatteverket's published test numbers are some four hundred, so these are made: birth numbers
    238 and 239, which it gives to nobody, on any day.
    """
    first = date(1950, 1, 1)
    days = [n // 2 * 7919 % 21_000 for n in range(many)]  # every day at most once, far apart
    return [number_of(first + timedelta(days=day), 238 + n % 2) for n, day in enumerate(days)]


def enrolments(chance: random.Random, numbers: list[str]) -> list[Row]:
    """Return one or two enrolments of each, as their source would push them."""
    rows = []
    for n, number in enumerate(numbers):
        protected = chance.random() < 0.02
        district = chance.choice((None, *DISTRICTS))
        for programme in ("stockholmskraften", "kvinnors-etablering")[: 1 + (n % 3 == 0)]:
            started = date(2023, 1, 1) + timedelta(days=chance.randrange(1000))
            row: Row = {
                "sourceKey": f"vera:{n}-{programme}",
                "identityNumber": number,
                "unit": chance.choice(("jobbtorg-vuxna", "jobbtorg-unga")),
                "programme": programme,
                "ground": chance.choice(GROUNDS),
                "statusAtEntry": chance.choice(STATUSES),
                "educationAtEntry": chance.choice(EDUCATIONS),
                "startedOn": started.isoformat(),
                "residenceDistrict": None if protected else district,
                "protectedIdentity": "secrecy_marking" if protected else None,
            }
            if chance.random() < 0.6:
                exited = started + timedelta(days=chance.randrange(400))
                row |= {"exitedOn": exited.isoformat(), "outcome": chance.choice(OUTCOMES)}
            if programme == ESF and row["startedOn"] >= PAID_FROM:
                row |= _said_for_esf(chance, row)
            rows.append({name: value for name, value in row.items() if value is not None})
    return rows


def _said_for_esf(chance: random.Random, row: Row) -> Row:
    """Return what a source says of some participants for the indicators."""
    said: Row = {}
    if chance.random() < 0.5:
        said["esfCircumstances"] = chance.sample(CIRCUMSTANCES, 2)
        said["esfConsentedOn"] = row["startedOn"]
    if "exitedOn" in row and chance.random() < 0.5:
        exited = date.fromisoformat(row["exitedOn"])
        results = ["education", "qualification"]
        if row["statusAtEntry"] == "inactive":
            results.append("job_searching")
        if row["statusAtEntry"] != "employed":
            results.append("employment")
        said["esfResults"] = chance.sample(results, 2)
        said["esfResultsOn"] = str(exited + timedelta(days=chance.randrange(28)))
    return said


def youths(chance: random.Random, many: int) -> list[Row]:
    """Return members of the responsibility for activity; some have left, some come back."""
    rows = []
    for n in range(many):
        born = date(2004, 6, 1) + timedelta(days=n)
        joined = date(2023, 1, 1) + timedelta(days=chance.randrange(500))
        row = youth(number_of(born, 238 + n % 2), joinedOn=str(joined))
        if chance.random() < 0.4:
            left = joined + timedelta(days=chance.randrange(300))
            row |= {"leftOn": str(left), "leaveReason": chance.choice(("moved", "unknown"))}
        rows.append(row | {"residenceDistrict": chance.choice(DISTRICTS)})
    return rows


def corrected(chance: random.Random, row: Row) -> Row:
    """Return what the source says of an enrolment later: otherwise, or that it never was."""
    if chance.random() < 0.3:
        return {"op": "retract", "sourceKey": row["sourceKey"], "reason": "Aldrig sant"}
    return row | {"ground": chance.choice(GROUNDS), "unit": "jobbtorg-unga"}
