"""What a report is about: its area, its programme, and the words that its template leaves open."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from shared.periods import Period


@dataclass(frozen=True)
class AreaOfReport:
    """The report's area, and every district that lies in it on today's division.

    ``since`` is its first day, and ``former`` the names of the districts that it was made of.
    """

    code: str
    name: str
    districts: tuple[str, ...]
    since: date | None = None
    former: tuple[str, ...] = ()


@dataclass(frozen=True)
class ProgrammeOfReport:
    """The report's programme, and the budget's project that pays for it.

    ``project`` is None where there is none, or none could be asked for: ``unknown`` says why.
    """

    code: str
    project: str | None = None
    unknown: str = ""


def words(
    period: Period, area: AreaOfReport | None, programme: ProgrammeOfReport | None = None
) -> Mapping[str, str]:
    """Return what the words in braces of a template stand for."""
    year, so_far = period.last.year, period.year_to_date
    code = programme.code if programme else ""
    return {
        "year": str(year),
        "previous": str(year - 1),
        "before": str(year - 2),
        "next": str(year + 1),
        "first": so_far.first.isoformat(),
        "last": so_far.last.isoformat(),
        "so_far": str(so_far),
        "period": str(period),
        "period_label": so_far.label,
        "area": area.name if area else "",
        "area_code": area.code if area else "",
        "programme": code,
        "programme_name": code.replace("-", " ").capitalize(),
        "project": (programme.project or "") if programme else "",
    }
