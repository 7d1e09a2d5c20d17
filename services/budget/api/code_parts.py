"""Accounts and counterparts."""

from __future__ import annotations

from starlette.responses import Response

from services.budget import code_parts
from services.budget.api.parameters import (
    POST,
    READ,
    AccountPath,
    CounterpartPath,
    PrefixQuery,
)
from services.budget.code_parts import Naming
from services.budget.domain.chart import Part
from services.budget.queries import ledger
from services.budget.schemas.ledger import (
    AccountIn,
    AccountNamingIn,
    AccountOut,
    CounterpartIn,
    CounterpartNamingIn,
    CounterpartOut,
)
from shared.db import driver
from shared.dependencies import CallerDep, Reading, Transaction
from shared.paging import Page, Paging
from shared.responses import answered, created
from shared.routing import ServiceRouter

accounts = ServiceRouter(prefix="/accounts", tag="accounts")
counterparts = ServiceRouter(prefix="/counterparts", tag="counterparts")


@accounts.get("", scope=READ)
async def list_accounts(
    session: Reading, paging: Paging, prefix: PrefixQuery = ""
) -> Page[AccountOut]:
    """List accounts.

    Each in its newest version, by code.
    """
    rows, total = await ledger.code_parts(
        await driver(session),
        Part.ACCOUNT,
        prefix=prefix,
        limit=paging.limit,
        offset=paging.offset,
    )
    return Page.of([AccountOut.of(row) for row in rows], total=total, paging=paging)


@accounts.get("/{accountCode}", scope=READ, answers=AccountOut)
async def read_account(code: AccountPath, session: Reading) -> Response:
    """Read one account.

    In its newest version.
    """
    row = await ledger.code_part(await driver(session), Part.ACCOUNT, code)
    return answered(AccountOut.of(row), version=row["version"])


@accounts.post("", scope=POST, status_code=201, answers=AccountOut, idempotent=True)
async def register_account(body: AccountIn, session: Transaction, caller: CallerDep) -> Response:
    """Register an account.

    A code of two digits stands for a whole group, for sources that give nothing below it.
    """
    conn = await driver(session)
    await code_parts.register(conn, Part.ACCOUNT, Naming(**body.model_dump()), by=caller.subject)
    row = await ledger.code_part(conn, Part.ACCOUNT, body.code)
    return created(AccountOut.of(row), location=f"/accounts/{body.code}", version=row["version"])


@accounts.post(
    "/{accountCode}/versions", scope=POST, status_code=201, answers=AccountOut, idempotent=True
)
async def rename_account(
    code: AccountPath, body: AccountNamingIn, session: Transaction, caller: CallerDep
) -> Response:
    """Give an account a new version.

    Statements at an earlier basis keep its earlier name.
    """
    conn = await driver(session)
    naming = Naming(code=code, **body.model_dump())
    await code_parts.rename(conn, Part.ACCOUNT, naming, by=caller.subject)
    row = await ledger.code_part(conn, Part.ACCOUNT, code)
    return created(AccountOut.of(row), location=f"/accounts/{code}", version=row["version"])


@counterparts.get("", scope=READ)
async def list_counterparts(
    session: Reading, paging: Paging, prefix: PrefixQuery = ""
) -> Page[CounterpartOut]:
    """List counterparts.

    Each in its newest version, by code.
    """
    rows, total = await ledger.code_parts(
        await driver(session),
        Part.COUNTERPART,
        prefix=prefix,
        limit=paging.limit,
        offset=paging.offset,
    )
    return Page.of([CounterpartOut.of(row) for row in rows], total=total, paging=paging)


@counterparts.get("/{counterpartCode}", scope=READ, answers=CounterpartOut)
async def read_counterpart(code: CounterpartPath, session: Reading) -> Response:
    """Read one counterpart.

    In its newest version.
    """
    row = await ledger.code_part(await driver(session), Part.COUNTERPART, code)
    return answered(CounterpartOut.of(row), version=row["version"])


@counterparts.post("", scope=POST, status_code=201, answers=CounterpartOut, idempotent=True)
async def register_counterpart(
    body: CounterpartIn, session: Transaction, caller: CallerDep
) -> Response:
    """Register a counterpart.

    Its class follows from the first digit: 1-4 internal, 5-7 municipal companies, 8-9 external,
    0 undivided.
    """
    conn = await driver(session)
    await code_parts.register(
        conn, Part.COUNTERPART, Naming(**body.model_dump()), by=caller.subject
    )
    row = await ledger.code_part(conn, Part.COUNTERPART, body.code)
    return created(
        CounterpartOut.of(row), location=f"/counterparts/{body.code}", version=row["version"]
    )


@counterparts.post(
    "/{counterpartCode}/versions",
    scope=POST,
    status_code=201,
    answers=CounterpartOut,
    idempotent=True,
)
async def rename_counterpart(
    code: CounterpartPath, body: CounterpartNamingIn, session: Transaction, caller: CallerDep
) -> Response:
    """Give a counterpart a new version.

    Its class stays: it is in the code.
    """
    conn = await driver(session)
    naming = Naming(code=code, **body.model_dump())
    await code_parts.rename(conn, Part.COUNTERPART, naming, by=caller.subject)
    row = await ledger.code_part(conn, Part.COUNTERPART, code)
    return created(CounterpartOut.of(row), location=f"/counterparts/{code}", version=row["version"])
