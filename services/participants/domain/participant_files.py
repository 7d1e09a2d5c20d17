"""The monthly participant file (deltagarrapportering) that ESF-rådet has SCB collect.

Person number, first day, last day, hours. Dates stand in the month in which they happened:
the first day in the file of the month of the entry, the day of the exit in that of the exit.
A protected identity is replaced by its birth date and a code.

Source: scb.se, Europeiska socialfonden; esf.se, Redovisning av deltagare. The order of the
columns of 2021-2027 is published in a template that is not public; this one names them.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from hashlib import sha256
from typing import TYPE_CHECKING
from uuid import UUID

from services.participants.domain.hours import hours_text

if TYPE_CHECKING:
    from collections.abc import Iterable

HEADER = "personnummer;startdatum;slutdatum;timmar"


@dataclass(frozen=True, slots=True)
class ParticipantLine:
    """One enrolment in one month, without the number that it is written with.

    Attributes:
        numbers_before: how many numbers the person had had before the one at the basis.
        substitute: what stands for the number of a protected person.

    """

    enrolment_id: UUID
    person_id: UUID
    numbers_before: int
    substitute: str | None
    started_on: date | None
    exited_on: date | None
    minutes: int


def substitute(birth_date: date, suffix: str) -> str:
    """Return what stands for a protected person's number: ``ÅÅÅÅMMDD`` and the code."""
    return f"{birth_date:%Y%m%d}{suffix}"


def content_hash(lines: Iterable[ParticipantLine]) -> bytes:
    """Return what tells one content of a month from another.

    Over ids, not numbers: a hash of identity numbers could be searched for its people.
    """
    digest = sha256()
    for line in sorted(lines, key=lambda line: line.enrolment_id):
        fields = (
            line.enrolment_id,
            line.person_id,
            line.numbers_before,
            line.substitute or "",
            line.started_on or "",
            line.exited_on or "",
            line.minutes,
        )
        digest.update("|".join(map(str, fields)).encode() + b"\n")
    return digest.digest()


def written(lines: Iterable[tuple[str, ParticipantLine]]) -> bytes:
    """Return the file: number and line of each, in the lines' order."""
    rows = [HEADER]
    for number, line in lines:
        started, exited = line.started_on or "", line.exited_on or ""
        rows.append(f"{line.substitute or number};{started};{exited};{hours_text(line.minutes)}")
    return "".join(f"{row}\r\n" for row in rows).encode()
