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
from services.budget.domain.dimensions import is_free
from services.budget.domain.sie.faults import Faulty
from services.budget.domain.sie.lexing import Objects
from services.budget.domain.sie.records import Dimension, Voucher

RESPONSIBILITY, PROJECT, COUNTERPART, ACTIVITY = "1", "6", "20", "21"
COUNTERPART_NAME, ACTIVITY_NAME = "Motpart", "Verksamhet"
UNDIVIDED = WHOLE_CLASS[CounterpartClass.UNDIVIDED]

_FIRST_FREE = 20
_COUNTERPART_CODE = re.compile(r"[0-9]{1,6}")
_NUMBER_OF = {"responsibility": 1, "project": 6, "counterpart": 20, "activity": 21}
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
    free_json: str = "{}"

    def listed(self, places: Places, objects: Objects) -> dict[str, str]:
        """Return the code parts that a list of objects names, and no others."""
        named = {part for number, _ in objects if (part := places.part_of(number)) is not None}
        return {part: str(getattr(self, part)) for part in named}

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
        elif dimension.number not in self._part_of and not is_free(number):
            detail = f"The standard keeps dimension {number} for a later use."
            raise Faulty("dimension", "dimension_reserved", detail)

    def part_of(self, number: str) -> str | None:
        """Return the code part that a dimension is, or None when it is a free one."""
        return self._part_of.get(number)

    def number_of(self, number: str) -> int:
        """Return the number that a dimension of the file has in this ledger."""
        return _NUMBER_OF.get(self._part_of.get(number, ""), int(number))

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
            elif not is_free(int(number)):
                detail = f"Dimension {number} is kept for another use, and the file names none."
                raise Faulty("objects", "dimension_reserved", detail)
            else:
                free.append((number, code))
        return CodeParts(
            counterpart=parts.get("counterpart", UNDIVIDED),
            project=parts.get("project", ""),
            responsibility=parts.get("responsibility", ""),
            activity=parts.get("activity", ""),
            free=tuple(sorted(free)),
            free_json=json.dumps(dict(sorted(free)), ensure_ascii=False),
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

    def periods(self, year: int) -> tuple[int, int | None]:
        """Return the period, and the one it covers from, in a year."""
        covers = None if self.covers_from is None else year * 100 + self.covers_from
        return year * 100 + self.part, covers


_MARK = re.compile(r"(?P<series>.*)\.(?P<part>0[1-9]|1[0-4])(?:-(?P<covers>0[0-9]|1[0-4]))?")


def mark_in(series: str) -> tuple[str, Mark | None]:
    """Return a series without its mark, and the mark."""
    match = _MARK.fullmatch(series)
    if match is None:
        return series, None
    part, covers = int(match["part"]), match["covers"]
    if covers is None:
        return match["series"], Mark(part)
    if int(covers) > part:
        return series, None
    return match["series"], Mark(part, int(covers))


def key_of(year: int, voucher: Voucher) -> str:
    """Return what the sender calls a voucher: its number in the year, or its content."""
    called = voucher.number if voucher.numbered else f"~{_digest(voucher)}"
    return f"{year}:{voucher.series}:{called}"


def _digest(voucher: Voucher) -> str:
    content = json.dumps(
        [voucher.day.isoformat(), voucher.text, voucher.postings], ensure_ascii=False
    )
    return hashlib.sha256(content.encode()).hexdigest()[:20]
