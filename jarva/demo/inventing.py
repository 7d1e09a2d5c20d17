"""Invented people, meetings and places that add up to what the committee published.

Run ``python -m jarva.demo.inventing`` to write the files in ``jarva/demo/data`` again; they are
kept in the repository, so that a reader can change a row and see which figure moves.

Everybody is invented. Identity numbers have the birth numbers 238 and 239, which the Swedish
Tax Agency keeps for test persons.
"""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, timedelta
from typing import Any

from jarva.demo import DATA

Row = dict[str, Any]

_ENROLMENT = (
    "sourceKey",
    "identityNumber",
    "givenName",
    "familyName",
    "residenceDistrict",
    "unit",
    "programme",
    "team",
    "ground",
    "circumstances",
    "statusAtEntry",
    "educationAtEntry",
    "startedOn",
    "exitedOn",
    "outcome",
)
_KAA = (
    "sourceKey",
    "identityNumber",
    "givenName",
    "familyName",
    "residenceDistrict",
    "unit",
    "joinedOn",
    "joinReason",
    "leftOn",
    "leaveReason",
    "schooling",
    "studies",
    "diploma",
    "adaptedCertificate",
    "equivalentEducation",
    "studyCertificate",
)
_PILOTS = ("stockholmskraften-pilot-1", "stockholmskraften-pilot-2")
_LATER_TEAMS = tuple(f"stockholmskraften-team-{number}" for number in range(3, 7))


class People:
    """An endless supply of invented people, each with an identity number of their own."""

    def __init__(self, chance: random.Random) -> None:
        self._chance = chance
        self._taken: set[str] = set()
        self._count = 0

    def one(self, sex: str, born: tuple[int, int]) -> Row:
        """Return a person's columns, born in a range of years."""
        while True:
            first, last = date(born[0], 1, 1), date(born[1], 12, 31)
            birth = first + timedelta(days=self._chance.randrange((last - first).days + 1))
            number = identity_number(birth, sex)
            if number not in self._taken:
                break
        self._taken.add(number)
        self._count += 1
        return {
            "identityNumber": number,
            "givenName": "Test",
            "familyName": f"Testperson {self._count}",
        }


def identity_number(birth: date, sex: str) -> str:
    """Return the test person's personnummer of a birth date: twelve digits."""
    nine = f"{birth:%y%m%d}{238 if sex == 'women' else 239}"
    total = 0
    for place, digit in enumerate(nine):
        doubled = int(digit) * (2 if place % 2 == 0 else 1)
        total += doubled // 10 + doubled % 10
    return f"{birth:%Y}{nine[2:]}{-total % 10}"


def enrolments(people: People, chance: random.Random) -> Iterator[Row]:
    """Give every enrolment of the demonstration."""
    yield from _stockholmskraften(people, chance)
    yield from _kvinnors_etablering(people, chance)
    yield from _decision_4_2(people, chance)
    yield from _drop_in_2019(people, chance)


def _stockholmskraften(people: People, chance: random.Random) -> Iterator[Row]:
    """135 enrolled at the turn of the year; the pilot teams' exits: six to work, one to studies."""
    exits = [("women", "work")] * 5 + [("men", "work"), ("women", "studies")]
    common = {
        "residenceDistrict": "jarva",
        "unit": "jobbtorg-vuxna-jarva",
        "programme": "stockholmskraften",
        "ground": "social_assistance",
        "circumstances": "social_assistance|long_term_unemployed",
        "statusAtEntry": "long_term_unemployed",
    }
    for sex, outcome in exits:
        started = _day(chance, date(2024, 9, 2), 20)
        yield (
            common
            | people.one(sex, (1968, 1998))
            | {
                "team": chance.choice(_PILOTS),
                "educationAtEntry": chance.choice(("compulsory", "upper_secondary")),
                "startedOn": started,
                "exitedOn": _day(chance, started + timedelta(days=45), 50),
                "outcome": outcome,
            }
        )
    for number in range(135):
        pilot = number < 60  # noqa: PLR2004  the pilot teams began two months earlier
        yield (
            common
            | people.one(chance.choice(("women", "men")), (1964, 1999))
            | {
                "team": chance.choice(_PILOTS if pilot else _LATER_TEAMS),
                "educationAtEntry": chance.choice(("less_than_compulsory", "compulsory")),
                "startedOn": _day(chance, date(2024, 9, 2) if pilot else date(2024, 11, 4), 50),
            }
        )


