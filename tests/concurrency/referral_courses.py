"""What shall become of each referral of a storm, and whether it did, in both services."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from enum import StrEnum, auto
from random import Random
from typing import TYPE_CHECKING, Any
from uuid import UUID

from shared.db import Database, driver

if TYPE_CHECKING:
    from asyncpg import Record

REFERRED, STARTED, EXITED = date(2024, 3, 4), date(2024, 3, 11), date(2024, 9, 30)
UNIT, PROGRAMME, STRANGER = "jobbtorg", "jobbtorg", "unknown_person"
_REASONS = ("declined_by_person", "no_contact", "not_eligible", "no_capacity")
_OUTCOMES = ("work", "studies", "other_measure")


class Answer(StrEnum):
    """What the unit says to a referral."""

    NONE = auto()
    DECLINED = auto()
    ACCEPTED = auto()
    WITHDRAWN = auto()
    """Who referred takes it back, before participants has heard of it."""
    OF_ITSELF = auto()
    """Nobody is asked: the person is unknown to participants."""


class Correction(StrEnum):
    """What proves to have been wrong about an enrolment that has ended."""

    START_MOVED = auto()
    EXIT_MOVED = auto()
    EXIT_TAKEN_BACK = auto()
    RETRACTED = auto()
    ENROLLED_ANEW = auto()
    """Retracted, and then the unit accepts the referral once more."""


_STAYS = (Correction.EXIT_TAKEN_BACK, Correction.ENROLLED_ANEW)


@dataclass(frozen=True)
class Fate:
    """How a referral ends, as outreach shall see it."""

    state: str
    decline_reason: str | None = None
    enrolled_on: date | None = None
    exited_on: date | None = None
    exit_outcome: str | None = None


@dataclass(frozen=True)
class Course:
    """One referral: of whom, and what happens to it."""

    person: UUID
    answer: Answer
    reason: str
    started_on: date
    exited_on: date | None
    outcome: str
    correction: Correction | None

    @property
    def body(self) -> dict[str, Any]:
        """What outreach is asked for."""
        return {
            "personId": str(self.person),
            "unit": UNIT,
            "programme": PROGRAMME,
            "referredOn": REFERRED.isoformat(),
        }

    @property
    def fate(self) -> Fate:
        """How it ends."""
        if self.answer is Answer.DECLINED:
            return Fate("declined", self.reason)
        if self.answer is Answer.OF_ITSELF:
            return Fate("declined", STRANGER)
        if self.answer is Answer.WITHDRAWN:
            return Fate("withdrawn")
        if self.answer is Answer.NONE or self.correction is Correction.RETRACTED:
            return Fate("received")
        enrolled_on, exited_on = self.started_on, self.exited_on
        if self.correction in (Correction.START_MOVED, Correction.ENROLLED_ANEW):
            enrolled_on = moved(enrolled_on)
        if self.correction is Correction.EXIT_MOVED and exited_on is not None:
            exited_on = moved(exited_on)
        if exited_on is None or self.correction in _STAYS:
            return Fate("enrolled", None, enrolled_on)
        return Fate("exited", None, enrolled_on, exited_on, self.outcome)


def moved(day: date) -> date:
    """Return the day that proves to be the right one."""
    return day + timedelta(days=9)


def unanswered(person: UUID) -> Course:
    """Return a referral that nothing happens to."""
    return Course(person, Answer.NONE, _REASONS[0], STARTED, None, _OUTCOMES[0], None)


def courses(people: Sequence[UUID], chance: Random) -> list[Course]:
    """Return a referral of each person: some accepted, most of those ended, some corrected.

    Others are declined, withdrawn or left waiting. One in twenty more is of somebody whom
    participants does not know.
    """
    made = []
    for person in people:
        answer = chance.choice((Answer.ACCEPTED, *Answer))
        if answer is Answer.OF_ITSELF:
            answer = Answer.ACCEPTED
        made.append(_course(person, answer, chance))
    for _ in range(max(1, len(people) // 20)):
        stranger = UUID(int=chance.getrandbits(128), version=4)
        made.append(_course(stranger, Answer.OF_ITSELF, chance))
    chance.shuffle(made)
    return made


def _course(person: UUID, answer: Answer, chance: Random) -> Course:
    exited = answer is Answer.ACCEPTED and chance.random() < 0.6
    wrong = exited and chance.random() < 0.6
    return Course(
        person=person,
        answer=answer,
        reason=chance.choice(_REASONS),
        started_on=STARTED + timedelta(days=chance.randrange(60)),
        exited_on=EXITED + timedelta(days=chance.randrange(60)) if exited else None,
        outcome=chance.choice(_OUTCOMES),
        correction=chance.choice(tuple(Correction)) if wrong else None,
    )


# --------------------------------------------------------------------------------------- checker

_PENDING = "select * from pending_enrolment"
_LIVE = "select * from enrolment where referral_id is not null and retracted_at is null"
_REFERRALS = "select * from referral"


@dataclass(frozen=True)
class Found:
    """What lies in the two databases: rows of participants by referral, rows of outreach by id."""

    referrals: Mapping[UUID, Mapping[str, Any]]
    pending: Mapping[UUID, list[Mapping[str, Any]]]
    live: Mapping[UUID, list[Mapping[str, Any]]] = field(default_factory=dict)


async def found(outreach: Database, participants: Database) -> Found:
    """Read both databases."""
    referrals = await _rows(outreach, _REFERRALS)
    return Found(
        {row["id"]: dict(row) for row in referrals},
        _by_referral(await _rows(participants, _PENDING)),
        _by_referral(await _rows(participants, _LIVE)),
    )


def differences(planned: Mapping[UUID, Fate], there: Found) -> dict[str, list[UUID]]:
    """Return the referrals that did not end as they should, per kind of fault."""
    faults: dict[str, list[UUID]] = defaultdict(list)
    for referral in planned.keys() ^ there.referrals.keys():
        faults["lost or made twice"].append(referral)
    for referral in there.pending.keys() - there.referrals.keys():
        faults["nobody made it"].append(referral)
    for referral in planned.keys() & there.referrals.keys():
        row = there.referrals[referral]
        pending, live = there.pending.get(referral, []), there.live.get(referral, [])
        if len(pending) != 1:
            faults[f"{len(pending)} pending"].append(referral)
            continue
        if len(live) != (pending[0]["state"] == "accepted"):
            faults[f"{len(live)} enrolments when {pending[0]['state']}"].append(referral)
            continue
        if not _agree(row, pending[0], live[0] if live else None):
            faults["the services disagree"].append(referral)
        if _fate(row) != planned[referral]:
            faults["another end than planned"].append(referral)
    return dict(faults)


def _agree(
    row: Mapping[str, Any], pending: Mapping[str, Any], live: Mapping[str, Any] | None
) -> bool:
    """Tell whether outreach shows what participants has, day by day."""
    expected: dict[str, Any] = dict.fromkeys(
        ("withdrawn_on", "accepted_on", "declined_on", "enrolled_on", "exited_on", "enrolment_id")
    )
    expected |= {"decline_reason": pending["reason"], "exit_outcome": None}
    match pending["state"], live:
        case "declined", None:
            expected |= {"state": "declined", "declined_on": pending["decided_on"]}
        case "pending", None:
            expected["state"] = "received"
        case "withdrawn", None:
            expected |= {
                "state": "withdrawn",
                "withdrawn_on": pending["withdrawn_on"],
                "withdrawal_reason": pending["withdrawal_reason"],
            }
        case _, enrolment:
            assert enrolment is not None
            expected |= {
                "state": "enrolled" if enrolment["exited_on"] is None else "exited",
                "accepted_on": pending["decided_on"],
                "enrolment_id": pending["enrolment_id"],
                "enrolled_on": enrolment["started_on"],
                "exited_on": enrolment["exited_on"],
                "exit_outcome": enrolment["outcome"],
            }
            if pending["enrolment_id"] != enrolment["id"]:
                return False
    received = row["received_on"] is not None or pending["reason"] == STRANGER
    same_person = row["person_id"] == pending["person_id"]
    return received and same_person and expected == {name: row[name] for name in expected}


def _fate(row: Mapping[str, Any]) -> Fate:
    return Fate(
        row["state"],
        row["decline_reason"],
        row["enrolled_on"],
        row["exited_on"],
        row["exit_outcome"],
    )


async def _rows(db: Database, sql: str) -> list[Record]:
    async with db.read() as session:
        rows: list[Record] = await (await driver(session)).fetch(sql)
        return rows


def _by_referral(rows: list[Record]) -> dict[UUID, list[Mapping[str, Any]]]:
    grouped: dict[UUID, list[Mapping[str, Any]]] = defaultdict(list)
    for row in rows:
        grouped[row["referral_id"]].append(dict(row))
    return dict(grouped)
