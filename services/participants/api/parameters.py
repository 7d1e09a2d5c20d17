"""Parameters and resources that several routers take."""

from __future__ import annotations

from typing import Annotated
from uuid import UUID

from fastapi import Depends, Path, Query, Request

from services.participants.domain.codes import CODE_PATTERN
from services.participants.sealing import Seals
from shared.auth import ALL
from shared.dependencies import CallerDep, Transaction
from shared.models import LocalDate

READ = "participants:read"
WRITE = "participants:write"
CHILDREN = "participants:children"
CONCERNS = "participants:concerns"


def _code_query(alias: str, what: str) -> object:
    return Query(alias=alias, pattern=CODE_PATTERN, max_length=60, description=what)


UnitQuery = Annotated[str | None, _code_query("unit", "Only this unit's")]
ProgrammeQuery = Annotated[str | None, _code_query("programme", "Only this programme's")]
PersonQuery = Annotated[UUID | None, Query(alias="personId", description="Only this person's")]
OnDay = Annotated[LocalDate | None, Query(alias="on", description="Only what is so on the day")]
UnitPath = Annotated[
    str, Path(alias="unitCode", pattern=CODE_PATTERN, max_length=60, description="Its code")
]
ProgrammePath = Annotated[
    str, Path(alias="programmeCode", pattern=CODE_PATTERN, max_length=60, description="Its code")
]
TeamPath = Annotated[
    str, Path(alias="teamCode", pattern=CODE_PATTERN, max_length=60, description="Its code")
]


# Coroutines, though they wait for nothing: FastAPI sends plain functions to a thread.
async def _seals(request: Request) -> Seals:
    seals: Seals = request.app.state.services.get(Seals)
    return seals


LoggedReading = Transaction
"""Reading one person writes a line in the access log: one transaction serves for both."""

SealsDep = Annotated[Seals, Depends(_seals)]


async def _for_all_units(caller: CallerDep) -> str:
    """Return the caller's subject; what concerns every unit is for tokens that cover all."""
    caller.require_unit(ALL)
    return caller.subject


Administrator = Annotated[str, Depends(_for_all_units)]
