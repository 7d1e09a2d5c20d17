"""The processes of the delivery test: a producer's relay, and a consumer with or without inbox.

Started as ``python -m tests.concurrency.delivery_processes ROLE`` with the addresses in the
environment; killed by the test at any moment.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from typing import ClassVar

import msgspec
from pydantic import SecretStr
from typing_extensions import override

from shared import worker
from shared.backoff import Backoff
from shared.events import Envelope, Handlers, Received
from shared.inbox.reception import Reception
from shared.relay import CONFIRM, Confirmation
from shared.settings import ServiceSettings
from shared.worker import Pace, WorkerSpec, run
from tests.shared.messages import CountedRead, handlers, take_effect

PACE = Pace(poll=0.05, resend=1.0, resend_cap=2.0, retry=Backoff(first=0.05, cap=0.2))


class AlphaSettings(ServiceSettings):
    """The producer's."""

    service: ClassVar[str] = "alpha"


class OmegaSettings(ServiceSettings):
    """The consumer's."""

    service: ClassVar[str] = "omega"


def settings(kind: type[ServiceSettings]) -> ServiceSettings:
    """Return settings of a role from what the test put into the environment."""
    return kind(
        database_url=SecretStr(os.environ["TEST_DATABASE_URL"]),
        redis_url=SecretStr(os.environ["TEST_REDIS_URL"]),
        auth_issuer="none",
        auth_jwks_url="file:///none",
        log_level="ERROR",
        pool_size=8,
    )


class BypassingReception(Reception):
    """The negative control: confirms as the real one does, and applies at once, without inbox."""

    @override
    async def take(self, events: Sequence[msgspec.Raw]) -> None:
        """Run the handler for whatever arrives, in the order it arrives."""
        for raw in events:
            event = msgspec.json.decode(raw, type=Envelope)
            async with self._db.begin() as session:
                await take_effect(
                    session,
                    Received(
                        id=event.id,
                        source=event.source,
                        subject=event.subject,
                        sequence=event.aggregatesequence,
                        occurred_at=event.time,
                        data=msgspec.json.decode(event.data, type=CountedRead),
                    ),
                )
        ids = [msgspec.json.decode(raw, type=Envelope).id for raw in events]
        await self._queue.enqueue(
            "alpha", CONFIRM, Confirmation(consumer=self._service, accepted=ids, refused=[])
        )


def main(role: str) -> int:
    """Run one process until it is told to stop."""
    if role == "relay":
        return run(WorkerSpec(settings=settings(AlphaSettings), handlers=Handlers(), pace=PACE))
    if role == "bypass":
        worker.Reception = BypassingReception  # type: ignore[attr-defined]  # the control
    return run(WorkerSpec(settings=settings(OmegaSettings), handlers=handlers(), pace=PACE))


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
