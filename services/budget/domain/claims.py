"""Claims on funders (ansökan om utbetalning): what a project may claim, computed from its sources.

Eligible costs are the project's postings that no live claim holds, by cost type; hours of staff
at unit costs, where the grant says so; flat rates on these; and attested hours of participants
as co-financing in kind (deltagarersättning), which is cost and financing at once. Support is the
grant's share of all that, never above the cost that is not in kind (art. 67(1) of Regulation
(EU) 2021/1060, art. 69(1) of 1303/2013), less advances already decided, and at most what the
grant leaves. What was paid in advance and no claim has settled when the final one is decided is
repaid. Every line is rounded once, to the öre, halves to even.

The regulations ask that support not exceed the cost that is not in kind at the end of the
operation. Here every claim keeps to it by itself, which is stricter: then the end keeps to it
whichever claims are withdrawn, rejected or decided in part on the way, and nothing that was paid
has to be taken back for it. A project whose hours come long before its costs gets less by it.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum
from uuid import UUID

from services.budget.domain.hours import StaffReport
from services.budget.domain.programmes import StaffCosts


class ClaimKind(StrEnum):
    """Förskott, delrekvisition, slutrekvisition."""

    ADVANCE = "advance"
    INTERIM = "interim"
    FINAL = "final"


class ClaimState(StrEnum):
    DRAFT = "draft"
    SUBMITTED = "submitted"
    DECIDED = "decided"
    PAID = "paid"
    REJECTED = "rejected"
    WITHDRAWN = "withdrawn"


class Action(StrEnum):
    """What happens to a claim; the database knows which may follow which."""

    SUBMITTED = "submitted"
    WITHDRAWN = "withdrawn"
    DECIDED = "decided"
    REJECTED = "rejected"
    PAID = "paid"
    REPAID = "repaid"


class LineKind(StrEnum):
    ACTUAL = "actual"
    UNIT_COST = "unit_cost"
    FLAT_RATE = "flat_rate"
    IN_KIND = "in_kind"
    EXCLUDED = "excluded"


class SourceKind(StrEnum):
    POSTING = "posting"
    STAFF_HOURS = "staff_hours"
    PARTICIPANT_HOURS = "participant_hours"


class Exclusion(StrEnum):
    """Why something does not count; the code of an excluded line."""

    OUTSIDE_ELIGIBLE_PERIOD = "outside_eligible_period"
    ACCOUNT_NOT_ELIGIBLE = "account_not_eligible"
    COVERED_BY_FLAT_RATE = "covered_by_flat_rate"
    COVERED_BY_UNIT_COST = "covered_by_unit_cost"
    BEYOND_THE_YEAR = "beyond_the_year"
    ROUNDED_DOWN = "rounded_down"
    NO_RATE = "no_rate"


@dataclass(frozen=True, slots=True)
class Grant:
    """A grant's terms as last decided; shares are hundredths of a per cent."""

    number: int
    support_rate: int
    staff_costs: StaffCosts
    flat_rates: tuple[str, ...]
    participant_rate: str | None
    eligible_from: date
    eligible_to: date

    def covers(self, day: date) -> bool:
        return self.eligible_from <= day <= self.eligible_to

    def covers_some_of(self, month: date) -> bool:
        """Say whether any day of a month is covered; attested hours know their month alone."""
        return self.eligible_from.replace(day=1) <= month <= self.eligible_to


@dataclass(frozen=True, slots=True)
class Cost:
    """A posting of a cost account that no live claim holds."""

    id: int
    account: str
    day: date
    amount: int


@dataclass(frozen=True, slots=True)
class ParticipantReport:
    """Attested hours of participation; the month is known by its first day."""

    id: UUID
    version: int
    month: date
    minutes: int
    claimed: int


@dataclass(frozen=True, slots=True)
class Inputs:
    """All that a claim is computed from; ``within`` says how far each person's year reaches."""

    costs: Sequence[Cost]
    staff: Sequence[StaffReport]
    within: dict[UUID, int]
    participants: Sequence[ParticipantReport]


@dataclass(frozen=True, slots=True)
class Source:
    """What a line stands on: a posting with its öre, or minutes of a report of hours."""

    kind: SourceKind
    posting_id: int | None = None
    record_id: UUID | None = None
    record_version: int | None = None
    minutes: int | None = None
    amount: int | None = None


@dataclass(slots=True)
class Line:
    """One line; a flat rate names its base lines, every other its sources."""

    kind: LineKind
    cost_type: str
    code: str
    number: int = 0
    amount: int = 0
    minutes: int | None = None
    rate: int | None = None
    share: int | None = None
    base: int | None = None
    base_lines: list[int] = field(default_factory=list)
    sources: list[Source] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Sums:
    """What the lines come to: ``amount`` is claimed, ``cut`` is what the grant did not leave.

    What is eligible is öre; support and what follows are hundredths of the grant's currency.
    """

    eligible: int
    in_kind: int
    support: int
    deducted: int
    cut: int

    @property
    def amount(self) -> int:
        return self.support - self.deducted - self.cut
