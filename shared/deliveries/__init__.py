"""Deliveries: how other systems push the registers that they keep.

One mechanism for every register of every service: a body of any size is taken in, checked row
by row, compared with what is held, and only the differences are applied, resumably.
A service declares a `Register` (see `shared.deliveries.register` for a complete one).
"""

from shared.deliveries.api import deliveries_router
from shared.deliveries.events import DeliveryApplied
from shared.deliveries.loop import DeliveryWorker, deliveries_loops
from shared.deliveries.progress import Counts
from shared.deliveries.register import (
    Batch,
    Column,
    Delivery,
    Guard,
    Register,
    Row,
)
from shared.deliveries.subject import Subject
from shared.deliveries.verdicts import Explanation, RowError, RowRefused, Verdict
from shared.deliveries.work import Registers

__all__ = [
    "Batch",
    "Column",
    "Counts",
    "Delivery",
    "DeliveryApplied",
    "DeliveryWorker",
    "Explanation",
    "Guard",
    "Register",
    "Registers",
    "Row",
    "RowError",
    "RowRefused",
    "Subject",
    "Verdict",
    "deliveries_loops",
    "deliveries_router",
]
