"""The routes of deliveries; each service mounts ``deliveries_router(registers)``."""

from __future__ import annotations

from collections.abc import AsyncIterator
from typing import TYPE_CHECKING, Annotated, Literal
from uuid import UUID

from fastapi import Path, Query, Request
from pydantic import Field
from starlette.requests import ClientDisconnect
from starlette.responses import Response, StreamingResponse

from shared import idempotency
from shared.auth import Caller
from shared.db import driver
from shared.deliveries import decisions, intake
from shared.deliveries.errors import RegisterNotFound, SnapshotNotSupported, UploadIncomplete
from shared.deliveries.register import PLAIN_TYPES
from shared.deliveries.resource import DeliveryOut, RowErrorOut, State, csv_head, csv_lines
from shared.deliveries.specification import ERROR_LIST, body_of
from shared.deliveries.standing import registers_router
from shared.errors import UnsupportedMediaType
from shared.models import ABOUT_NOBODY, ApiModel, LocalDate
from shared.paging import Page
from shared.routing import (
    UNLIMITED_BODY,
    CallerDep,
    IdempotencyKey,
    Paging,
    Reading,
    ServiceRouter,
    Transaction,
    accepted,
    answered,
    check_media_type,
)

if TYPE_CHECKING:
    from shared.context import ServiceContext
    from shared.deliveries.register import Register
    from shared.deliveries.work import Registers

PUSH = "registers:push"
RELEASE = "registers:release"

RegisterName = Annotated[
    str, Path(alias="register", description="The register", examples=["visits"])
]
DeliveryId = Annotated[UUID, Path(alias="deliveryId", description="The delivery")]


class ReleaseIn(ApiModel):
    """Why a held delivery may go on."""

    reason: Annotated[str, ABOUT_NOBODY] = Field(
        min_length=1, max_length=500, examples=["Agreed with the source system's owner."]
    )


def deliveries_router(registers: Registers) -> ServiceRouter:
    """Return the routes for one service's registers."""
    router = ServiceRouter(prefix="/registers/{register}/deliveries", tag="deliveries")
    _add_sending(router, registers)
    _add_reading(router, registers)
    _add_errors(router, registers)
    _add_deciding(router, registers)
    router.routes += registers_router(registers).routes
    return router


def _add_sending(router: ServiceRouter, registers: Registers) -> None:
    @router.post(
        "",
        scope=PUSH,
        status_code=202,
        answers=DeliveryOut,
        accepts=registers.media_types,
        max_body=UNLIMITED_BODY,
        openapi=body_of(registers),
    )
    async def send_delivery(
        request: Request,
        name: RegisterName,
        key: IdempotencyKey,
        caller: CallerDep,
        *,
        mode: Annotated[
            Literal["delta", "snapshot"],
            Query(description="Rows that changed, or all rows: what is absent then ends"),
        ] = "delta",
        dry_run: Annotated[
            bool, Query(alias="dryRun", description="Find out what it would do, and do nothing")
        ] = False,
        atomic: Annotated[
            bool, Query(description="One refused row refuses the whole delivery")
        ] = False,
        delivery_date: Annotated[
            LocalDate | None,
            Query(alias="deliveryDate", description="The day absent records end; today if absent"),
        ] = None,
    ) -> Response:
        """Send a delivery of a register.

        The body may be of any size. It is accepted when all of it has arrived; what became of
        its rows is then found at the delivery's own address.
        """
        register = _register(registers, name)
        if mode == "snapshot" and register.absent is None:
            raise SnapshotNotSupported
        announced = intake.Announced(
            register=name,
            mode=mode,
            dry_run=dry_run,
            atomic=atomic or register.always_atomic,
            day=delivery_date,
            content_type=_content_type(request, register),
            key=idempotency.Claim.of(caller, key, ()).key,
            by=caller.subject,
        )
        return await _receive(request, registers, announced)


async def _receive(request: Request, registers: Registers, announced: intake.Announced) -> Response:
    context: ServiceContext = request.app.state.services
    try:
        receipt = await intake.receive(context.db, registers.sealer, announced, request.stream())
    except ClientDisconnect as gone:
        raise UploadIncomplete from gone
    context.committed()
    body = DeliveryOut.as_accepted(receipt.row, root=_root(request))
    response = accepted(body, location=body.links.self)
    if receipt.replayed:
        response.headers[idempotency.REPLAYED] = "true"
    return response


