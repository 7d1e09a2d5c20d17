"""What the source of each register would send about people whose every field holds a canary."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from tests.participants.canary_records import MARK, PHONE, Canary
from tests.participants.youths import youth


def named(canary: Canary, what: str) -> dict[str, Any]:
    """Return what every register's row says about its person."""
    return {
        "sourceKey": f"{canary.key}{what}",
        "identityNumber": canary.number,
        "givenName": f"{MARK.title()}{canary.name}",
        "familyName": f"{MARK.upper()}SSON",
    }


def enrolment_rows(canary: Canary) -> list[dict[str, Any]]:
    """Return a row to accept, one that a rule refuses, one that cannot be read."""
    good = named(canary, "levererad") | {
        "unit": "jobbtorg-unga",
        "programme": "stockholmskraften",
        "ground": "voluntary",
        "statusAtEntry": "inactive",
        "startedOn": "2024-03-01",
        "residenceDistrict": canary.district,
    }
    refused = good | {"sourceKey": f"{canary.key}okand-enhet", "unit": "finns-inte"}
    return [good, refused, good | {"sourceKey": f"{canary.key}olast", "startedOn": "igår"}]


def advice_rows(canary: Canary) -> list[dict[str, Any]]:
    """Return a session to accept, one that a rule refuses, one that cannot be read."""
    good = named(canary, "radgivning") | {"unit": "jobbtorg-vuxna", "heldOn": "2023-10-02"}
    refused = good | {"sourceKey": f"{canary.key}okand-enhet", "unit": "finns-inte"}
    return [good, refused, good | {"sourceKey": f"{canary.key}olast", "heldOn": "igår"}]


def kaa_rows(canary: Canary) -> list[dict[str, Any]]:
    """Return a membership to accept, one that a rule refuses, one that cannot be read."""
    good = youth(
        canary.number,
        **named(canary, "kaa"),
        homeAddress=f"{MARK.title()}gatan 1",
        email=f"{MARK}@example.se",
        phone=PHONE,
    )
    refused = good | {"sourceKey": f"{canary.key}okand-enhet", "unit": "finns-inte"}
    return [good, refused, good | {"sourceKey": f"{canary.key}olast", "joinedOn": "igår"}]


def attendance_rows(canary: Canary) -> list[dict[str, Any]]:
    """Return a day to accept, one that a rule refuses, one that cannot be read."""
    good = {
        "sourceKey": f"{canary.key}narvaro",
        "enrolmentKey": f"{canary.key}levererad",
        "day": "2024-03-04",
        "minutes": 240,
    }
    refused = good | {"sourceKey": f"{canary.key}for-tidigt", "day": "2024-02-28"}
    return [good, refused, good | {"sourceKey": f"{canary.key}olast", "minutes": "många"}]


def residence_rows(canary: Canary) -> list[dict[str, Any]]:
    """Return a residence to accept, one that a rule refuses, one that cannot be read."""
    good = {
        "sourceKey": f"{canary.key}bostad",
        "identityNumber": canary.number,
        "district": canary.district,
        "validFrom": "2021-01-01",
    }
    refused = good | {"sourceKey": f"{canary.key}annan-bostad"}
    return [good, refused, good | {"sourceKey": f"{canary.key}olast", "validFrom": "igår"}]


ROWS: dict[str, Callable[[Canary], list[dict[str, Any]]]] = {
    "enrolments": enrolment_rows,
    "advisory-sessions": advice_rows,
    "kaa": kaa_rows,
    "attendance": attendance_rows,
    "residence": residence_rows,
}
"""By register; delivered in the order in which the service names its registers."""
