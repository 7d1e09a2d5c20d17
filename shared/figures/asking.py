"""From a request to the question it asks, as far as its caller may ask it."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import TYPE_CHECKING, TypeVar

from pydantic.alias_generators import to_camel

from shared.errors import DomainError
from shared.figures.definitions import BY_PERIOD, Figures, Query, UnknownDimension
from shared.periods import Period

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from starlette.requests import Request

    from shared.auth import Caller
    from shared.figures.schemas import FigureQueryIn

Answered = TypeVar("Answered")

OWN_PARAMETERS = frozenset({"period", "basis", "by", "plus", "limit", "page"})
"""Query parameters that name no breakdown."""

UNSET = datetime.min.replace(tzinfo=UTC)
"""The basis of a question before its transaction has settled one: nothing was recorded yet."""


@dataclass(frozen=True)
class Asking:
    """Reads questions about a service's figures.

    Attributes:
        figures: what may be asked about.
        restricted_by: the dimension that a caller's units restrict, if any.

    """

    figures: Figures
    restricted_by: str | None

    def restricted(self, query: Query, caller: Caller) -> tuple[Query, str | None]:
        """Return the question as far as the caller may ask it, and what was left out."""
        restricted, restriction = self._to_units(query, caller)
        for name in (query.figure, *query.plus):
            scopes = self.figures.named(name).scopes
            for dimension in (*query.by, *restricted.where):
                if dimension in scopes:
                    caller.require_scope(scopes[dimension])
        return restricted, restriction

    def require_scopes_of_rows(self, figure: str, caller: Caller) -> None:
        """Refuse the facts behind a figure to who may not break it down: each fact shows all.

        Raises:
            ScopeMissing: names the scope that is needed.

        """
        for scope in sorted(set(self.figures.named(figure).scopes.values())):
            caller.require_scope(scope)

    def _to_units(self, query: Query, caller: Caller) -> tuple[Query, str | None]:
        dimension, units = self.restricted_by, caller.unit_filter()
        definitions = [self.figures.named(name) for name in (query.figure, *query.plus)]
        if units is None or dimension is None:
            return query, None
        if not any(dimension in definition.dimensions for definition in definitions):
            return query, None
        asked = query.where.get(dimension)
        for unit in asked or ():
            caller.require_unit(unit)
        if not units:
            caller.require_unit(None)
        if asked is not None:
            return query, None
        where = {**query.where, dimension: tuple(units)}
        return replace(query, where=where), f"Endast enheterna {', '.join(units)} visas."

    async def each(
        self, queries: Sequence[FigureQueryIn], answered: Callable[[Query], Awaitable[Answered]]
    ) -> list[Answered]:
        """Return the answers to a batch; a question that is refused is told by its place."""
        answers = []
        for index, body in enumerate(queries):
            try:
                answers.append(await answered(self.of_body(body)))
            except DomainError as refused:
                refused.extensions["query"] = index
                raise
        return answers

    def of_body(self, body: FigureQueryIn) -> Query:
        where = {self._dimension(name): tuple(values) for name, values in body.where.items()}
        query = self.query(body.figure, body.period, body.by, where, body.plus)
        return replace(query, counted=body.counted)

    def query(
        self,
        figure: str,
        period: str,
        by: list[str],
        where: dict[str, tuple[str, ...]],
        plus: list[str],
    ) -> Query:
        names = [name for given in by for name in given.split(",") if name]
        return Query(
            figure=figure,
            period=Period.parse(period),
            basis=UNSET,
            by=tuple(name if name == BY_PERIOD else self._dimension(name) for name in names),
            where=where,
            plus=tuple(name for given in plus for name in given.split(",") if name),
        )

    def filters(self, request: Request, *, besides: str = "") -> dict[str, tuple[str, ...]]:
        """Return the conditions among a request's parameters: those that name a breakdown.

        ``besides`` is a parameter of the route's own that names none.
        """
        own = {*OWN_PARAMETERS, besides}
        names = dict.fromkeys(name for name in request.query_params if name not in own)
        return {self._dimension(name): tuple(request.query_params.getlist(name)) for name in names}

    @cached_property
    def _dimensions(self) -> dict[str, str]:
        return {to_camel(each): each for each in self.figures.dimensions}

    def _dimension(self, name: str) -> str:
        known = self._dimensions.get(name)
        if known is None:
            raise UnknownDimension(
                f"There is no breakdown {name[:60]!r}.", dimensions=sorted(self._dimensions)
            )
        return known
