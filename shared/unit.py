"""The unit of work of one request: one transaction, committed before the answer is sent.

Order: token and scope -> body -> key claimed -> handler -> answer serialised -> answer kept,
access logged -> COMMIT -> answer sent. A failing commit is therefore an error to the client,
never a 2xx (a ``yield`` dependency of FastAPI commits after the answer has left).
"""

from __future__ import annotations

from contextlib import AsyncExitStack
from typing import TYPE_CHECKING

from starlette.responses import Response

from shared import access_log, idempotency, outbox
from shared.auth import bearer
from shared.bodies import check_media_type, limited
from shared.db import driver
from shared.errors import PreconditionFailed, PreconditionRequired, Unauthenticated

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable
    from uuid import UUID

    from starlette.requests import Request

    from shared.auth import Caller
    from shared.context import ServiceContext
    from shared.db import Connection, ReadSession, WriteSession
    from shared.routing import ServiceRoute

_FIRST_ERROR = 400
_NOT_KEPT = frozenset({"content-length", "date"})


class KeyUnclaimed(RuntimeError):
    """An idempotent route answered without opening its transaction: its key would keep nothing."""


class _Refused(Exception):
    """Leaves the transaction so that it is rolled back, with the answer to send."""

    def __init__(self, response: Response) -> None:
        self.response = response


class _Twin(Exception):
    """Leaves a handler whose key was taken while it worked, with the answer of its twin."""

    def __init__(self, response: Response) -> None:
        self.response = response


