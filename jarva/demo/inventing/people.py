"""Invented people: who was enrolled, advised, and in the register of youths."""

from __future__ import annotations

import random
from collections.abc import Iterator, Sequence
from datetime import date, timedelta

from jarva.demo.inventing.chances import Row, weekday

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
        started = weekday(chance, date(2024, 9, 2), 20)
        yield (
            common
            | people.one(sex, (1968, 1998))
            | {
                "team": chance.choice(_PILOTS),
                "educationAtEntry": chance.choice(("compulsory", "upper_secondary")),
                "startedOn": started,
                "exitedOn": weekday(chance, started + timedelta(days=45), 50),
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
                "startedOn": weekday(chance, date(2024, 9, 2) if pilot else date(2024, 11, 4), 50),
            }
        )


def _kvinnors_etablering(people: People, chance: random.Random) -> Iterator[Row]:
    """98 women enrolled in 2024 through outreach; eight exits to work and two to studies."""
    outcomes = ["work"] * 8 + ["studies"] * 2 + [None] * 88
    for outcome in outcomes:
        started = weekday(chance, date(2024, 1, 8), 150 if outcome else 330)
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
            row |= {
                "exitedOn": weekday(chance, started + timedelta(days=60), 120),
                "outcome": outcome,
            }
        yield row


def _decision_4_2(people: People, chance: random.Random) -> Iterator[Row]:
    """Seven women enrolled on a 4:2 decision whose enrolments ended in work in 2024."""
    for _ in range(7):
        started = weekday(chance, date(2024, 1, 8), 120)
        yield people.one("women", (1970, 1996)) | {
            "residenceDistrict": "jarva",
            "unit": "jobbtorg-vuxna-jarva",
            "programme": "uppdrag-4-2",
            "ground": "decision_4_2",
            "circumstances": "foreign_born|far_from_labour_market",
            "statusAtEntry": "unemployed",
            "educationAtEntry": "compulsory",
            "startedOn": started,
            "exitedOn": weekday(chance, started + timedelta(days=60), 120),
            "outcome": "work",
        }


def _drop_in_2019(people: People, chance: random.Random) -> Iterator[Row]:
    """One in five visits to the youth job centre's drop-in of 2019 led to an enrolment."""
    for _ in range(240):
        started = weekday(chance, date(2019, 1, 7), 350)
        yield people.one(chance.choice(("women", "men")), (1990, 2002)) | {
            "residenceDistrict": chance.choice(("rinkeby-kista", "spanga-tensta")),
            "unit": "jobbtorg-unga-kista",
            "programme": "jobbtorg",
            "ground": "outreach",
            "circumstances": "not_in_work_or_studies",
            "statusAtEntry": "unemployed",
            "educationAtEntry": chance.choice(("compulsory", "upper_secondary")),
            "startedOn": started,
            "exitedOn": weekday(chance, started + timedelta(days=90), 200),
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
            started = weekday(chance, date(year, 1, 10), 330)
            row = people.one(
                chance.choice(("women", "men")), (year - 28, year - 20) if young else (1962, 1992)
            )
            yield (
                row
                | centre(started, young=young)
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


def centre(started: date, *, young: bool) -> Row:
    if started >= date(2023, 7, 1):
        unit = "jobbtorg-unga-jarva" if young else "jobbtorg-vuxna-jarva"
        return {"unit": unit, "residenceDistrict": "jarva"}
    unit = "jobbtorg-unga-kista" if young else "jobbtorg-kista"
    return {"unit": unit, "residenceDistrict": "rinkeby-kista"}


def _ended(chance: random.Random, started: date, outcomes: Sequence[str]) -> Row:
    """Return when and to what somebody left: everybody before the centres were reorganised."""
    before = _lastday(started)
    ended = weekday(chance, started + timedelta(days=60), 240)
    if ended > before and started >= date(2023, 7, 1):
        return {}
    return {"exitedOn": max(started, min(ended, before)), "outcome": chance.choice(outcomes)}


def kaa(people: People, chance: random.Random) -> Iterator[Row]:
    """Youths of 16-19 in the responsibility for activity, over three years; all made up."""
    reasons = ("national_programme", "introductory_programme", "equivalent", "moved", "other")
    weights = (8, 7, 3, 4, 2)
    for year, number in ((2022, 38), (2023, 44), (2024, 41)):
        for _ in range(number):
            joined = weekday(chance, date(year, 1, 12), 320)
            left = weekday(chance, joined + timedelta(days=40), 300)
            stayed = left > date(2024, 12, 20) or chance.random() < 0.25  # noqa: PLR2004  some stay
            youth = {
                "residenceDistrict": centre(joined, young=True)["residenceDistrict"],
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
                youth["leftOn"] = min(left, _lastday(joined))
                youth["leaveReason"] = chance.choices(reasons, weights)[0]
            yield people.one(chance.choice(("women", "men")), (year - 18, year - 17)) | youth


def _lastday(started: date) -> date:
    """Return until when the centre that somebody came to was there, or the story ends."""
    return date(2023, 6, 30) if started < date(2023, 7, 1) else date(2024, 12, 30)


def advisory_sessions(people: People, chance: random.Random) -> Iterator[Row]:
    """144 women advised in 2024 without enrolment, one to three times each."""
    for _ in range(144):
        person = people.one("women", (1962, 2002))
        held = weekday(chance, date(2024, 1, 8), 250)
        for _ in range(chance.choice((1, 1, 1, 2, 2, 3))):
            yield person | {
                "residenceDistrict": "jarva",
                "unit": "jobbtorg-vuxna-jarva",
                "programme": "kvinnors-etablering",
                "heldOn": held,
            }
            held += timedelta(days=chance.randrange(14, 40))
