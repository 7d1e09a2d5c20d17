"""Register people, and change what is known about them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import UUID

from pydantic.alias_generators import to_camel

from services.participants import person_details, queries
from services.participants.breakdowns import refreeze
from services.participants.domain.codes import Protection
from services.participants.domain.identity import (
    FAULTS,
    IdentityNumber,
    NotAnIdentityNumber,
    parse_identity_number,
)
from services.participants.errors.people import (
    BornAfterToday,
    IdentityNumberRefused,
    PersonExists,
    PersonMerged,
    ResidenceOfProtected,
    UnitNeeded,
)
from services.participants.errors.records import ValueNeeded
from services.participants.events import ROUTES, PersonRegistered
from services.participants.protection import protect_alike
from services.participants.sealing import Name, Seals
from shared import outbox
from shared.clock import today
from shared.db import WriteSession, driver
from shared.journal import Cause
from shared.records import BUMP, keep_version
from shared.unit import require_version

if TYPE_CHECKING:
    from asyncpg import Record

    from services.participants.schemas.person import NameShape, PersonIn, PersonPatch, ResidenceIn
    from shared.auth import Caller
    from shared.db import Connection

_REGISTER = """
    with created as (
        insert into person ({columns})
        select {values}
        where not exists (select from person where identity_number_hash = any($1::bytea[]))
          and not exists (select from person_number_alias
                          where identity_number_hash = any($1::bytea[]))
        on conflict (identity_number_hash) do nothing
        returning *
    ), lived as (
        insert into residence (person_id, district, valid_from)
        select id, $2, $3 from created where $2::text is not null
        returning district, valid_from, valid_to
    )
    select created.*,
           array[]::uuid[] as merged_records,
           coalesce((select json_agg(lived) from lived), '[]')::text as residences
    from created
