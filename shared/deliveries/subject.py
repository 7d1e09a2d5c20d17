"""Whom a row is about: for error lists that must not name some people's records to everybody."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any


@dataclass(frozen=True, slots=True)
class Subject:
    """Whom the rows of a register are about, so that some people's keys are not shown.

    It is kept with each refused row, in a column that the service adds (`tables.keep_subjects`):
    whether the key may be shown is decided whenever it is asked for (`Registers.hidden`).

    Args:
        hash: SQL for a keyed hash of the person, of a staged row ``s``.
        guarded: SQL condition on a staged row ``s`` whose key is not even kept.
        of: both of a row that cannot be staged, from its fields as the sender wrote them.

    """

    hash: str
    guarded: str
    of: Callable[[Mapping[str, Any]], tuple[bytes | None, bool]]
