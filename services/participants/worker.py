"""The worker of participants: relay, inbox, deliveries, snapshots, follow-ups that fall due."""

from __future__ import annotations

import sys
from datetime import time
from functools import partial

from services.participants.figures.facts import JOURNAL
from services.participants.follow_ups import open_due
from services.participants.handlers import HANDLERS
from services.participants.registers import registers_of
from services.participants.rotation import rekey, reseal_contents, reseal_kaa_contacts
from services.participants.sealing import Seals
from services.participants.settings import Settings
from services.participants.told_people import tell_changed
from shared.deliveries import deliveries_loops
from shared.figures.standing.keeping import keep_answers
from shared.journal.snapshots import snapshot_if_due
from shared.schedules import Daily, Schedule
from shared.worker import Loop, WorkerContext, WorkerSpec, run

OPEN_FOLLOW_UPS = Schedule("open-follow-ups", Daily(time(0, 5)), open_due, catch_up=False)
"""One run opens whatever has fallen due, after downtime too: no slot has to be made up for."""


def create_worker(settings: Settings | None = None) -> WorkerSpec:
    """Return what the worker process does."""
    settings = settings or Settings()
    seals = Seals.of(settings)
    return WorkerSpec(
        settings=settings,
        handlers=HANDLERS,
        loops=(
            Loop("rekey", partial(_rekey, seals), every=60.0),
            *deliveries_loops(registers_of(seals)),
            Loop("tell-people", _tell_people, follows_deliveries=True),
            Loop("snapshots", _take_snapshot, every=30.0, follows_deliveries=True),
            Loop("standing-questions", _keep_answers, every=10.0),
        ),
        schedules=(OPEN_FOLLOW_UPS,),
    )


async def _rekey(seals: Seals, context: WorkerContext) -> bool:
    # All every time: none waits for another to be done.
    steps = (rekey, reseal_contents, reseal_kaa_contacts)
    return any([await step(context.db, seals) for step in steps])


async def _tell_people(context: WorkerContext) -> bool:
    told = await tell_changed(context.db)
    if told:
        context.committed()
    return told


async def _take_snapshot(context: WorkerContext) -> bool:
    return await snapshot_if_due(context.db, JOURNAL) is not None


async def _keep_answers(context: WorkerContext) -> bool:
    return await keep_answers(context.db, [JOURNAL])


def main() -> None:
    sys.exit(run(create_worker()))


if __name__ == "__main__":
    main()