"""


_RULED_OUT = {True: "postal_address_sealed", False: "forwarding_address_sealed"}
"""The address that is let go of, by whether the person has protected registration."""


def identity_number(text: str) -> IdentityNumber:
    """Return the number as it reads today.

    Raises:
        IdentityNumberRefused: says which fault, never which number.

    """
    try:
        return parse_identity_number(text, reference=today())
    except NotAnIdentityNumber as error:
        raise IdentityNumberRefused.of(
            "identityNumber", error.fault, FAULTS[error.fault]
        ) from error


async def register(session: WriteSession, person: PersonIn, *, seals: Seals, by: Caller) -> Record:
    """Register a person and return them as `queries.person` does.

    Legal sex and birth date are the number's unless stated.

    Raises:
        IdentityNumberRefused: the number is none.
        PersonExists: the number is registered; says under which id, unless it is protected
            from the caller.
        ResidenceOfProtected: no district is kept for a protected identity.
        UnitNeeded: the caller is not for all units and names none.

    """
    number = identity_number(person.identity_number)
    _check_registration(person, by)
    person_details.check(person, protection=person.protected_identity, digits=number.digits)
    conn = await driver(session)
    number_hash = seals.hash_of(number.digits)
    columns = _registered(person, number, number_hash, seals)
    places = [f"${place}" for place in range(4, 4 + len(columns))]
    created: Record | None = await conn.fetchrow(
        _REGISTER.format(columns=", ".join(columns), values=", ".join(places)),
        seals.hashes_of(number.digits),
        person.residence.district if person.residence else None,
        person.residence.valid_from if person.residence else None,
        *columns.values(),
    )
    if created is None:
        known = await queries.person_id(conn, seals, number.digits, by=by)
        raise PersonExists if known is None else PersonExists(person_id=str(known))
    await outbox.record(conn, [PersonRegistered(person_id=created["id"])], ROUTES)
    return created


def _registered(
    person: PersonIn, number: IdentityNumber, number_hash: bytes, seals: Seals
) -> dict[str, Any]:
    """Return the columns of a person to register, in an order that is always the same."""
    return {
        "identity_number_sealed": seals.seal_number(number.digits, number_hash),
        "identity_number_hash": number_hash,
        "name_sealed": _sealed_name(person.name, number_hash, seals),
        "birth_date": person.birth_date or number.date_in_number,
        "sex": person.sex or number.sex,
        "protection": person.protected_identity,
        "guardian": person.guardian_of_children,
        "education": person.education,
        "registered_by_unit": person.unit,
    } | dict(person_details.columns(person, number_hash, seals).values())


def _check_registration(person: PersonIn, by: Caller) -> None:
    if person.unit is not None:
        by.require_unit(person.unit)
    elif by.unit_filter() is not None:
        raise UnitNeeded.of("unit", "missing", "Name one of the token's units.")
    if person.birth_date is not None and person.birth_date > today():
        raise BornAfterToday.of("birthDate", "in_future", "The day has not come.")
    if person.residence is not None and person.protected_identity != Protection.NONE:
        raise ResidenceOfProtected


async def change(
    session: WriteSession,
    person_id: UUID,
    patch: PersonPatch,
    *,
    expected: int,
    seals: Seals,
    by: Caller,
) -> None:
    """Change what is known about a person; records of earlier days get their breakdown anew.

    Raises:
        PersonNotFound: not there, or not for this caller to see.
        PreconditionFailed: the person changed since the caller read them.
        PersonMerged: another record stands for the person.
        ResidenceOfProtected: no district is kept for a protected identity.

    """
    conn = await driver(session)
    held = await queries.person_for_change(conn, person_id, by=by)
    require_version(expected, held["version"])
    if held["merged_root"] is not None:
        raise PersonMerged(merged_into=str(held["merged_root"]))
    changes = _changes(patch, held["identity_number_hash"], seals)
    protection = changes.get("protection", held["protection"])
    if patch.residence is not None and protection != Protection.NONE:
        raise ResidenceOfProtected
    digits = seals.open_number(held["identity_number_sealed"], held["identity_number_hash"])
    person_details.check(patch, protection=protection, digits=digits)
    ruled_out = _RULED_OUT[protection == Protection.PROTECTED_REGISTRATION]
    if held[ruled_out] is not None:
        changes[ruled_out] = None
    await keep_version(conn, "person", [person_id], reason=patch.reason, by=by.subject)
    assignments = "".join(f"{name} = ${place}, " for place, name in enumerate(changes, start=2))
    await conn.execute(
        f"update person set {assignments}{BUMP} where id = $1", person_id, *changes.values()
    )
    await protect_alike(conn, person_id, protection, reason=patch.reason, by=by.subject)
    if patch.residence is not None:
        await _move(conn, person_id, patch.residence, reason=patch.reason, by=by.subject)
    # Who lives elsewhere than was believed is counted in another area; any other word corrects.
    moved = patch.model_fields_set == {"residence", "reason"}
    cause = Cause.AREA_CHANGE if moved else Cause.CORRECTION
    await refreeze(conn, [person_id], cause=cause, reason=patch.reason, by=by.subject)


def _changes(patch: PersonPatch, number_hash: bytes, seals: Seals) -> dict[str, Any]:
    """Return the columns that the patch names, with their new values."""
    given = patch.model_fields_set
    for field in ("birth_date", "sex", "protected_identity", "residence"):
        if field in given and getattr(patch, field) is None:
            raise ValueNeeded.of(to_camel(field), "null", "A value is needed.")
    columns = {
        "name": ("name_sealed", _sealed_name(patch.name, number_hash, seals)),
        "birth_date": ("birth_date", patch.birth_date),
        "sex": ("sex", patch.sex),
        "protected_identity": ("protection", patch.protected_identity),
        "guardian_of_children": ("guardian", patch.guardian_of_children),
        "education": ("education", patch.education),
        **person_details.columns(patch, number_hash, seals),
    }
    return dict(column for field, column in columns.items() if field in given)


def _sealed_name(name: NameShape | None, number_hash: bytes, seals: Seals) -> bytes | None:
    if name is None:
        return None
    return seals.seal_name(Name(name.given, name.family), number_hash)


async def _move(
    conn: Connection, person_id: UUID, home: ResidenceIn, *, reason: str, by: str
) -> None:
    """Let the person live in the district from a day on; what was said of later days goes.

    An interval that lasted past that day ends the day before; one that began on it or later is
    taken away, and both are kept as versions.
    """
    rows = await conn.fetch(
        "select id from residence where person_id = $1 and retracted_at is null"
        " and coalesce(valid_to, 'infinity') >= $2",
        person_id,
        home.valid_from,
    )
    superseded = [row["id"] for row in rows]
    await keep_version(conn, "residence", superseded, reason=reason, by=by)
    await conn.execute(
        "delete from residence where id = any($1::uuid[]) and valid_from >= $2",
        superseded,
        home.valid_from,
    )
    await conn.execute(
        f"update residence set valid_to = $2::date - 1, {BUMP} where id = any($1::uuid[])",
        superseded,
        home.valid_from,
    )
    await conn.execute(
        "insert into residence (person_id, district, valid_from) values ($1, $2, $3)",
        person_id,
        home.district,
        home.valid_from,
    )
