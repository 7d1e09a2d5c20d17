"""A form that is sent twice, by a double click or by going back, is carried out once.

Each form that makes something carries a key of its own. The key is claimed in the transaction
that makes it, as the API does with an Idempotency-Key, and leads to what was made the first time.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from starlette.responses import RedirectResponse, Response

from shared import idempotency
from shared.db import driver

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable

    from services.reports.front.pages import Visit
    from shared.db import Connection

FIELD = "key"
"""The form's field that holds its key."""

_SEE_OTHER = 303


def new_key() -> str:
    """Return a key for a form that is being shown."""
    return secrets.token_urlsafe(24)


@dataclass(frozen=True)
class Once:
    """One form, sent at least once."""

    visit: Visit
    claim: idempotency.Claim

    @classmethod
    def of(cls, visit: Visit) -> Once:
        """Return the form of a visit.

        Raises:
            IdempotencyKeyMissing: it has no key.

        """
        fields = sorted((name, text) for name, text in visit.form.items() if name != FIELD)
        url = visit.request.url
        asked = (b"FORM", url.path.encode(), url.query.encode(), urlencode(fields).encode())
        caller = visit.session.caller
        return cls(visit, idempotency.Claim.of(caller, visit.form.get(FIELD), asked))

    async def before(self) -> Response | None:
        """Return the way to what the form has made already; None when it has made nothing.

        Raises:
            IdempotencyKeyReused: the key is of another form.

        """
        async with self.visit.context.db.read() as session:
            kept = await idempotency.find(await driver(session), self.claim)
        return None if kept is None else _to(kept.headers["location"])

    async def make(self, make: Callable[[Connection], Awaitable[str]]) -> Response:
        """Make something in one transaction with the key; return the way to it.

        Args:
            make: makes it and returns its address; not called when a twin of the form has ended
                first, which then is where the way leads.

        Raises:
            RequestInProgress: a twin is at it and does not end.

        """
        async with self.visit.context.db.begin() as session:
            conn = await driver(session)
            kept = await idempotency.claim(conn, self.claim)
            if kept is not None:
                return _to(kept.headers["location"])
            address = await make(conn)
            headers = {"location": address}
            await idempotency.keep(conn, self.claim, status=_SEE_OTHER, headers=headers, body=b"")
        return _to(address)


def _to(address: str) -> Response:
    return RedirectResponse(address, status_code=_SEE_OTHER)
