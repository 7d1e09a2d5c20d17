"""Dimensions of postings and their objects."""

from __future__ import annotations

from typing import Annotated
from urllib.parse import quote

from fastapi import Query
from starlette.responses import Response

from services.budget import dimensions
from services.budget.api.parameters import POST, READ, DimensionPath, ObjectPath
from services.budget.dimensions import DimensionNaming, ObjectNaming
from services.budget.queries import dimensions as reads
from services.budget.schemas.dimensions import (
    DimensionIn,
    DimensionOut,
    DimensionsOut,
    ObjectIn,
    ObjectNamingIn,
    ObjectOut,
)
from shared.db import Connection, driver
from shared.dependencies import CallerDep, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

router = ServiceRouter(prefix="/dimensions", tag="dimensions")

CodePrefixQuery = Annotated[
    str, Query(alias="prefix", max_length=40, description="Only codes that begin with it")
]


@router.get("", scope=READ)
async def list_dimensions(session: Reading) -> DimensionsOut:
    """List dimensions.

    By number, as ledger files number them.
    """
    return DimensionsOut.of(await reads.dimensions(await driver(session)))


@router.post("", scope=POST, status_code=201, answers=DimensionOut, idempotent=True)
async def register_dimension(
    body: DimensionIn, session: Transaction, caller: CallerDep
) -> Response:
    """Register a dimension.

    Its name stays. 1-19 are the ledger file format's own, 20 is the counterpart there.
    """
    conn = await driver(session)
    naming = DimensionNaming(**body.model_dump())
    await dimensions.register_dimension(conn, naming, by=caller.subject)
    row = await reads.dimension(conn, body.number)
    return created(DimensionOut.of(row), location="/dimensions")


@router.get("/{dimensionNumber}/objects", scope=READ)
async def list_objects(
    number: DimensionPath, session: Reading, paging: Paging, prefix: CodePrefixQuery = ""
) -> Page[ObjectOut]:
    """List the objects of a dimension.

    Each in its newest version, by code.
    """
    rows, total = await reads.objects(
        await driver(session), number, prefix=prefix, limit=paging.limit, offset=paging.offset
    )
    return Page.of([ObjectOut.of(row) for row in rows], total=total, paging=paging)


@router.get("/{dimensionNumber}/objects/{objectCode}", scope=READ, answers=ObjectOut)
async def read_object(number: DimensionPath, code: ObjectPath, session: Reading) -> Response:
    """Read one object.

    In its newest version.
    """
    row = await reads.object_of(await driver(session), number, code)
    return answered(ObjectOut.of(row), version=row["version"])


@router.post(
    "/{dimensionNumber}/objects",
    scope=POST,
    status_code=201,
    answers=ObjectOut,
    idempotent=True,
)
async def register_object(
    number: DimensionPath, body: ObjectIn, session: Transaction, caller: CallerDep
) -> Response:
    """Register an object of a dimension.

    Postings may name it on the days of its validity.
    """
    conn = await driver(session)
    naming = ObjectNaming(**body.model_dump())
    await dimensions.register(conn, number, naming, by=caller.subject)
    return await _created(conn, number, body.code)


@router.post(
    "/{dimensionNumber}/objects/{objectCode}/versions",
    scope=POST,
    status_code=201,
    answers=ObjectOut,
    idempotent=True,
)
async def rename_object(
    number: DimensionPath,
    code: ObjectPath,
    body: ObjectNamingIn,
    session: Transaction,
    caller: CallerDep,
) -> Response:
    """Give an object a new version.

    Vouchers of earlier days keep theirs.
    """
    conn = await driver(session)
    naming = ObjectNaming(code=code, **body.model_dump())
    await dimensions.rename(conn, number, naming, by=caller.subject)
    return await _created(conn, number, code)


async def _created(conn: Connection, number: int, code: str) -> Response:
    row = await reads.object_of(conn, number, code)
    location = f"/dimensions/{number}/objects/{quote(code, safe='')}"
    return created(ObjectOut.of(row), location=location, version=row["version"])
