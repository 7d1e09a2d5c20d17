"""Parameters that several routers take."""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import Depends, Path, Query

from services.outreach.domain.codes import CODE_PATTERN
from services.outreach.queries import Conditions, Wanted
from services.outreach.schemas.fields import MAX_CODE
from shared.models import LocalDate
from shared.paging import Paging

READ = "outreach:read"
WRITE = "outreach:write"


def code_path(alias: str) -> Any:  # noqa: ANN401  FastAPI's own
    """Return a path parameter that is a code."""
    return Path(alias=alias, pattern=CODE_PATTERN, max_length=MAX_CODE, description="Its code")


def id_path(alias: str) -> Any:  # noqa: ANN401  FastAPI's own
    """Return a path parameter that is an id."""
    return Path(alias=alias, description="Its id")


def _code_query(alias: str) -> Any:  # noqa: ANN401  FastAPI's own
    return Query(
        alias=alias, pattern=CODE_PATTERN, max_length=MAX_CODE, description=f"Only this {alias}'s"
    )


OperationQuery = Annotated[str | None, _code_query("operation")]
VenueQuery = Annotated[str | None, _code_query("venue")]
UnitQuery = Annotated[str | None, _code_query("unit")]
EmployerQuery = Annotated[str | None, _code_query("employer")]
PartnerQuery = Annotated[str | None, _code_query("partner")]
SectorQuery = Annotated[str | None, _code_query("sector")]
OnQuery = Annotated[LocalDate | None, Query(alias="on", description="Only what holds on this day")]
EndsWithinQuery = Annotated[
    int | None,
    Query(
        alias="endsWithin",
        ge=0,
        le=3660,
        description="Only what ends within so many days from today, the soonest first",
    ),
]


class Days:
    """The days that a list is limited to, both included."""

    def __init__(
        self,
        first: Annotated[LocalDate | None, Query(alias="from", description="First day")] = None,
        last: Annotated[LocalDate | None, Query(alias="to", description="Last day")] = None,
    ) -> None:
        self.first = first
        self.last = last


DaysQuery = Annotated[Days, Depends(Days)]


def wanted(
    paging: Paging,
    days: Days | None = None,
    *,
    also: Conditions = (),
    soonest: object = None,
    **equal: object,
) -> Wanted:
    """Return which records a list asks for; conditions that are None are none."""
    return Wanted(
        also=also,
        soonest=soonest,
        limit=paging.limit,
        offset=paging.offset,
        equal=equal,
        first=days.first if days else None,
        last=days.last if days else None,
    )
