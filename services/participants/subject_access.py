"""What a person may know of what is held about them (registerutdrag, GDPR article 15).

Everything in the tables that `models.holdings` finds, of every record of the same person,
with what was said before and why it was changed; and who has read or changed it. What other
scopes guard stays closed without them, and concern reports are for nobody but their signer.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from uuid import UUID

import msgspec
from msgspec import Struct
from pydantic.alias_generators import to_camel

from services.participants import queries
from services.participants.disclosure import IDENTITY
from services.participants.schemas.subject_access import (
    EarlierOut,
    HeldKindOut,
    HeldRecordOut,
    HoldingsOut,
)
from services.participants.sealing import Address, Contact
from shared.auth import ALL
from shared.clock import utcnow
from shared.db import WriteSession, driver

if TYPE_CHECKING:
    from services.participants.models.holdings import Holding
    from services.participants.queries.holdings import Held
    from services.participants.sealing import Seals
    from shared.auth import Caller

PURPOSE = "subject-access"
"""What the access log says of readings for the person's own sake."""

CHILDREN = "participants:children"

Said = Mapping[str, Any]


@dataclass(frozen=True, slots=True)
class Opener:
    """How a sealed column is opened.

    Attributes:
        open: takes the sealed bytes and what the record says beside them.
        scope: needed beside that of the route, if any.

    """

    open: Callable[[Seals, bytes, Said], Any]
    scope: str | None = None


def _number(seals: Seals, sealed: bytes, said: Said) -> str:
    return seals.open_number(sealed, _bytes(said["identity_number_hash"]))


def _name(seals: Seals, sealed: bytes, said: Said) -> Any:  # noqa: ANN401  JSON
    return msgspec.to_builtins(seals.open_name(sealed, _bytes(said["identity_number_hash"])))


def _kaa_contact(seals: Seals, sealed: bytes, said: Said) -> Any:  # noqa: ANN401  JSON
    return msgspec.to_builtins(seals.open_kaa_contact(sealed, said["source_key"]))


def _detail(kind: type[Struct], column: str) -> Callable[[Seals, bytes, Said], Any]:
    def open_detail(seals: Seals, sealed: bytes, said: Said) -> Any:  # noqa: ANN401  JSON
        number_hash = _bytes(said["identity_number_hash"])
        return msgspec.to_builtins(seals.open_detail(sealed, kind, column, number_hash))

    return open_detail


def _content_of(table: str) -> Callable[[Seals, bytes, Said], Any]:
    def open_content(seals: Seals, sealed: bytes, said: Said) -> Any:  # noqa: ANN401  JSON
        opened = seals.open_content(sealed, table=table, record_id=UUID(said["id"]))
        return msgspec.json.decode(opened)

    return open_content


OPENERS: Mapping[tuple[str, str], Opener] = {
    ("person", "identity_number_sealed"): Opener(_number, IDENTITY),
    ("person", "name_sealed"): Opener(_name),
    ("person", "contact_sealed"): Opener(_detail(Contact, "contact_sealed")),
    ("person", "postal_address_sealed"): Opener(_detail(Address, "postal_address_sealed")),
    ("person", "forwarding_address_sealed"): Opener(_detail(Address, "forwarding_address_sealed")),
    ("person_number_alias", "identity_number_sealed"): Opener(_number, IDENTITY),
    ("plan", "content_sealed"): Opener(_content_of("plan")),
    ("child_checklist", "content_sealed"): Opener(_content_of("child_checklist"), CHILDREN),
    ("kaa_membership", "contact_sealed"): Opener(_kaa_contact),
    ("kaa_measure", "content_sealed"): Opener(_content_of("kaa_measure")),
}
"""By table and column."""


async def records_of(session: WriteSession, person_id: UUID, *, by: Caller) -> list[UUID]:
    """Return the ids of every record of a person, to a caller for all units.

    Raises:
        UnitNotAllowed: the caller is for some units only, and the city answers as one.
        PersonNotFound: not there, or protected from the caller.

    """
    by.require_unit(ALL)
    return await queries.records_of_subject(await driver(session), person_id, by=by)


async def holdings_of(
    session: WriteSession, person_id: UUID, people: list[UUID], *, seals: Seals, by: Caller
) -> HoldingsOut:
    """Return everything that is held about a person, as far as the caller's scopes open it."""
    held = await queries.held_about(await driver(session), people)
    return HoldingsOut(
        person_id=person_id,
        given_at=utcnow(),
        holdings=[_kind(each, seals, by.scopes) for each in held],
    )


def _kind(held: Held, seals: Seals, scopes: frozenset[str]) -> HeldKindOut:
    def said(body: Said) -> dict[str, Any]:
        return _opened(held.holding, body, seals, scopes)

    records = [
        HeldRecordOut(
            id=record_id,
            says=None if body is None else said(body),
            earlier_versions=[
                EarlierOut(
                    version=each.version,
                    recorded_at=each.recorded_at,
                    superseded_at=each.superseded_at,
                    changed_by=each.by,
                    reason=each.reason,
                    said=said(each.body),
                )
                for each in held.earlier.get(record_id, [])
            ],
        )
        for record_id, body in held.records.items()
    ]
    return HeldKindOut(kind=held.holding.table, records=records)


def _opened(holding: Holding, body: Said, seals: Seals, scopes: frozenset[str]) -> dict[str, Any]:
    """Return what a record says, with what is sealed opened as far as the scopes go."""
    plain = {to_camel(name): body.get(name) for name in holding.columns}
    for column in holding.sealed:
        opener = OPENERS.get((holding.table, column))
        if opener is None or (opener.scope is not None and opener.scope not in scopes):
            continue
        sealed = body.get(column)
        opened = None if sealed is None else opener.open(seals, _bytes(sealed), body)
        plain[to_camel(column.removesuffix("_sealed"))] = opened
    return plain


def _bytes(stored: str) -> bytes:
    r"""Return the bytes that PostgreSQL's JSON writes as ``\x`` and hex."""
    return bytes.fromhex(stored.removeprefix("\\x"))
