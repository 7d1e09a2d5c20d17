"""The outreach service's worker process: ``python -m services.outreach.worker``."""

from __future__ import annotations

import sys
from datetime import time

from services.outreach.answers_due import mark_overdue
from services.outreach.handlers import HANDLERS
from services.outreach.models import JOURNAL
from services.outreach.registers import REGISTERS
from services.outreach.scheduled_sessions import plan_ahead
from services.outreach.settings import Settings
from shared.deliveries import deliveries_loops
from shared.figures.standing.keeping import keep_answers
from shared.journal.snapshots import snapshot_if_due
from shared.schedules import Daily, Schedule
from shared.worker import Loop, WorkerContext, WorkerSpec, run

PLAN_SESSIONS = Schedule("plan-sessions", Daily(time(0, 10)), plan_ahead, catch_up=False)
"""One run plans all there is up to the horizon: no slot has to be made up for."""

MARK_OVERDUE = Schedule("mark-overdue-referrals", Daily(time(0, 15)), mark_overdue, catch_up=False)
"""One run marks whatever fell due before today, after downtime too."""


def create_worker(settings: Settings | None = None) -> WorkerSpec:
    """Return what the worker process does, with settings from the environment unless given."""
    return WorkerSpec(
        settings=settings or Settings(),
        handlers=HANDLERS,
        loops=(
            *deliveries_loops(REGISTERS),
            Loop("snapshots", _take_snapshot, every=30.0, follows_deliveries=True),
            Loop("standing-questions", _keep_answers, every=10.0),
        ),
        schedules=(PLAN_SESSIONS, MARK_OVERDUE),
    )


async def _take_snapshot(context: WorkerContext) -> bool:
    return await snapshot_if_due(context.db, JOURNAL) is not None


async def _keep_answers(context: WorkerContext) -> bool:
    return await keep_answers(context.db, [JOURNAL])


def main() -> None:
    """Run until told to stop."""
    sys.exit(run(create_worker()))


if __name__ == "__main__":
    main()
