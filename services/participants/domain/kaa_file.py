"""The half-yearly file on the responsibility for activity: its lines, and what is wrong with them.

Skolverket collects it through SCB: everybody the city has answered for during the half-year, in
five blocks (obligatory facts, contact, measure begun, measure ended, responsibility ended), with
several contacts and measures to a youth. A new file replaces the one before. The official layout
and codes are not public where we have looked: the layout here is our own, in one place
(`COLUMNS`), and codes are translated through dated data. The checks are derived from what the
collection says of itself: logical checks between the variables.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from datetime import date
from typing import TYPE_CHECKING, Literal, TypeAlias

from services.participants.domain.kaa import last_birthday
from services.participants.domain.kaa_codes import CodeList, LeaveReason

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from uuid import UUID

MUNICIPALITY = "0180"
"""SCB's code of Stockholm."""

_HALF_YEAR = re.compile(r"(20\d\d)-H([12])", re.ASCII)


@dataclass(frozen=True, slots=True)
class HalfYear:
    """A half-year of a calendar year, written 2024-H2."""

    year: int
    half: int

    @classmethod
    def parse(cls, text: str) -> HalfYear:
        """Return the half-year; raises ValueError when the text is none."""
        match = _HALF_YEAR.fullmatch(text)
        if match is None:
            raise ValueError("a half-year is written 2024-H1 or 2024-H2")
        return cls(int(match[1]), int(match[2]))

    @property
    def first(self) -> date:
        return date(self.year, 1 if self.half == 1 else 7, 1)

    @property
    def last(self) -> date:
        return date(self.year, 6, 30) if self.half == 1 else date(self.year, 12, 31)

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


@dataclass(frozen=True, slots=True)
class Contact:
    held_on: date
    channel: str
    two_way: bool
    occupation: str


@dataclass(frozen=True, slots=True)
class Measure:
    kind: str
    responsible: str
    started_on: date
    ended_on: date | None
    end_reason: str | None
    occupation_after: str | None


@dataclass(frozen=True, slots=True)
class Youth:
    """One membership as the file tells of it; ``ends_on`` is the first day without it."""

    membership_id: UUID
    person_id: UUID
    number: str
    born: date
    joined_on: date
    join_reason: str
    ends_on: date
    end_reason: str
    contacts: tuple[Contact, ...] = ()
    measures: tuple[Measure, ...] = ()


Block: TypeAlias = Literal[1, 2, 3, 4, 5]

OBLIGATORY, CONTACT, BEGUN, ENDED, LEFT = 1, 2, 3, 4, 5

BLOCKS: dict[int, str] = {
    OBLIGATORY: "Obligatoriska uppgifter",
    CONTACT: "Kontakt med individen",
    BEGUN: "Åtgärd påbörjas",
    ENDED: "Åtgärd avslutats",
    LEFT: "Aktivitetsansvaret har upphört",
}

REQUIRED: dict[int, tuple[CodeList, ...]] = {
    OBLIGATORY: (CodeList.JOIN_REASON,),
    CONTACT: (CodeList.CHANNEL, CodeList.TWO_WAY, CodeList.OCCUPATION),
    BEGUN: (CodeList.MEASURE_KIND, CodeList.RESPONSIBLE),
    ENDED: (
        CodeList.MEASURE_KIND,
        CodeList.RESPONSIBLE,
        CodeList.END_REASON,
        CodeList.OCCUPATION_AFTER,
    ),
    LEFT: (CodeList.LEAVE_REASON,),
}
"""The codes that a line of each block must give."""

