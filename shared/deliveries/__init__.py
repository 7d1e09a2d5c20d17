"""Deliveries: how other systems push the registers that they keep.

One mechanism for every register of every service: a body of any size is taken in, checked row
by row, compared with what is held, and only the differences are applied, resumably.
A service declares a `Register` (see `shared.deliveries.register` for a complete one).
"""

from shared.deliveries.register import (
    Batch,
    Column,
    Delivery,
    Guard,
    Register,
    Row,
)
from shared.deliveries.verdicts import Explanation, RowError, RowRefused, Verdict

__all__ = [
    "Batch",
    "Column",
    "Delivery",
    "Explanation",
    "Guard",
    "Register",
    "Row",
    "RowError",
    "RowRefused",
    "Verdict",
]