def _kvinnors_etablering(people: People, chance: random.Random) -> Iterator[Row]:
    """98 women enrolled in 2024 through outreach; eight exits to work and two to studies."""
    outcomes = ["work"] * 8 + ["studies"] * 2 + [None] * 88
    for outcome in outcomes:
        started = _day(chance, date(2024, 1, 8), 150 if outcome else 330)
        row = people.one("women", (1966, 2000)) | {
            "residenceDistrict": "jarva",
            "unit": "jobbtorg-vuxna-jarva",
            "programme": "kvinnors-etablering",
            "ground": "outreach",
            "circumstances": "foreign_born|far_from_labour_market",
            "statusAtEntry": "inactive",
            "educationAtEntry": chance.choice(("less_than_compulsory", "compulsory", "unknown")),
            "startedOn": started,
        }
        if outcome:
            row |= {"exitedOn": _day(chance, started + timedelta(days=60), 120), "outcome": outcome}
        yield row


def _decision_4_2(people: People, chance: random.Random) -> Iterator[Row]:
    """Seven women enrolled on a 4:2 decision whose enrolments ended in work in 2024."""
    for _ in range(7):
        started = _day(chance, date(2024, 1, 8), 120)
        yield people.one("women", (1970, 1996)) | {
            "residenceDistrict": "jarva",
            "unit": "jobbtorg-vuxna-jarva",
            "programme": "uppdrag-4-2",
            "ground": "decision_4_2",
            "circumstances": "foreign_born|far_from_labour_market",
            "statusAtEntry": "unemployed",
            "educationAtEntry": "compulsory",
            "startedOn": started,
            "exitedOn": _day(chance, started + timedelta(days=60), 120),
            "outcome": "work",
        }


def _drop_in_2019(people: People, chance: random.Random) -> Iterator[Row]:
    """One in five visits to the youth job centre's drop-in of 2019 led to an enrolment."""
    for _ in range(240):
        started = _day(chance, date(2019, 1, 7), 350)
        yield people.one(chance.choice(("women", "men")), (1990, 2002)) | {
            "residenceDistrict": chance.choice(("rinkeby-kista", "spanga-tensta")),
            "unit": "jobbtorg-unga-kista",
            "programme": "jobbtorg",
            "ground": "outreach",
            "circumstances": "not_in_work_or_studies",
            "statusAtEntry": "unemployed",
            "educationAtEntry": chance.choice(("compulsory", "upper_secondary")),
            "startedOn": started,
            "exitedOn": _day(chance, started + timedelta(days=90), 200),
            "outcome": chance.choice(("work", "studies", "other_measure", "lost_contact")),
        }


def jobbtorg_years(people: People, chance: random.Random) -> Iterator[Row]:
    """Three years of the two job centres, so that their charts have something to show.

    How many there were is not in the published text: these numbers are made up. Before July
    2023 the centres had other names, and their district was another.
    """
    outcomes = ("work", "work", "studies", "other_measure", "moved", "lost_contact")
    for year, adults, youth in ((2022, 70, 45), (2023, 64, 52), (2024, 81, 40)):
        for number in range(adults + youth):
            young = number >= adults
            started = _day(chance, date(year, 1, 10), 330)
            row = people.one(
                chance.choice(("women", "men")), (year - 28, year - 20) if young else (1962, 1992)
            )
            yield (
                row
                | _centre(started, young=young)
                | {
                    "programme": "jobbtorg",
                    "ground": "outreach" if young else "social_assistance",
                    "circumstances": "not_in_work_or_studies" if young else "social_assistance",
                    "statusAtEntry": "unemployed",
                    "educationAtEntry": chance.choice(("compulsory", "upper_secondary")),
                    "startedOn": started,
                    **_ended(chance, started, outcomes),
                }
            )


def _centre(started: date, *, young: bool) -> Row:
    if started >= date(2023, 7, 1):
        unit = "jobbtorg-unga-jarva" if young else "jobbtorg-vuxna-jarva"
        return {"unit": unit, "residenceDistrict": "jarva"}
    unit = "jobbtorg-unga-kista" if young else "jobbtorg-kista"
    return {"unit": unit, "residenceDistrict": "rinkeby-kista"}


def _ended(chance: random.Random, started: date, outcomes: Sequence[str]) -> Row:
    """Return when and to what somebody left: everybody before the centres were reorganised."""
    before = _last_day(started)
    ended = _day(chance, started + timedelta(days=60), 240)
    if ended > before and started >= date(2023, 7, 1):
        return {}
    return {"exitedOn": max(started, min(ended, before)), "outcome": chance.choice(outcomes)}


