"""The worker of participants: relay, inbox, deliveries, snapshots of its journal."""

from __future__ import annotations

import sys

from services.participants.figures.facts import JOURNAL
from services.participants.handlers import HANDLERS
from services.participants.registers import registers_of
from services.participants.sealing import Seals
from services.participants.settings import Settings
from shared.deliveries import deliveries_loops
from shared.journal.snapshots import snapshot_if_due
from shared.worker import Loop, WorkerContext, WorkerSpec, run


def create_worker(settings: Settings | None = None) -> WorkerSpec:
    """Return what the worker process does."""
    settings = settings or Settings()
    return WorkerSpec(
        settings=settings,
        handlers=HANDLERS,
        loops=(
            *deliveries_loops(registers_of(Seals.of(settings))),
            Loop("snapshots", _take_snapshot, every=30.0),
        ),
    )


async def _take_snapshot(context: WorkerContext) -> bool:
    return await snapshot_if_due(context.db, JOURNAL) is not None


def main() -> None:
    sys.exit(run(create_worker()))


if __name__ == "__main__":
    main()
