"""Youths of the responsibility for activity, as a test says them to the service."""

# ruff: noqa: ANN401  JSON bodies are whatever a test sends
from __future__ import annotations

from itertools import count
from typing import Any

from tests.participants.city import City

UNIT = "kaa-stockholm"
KAA = ("participants:kaa", "participants:read", "figures:read")

_keys = count(1)


def youth(number: str, **more: Any) -> dict[str, Any]:
    """Return a valid row: somebody who has left compulsory school and goes nowhere."""
    return {
        "sourceKey": f"ber:{next(_keys)}",
        "identityNumber": number,
        "unit": UNIT,
        "joinedOn": "2024-09-01",
        "joinReason": "never_started",
        "schooling": "completed",
        "studies": "none",
        "diploma": False,
        "adaptedCertificate": False,
        "equivalentEducation": False,
        "studyCertificate": False,
    } | more


async def open_unit(city: City) -> None:
    await city.made(
        "/units",
        {
            "code": UNIT,
            "name": "KAA Stockholm",
            "kind": "kaa",
            "ownership": "own",
            "district": "norra-innerstaden",
            "validFrom": "2015-01-01",
        },
    )


async def map_codes(city: City, *codes: tuple[str, str]) -> None:
    """Enter an invented official code for each own code, by its list."""
    for number, (name, code) in enumerate(codes, start=1):
        await city.made(
            "/kaa-code-mappings",
            {
                "codeList": name,
                "code": code,
                "officialCode": f"P{number:02}",
                "validFrom": "2015-01-01",
                "source": "Påhittad för prov",
            },
        )
