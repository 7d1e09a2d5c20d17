"""Reports that this process has just given: the same question at the same basis is the same bytes.

A report at a basis never changes, so that whoever reads it again, takes it home as a file or asks
whether it is still the same is answered from here, whatever it cost to assemble. Only who may ask
for exactly the same is: what somebody is shown depends on their units and scopes.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, TypeAlias

from shared.auth import ALL

if TYPE_CHECKING:
    from services.reports.domain.assembly import Document
    from services.reports.reporting import Request
    from shared.auth import Caller

MOST_BYTES = 32_000_000
"""Of bodies in one process; documents take some times as much."""

_Key: TypeAlias = "tuple[Request, frozenset[str], tuple[str, ...] | str]"


@dataclass(frozen=True, slots=True)
class Given:
    """A report as it was given."""

    document: Document
    body: bytes


class Recalled:
    """The complete reports that were asked for last, up to a size together.

    A partial one is never kept: asked for again it may be whole.
    """

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self._most_bytes = most_bytes
        self._held: OrderedDict[_Key, Given] = OrderedDict()
        self._bytes = 0

    def find(self, asked: Request, caller: Caller) -> Given | None:
        """Return what was given at the basis asked for; nothing where none is named."""
        key = _key(asked, caller)
        given = self._held.get(key)
        if given is not None:
            self._held.move_to_end(key)
        return given

    def keep(self, asked: Request, caller: Caller, given: Given) -> None:
        """Keep a report under the basis that it has."""
        if given.document["status"] != "complete" or len(given.body) > self._most_bytes:
            return
        basis = datetime.fromisoformat(given.document["basis"])
        key = _key(replace(asked, basis=basis), caller)
        before = self._held.pop(key, None)
        self._bytes += len(given.body) - (len(before.body) if before else 0)
        self._held[key] = given
        while self._bytes > self._most_bytes:
            _, oldest = self._held.popitem(last=False)
            self._bytes -= len(oldest.body)


def _key(asked: Request, caller: Caller) -> _Key:
    return asked, caller.scopes, ALL if caller.units == ALL else tuple(sorted(caller.units))
