"""Invented meetings: visits, employers, and who was hired."""

from __future__ import annotations

import random
from collections.abc import Iterator
from datetime import date, timedelta

from jarva.demo.inventing.chances import Row, spread, weekday
from jarva.demo.inventing.people import centre


def visits(chance: random.Random) -> Iterator[Row]:
    """Guidance in 2024 (467 women, 262 men) and the drop-in of 2019 (1 200 visits)."""
    guidance = ("medborgarkontoret-tensta", "rinkeby-bibliotek", "kista-bibliotek")
    days = [date(2024, 1, 9) + timedelta(weeks=week) for week in range(51)]
    places = [(day, venue) for day in days for venue in guidance]
    women, men = spread(chance, 467, len(places)), spread(chance, 262, len(places))
    for number, (day, venue) in enumerate(places):
        yield {
            "operation": "guidance",
            "unit": "vagledning-jarva",
            "venue": venue,
            "heldOn": day + timedelta(days=guidance.index(venue)),
            "women": women[number],
            "men": men[number],
        }
    weeks = [date(2019, 1, 9) + timedelta(weeks=week) for week in range(51)]
    women, men = spread(chance, 540, len(weeks)), spread(chance, 660, len(weeks))
    for number, day in enumerate(weeks):
        yield {
            "operation": "jobbtorg-drop-in",
            "unit": "jobbtorg-unga-kista",
            "venue": "jobbtorg-unga",
            "heldOn": day,
            "women": women[number],
            "men": men[number],
        }


def kompetensverkstan(chance: random.Random) -> Iterator[Row]:
    """Drop-in at Kompetensverkstan in three years: how many came is made up."""
    for year, mean in ((2022, 6), (2023, 8), (2024, 9)):
        for week in range(46):
            held = date(year, 1, 17) + timedelta(weeks=week)
            yield {
                "operation": "kompetensverkstan",
                "unit": centre(held, young=True)["unit"],
                "venue": "reactor",
                "heldOn": held,
                "women": chance.randrange(mean),
                "men": 1 + chance.randrange(mean),
            }


def employers() -> Iterator[Row]:
    """A hundred companies visited in 2024, and those that hired in 2020."""
    for number in range(1, 101):
        yield {
            "code": f"foretag-{number:03}",
            "name": f"Företag {number:03} i Järva",
            "sector": ("retail", "construction", "care", "transport", "it")[number % 5],
        }
    for number in range(1, 5):
        yield {
            "code": f"aldreboende-{number}",
            "name": f"Äldreboende {number}",
            "sector": "private-elderly-care",
        }
    yield {"code": "yalla-rinkeby", "name": "Yalla Rinkeby", "sector": "restaurant"}


def employer_visits(chance: random.Random) -> Iterator[Row]:
    """One visit at each of a hundred companies."""
    for number in range(1, 101):
        yield {
            "employer": f"foretag-{number:03}",
            "unit": "jobbtorg-vuxna-jarva",
            "visitedOn": weekday(chance, date(2024, 2, 1), 300),
            "partner": "stockholm-business-region",
        }


def hires() -> Iterator[Row]:
    """44 hired by private elderly care in the spring of 2020, ten by a café that summer."""
    for number, (women, men) in enumerate(((9, 3), (8, 3), (8, 2), (9, 2)), start=1):
        yield {
            "employer": f"aldreboende-{number}",
            "unit": "jobbtorg-kista",
            "hiredOn": date(2020, 3, 15) + timedelta(days=20 * number),
            "women": women,
            "men": men,
        }
    yield {
        "employer": "yalla-rinkeby",
        "unit": "jobbtorg-unga-kista",
        "hiredOn": date(2020, 7, 1),
        "women": 6,
        "men": 4,
    }
