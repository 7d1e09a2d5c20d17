"""Where what a SIE file says has its place in this ledger: code parts, keys, periods.

Dimension 1 is the responsibility, 6 the project. A free dimension (20 and up) named Motpart is
the counterpart and one named Verksamhet the activity; all others are kept by their numbers.
"""

from __future__ import annotations

import hashlib
import json
import re
from dataclasses import dataclass

from services.budget.domain.counterparts import WHOLE_CLASS, CounterpartClass
from services.budget.domain.sie.faults import Faulty
from services.budget.domain.sie.lexing import Objects
from services.budget.domain.sie.records import Dimension, Posting, Voucher

RESPONSIBILITY, PROJECT, COUNTERPART, ACTIVITY = "1", "6", "20", "21"
COUNTERPART_NAME, ACTIVITY_NAME = "Motpart", "Verksamhet"
UNDIVIDED = WHOLE_CLASS[CounterpartClass.UNDIVIDED]

RESERVED_NAMES = {
    "1": "Resultatenhet",
    "2": "Kostnadsbärare",
    "6": "Projekt",
    "7": "Anställd",
    "8": "Kund",
    "9": "Leverantör",
    "10": "Faktura",
}
"""Dimensions that the format itself names."""

_FIRST_FREE = 20
_COUNTERPART_CODE = re.compile(r"[0-9]{1,6}")
_REMEMBERED = 50_000
_TAKEN = {COUNTERPART: COUNTERPART_NAME, ACTIVITY: ACTIVITY_NAME}


@dataclass(frozen=True, slots=True)
class CodeParts:
    """The code parts of a posting beside its account; '' is none, ``free`` by dimension number."""

    counterpart: str = UNDIVIDED
    project: str = ""
    responsibility: str = ""
    activity: str = ""
    free: Objects = ()

    @property
    def free_json(self) -> str:
        return (
            json.dumps(dict(self.free), ensure_ascii=False, sort_keys=True) if self.free else "{}"
        )

    @property
    def objects(self) -> Objects:
        """Return the objects that a file of ours states for the code parts."""
        own = (
            (RESPONSIBILITY, self.responsibility),
            (PROJECT, self.project),
            (COUNTERPART, "" if self.counterpart == UNDIVIDED else self.counterpart),
            (ACTIVITY, self.activity),
        )
        pairs = [*((number, code) for number, code in own if code), *self.free]
        return tuple(sorted(pairs, key=lambda pair: int(pair[0])))


class Places:
    """The code parts that a file's dimensions stand for, by their numbers and names."""

    def __init__(self) -> None:
        self._part_of = {RESPONSIBILITY: "responsibility", PROJECT: "project"}
        self._known: dict[Objects, CodeParts] = {(): CodeParts()}

    def declare(self, dimension: Dimension) -> None:
        """Take a dimension's name into account.

        Raises:
            Faulty: the number stands for something else in this ledger.

        """
        name = dimension.name.strip().casefold()
        number = int(dimension.number)
        if number >= _FIRST_FREE and name == COUNTERPART_NAME.casefold():
            self._part_of[dimension.number] = "counterpart"
        elif number >= _FIRST_FREE and name == ACTIVITY_NAME.casefold():
            self._part_of[dimension.number] = "activity"
        elif dimension.number in _TAKEN:
            detail = f"Dimension {number} is {_TAKEN[dimension.number]} in this ledger."
            raise Faulty("dimension", "dimension_taken", detail)

    def part_of(self, number: str) -> str | None:
        """Return the code part that a dimension is, or None when it is a free one."""
        return self._part_of.get(number)

    def code_parts(self, objects: Objects) -> CodeParts:
        """Return the place of a list of objects.

        Raises:
            Faulty: the ledger cannot hold one of them.

        """
        found = self._known.get(objects)
        if found is None:
            if len(self._known) >= _REMEMBERED:
                self._known.clear()
            found = self._known[objects] = self._placed(objects)
        return found

    def _placed(self, objects: Objects) -> CodeParts:
        parts: dict[str, str] = {}
        free: list[tuple[str, str]] = []
        for number, code in objects:
            part = self._part_of.get(number)
            if part == "counterpart" and _COUNTERPART_CODE.fullmatch(code) is None:
                detail = "A counterpart (motpart) has one to six digits."
                raise Faulty("objects", "counterpart_not_in_code_part", detail)
            if part is not None:
                parts[part] = code
            elif number in _TAKEN:
                detail = f"Dimension {number} is {_TAKEN[number]} here; the file must name it."
                raise Faulty("objects", "dimension_taken", detail)
            else:
                free.append((number, code))
        return CodeParts(
            counterpart=parts.get("counterpart", UNDIVIDED),
            project=parts.get("project", ""),
            responsibility=parts.get("responsibility", ""),
            activity=parts.get("activity", ""),
            free=tuple(sorted(free)),
        )


@dataclass(frozen=True, slots=True)
class Mark:
    """The period that a voucher is booked in when its day does not say it.

    SIE knows days only. A voucher of a closing period (13, 14), of another month than its day's
    or for several periods has the parts of its period after a point in its series: ``VER.13``
    is period 13, ``SB.08-01`` period 08 for 01 to 08. Only files of this program are read so.
    """

    part: int
    covers_from: int | None = None

    @property
    def text(self) -> str:
        covers = "" if self.covers_from is None else f"-{self.covers_from:02d}"
        return f".{self.part:02d}{covers}"


_MARK = re.compile(r"(?P<series>.*)\.(?P<part>0[1-9]|1[0-4])(?:-(?P<covers>0[0-9]|1[0-4]))?")


def mark_in(series: str) -> tuple[str, Mark | None]:
    """Return a series without its mark, and the mark."""
    match = _MARK.fullmatch(series)
    if match is None:
        return series, None
    covers = match["covers"]
    return match["series"], Mark(int(match["part"]), None if covers is None else int(covers))


def key_of(year: int | None, voucher: Voucher) -> str:
    """Return what the sender calls a voucher: its number, or its content if it has none.

    Without a year of its own (4I) the file leaves the key to be completed with the year that
    the voucher's day lies in.
    """
    prefix = "" if year is None else f"{year}:"
    if voucher.numbered:
        return f"{prefix}{voucher.series}:{voucher.number}"
    return f"{prefix}{voucher.series}:~{_digest(voucher)}"


def _digest(voucher: Voucher) -> str:
    content = json.dumps(
        [voucher.day.isoformat(), voucher.text, voucher.postings], ensure_ascii=False
    )
    return hashlib.sha256(content.encode()).hexdigest()[:20]


def booked(postings: list[Posting]) -> list[Posting]:
    """Return the rows that move something; a row of zero is a remark, no posting."""
    return [posting for posting in postings if posting.amount]
