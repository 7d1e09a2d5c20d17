"""The reports service's worker process: ``python -m services.reports.worker``."""

from __future__ import annotations

import sys

from services.reports.handlers import HANDLERS
from services.reports.registers import REGISTERS
from services.reports.settings import ReportsSettings
from shared.deliveries.loop import deliveries_loops
from shared.worker import WorkerSpec, run


def create_worker(settings: ReportsSettings | None = None) -> WorkerSpec:
    """Return what this service's worker does, with settings from the environment unless given."""
    return WorkerSpec(
        settings=settings or ReportsSettings(),
        handlers=HANDLERS,
        loops=deliveries_loops(REGISTERS),
    )


def main() -> None:
    """Run until told to stop."""
    sys.exit(run(create_worker()))


if __name__ == "__main__":
    main()
