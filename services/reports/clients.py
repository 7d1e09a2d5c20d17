"""How the reports service asks the other three, each on behalf of the person who asks."""

from __future__ import annotations

import asyncio
from contextlib import AsyncExitStack
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any, TypeVar
from urllib.parse import quote, urlencode

import msgspec

from services.reports.domain.planning import camel
from services.reports.errors import ProgrammeNotFound
from services.reports.gathering import REFUSED, Ledger, Provider, ProviderFailed, RowKeeper
from shared.clock import rfc3339
from shared.http import CalleeUnavailable, Limits, ServiceClient

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.reports.asking_changes import Explaining
    from services.reports.domain.planning import FigureQuery, Reading
    from services.reports.settings import ReportsSettings
    from shared.auth import Caller
    from shared.http import Answer

_OK = 200
_NOT_FOUND = 404
_LATE = 409
_NOT_SETTLED = "basis_not_settled"
_RETRY_PAUSE = 0.1
_OF_THE_LEDGER = frozenset(
    {"budget-settlement", "income-statement", "balance-sheet", "investments"}
)
"""The statements that budget computes together, so that asking for one costs as much as for all."""

T = TypeVar("T")


class _Basis(msgspec.Struct, rename="camel"):
    settled_at: Annotated[datetime, msgspec.Meta(tz=True)]


class _Answers(msgspec.Struct):
    items: list[dict[str, Any]] = msgspec.field(name="answers")


class _Items(msgspec.Struct):
    items: list[dict[str, Any]]


class _Programme(msgspec.Struct, rename="camel"):
    project_reference: str | None = None


class _Refused(msgspec.Struct):
    query: int | None = None


class _Statements(msgspec.Struct):
    statements: list[dict[str, Any]]


class Providers:
    """The clients of one process, kept for its lifetime."""

    def __init__(self, clients: dict[str, ServiceClient]) -> None:
        self._clients = clients
        self._stack = AsyncExitStack()

    @classmethod
    def of(cls, settings: ReportsSettings) -> Providers:
        """Return clients for the addresses in the settings."""
        limits = Limits(deadline=settings.time_budget)
        addresses = {
            "participants": settings.participants_url,
            "outreach": settings.outreach_url,
            "budget": settings.budget_url,
        }
        return cls(
            {
                name: ServiceClient(name, f"{url.rstrip('/')}/{name}/v1", limits)
                for name, url in addresses.items()
            }
        )

    def asked_by(self, caller: Caller) -> dict[str, Provider]:
        """Return every provider as this caller may ask it: with the caller's own token."""
        return {name: AskedBy(client, caller) for name, client in self._clients.items()}

    def explained_to(self, caller: Caller) -> dict[str, Explaining]:
        """Return every provider as it explains to this caller why its numbers moved."""
        return {name: AskedBy(client, caller) for name, client in self._clients.items()}

    def keeper(self, service: str, caller: Caller) -> RowKeeper:
        """Return a service as the one that keeps the rows behind figures."""
        return AskedBy(self._clients[service], caller)

    def ledger(self, caller: Caller) -> Ledger:
        """Return budget as what an attestation asks."""
        return AskedBy(self._clients["budget"], caller)

    async def close(self) -> None:
        """Close every pool."""
        for client in self._clients.values():
            await client.close()