COLUMNS: dict[str, tuple[CodeList, ...]] = {
    "block": (),
    "halvar": (),
    "kommun": (),
    "personnummer": (),
    "datum": (),
    "slutdatum": (),
    "anledning": (CodeList.JOIN_REASON, CodeList.END_REASON, CodeList.LEAVE_REASON),
    "kontaktsatt": (CodeList.CHANNEL,),
    "omsesidig": (CodeList.TWO_WAY,),
    "sysselsattning": (CodeList.OCCUPATION, CodeList.OCCUPATION_AFTER),
    "atgard": (CodeList.MEASURE_KIND,),
    "ansvarig": (CodeList.RESPONSIBLE,),
}
"""The columns in order, and the lists whose codes stand in each."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of the file, with own codes by their list."""

    block: int
    membership_id: UUID
    number: str
    born: date
    day: date
    last_day: date | None = None
    codes: tuple[tuple[CodeList, str | None], ...] = ()


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a line: where, and in words."""

    membership_id: UUID
    block: int
    field: str
    code: str
    explanation: str


@dataclass(frozen=True)
class Official:
    """Official codes by list and own code, as they hold for a half-year."""

    codes: Mapping[tuple[CodeList, str], str] = field(default_factory=dict)

    def of(self, line: Line, lists: Sequence[CodeList]) -> str:
        """Return the official code that stands in a column of a line; empty when none does."""
        for name, code in line.codes:
            if name in lists and code:
                return self.codes[name, code]
        return ""


def lines_of(youth: Youth, half: HalfYear) -> Iterator[Line]:
    """Give the lines that tell of a youth: what happened in the half-year, and the first block."""

    def line(block: int, day: date, last: date | None, **codes: str | None) -> Line:
        given = tuple((CodeList(name), code) for name, code in codes.items())
        return Line(block, youth.membership_id, youth.number, youth.born, day, last, given)

    yield line(OBLIGATORY, youth.joined_on, None, join_reason=youth.join_reason)
    for contact in youth.contacts:
        if contact.held_on in half:
            yield line(
                CONTACT,
                contact.held_on,
                None,
                channel=contact.channel,
                two_way="yes" if contact.two_way else "no",
                occupation=contact.occupation,
            )
    for measure in youth.measures:
        kind = {"measure_kind": measure.kind, "responsible": measure.responsible}
        if measure.started_on in half:
            yield line(BEGUN, measure.started_on, None, **kind)
        if measure.ended_on is not None and measure.ended_on in half:
            yield line(
                ENDED,
                measure.started_on,
                measure.ended_on,
                **kind,
                end_reason=measure.end_reason,
                occupation_after=measure.occupation_after,
            )
    if youth.ends_on in half:
        yield line(LEFT, youth.ends_on, None, leave_reason=youth.end_reason)


def rendered(lines: Sequence[Line], half: HalfYear, official: Official) -> bytes:
    """Return the file: UTF-8, semicolons, a header, lines in the order of youths and blocks."""
    rows = [";".join(COLUMNS)]
    for line in lines:
        fixed = (
            str(line.block),
            f"{half.year}{half.half}",
            MUNICIPALITY,
            line.number,
            f"{line.day}",
            "" if line.last_day is None else f"{line.last_day}",
        )
        coded = (official.of(line, lists) for lists in list(COLUMNS.values())[len(fixed) :])
        rows.append(";".join((*fixed, *coded)))
    return "".join(f"{row}\r\n" for row in rows).encode()


def faults_of(lines: Sequence[Line], half: HalfYear, official: Official) -> list[Fault]:
    """Return everything that is wrong with a file's lines, in their order."""
    joined = {line.membership_id: line.day for line in lines if line.block == OBLIGATORY}
    left = {line.membership_id: line.day for line in lines if line.block == LEFT}
    times = Counter(lines)
    found: list[Fault] = []
    for line in lines:
        found += _missing(line)
        found += _unmapped(line, official)
        found += _days(line, half)
        found += _age(line)
        found += _responsibility(line, joined, left)
        if times[line] > 1:
            found.append(_fault(line, "block", "duplicate", "Raden finns flera gånger."))
            times[line] = 0
    return found


def _fault(line: Line, place: str, code: str, explanation: str) -> Fault:
    return Fault(line.membership_id, line.block, place, code, explanation)


def _missing(line: Line) -> Iterator[Fault]:
    given = dict(line.codes)
    for name in REQUIRED[line.block]:
        if not given.get(name):
            yield _fault(line, name, "missing", "En obligatorisk uppgift saknas.")
    if len(line.number) != len("YYYYMMDDNNNC"):
        yield _fault(line, "number", "missing", "Personnumret saknas.")
    if line.block == ENDED and line.last_day is None:
        yield _fault(line, "last_day", "missing", "Åtgärden saknar slutdatum.")


def _unmapped(line: Line, official: Official) -> Iterator[Fault]:
    for name, code in line.codes:
        if code and (name, code) not in official.codes:
            yield _fault(line, name, "unmapped", f"Koden {code} saknar officiell kod.")


def _days(line: Line, half: HalfYear) -> Iterator[Fault]:
    if line.last_day is not None and line.last_day < line.day:
        yield _fault(line, "last_day", "ends_before_start", "Slutet ligger före början.")
    if line.block == OBLIGATORY:
        if line.day > half.last:
            yield _fault(line, "day", "outside_half_year", "Ansvaret började efter halvåret.")
        return
    reported = line.last_day if line.block == ENDED else line.day
    if reported is not None and reported not in half:
        yield _fault(line, "day", "outside_half_year", "Dagen ligger utanför halvåret.")


def _age(line: Line) -> Iterator[Fault]:
    twenty = last_birthday(line.born)
    reason = dict(line.codes).get(CodeList.LEAVE_REASON)
    if line.block == LEFT and reason == LeaveReason.TURNED_TWENTY and line.day < twenty:
        yield _fault(line, "day", "not_yet_twenty", "Ungdomen hade inte fyllt tjugo år.")
    limit = line.day > twenty if line.block == LEFT else line.day >= twenty
    if limit:
        yield _fault(line, "day", "already_twenty", "Ungdomen hade fyllt tjugo år.")


def _responsibility(
    line: Line, joined: Mapping[UUID, date], left: Mapping[UUID, date]
) -> Iterator[Fault]:
    began = joined.get(line.membership_id)
    if began is None:
        yield _fault(line, "block", "no_obligatory", "Obligatoriska uppgifter saknas.")
        return
    ends = left.get(line.membership_id, date.max)
    before_left = line.block == OBLIGATORY or line.day < ends or line.block == LEFT
    if line.day < began or not before_left:
        yield _fault(line, "day", "outside_responsibility", "Ansvaret gällde inte den dagen.")
