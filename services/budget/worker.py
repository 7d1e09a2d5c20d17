"""The worker of budget: relay, inbox, deliveries, snapshots of its journals, and the balance."""

from __future__ import annotations

import sys

from services.budget import balance_checks, periods
from services.budget.figures import FACTS, LEDGER, SNAPSHOTS
from services.budget.handlers import HANDLERS
from services.budget.registers import REGISTERS
from services.budget.settings import Settings
from shared.deliveries import deliveries_loops
from shared.figures.standing.keeping import keep_answers
from shared.journal.snapshots import snapshot_if_due
from shared.worker import Loop, WorkerContext, WorkerSpec, run


def create_worker(settings: Settings | None = None) -> WorkerSpec:
    """Return what the worker process does."""
    return WorkerSpec(
        settings=settings or Settings(),
        handlers=HANDLERS,
        loops=(
            *deliveries_loops(REGISTERS),
            Loop("snapshots", _take_snapshots, every=30.0, follows_deliveries=True),
            Loop("balance_checks", _check_balances, every=30.0, follows_deliveries=True),
            Loop("standing-questions", _keep_answers, every=10.0),
            Loop("untold_periods", _tell_untold_periods, every=300.0),
        ),
    )


async def _take_snapshots(context: WorkerContext) -> bool:
    taken = [await snapshot_if_due(context.db, journal) for journal in SNAPSHOTS]
    return any(at is not None for at in taken)


async def _check_balances(context: WorkerContext) -> bool:
    return await balance_checks.check_next(context.db)


async def _keep_answers(context: WorkerContext) -> bool:
    return await keep_answers(context.db, [LEDGER, FACTS])


async def _tell_untold_periods(context: WorkerContext) -> bool:
    told = await periods.tell_untold(context.db)
    if told:
        context.committed()
    return told


def main() -> None:
    sys.exit(run(create_worker()))


if __name__ == "__main__":
    main()
