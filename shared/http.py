"""Calls to other services: the only module that imports httpx2.

One client per service called: a shared pool, a bulkhead smaller than the pool, a total
deadline (`httpx2`'s own timeouts are per socket operation), the caller's token and trace
passed on, redirects never followed. Only reads and keyed calls are tried again, and only
when nothing can have happened or the far side says so (no connection, 502, 503).
"""

from __future__ import annotations

import asyncio
import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import httpx2

from shared.errors import Unavailable
from shared.trace import current_trace

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType
    from typing import Self

    from shared.auth import Caller

MAX_JWKS_BYTES = 512 * 1024
_SAFE = frozenset({"GET", "HEAD"})
_TRY_AGAIN = frozenset({502, 503})
_NOTHING_HAPPENED = (httpx2.ConnectError, httpx2.ConnectTimeout)


class CalleeUnavailable(Unavailable):
    """Another service did not answer: refused, broke off, too slow, or no room for the call."""

    code = "callee_unavailable"
    title = "Another service did not answer"

    def __init__(self, service: str, reason: str) -> None:
        super().__init__(f"{service}: {reason}", retry_after=1, service=service, reason=reason)
        self.service = service
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Answer:
    """What another service answered."""

    status: int
    headers: Mapping[str, str]
    body: bytes


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of one another service this process asks for at once.

    Attributes:
        connections: pool size.
        concurrent: calls under way at once, fewer than the pool holds.
        queue_seconds: how long a call waits for its turn.
        deadline: seconds for a whole call, tries included.
        retries: extra tries of a safe call.

    """

    connections: int = 24
    concurrent: int = 20
    queue_seconds: float = 0.05
    deadline: float = 2.0
    retries: int = 1


@dataclass
class ServiceClient:
    """A client of one other service.

    Args:
        service: its name, for errors.
        base_url: its API root, ``http://host:port/participants/v1``.
        limits: see `Limits`.
        transport: replaced in tests by one that calls an application in this process.

    """

    service: str
    base_url: str
    limits: Limits = field(default_factory=Limits)
    transport: httpx2.AsyncBaseTransport | None = None

    def __post_init__(self) -> None:
        self._places = asyncio.Semaphore(self.limits.concurrent)
        self._client = httpx2.AsyncClient(
            base_url=self.base_url,
            transport=self.transport,
            follow_redirects=False,
            trust_env=False,
            timeout=self.limits.deadline,
            limits=httpx2.Limits(
                max_connections=self.limits.connections,
                max_keepalive_connections=self.limits.connections,
                # Before our servers close what is idle (5 seconds): a request must not meet that.
                keepalive_expiry=3.0,
            ),
        )

    async def __aenter__(self) -> Self:
        """Use as a context: closed at its end."""
        return self

    async def __aexit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        """Close the pool."""
        await self.close()

    async def close(self) -> None:
        """Close the pool."""
        await self._client.aclose()

    async def get(
        self,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        caller: Caller | None = None,
        headers: Mapping[str, str] | None = None,
        deadline: float | None = None,
    ) -> Answer:
        """Read something; see `call`."""
        return await self.call(
            "GET", path, params=params, caller=caller, headers=headers, deadline=deadline
        )

    async def call(
        self,
        method: str,
        path: str,
        *,
        params: Mapping[str, str] | None = None,
        json: Any = None,  # noqa: ANN401  any JSON value
        caller: Caller | None = None,
        headers: Mapping[str, str] | None = None,
        deadline: float | None = None,
    ) -> Answer:
        """Call the other service on behalf of the caller.

        Args:
            method: HTTP method.
            path: below `base_url`.
            params: query.
            json: body.
            caller: whose token is passed on; decisions follow the person who asks.
            headers: further ones; an Idempotency-Key makes any method safe to try again.
            deadline: seconds for the whole call; at most the client's own.

        Returns:
            Whatever was answered, errors included: the status is the caller's to judge.

        Raises:
            CalleeUnavailable: nothing was answered in time.

        """
        seconds = min(deadline or self.limits.deadline, self.limits.deadline)
        sent = self._headers(caller, headers)
        request = self._client.build_request(method, path, params=params, json=json, headers=sent)
        keyed = any(name.lower() == "idempotency-key" for name in sent)
        tries = 1 + (self.limits.retries if method in _SAFE or keyed else 0)
        return await self._within(request, tries, seconds)

    async def post_form(
        self, path: str, form: Mapping[str, str], *, headers: Mapping[str, str] | None = None
    ) -> Answer:
        """Send a form, once and on nobody's behalf: a token endpoint's way.

        Raises:
            CalleeUnavailable: nothing was answered in time.

        """
        sent = self._headers(None, headers)
        request = self._client.build_request("POST", path, data=dict(form), headers=sent)
        return await self._within(request, 1, self.limits.deadline)

    async def _within(self, request: httpx2.Request, tries: int, seconds: float) -> Answer:
        try:
            async with asyncio.timeout(seconds):
                return await self._tried(request, tries)
        except TimeoutError as error:
            raise CalleeUnavailable(self.service, "timeout") from error
        except httpx2.TimeoutException as error:
            raise CalleeUnavailable(self.service, "timeout") from error
        except httpx2.ConnectError as error:
            raise CalleeUnavailable(self.service, "refused") from error
        except httpx2.RequestError as error:
            raise CalleeUnavailable(self.service, "broken_off") from error

    async def _tried(self, request: httpx2.Request, tries: int) -> Answer:
        while True:
            tries -= 1
            try:
                answer = await self._sent(request)
            except _NOTHING_HAPPENED:
                if tries <= 0:
                    raise
            else:
                if tries <= 0 or answer.status not in _TRY_AGAIN:
                    return answer
            await asyncio.sleep(random.uniform(0.01, 0.05))  # noqa: S311  jitter, not a secret

    async def _sent(self, request: httpx2.Request) -> Answer:
        try:
            async with asyncio.timeout(self.limits.queue_seconds):
                await self._places.acquire()
        except TimeoutError as error:
            raise CalleeUnavailable(self.service, "no_room") from error
        try:
            response = await self._client.send(request)
            return Answer(response.status_code, response.headers, response.content)
        finally:
            self._places.release()

    def _headers(self, caller: Caller | None, more: Mapping[str, str] | None) -> dict[str, str]:
        headers = {"Accept": "application/json", **(more or {})}
        if caller is not None:
            headers["Authorization"] = f"Bearer {caller.token}"
        trace = current_trace()
        if trace is not None:
            headers["traceparent"] = trace.traceparent
        return headers


async def fetch(url: str) -> bytes:
    """Read a small document (JWKS) within three seconds.

    Raises:
        CalleeUnavailable: no answer, an error status, or more than `MAX_JWKS_BYTES`.

    """
    address = httpx2.URL(url)
    host = str(address.copy_with(raw_path=b"/"))
    async with ServiceClient("issuer", host, Limits(deadline=3.0)) as client:
        answer = await client.get(address.raw_path.decode())
    if answer.status != httpx2.codes.OK or len(answer.body) > MAX_JWKS_BYTES:
        raise CalleeUnavailable("issuer", "unusable_answer")
    return answer.body
