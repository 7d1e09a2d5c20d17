"""The registers of budget that other city systems push."""

from __future__ import annotations

from services.budget.events import ROUTES, DeliveryApplied
from services.budget.registers.projects import PROJECTS
from services.budget.registers.sie import SIE
from services.budget.registers.staff_hours import STAFF_HOURS
from services.budget.registers.trial_balance import TRIAL_BALANCE
from services.budget.registers.vouchers import VOUCHERS
from shared import outbox
from shared.db import Connection
from shared.deliveries import Delivery
from shared.deliveries.progress import Counts
from shared.deliveries.work import Registers


async def _tell_applied(conn: Connection, delivery: Delivery, counts: Counts) -> None:
    applied = DeliveryApplied(
        delivery_id=delivery.id,
        register=delivery.register,
        created=counts.created,
        changed=counts.changed,
        unchanged=counts.unchanged,
        retracted=counts.retracted,
        rejected=counts.rejected,
        ended=counts.ended,
    )
    await outbox.record(conn, [applied], ROUTES)


REGISTERS = Registers.of(
    PROJECTS, SIE, STAFF_HOURS, TRIAL_BALANCE, VOUCHERS, on_applied=_tell_applied
)
