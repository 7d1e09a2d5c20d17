"""What a caller may see of a person: the one place where people are put into answers.

Protected identity (sekretessmarkering, skyddad folkbokföring): without the scope
``participants:protected`` a person is in no search hit and no list, and read by id shows
nothing but that there is something to protect. Identity numbers need their own scope as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from services.participants import person_details, queries
from services.participants.domain.codes import Protection, Sex
from services.participants.errors.people import PersonNotFound
from services.participants.queries import may_see_protected
from services.participants.schemas.person import NameShape, PersonOut, ResidenceOut

if TYPE_CHECKING:
    from asyncpg import Record

    from services.participants.sealing import Seals
    from shared.auth import Caller
    from shared.db import Connection
    from shared.idempotency import Kept

IDENTITY = "participants:identity"

_WITH_NUMBER = b'"identityNumber":"'


def shown(row: Record, *, caller: Caller, seals: Seals) -> PersonOut:
    """Return a person as the caller may see them.

    Args:
        row: the person's columns, and ``residences`` as JSON text.
        caller: whose scopes decide.
        seals: opens what is sealed.

    """
    if row["protection"] != Protection.NONE and not may_see_protected(caller):
        return _masked(row)
    number_hash = row["identity_number_hash"]
    number = None
    if IDENTITY in caller.scopes:
        number = seals.open_number(row["identity_number_sealed"], number_hash)
    name = None
    if row["name_sealed"] is not None:
        opened = seals.open_name(row["name_sealed"], number_hash)
        name = NameShape(given=opened.given, family=opened.family)
    return PersonOut(
        id=row["id"],
        identity_number=number,
        name=name,
        birth_date=row["birth_date"],
        sex=row["sex"],
        protected_identity=row["protection"],
        guardian_of_children=row["guardian"],
        education=row["education"],
        residences=[ResidenceOut(**lived) for lived in msgspec.json.decode(row["residences"])],
        merged_into=row["merged_root"],
        merged_records=row["merged_records"],
        **person_details.shown(row, seals),
        masked=False,
        version=row["version"],
    )


async def still_shown(conn: Connection, caller: Caller, kept: Kept) -> None:
    """Refuse to give a kept answer again to whom it would not be given now (idempotency).

    Between the first time and this one a person may have become protected, and a token may
    have lost a scope.

    Raises:
        PersonNotFound: somebody in the answer is protected from the caller.
        InsufficientScope: it holds an identity number.

    """
    if await queries.any_hidden(conn, kept.subjects, by=caller):
        raise PersonNotFound
    if _WITH_NUMBER in kept.body:
        caller.require_scope(IDENTITY)


def _masked(row: Record) -> PersonOut:
    return PersonOut(
        id=row["id"],
        identity_number=None,
        name=None,
        birth_date=None,
        sex=Sex.UNKNOWN,
        protected_identity=row["protection"],
        guardian_of_children=None,
        education=None,
        residences=[],
        merged_into=row["merged_root"],
        merged_records=row["merged_records"],
        **person_details.MASKED,
        masked=True,
        version=row["version"],
    )
