"""What outreach led to: the steps from a visit to work or studies, and what share went on.

Each step is counted in its own unit, and no step is added to another. A share is always shown
with the two numbers that it is made of.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum

from shared.ratios import Ratio

SMALL_BASE = 5
"""Of fewer than this a share says little, and may point out somebody.

The same number below which counts that anybody may read are hidden.
"""


class Stage(StrEnum):
    """From those who came by to those who left for work or studies.

    Referrals are a cohort: those made in the period, and how far they have come since, whenever
    that was. The last two are the part of visits and enrolments that drop-in sessions led to.
    """

    VISITS = "visits"
    CONTACTS = "contacts"
    TWO_WAY_CONTACTS = "two_way_contacts"
    PERSONS_REACHED = "persons_reached"
    REFERRALS = "referrals"
    ACCEPTED = "accepted"
    ENROLLED = "enrolled"
    EXITED = "exited"
    TO_WORK_OR_STUDIES = "to_work_or_studies"
    DROP_IN_VISITS = "drop_in_visits"
    DROP_IN_ENROLLED = "drop_in_enrolled"


@dataclass(frozen=True, slots=True)
class Conversion:
    """What share of one step went on to another; the note (Swedish) says how not to read it."""

    name: str
    numerator: Stage
    denominator: Stage
    note: str | None = None


CONVERSIONS = (
    Conversion("answered", Stage.TWO_WAY_CONTACTS, Stage.CONTACTS),
    Conversion(
        "referred",
        Stage.REFERRALS,
        Stage.TWO_WAY_CONTACTS,
        "Hänvisningar per tvåvägskontakt, inte andel av personer: en person kan ha flera "
        "kontakter, och en hänvisning behöver inte ha föregåtts av en registrerad kontakt.",
    ),
    Conversion("accepted", Stage.ACCEPTED, Stage.REFERRALS),
    Conversion("enrolled", Stage.ENROLLED, Stage.REFERRALS),
    Conversion("exited", Stage.EXITED, Stage.ENROLLED),
    Conversion("to_work_or_studies", Stage.TO_WORK_OR_STUDIES, Stage.EXITED),
    Conversion(
        "drop_in",
        Stage.DROP_IN_ENROLLED,
        Stage.DROP_IN_VISITS,
        "Inskrivna genom hänvisningar från drop-in per besök på drop-in. Besök är inte "
        "personer: den som kommer tre gånger ger tre besök.",
    ),
)


@dataclass(frozen=True, slots=True)
class Share:
    """A conversion as it came out; both numbers may be unknown, and then so is the share."""

    conversion: Conversion
    part: int | None
    base: int | None

    @property
    def decimal(self) -> str | None:
        """Four decimals; None of nothing, which is not zero."""
        if self.part is None or self.base is None:
            return None
        return Ratio(self.part, self.base).decimal

    @property
    def small_base(self) -> bool:
        return self.base is not None and self.base < SMALL_BASE


def shares(values: Mapping[Stage, int | None]) -> list[Share]:
    """Return every conversion of one group's values; None stands for what is not counted so."""
    return [Share(each, values[each.numerator], values[each.denominator]) for each in CONVERSIONS]
