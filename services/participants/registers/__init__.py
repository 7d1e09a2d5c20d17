"""The registers of participants that other city systems push."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.participants.events import ROUTES, DeliveryApplied
from services.participants.queries import hidden_numbers
from services.participants.registers.advisory_sessions import advisory_sessions_register
from services.participants.registers.attendance import attendance_register
from services.participants.registers.enrolments import enrolments_register
from services.participants.registers.kaa import kaa_register
from services.participants.registers.residence import residence_register
from shared import outbox
from shared.deliveries import Registers

if TYPE_CHECKING:
    from services.participants.sealing import Seals
    from shared.db import Connection
    from shared.deliveries import Delivery
    from shared.deliveries.progress import Counts


def registers_of(seals: Seals) -> Registers:
    """Return the registers; kept bodies are sealed, as every row names a person."""
    return Registers.of(
        enrolments_register(seals),
        advisory_sessions_register(seals),
        kaa_register(seals),
        attendance_register(seals),
        residence_register(seals),
        sealer=seals.sealer,
        on_applied=_tell_applied,
        hidden=hidden_numbers,
    )


async def _tell_applied(conn: Connection, delivery: Delivery, counts: Counts) -> None:
    event = DeliveryApplied(
        delivery_id=delivery.id,
        register=delivery.register,
        created=counts.created,
        changed=counts.changed,
        unchanged=counts.unchanged,
        retracted=counts.retracted,
        rejected=counts.rejected,
        ended=counts.ended,
    )
    await outbox.record(conn, [event], ROUTES)
