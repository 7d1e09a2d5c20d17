"""The outreach service's worker process: ``python -m services.outreach.worker``."""

from __future__ import annotations

import sys

from services.outreach.handlers import HANDLERS
from services.outreach.models import JOURNAL
from services.outreach.registers import REGISTERS
from services.outreach.settings import Settings
from shared.deliveries import deliveries_loops
from shared.journal.snapshots import snapshot_if_due
from shared.worker import Loop, WorkerContext, WorkerSpec, run


def create_worker(settings: Settings | None = None) -> WorkerSpec:
    """Return what the worker process does, with settings from the environment unless given."""
    return WorkerSpec(
        settings=settings or Settings(),
        handlers=HANDLERS,
        loops=(
            *deliveries_loops(REGISTERS),
            Loop("snapshots", _take_snapshot, every=30.0, follows_deliveries=True),
        ),
    )


async def _take_snapshot(context: WorkerContext) -> bool:
    return await snapshot_if_due(context.db, JOURNAL) is not None


def main() -> None:
    """Run until told to stop."""
    sys.exit(run(create_worker()))


if __name__ == "__main__":
    main()
