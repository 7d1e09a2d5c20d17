"""Writes every invented file: ``python -m jarva.demo.inventing``."""

from __future__ import annotations

import csv
import json
import random
from collections.abc import Iterable, Sequence

from jarva.demo import DATA
from jarva.demo.inventing.chances import Row
from jarva.demo.inventing.meetings import (
    employer_visits,
    employers,
    hires,
    kompetensverkstan,
    visits,
)
from jarva.demo.inventing.people import (
    People,
    advisory_sessions,
    enrolments,
    jobbtorg_years,
    kaa,
)

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