def _add_reading(router: ServiceRouter, registers: Registers) -> None:
    @router.get("", scope=PUSH)
    async def list_deliveries(
        request: Request,
        name: RegisterName,
        caller: CallerDep,
        *,
        paging: Paging,
        session: Reading,
        state: Annotated[State | None, Query(description="Only those in this state")] = None,
    ) -> Page[DeliveryOut]:
        """List deliveries of a register, the newest first.

        A sender sees its own; whoever may release deliveries sees all.
        """
        _register(registers, name)
        rows, total = await decisions.listed(
            await driver(session),
            name,
            of=_own(caller),
            state=state,
            limit=paging.limit,
            offset=paging.offset,
        )
        root = _root(request)
        return Page.of([DeliveryOut.of(row, root=root) for row in rows], total=total, paging=paging)

    @router.get("/{deliveryId}", scope=PUSH)
    async def read_delivery(
        request: Request,
        name: RegisterName,
        delivery_id: DeliveryId,
        caller: CallerDep,
        session: Reading,
    ) -> DeliveryOut:
        """Read a delivery: its state, its progress and what became of its rows."""
        row = await decisions.find(await driver(session), name, delivery_id, of=_own(caller))
        return DeliveryOut.of(row, root=_root(request))


def _add_errors(router: ServiceRouter, registers: Registers) -> None:
    @router.get("/{deliveryId}/errors", scope=PUSH, answers=Page[RowErrorOut], openapi=ERROR_LIST)
    async def list_row_errors(
        request: Request,
        name: RegisterName,
        delivery_id: DeliveryId,
        caller: CallerDep,
        *,
        paging: Paging,
        session: Reading,
    ) -> Response:
        """List what was wrong with which rows.

        JSON comes in pages; with `Accept: text/csv` the whole list comes as one CSV file.
        """
        conn = await driver(session)
        await decisions.find(conn, name, delivery_id, of=_own(caller))
        if "text/csv" in request.headers.get("accept", ""):
            return _csv_answer(request, delivery_id, registers.hidden(caller))
        rows, total = await decisions.errors_of(
            conn,
            delivery_id,
            hidden=registers.hidden(caller),
            limit=paging.limit,
            offset=paging.offset,
        )
        return answered(Page.of([RowErrorOut.of(row) for row in rows], total=total, paging=paging))


def _add_deciding(router: ServiceRouter, registers: Registers) -> None:
    @router.post(
        "/{deliveryId}/releases",
        scope=RELEASE,
        status_code=202,
        answers=DeliveryOut,
        idempotent=True,
    )
    async def release_delivery(
        request: Request,
        name: RegisterName,
        delivery_id: DeliveryId,
        body: ReleaseIn,
        *,
        caller: CallerDep,
        session: Transaction,
    ) -> Response:
        """Release a held delivery, on the caller's name."""
        _register(registers, name)
        row = await decisions.release(
            await driver(session), name, delivery_id, reason=body.reason, by=caller.subject
        )
        out = DeliveryOut.of(row, root=_root(request))
        return accepted(out, location=out.links.self)

    @router.post("/{deliveryId}/cancellations", scope=PUSH, answers=DeliveryOut, idempotent=True)
    async def cancel_delivery(
        request: Request,
        name: RegisterName,
        delivery_id: DeliveryId,
        caller: CallerDep,
        session: Transaction,
    ) -> Response:
        """Cancel a delivery of which nothing is being applied yet."""
        row = await decisions.cancel(
            await driver(session), name, delivery_id, by=caller.subject, of=_own(caller)
        )
        return answered(DeliveryOut.of(row, root=_root(request)))


def _csv_answer(request: Request, delivery_id: UUID, hidden: str | None) -> Response:
    context: ServiceContext = request.app.state.services

    async def lines() -> AsyncIterator[str]:
        yield csv_head()
        async for rows in decisions.every_error(context.db, delivery_id, hidden=hidden):
            yield csv_lines(rows)

    headers = {"Content-Disposition": f'attachment; filename="errors-{delivery_id}.csv"'}
    return StreamingResponse(lines(), media_type="text/csv", headers=headers)


def _register(registers: Registers, name: str) -> Register:
    register = registers.by_name.get(name)
    if register is None:
        raise RegisterNotFound
    return register


def _own(caller: Caller) -> str | None:
    """Return whose deliveries the caller may see: its own, or (None) everybody's."""
    return None if RELEASE in caller.scopes else caller.subject


def _root(request: Request) -> str:
    root: str = request.app.state.services.root
    return root


def _content_type(request: Request, register: Register) -> str:
    """Return the body's media type; what is not plain UTF-8 text on the wire is refused.

    A format of the register's own has its own characters and says so itself.

    Raises:
        UnsupportedMediaType: another media type than the register takes, another charset, or a
            compressed body.

    """
    check_media_type(request, register.media_types)
    media_type, _, parameters = request.headers.get("content-type", "").partition(";")
    charset = parameters.lower().replace(" ", "").replace('"', "").partition("charset=")[2]
    encoding = request.headers.get("content-encoding", "identity").lower()
    name = media_type.strip().lower() or register.media_types[0]
    known = charset.partition(";")[0] in {"", "utf-8", "utf8"} or name not in PLAIN_TYPES
    if not known or encoding != "identity":
        raise UnsupportedMediaType("Send plain UTF-8 without Content-Encoding.")
    return name
