"""The history of the tables of reports builds the models, and can be taken back."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from alembic import command

from migrations.upgrade import configuration

if TYPE_CHECKING:
    from tests.conftest import NewDatabase


async def test_history_builds_the_models_and_can_be_taken_back(new_database: NewDatabase) -> None:
    urls = await new_database(None)
    history = configuration("reports", urls.owner, "scratch")
    for step in (command.upgrade, command.downgrade, command.upgrade):
        await asyncio.to_thread(step, history, "base" if step is command.downgrade else "head")
    await asyncio.to_thread(command.check, history)
