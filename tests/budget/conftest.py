"""What tests of budget share: a service's database with a way to push to it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.budget.pushing import Pushing

if TYPE_CHECKING:
    from shared.db import Database


@pytest.fixture
def pushing(budget_db: Database) -> Pushing:
    return Pushing(budget_db)
