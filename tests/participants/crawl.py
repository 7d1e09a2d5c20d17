"""Asks a service everything that its specification offers for asking."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any
from uuid import uuid4

from tests.participants.city import ROOT, City
from tests.repo.services import example, operations

if TYPE_CHECKING:
    from shared.app import ServiceApp


@dataclass(frozen=True)
class Asked:
    """One request that changes nothing."""

    method: str
    path: str
    query: Mapping[str, Any]
    route: str
    body: Any = None
    accept: str = "application/json"


@dataclass
class Questions:
    """Makes requests of a specification.

    Attributes:
        values: by path parameter, each value to ask with.
        query: by name of a required query parameter.
        bodies: by path template, the bodies of POST routes that only read.
        not_reading: POST routes that answer 200 although they change something.
        missing: routes that something was missing for, with what it was.

    """

    app: ServiceApp
    values: Mapping[str, list[str]]
    query: Mapping[str, str]
    bodies: Mapping[str, list[Any]]
    not_reading: frozenset[str]
    together: Collection[tuple[str, str]] = ()
    missing: list[str] = field(default_factory=list)

    def every(self) -> Iterator[Asked]:
        """Yield a request for each way of asking each route that only reads."""
        for method, path, operation in operations(self.app.api.openapi()):
            route = f"{method} {path}"
            if method == "GET":
                bodies: list[Any] = [None]
            elif method == "POST" and "200" in operation["responses"]:
                if path in self.not_reading:
                    continue
                if path not in self.bodies:
                    self.missing.append(f"{route}: a body in READING_POSTS, or in NOT_READING")
                    continue
                bodies = self.bodies[path]
            else:
                continue
            for concrete, query, body, accept in product(
                self._paths(route, path, operation),
                self._queries(route, operation),
                bodies,
                operation["responses"]["200"].get("content", {"application/json": {}}),
            ):
                yield Asked(method, concrete, query, route, body, accept)

    def _paths(self, route: str, path: str, operation: dict[str, Any]) -> Iterator[str]:
        names = [each["name"] for each in operation.get("parameters", []) if each["in"] == "path"]
        absent = [name for name in names if name not in self.values]
        self.missing += [f"{route}: path parameter {name}" for name in absent]
        if absent:
            return
        for values in product(*(self.values[name] for name in names)):
            given = dict(zip(names, values, strict=True))
            if self._belongs_together(given):
                concrete = path
                for name, value in given.items():
                    concrete = concrete.replace(f"{{{name}}}", value)
                yield concrete

    def _belongs_together(self, given: Mapping[str, str]) -> bool:
        """Leave out a delivery of one register under the name of another."""
        if not {"register", "deliveryId"} <= given.keys():
            return True
        return (given["register"], given["deliveryId"]) in self.together

    def _queries(self, route: str, operation: dict[str, Any]) -> Iterator[dict[str, Any]]:
        """Yield the least that the route asks for, and that with each known person named."""
        parameters = [it for it in operation.get("parameters", []) if it["in"] == "query"]
        needed = [it["name"] for it in parameters if it.get("required")]
        self.missing += [
            f"{route}: query parameter {name}" for name in needed if name not in self.query
        ]
        offered = {it["name"] for it in parameters}
        least: dict[str, Any] = {name: self.query[name] for name in needed if name in self.query}
        if "limit" in offered:
            least["limit"] = 200
        yield least
        for name in ("personId", "enrolmentId"):
            if name in offered:
                yield from (least | {name: value} for value in self.values[name])


_NAMING = {"absorbedId": "personId", "survivorId": "personId"}
"""Fields of bodies that hold the id of what a path parameter of another name does."""


def changes(app: ServiceApp, ids: Mapping[str, str]) -> Iterator[Asked]:
    """Yield a request to each route that changes something about what one of the ids names.

    The body is the specification's own example of it, with the ids put in.
    """
    document = app.api.openapi()
    for method, path, operation in operations(document):
        if method == "GET":
            continue
        named = {it["name"] for it in operation.get("parameters", []) if it["in"] == "path"}
        body = example(document, operation)
        about = {
            name: ids[_NAMING.get(name, name)]
            for name in body or {}
            if _NAMING.get(name, name) in ids
        }
        if named <= ids.keys() and (named or about):
            concrete = path
            for name in named:
                concrete = concrete.replace(f"{{{name}}}", ids[name])
            yield Asked(method, concrete, {}, f"{method} {path}", body and {**body, **about})


@dataclass(frozen=True)
class Answer:
    """What came back, headers included."""

    asked: Asked
    status: int
    text: str


async def ask_everything(
    city: City, asked: Iterable[Asked], scopes: tuple[str, ...]
) -> list[Answer]:
    """Ask as a caller for all units with these scopes, each time under a key of its own."""
    answers = []
    for each in asked:
        headers = city.issuer.headers(*scopes, units=("*",), subject="curious")
        response = await city.client.request(
            each.method,
            f"{ROOT}{each.path}",
            json=each.body,
            headers=headers
            | {"Accept": each.accept, "Idempotency-Key": uuid4().hex, "If-Match": '"v1"'},
            params=each.query,
        )
        text = f"{dict(response.headers)} {response.text}"
        answers.append(Answer(each, response.status_code, text))
    return answers


def scopes_of(app: ServiceApp) -> set[str]:
    """Return every scope that a route of the service asks for."""
    return {
        operation["x-scope"]
        for _, _, operation in operations(app.api.openapi())
        if "x-scope" in operation
    }
