"""What is known about a person beside number, name and home: as it is given, kept and shown."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from services.participants.domain.codes import Protection
from services.participants.domain.coordination import rests_from
from services.participants.domain.identity import is_coordination_number
from services.participants.errors.people import (
    ArrivedAfterToday,
    ForwardingAddressNotNeeded,
    NotACoordinationNumber,
    PostalAddressOfProtected,
)
from services.participants.schemas.person import AddressShape, ContactShape
from services.participants.sealing import Address, Contact
from shared.clock import today

if TYPE_CHECKING:
    from asyncpg import Record

    from services.participants.schemas.person import DetailsIn
    from services.participants.sealing import Seals

ADDRESSES = ("postal_address", "forwarding_address")


def check(given: DetailsIn, *, protection: str, digits: str) -> None:
    """Refuse details that cannot be.

    Args:
        given: what the caller says.
        protection: as it will be.
        digits: the person's number.

    Raises:
        PostalAddressOfProtected, ForwardingAddressNotNeeded, ArrivedAfterToday,
        NotACoordinationNumber: the first rule that is broken.

    """
    registered_elsewhere = protection == Protection.PROTECTED_REGISTRATION
    if given.postal_address is not None and registered_elsewhere:
        raise PostalAddressOfProtected
    if given.forwarding_address is not None and not registered_elsewhere:
        raise ForwardingAddressNotNeeded
    if given.arrived_on is not None and given.arrived_on > today():
        raise ArrivedAfterToday.of("arrivedOn", "in_future", "The day has not come.")
    of_coordination = (given.identity_level, given.number_confirmed_on)
    if of_coordination != (None, None) and not is_coordination_number(digits):
        raise NotACoordinationNumber


def columns(given: DetailsIn, number_hash: bytes, seals: Seals) -> dict[str, Any]:
    """Return every column of the details with its value, by the field that gives it."""
    return {
        "contact": ("contact_sealed", _sealed_contact(given.contact, number_hash, seals)),
        **{
            field: (
                f"{field}_sealed",
                _sealed_address(getattr(given, field), f"{field}_sealed", number_hash, seals),
            )
            for field in ADDRESSES
        },
        **{
            field: (field, getattr(given, field))
            for field in ("country_of_birth", "arrived_on", "identity_level", "number_confirmed_on")
        },
    }


def shown(row: Record, seals: Seals) -> dict[str, Any]:
    """Return the fields that an answer shows of a person who is not masked."""
    confirmed = row["number_confirmed_on"]
    return {
        "contact": _opened_contact(row, seals),
        **{field: _opened_address(row, f"{field}_sealed", seals) for field in ADDRESSES},
        "country_of_birth": row["country_of_birth"],
        "arrived_on": row["arrived_on"],
        "identity_level": row["identity_level"],
        "number_confirmed_on": confirmed,
        "rests_from": rests_from(confirmed) if confirmed is not None else None,
    }


MASKED: dict[str, None] = dict.fromkeys(
    (
        "contact",
        *ADDRESSES,
        "country_of_birth",
        "arrived_on",
        "identity_level",
        "number_confirmed_on",
        "rests_from",
    )
)
"""What an answer shows of a masked person: nothing of it."""


def _sealed_contact(contact: ContactShape | None, number_hash: bytes, seals: Seals) -> bytes | None:
    if contact is None:
        return None
    detail = Contact(phone=contact.phone, email=contact.email)
    return seals.seal_detail(detail, "contact_sealed", number_hash)


def _sealed_address(
    address: AddressShape | None, column: str, number_hash: bytes, seals: Seals
) -> bytes | None:
    if address is None:
        return None
    return seals.seal_detail(Address(**address.model_dump()), column, number_hash)


def _opened_contact(row: Record, seals: Seals) -> ContactShape | None:
    if row["contact_sealed"] is None:
        return None
    number_hash = row["identity_number_hash"]
    opened = seals.open_detail(row["contact_sealed"], Contact, "contact_sealed", number_hash)
    return ContactShape(phone=opened.phone, email=opened.email)


def _opened_address(row: Record, column: str, seals: Seals) -> AddressShape | None:
    if row[column] is None:
        return None
    opened = seals.open_detail(row[column], Address, column, row["identity_number_hash"])
    return AddressShape(
        care_of=opened.care_of,
        street=opened.street,
        postal_code=opened.postal_code,
        city=opened.city,
    )