def kaa(people: People, chance: random.Random) -> Iterator[Row]:
    """Youths of 16-19 in the responsibility for activity, over three years; all made up."""
    reasons = ("national_programme", "introductory_programme", "equivalent", "moved", "other")
    weights = (8, 7, 3, 4, 2)
    for year, number in ((2022, 38), (2023, 44), (2024, 41)):
        for _ in range(number):
            joined = _day(chance, date(year, 1, 12), 320)
            left = _day(chance, joined + timedelta(days=40), 300)
            stayed = left > date(2024, 12, 20) or chance.random() < 0.25  # noqa: PLR2004  some stay
            youth = {
                "residenceDistrict": _centre(joined, young=True)["residenceDistrict"],
                "unit": "kaa-stockholm",
                "joinedOn": joined,
                "joinReason": chance.choice(("broke_off_national_programme", "never_started")),
                "schooling": "completed",
                "studies": "none",
                "diploma": "false",
                "adaptedCertificate": "false",
                "equivalentEducation": "false",
                "studyCertificate": "false",
            }
            if joined < date(2023, 7, 1) or not stayed:
                youth["leftOn"] = min(left, _last_day(joined))
                youth["leaveReason"] = chance.choices(reasons, weights)[0]
            yield people.one(chance.choice(("women", "men")), (year - 18, year - 17)) | youth


def _last_day(started: date) -> date:
    """Return until when the centre that somebody came to was there, or the story ends."""
    return date(2023, 6, 30) if started < date(2023, 7, 1) else date(2024, 12, 30)


def advisory_sessions(people: People, chance: random.Random) -> Iterator[Row]:
    """144 women advised in 2024 without enrolment, one to three times each."""
    for _ in range(144):
        person = people.one("women", (1962, 2002))
        held = _day(chance, date(2024, 1, 8), 250)
        for _ in range(chance.choice((1, 1, 1, 2, 2, 3))):
            yield person | {
                "residenceDistrict": "jarva",
                "unit": "jobbtorg-vuxna-jarva",
                "programme": "kvinnors-etablering",
                "heldOn": held,
            }
            held += timedelta(days=chance.randrange(14, 40))


def visits(chance: random.Random) -> Iterator[Row]:
    """Guidance in 2024 (467 women, 262 men) and the drop-in of 2019 (1 200 visits)."""
    guidance = ("medborgarkontoret-tensta", "rinkeby-bibliotek", "kista-bibliotek")
    days = [date(2024, 1, 9) + timedelta(weeks=week) for week in range(51)]
    places = [(day, venue) for day in days for venue in guidance]
    women, men = _spread(chance, 467, len(places)), _spread(chance, 262, len(places))
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
    women, men = _spread(chance, 540, len(weeks)), _spread(chance, 660, len(weeks))
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
                "unit": _centre(held, young=True)["unit"],
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
            "visitedOn": _day(chance, date(2024, 2, 1), 300),
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


def _day(chance: random.Random, first: date, within: int) -> date:
    """Return a working day within so many days of the first."""
    day = first + timedelta(days=chance.randrange(within))
    return day - timedelta(days=max(0, day.weekday() - 4))


def _spread(chance: random.Random, total: int, places: int) -> list[int]:
    """Return counts that sum to the total."""
    counts = [total // places] * places
    for number in chance.sample(range(places), total % places):
        counts[number] += 1
    for _ in range(places):
        giver, taker = chance.randrange(places), chance.randrange(places)
        if counts[giver]:
            counts[giver] -= 1
            counts[taker] += 1
    return counts


def write_csv(name: str, rows: Iterable[Row], columns: Sequence[str] | None = None) -> None:
    """Write a register's rows, each with a key of the system it pretends to come from."""
    path = DATA / f"{name}.csv"
    kept = [
        {"sourceKey": f"demo:{path.stem}-{number:04}"} | row
        for number, row in enumerate(rows, start=1)
    ]
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns or list(kept[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(kept)


def write_lines(name: str, rows: Iterable[Row]) -> None:
    """Write resources that are posted one by one, a JSON object a line."""
    path = DATA / f"{name}.ndjson"
    path.parent.mkdir(parents=True, exist_ok=True)
    lines = (json.dumps(row, ensure_ascii=False, default=str) for row in rows)
    path.write_text("".join(f"{line}\n" for line in lines), "utf-8")


def main() -> None:
    """Write every invented file; the same seed gives the same people."""
    chance = random.Random(20241231)
    people = People(chance)
    enrolled = list(enrolments(people, chance))
    write_csv("participants/advisory-sessions", advisory_sessions(people, chance))
    visited = list(visits(chance))
    write_lines("outreach/employers", employers())
    write_lines("outreach/employer-visits", employer_visits(chance))
    write_lines("outreach/hires", hires())
    # Last, so that everybody above stays who they were.
    enrolled += jobbtorg_years(people, chance)
    write_csv("participants/enrolments", enrolled, _ENROLMENT)
    write_csv("participants/kaa", kaa(people, chance), _KAA)
    write_csv("outreach/visits", [*visited, *kompetensverkstan(chance)])


if __name__ == "__main__":
    main()
