"""Parameters that several routers take."""

from __future__ import annotations

from typing import Annotated, TypeAlias
from uuid import UUID

from fastapi import Depends, Path, Query

from services.budget.domain.comparison import Comparison
from services.budget.domain.periods import NotAPeriod, PeriodRange, parse_range
from services.budget.errors import NotALedgerPeriod
from shared.models import Instant

READ, POST, CLOSE = "budget:read", "budget:post", "budget:close"

AccountPath = Annotated[
    str, Path(alias="accountCode", pattern=r"^[1-9][0-9]{1,5}$", description="Its code")
]
CounterpartPath = Annotated[
    str, Path(alias="counterpartCode", pattern=r"^[0-9]{1,6}$", description="Its code")
]
DimensionPath = Annotated[
    int, Path(alias="dimensionNumber", ge=1, le=9999, description="Its number")
]
ObjectPath = Annotated[
    str,
    Path(alias="objectCode", pattern=r"^[^\x00-\x1f\x7f]{1,40}$", description="Its code"),
]
PeriodPath = Annotated[
    int, Path(alias="period", ge=190000, le=219914, description="YYYYPP, 202008")
]
VoucherPath = Annotated[UUID, Path(alias="voucherId", description="The voucher's id")]
ProjectPath = Annotated[UUID, Path(alias="projectId", description="The project's id")]
VersionPath = Annotated[UUID, Path(alias="versionId", description="The version's id")]
YearQuery = Annotated[int | None, Query(alias="year", ge=1900, le=2199, description="Only this")]
PrefixQuery = Annotated[
    str,
    Query(alias="prefix", pattern=r"^[0-9]{0,6}$", description="Only codes that begin with it"),
]
BasisQuery = Annotated[
    Instant | None,
    Query(alias="basis", description="A settled instant; left out: the newest there is"),
]

CompareQuery = Annotated[
    list[Comparison] | None,
    Query(
        alias="compareWith",
        description="Set each amount beside last year's, or a budget by account, in own columns",
    ),
]

_PERIOD = (
    "202001-202008 or 202008 are exactly those periods; 2020-T2, 2020-Q3, 2020-08 and 2020 are"
    " the year so far at the end of it"
)
RangeText: TypeAlias = Annotated[str, Query(alias="period", max_length=13, description=_PERIOD)]


# async although it awaits nothing: FastAPI sends plain functions to a thread, request by request
async def range_of(text: RangeText) -> PeriodRange:
    """Read the period of a statement.

    Raises:
        NotALedgerPeriod: it is none.

    """
    try:
        return parse_range(text)
    except NotAPeriod as error:
        raise NotALedgerPeriod.of("period", "not_a_period", str(error)) from error


async def maybe_range_of(
    text: Annotated[str | None, Query(alias="period", max_length=13, description=_PERIOD)] = None,
) -> PeriodRange | None:
    """Read a period that may be left out."""
    return None if text is None else await range_of(text)


RangeQuery = Annotated[PeriodRange, Depends(range_of)]
MaybeRangeQuery = Annotated[PeriodRange | None, Depends(maybe_range_of)]
