"""What budget tells the others: ids, codes and dates of projects, periods and vouchers."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from typing import Annotated, ClassVar
from uuid import UUID

from msgspec import Meta

from shared import deliveries
from shared.events import Code, Event, Routes

ProjectNumber = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9-]*$", max_length=20)]

_NAMES = {
    "name": "the name of a project as its funder's decision gives it",
    "number": "the number of a project in the ledger, of at most twenty letters and digits",
}


class ProjectDecided(Event):
    """A project has money: it may become a programme that people take part in."""

    type: ClassVar[str] = "budget.project.decided"
    aggregate: ClassVar[str] = "project"
    key: ClassVar[str] = "project_id"
    free_text: ClassVar[Mapping[str, str]] = _NAMES

    project_id: UUID
    number: ProjectNumber
    name: Annotated[str, Meta(max_length=200)]
    funder: Code
    starts_on: date
    ends_on: date


class ProjectChanged(Event):
    """A decided project changed its name, funder or dates."""

    type: ClassVar[str] = "budget.project.changed"
    aggregate: ClassVar[str] = "project"
    key: ClassVar[str] = "project_id"
    free_text: ClassVar[Mapping[str, str]] = _NAMES

    project_id: UUID
    number: ProjectNumber
    name: Annotated[str, Meta(max_length=200)]
    funder: Code
    starts_on: date
    ends_on: date


class PeriodClosed(Event):
    """Nothing more is booked in a period, unless it is reopened."""

    type: ClassVar[str] = "budget.period.closed"
    aggregate: ClassVar[str] = "period"
    key: ClassVar[str] = "period"

    period: int


class PeriodReopened(Event):
    """A closed period takes vouchers again: reports made of it may come to differ."""

    type: ClassVar[str] = "budget.period.reopened"
    aggregate: ClassVar[str] = "period"
    key: ClassVar[str] = "period"

    period: int


class VoucherPosted(Event):
    """A voucher was booked, a reversal included."""

    type: ClassVar[str] = "budget.voucher.posted"
    aggregate: ClassVar[str] = "voucher"
    key: ClassVar[str] = "voucher_id"

    voucher_id: UUID
    period: int


class DeliveryApplied(deliveries.DeliveryApplied):
    """A delivery of one of the registers of budget has been applied."""

    type: ClassVar[str] = "budget.delivery.applied"


ROUTES: Routes = {
    ProjectDecided: ("participants",),
    ProjectChanged: ("participants",),
    PeriodClosed: ("reports",),
    PeriodReopened: ("reports",),
    VoucherPosted: (),
    DeliveryApplied: (),
}
