"""Events that budget acts on: hours of participation that somebody vouches for."""

from __future__ import annotations

from datetime import date
from typing import ClassVar
from uuid import UUID

from services.budget import participant_hours
from services.budget.participant_hours import Attested
from shared.db import WriteSession, driver
from shared.events import Handlers, Message, Received

HANDLERS = Handlers()


class HoursAttested(Message):
    """Hours of participation in a project were attested, corrected or withdrawn."""

    type: ClassVar[str] = "participants.hours.attested"

    attestation_id: UUID
    attested_version: int
    project: str
    programme: str
    month: date
    minutes: int


@HANDLERS.on(HoursAttested)
async def keep_participant_hours(session: WriteSession, event: Received[HoursAttested]) -> None:
    """Keep the version told, and value the hours as co-financing."""
    data = event.data
    told = Attested(
        attestation_id=data.attestation_id,
        version=data.attested_version,
        project=data.project,
        programme=data.programme,
        month=data.month,
        minutes=data.minutes,
    )
    await participant_hours.receive(await driver(session), told, event_id=event.id)