@dataclass(frozen=True)
class AskedBy:
    """One provider, asked by one caller."""

    client: ServiceClient
    caller: Caller

    async def settled_at(self) -> datetime:
        """See `Provider.settled_at`."""
        return (await self._call("GET", "/basis", answers=_Basis)).settled_at

    async def figures(self, queries: list[FigureQuery], basis: datetime) -> list[dict[str, Any]]:
        """See `Provider.figures`; a question that is refused is left out and the rest asked."""
        return await self._each(queries, "/figure-queries", {"basis": rfc3339(basis)}, _Answers)

    async def figure_changes(
        self, queries: list[FigureQuery], since: datetime, basis: datetime
    ) -> list[dict[str, Any]]:
        """See `Explaining.figure_changes`; what is refused is left out and the rest asked."""
        between = {"since": rfc3339(since), "basis": rfc3339(basis)}
        return await self._each(queries, "/figure-changes", between, _Items)

    async def statement_changes(
        self, period: str, since: datetime, basis: datetime
    ) -> dict[str, dict[str, Any]]:
        """See `Explaining.statement_changes`."""
        params = {"period": period, "since": rfc3339(since), "basis": rfc3339(basis)}
        found = await self._call("GET", "/statement-changes", params=params, answers=_Items)
        return {str(one.get("statement")): one for one in found.items}

    async def project_of(self, programme: str) -> str | None:
        """See `Provider.project_of`."""
        answer = await self._answer("GET", f"/programmes/{quote(programme, safe='')}")
        if answer.status == _NOT_FOUND:
            raise ProgrammeNotFound(programme)
        return _read(answer, _Programme).project_reference

    async def reading(self, reading: Reading, basis: datetime) -> dict[str, Any]:
        """See `Provider.reading`."""
        query = urlencode([*reading.params, ("basis", rfc3339(basis))])
        return await self._call("GET", f"{reading.path}?{query}", answers=dict[str, Any])

    async def rows(self, path: str, params: Sequence[tuple[str, str]]) -> dict[str, Any]:
        """Return a page of the rows behind a value, as the service shows them to the caller."""
        return await self._call("GET", f"{path}?{urlencode(params)}", answers=dict[str, Any])

    async def statements(
        self, names: list[str], period: str, basis: datetime
    ) -> dict[str, dict[str, Any]]:
        """See `Provider.statements`; those of the ledger are asked for in one call."""
        params = {"period": period, "basis": rfc3339(basis)}
        own = [name for name in names if name not in _OF_THE_LEDGER]
        ledger, *forms = await asyncio.gather(
            self._of_the_ledger(params) if len(own) < len(names) else _none(),
            *(self._statement(name, params) for name in own),
        )
        found = ledger | dict(zip(own, forms, strict=True))
        try:
            return {name: found[name] for name in names}
        except KeyError as missing:
            raise ProviderFailed("unreadable_answer") from missing

    async def deviations(self, period: str, basis: datetime) -> list[dict[str, Any]]:
        """Return every deviation of a period, with the state of its comment."""
        params = {"period": period, "basis": rfc3339(basis)}
        return (await self._call("GET", "/deviations", params=params, answers=_Items)).items

    async def _each(
        self,
        queries: list[FigureQuery],
        path: str,
        at: dict[str, str],
        answers: type[_Answers | _Items],
    ) -> list[dict[str, Any]]:
        """Return the answer of each question of a batch, those refused as ``{REFUSED: code}``."""
        refused: dict[FigureQuery, dict[str, Any]] = {}
        while True:
            left = [query for query in queries if query not in refused]
            if not left:
                return [refused[query] for query in queries]
            body = {**at, "queries": [_query(query) for query in left]}
            answer = await self._answer("POST", path, json=body)
            place = None if answer.status == _OK else _refused_at(answer, len(left))
            if place is not None:
                refused[left[place]] = {REFUSED: _reason(answer)}
                continue
            items = _read(answer, answers).items
            if len(items) != len(left):
                raise ProviderFailed("unreadable_answer")
            found = dict(zip(left, items, strict=True)) | refused
            return [found[query] for query in queries]

    async def _of_the_ledger(self, params: dict[str, str]) -> dict[str, dict[str, Any]]:
        answered = await self._call("GET", "/statements", params=params, answers=_Statements)
        return {str(one.get("statement")): one for one in answered.statements}

    async def _statement(self, name: str, params: dict[str, str]) -> dict[str, Any]:
        path = f"/statements/{quote(name)}"
        return await self._call("GET", path, params=params, answers=dict[str, Any])

    async def _call(
        self, method: str, path: str, *, answers: type[T], params: dict[str, str] | None = None
    ) -> T:
        """Call and read the answer as what it should be."""
        return _read(await self._answer(method, path, params=params), answers)

    async def _answer(
        self,
        method: str,
        path: str,
        *,
        params: dict[str, str] | None = None,
        json: Any = None,  # noqa: ANN401  any JSON value
    ) -> Answer:
        """Call until there is an answer.

        The figures of a service may be asked a moment before its own clock has passed the
        basis that another service settled; that answers itself, so it is asked again.
        """
        while True:
            try:
                answer = await self.client.call(
                    method, path, params=params, json=json, caller=self.caller
                )
            except CalleeUnavailable as unavailable:
                raise ProviderFailed(unavailable.reason) from unavailable
            if answer.status != _LATE or _reason(answer) != _NOT_SETTLED:
                return answer
            await asyncio.sleep(_RETRY_PAUSE)


def _query(query: FigureQuery) -> dict[str, Any]:
    return {
        "figure": query.figure,
        "period": query.period,
        "by": [camel(name) for name in query.by],
        "where": {camel(name): list(values) for name, values in query.where},
        **({} if query.counted else {"counted": False}),
    }


async def _none() -> dict[str, dict[str, Any]]:
    return {}


def _read(answer: Answer, expected: type[T]) -> T:
    if answer.status != _OK:
        raise ProviderFailed(_reason(answer))
    try:
        return msgspec.json.decode(answer.body, type=expected)
    except msgspec.DecodeError as error:
        raise ProviderFailed("unreadable_answer") from error


def _refused_at(answer: Answer, asked: int) -> int | None:
    """Return the place of the question that a service refused, if it says which one it is."""
    try:
        place = msgspec.json.decode(answer.body, type=_Refused).query
    except msgspec.DecodeError:
        return None
    return place if place is not None and 0 <= place < asked else None


def _reason(answer: Answer) -> str:
    """Return the problem's code: our own services' codes are fit to publish."""
    try:
        code = msgspec.json.decode(answer.body, type=dict[str, Any])["code"]
    except (msgspec.DecodeError, KeyError):
        return f"http_{answer.status}"
    return str(code)