class RequestUnit:
    """What one request has opened and noted so far; reached through the dependencies."""

    __slots__ = (
        "_claimed",
        "_reading",
        "_stack",
        "_writing",
        "caller",
        "context",
        "purpose",
        "request",
        "route",
        "subjects",
    )

    def __init__(self, request: Request, route: ServiceRoute) -> None:
        self.request = request
        self.route = route
        self.context: ServiceContext = request.app.state.services
        self.caller: Caller | None = None
        self.subjects: list[UUID] = []
        self.purpose = ""
        self._stack = AsyncExitStack()
        self._writing: WriteSession | None = None
        self._reading: ReadSession | None = None
        self._claimed: idempotency.Claim | None = None

    async def answer(self, handler: Callable[[Request], Awaitable[Response]]) -> Response:
        """Carry the request out and return the answer once all it says is committed."""
        outbox.to_send.set(False)
        if self.route.scope is not None:
            await self._authenticate(self.route.scope)
        if self.request.method != "GET":
            self.request = limited(self.request, self.route.max_body)
        if self.route.takes_body:
            check_media_type(self.request, self.route.accepts)
            await self.request.body()
        try:
            async with self._stack:
                response = await self._carried_out(handler)
        except _Refused as refused:
            return refused.response
        if self._writing is None:
            if self.subjects:
                await self._log_reading()
        elif outbox.to_send.get():
            self.context.committed()
        return response

    async def _carried_out(self, handler: Callable[[Request], Awaitable[Response]]) -> Response:
        response = await self._replayed() if self.route.idempotent else None
        if response is not None:
            return response
        try:
            response = await handler(self.request)
        except _Twin as twin:
            return twin.response
        await self._finish(response)
        return response

    async def open_late(self) -> WriteSession:
        """Open the transaction of a route that has worked without one, and claim its key in it.

        Leaves the handler when a twin has carried the request out meanwhile.
        """
        if self.route.idempotent and self._claimed is None:
            replayed = await self._claim()
            if replayed is not None:
                raise _Twin(replayed)
        return await self.write()

    async def write(self) -> WriteSession:
        """Open the request's transaction at its first use."""
        if self._writing is None:
            self._writing = await self._stack.enter_async_context(self.context.db.begin())
        return self._writing

    async def read(self) -> ReadSession:
        """Open the request's read-only picture at its first use."""
        if self._reading is None:
            self._reading = await self._stack.enter_async_context(self.context.db.read())
        return self._reading

    def known_caller(self) -> Caller:
        """Return the caller; a public route has none.

        Raises:
            Unauthenticated: the route is public.

        """
        if self.caller is None:
            raise Unauthenticated
        return self.caller

    async def _authenticate(self, scope: str) -> None:
        token = bearer(self.request.headers.get("authorization"))
        self.caller = await self.context.verifier.verify(token)
        self.caller.require_scope(scope)

    async def _replayed(self) -> Response | None:
        """Return the answer that the key already has, or None and the request is carried out."""
        if self.route.opens_late:
            wanted = await self._wanted()
            async with self.context.db.read() as session:
                kept = await idempotency.find(await driver(session), wanted, self.context.sealer)
            if kept is None:
                return None
        return await self._claim()

    async def _wanted(self) -> idempotency.Claim:
        body = idempotency.canonical_body(await self.request.body())
        url = self.request.url
        return idempotency.Claim.of(
            self.known_caller(),
            self.request.headers.get(idempotency.HEADER),
            (self.request.method.encode(), url.path.encode(), url.query.encode(), body),
        )

    async def _claim(self) -> Response | None:
        """Claim the key in the request's transaction, or return the answer it already has."""
        wanted = await self._wanted()
        conn = await driver(await self.write())
        kept = await idempotency.claim(conn, wanted, self.context.sealer)
        if kept is None:
            self._claimed = wanted
            return None
        await self.context.replaying(conn, self.known_caller(), kept)
        self.subjects.extend(kept.subjects)
        await self._log_access(conn)
        headers = {**kept.headers, idempotency.REPLAYED: "true"}
        return Response(kept.body, status_code=kept.status, headers=headers)

    async def _finish(self, response: Response) -> None:
        """Write what must be committed together with the effect."""
        if response.status_code >= _FIRST_ERROR:
            raise _Refused(response)
        self._place_location(response)
        if self._writing is None:
            if self.route.idempotent:
                raise KeyUnclaimed(self.route.label)
            return
        if self._claimed is None and not self.subjects:
            return
        conn = await driver(self._writing)
        if self._claimed is not None:
            await self._keep(conn, self._claimed, response)
        await self._log_access(conn)

    def _place_location(self, response: Response) -> None:
        """Make a Location given relative to the API's root (``/units/..``) one of this host."""
        location = response.headers.get("location")
        root = self.context.root
        if location and location.startswith("/") and not location.startswith(f"{root}/"):
            response.headers["location"] = f"{root}{location}"

    async def _keep(self, conn: Connection, claimed: idempotency.Claim, response: Response) -> None:
        headers = {name: value for name, value in response.headers.items() if name not in _NOT_KEPT}
        await idempotency.keep(
            conn,
            claimed,
            status=response.status_code,
            headers=headers,
            body=bytes(response.body),
            subjects=self.subjects,
            sealer=self.context.sealer,
        )

    async def _log_reading(self) -> None:
        """Log what a read-only request saw, committed before the answer is sent."""
        async with self.context.db.begin() as session:
            await self._log_access(await driver(session))

    async def _log_access(self, conn: Connection) -> None:
        if self.subjects:
            await access_log.record(
                conn,
                self.known_caller(),
                self.route.label,
                self.subjects,
                purpose=self.purpose,
            )


class Accessed:
    """Where a handler notes which persons its answer shows or its change touches."""

    __slots__ = ("_unit",)

    def __init__(self, unit: RequestUnit) -> None:
        self._unit = unit

    def __call__(self, *persons: UUID, purpose: str = "") -> None:
        """Note persons by their opaque ids; the line is committed before the answer is sent."""
        self._unit.subjects.extend(persons)
        if purpose:
            self._unit.purpose = purpose


def etag(version: int) -> str:
    """Return the strong entity tag of a record's version."""
    return f'"v{version}"'


def expected_version(if_match: str | None) -> int:
    """Return the version that ``If-Match: "v17"`` names.

    Raises:
        PreconditionRequired: no header; ``*`` would allow a lost update and counts as none.
        PreconditionFailed: a tag that no version of ours ever had, or a weak one.

    """
    if not if_match or if_match.strip() == "*":
        raise PreconditionRequired('Send If-Match with the ETag of the version read, "v17".')
    tag = if_match.strip()
    digits = tag.removeprefix('"v').removesuffix('"')
    if tag != f'"v{digits}"' or not digits.isdecimal() or not digits.isascii():
        raise PreconditionFailed
    return int(digits)


def require_version(expected: int, present: int) -> None:
    """Refuse a change to a version that is no longer the present one.

    Raises:
        PreconditionFailed: with the present version's tag.

    """
    if expected != present:
        raise PreconditionFailed(headers={"ETag": etag(present)})
