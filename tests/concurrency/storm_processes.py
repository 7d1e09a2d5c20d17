"""The processes of the storm of referrals: both services' APIs and workers, each to be killed.

They are forked from one process that has imported everything, so a worker that is killed is
back in no time; what runs in them is the services' own code with the services' own settings.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from enum import StrEnum, auto
from multiprocessing import get_context
from typing import TYPE_CHECKING, Any

import msgspec
from typing_extensions import override

from services.outreach.handlers import HANDLERS as OF_OUTREACH
from services.outreach.worker import create_worker as outreach_worker
from services.participants import referrals
from services.participants.handlers import HANDLERS as OF_PARTICIPANTS
from services.participants.worker import create_worker as participants_worker
from shared import serve, worker
from shared.backoff import Backoff
from shared.events import Envelope, Received
from shared.inbox.reception import Reception
from shared.relay import CONFIRM, Confirmation
from shared.worker import Pace, WorkerSpec, run

if TYPE_CHECKING:
    from multiprocessing.process import BaseProcess

PACE = Pace(poll=0.2, resend=3.0, resend_cap=60.0, retry=Backoff(first=0.05, cap=0.2))
HANDLERS = {"outreach": OF_OUTREACH, "participants": OF_PARTICIPANTS}
_WORKERS: Mapping[str, Callable[[], WorkerSpec]] = {
    "outreach": outreach_worker,
    "participants": participants_worker,
}
_FORKING = get_context("forkserver")
_FORKING.set_forkserver_preload(
    [__name__, "services.outreach.main", "services.participants.main"],
)


_SKIPPED = "on conflict (referral_id) do nothing"


class Guard(StrEnum):
    """What keeps an event that comes twice from taking effect twice, besides the unique index."""

    INBOX = auto()
    HANDLER = auto()
    """How participants receives a referral: one that is there already is skipped."""


def start_api(service: str, environment: Mapping[str, str], *, port: int) -> BaseProcess:
    """Start a service's API at a port."""
    return _started(_serve, service, dict(environment), port)


def start_worker(
    service: str, environment: Mapping[str, str], *, without: frozenset[Guard]
) -> BaseProcess:
    """Start a service's worker; the negative controls take guards away from it."""
    return _started(_work, service, dict(environment), without)


def _started(target: Any, *arguments: Any) -> BaseProcess:  # noqa: ANN401  passed on
    process = _FORKING.Process(target=target, args=arguments, daemon=True)
    process.start()
    return process


def _serve(service: str, environment: dict[str, str], port: int) -> None:
    os.environ.update(environment)
    sys.exit(serve.main([f"services.{service}.main:create_app", "--port", str(port)]))


def _work(service: str, environment: dict[str, str], without: frozenset[Guard]) -> None:
    os.environ.update(environment)
    if Guard.INBOX in without:
        worker.Reception = BypassingReception  # type: ignore[attr-defined]  # the control
    if Guard.HANDLER in without:
        assert _SKIPPED in referrals._RECEIVE
        referrals._RECEIVE = referrals._RECEIVE.replace(_SKIPPED, "")
    sys.exit(run(replace(_WORKERS[service](), pace=PACE)))


class BypassingReception(Reception):
    """The negative control: confirms as the real one does, and applies at once, without inbox."""

    @override
    async def take(self, events: Sequence[msgspec.Raw]) -> None:
        """Run the handler for whatever arrives, in the order it arrives."""
        envelopes = [msgspec.json.decode(raw, type=Envelope) for raw in events]
        for event in envelopes:
            handler = HANDLERS[self._service][event.type]
            received = Received(
                id=event.id,
                source=event.source,
                subject=event.subject,
                sequence=event.aggregatesequence,
                occurred_at=event.time,
                data=msgspec.json.decode(event.data, type=handler.model),
            )
            async with self._db.begin() as session:
                await handler.handle(session, received)
        for source in {event.source for event in envelopes}:
            ids = [event.id for event in envelopes if event.source == source]
            answer = Confirmation(consumer=self._service, accepted=ids, refused=[])
            await self._queue.enqueue(source, CONFIRM, answer)
