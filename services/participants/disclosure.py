"""What a caller may see of a person: the one place where people are put into answers.

Protected identity (sekretessmarkering, skyddad folkbokföring): without the scope
``participants:protected`` a person is in no search hit and no list, and read by id shows
nothing but that there is something to protect. Identity numbers need their own scope as well.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from services.participants.domain.codes import Protection, Sex
from services.participants.queries import may_see_protected
from services.participants.schemas.person import NameShape, PersonOut, ResidenceOut

if TYPE_CHECKING:
    from asyncpg import Record

    from services.participants.sealing import Seals
    from shared.auth import Caller

IDENTITY = "participants:identity"


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
        masked=False,
        version=row["version"],
    )


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
        masked=True,
        version=row["version"],
    )
