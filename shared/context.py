"""What one process of a service holds: settings, database, keys, and what it added itself.

Built once at start-up and reached as ``request.app.state.services``. A service's own
things (a sealer, a client of another service) are added by type and asked for by type.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from shared.auth import Caller, TokenVerifier
    from shared.crypto import Sealer
    from shared.db import Connection, Database
    from shared.idempotency import Kept
    from shared.metrics import Metrics
    from shared.settings import ServiceSettings

Resource = TypeVar("Resource")


def _nothing() -> None:
    """Do nothing after a commit."""


async def _still_shown(_conn: Connection, _caller: Caller, _kept: Kept) -> None:
    """Let every kept answer out again: for services that show everybody the same."""


@dataclass
class ServiceContext:
    """One process's shared state.

    Attributes:
        service: the service's name, which is also the audience of its tokens.
        root: the path of its API, ``/participants/v1``.
        schema_head: the revision this code was written for; None where nothing is migrated.
        sealer: seals stored answers (idempotency), where the service has one.
        replaying: called before a kept answer is given again (idempotency); refuses, by raising,
            to whom it would no longer be given.
        committed: called, without waiting, after each committed write: rings the relay.
        draining: true from the moment the process has been told to stop.

    """

    service: str
    settings: ServiceSettings
    db: Database
    verifier: TokenVerifier
    metrics: Metrics
    root: str = ""
    schema_head: str | None = None
    sealer: Sealer | None = None
    replaying: Callable[[Connection, Caller, Kept], Awaitable[None]] = _still_shown
    committed: Callable[[], None] = _nothing
    draining: bool = False
    _resources: dict[type, object] = field(default_factory=dict)

    def add(self, resource: object) -> None:
        """Keep a resource under its own type."""
        self._resources[type(resource)] = resource

    def get(self, kind: type[Resource]) -> Resource:
        """Return the resource of this type.

        Raises:
            LookupError: nothing of the type was added at start-up.

        """
        resource = self._resources.get(kind)
        if isinstance(resource, kind):
            return resource
        raise LookupError(f"{self.service} has no {kind.__name__}")
