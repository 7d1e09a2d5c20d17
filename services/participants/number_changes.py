"""Give a person another number: a samordningsnummer becomes a personnummer, or was mistyped.

The person keeps the id. Either number finds them from then on, unless the earlier one never was
theirs; a number that is another record's is refused: if it is one person, the two are merged.
"""

from __future__ import annotations

from typing import TYPE_CHECKING
from uuid import UUID

from services.participants import queries
from services.participants.breakdowns import refreeze
from services.participants.disclosure import IDENTITY
from services.participants.domain.identity import is_coordination_number, parse_identity_number
from services.participants.errors.people import NumberInUse, NumberUnchanged, PersonMerged
from services.participants.people import identity_number
from services.participants.sealing import SEALED_BY_NUMBER
from shared.clock import today
from shared.db import WriteSession, driver
from shared.journal import Cause
from shared.records import BUMP, keep_version
from shared.unit import require_version

if TYPE_CHECKING:
    from typing import Any

    from asyncpg import Record

    from services.participants.domain.identity import IdentityNumber
    from services.participants.schemas.person import NumberChangeIn
    from services.participants.sealing import Seals
    from shared.auth import Caller
    from shared.db import Connection

# A number moves between two tables, each with a constraint of its own: changes take their turns,
# and a trigger keeps registrations from taking a number that is an alias.
_ALONE = "select pg_advisory_xact_lock(hashtextextended('participants.number_change', 0))"

_TAKEN = """
    select exists (select from person where identity_number_hash = any($1::bytea[]) and id <> $2)
        or exists (select from person_number_alias
                   where identity_number_hash = any($1::bytea[]) and person_id <> $2)
"""

_KEEP_ALIAS = """
    insert into person_number_alias (person_id, identity_number_sealed, identity_number_hash)
    values ($1, $2, $3)
"""

# A person who gets an earlier number back has it as the present one only.
_NOT_AN_ALIAS = """
    delete from person_number_alias where person_id = $1 and identity_number_hash = any($2::bytea[])
"""


async def change_number(
    session: WriteSession,
    person_id: UUID,
    given: NumberChangeIn,
    *,
    expected: int,
    seals: Seals,
    by: Caller,
) -> None:
    """Give a person another number; birth date and sex follow where they were the number's.

    Raises:
        ScopeMissing: it takes participants:identity.
        IdentityNumberRefused: the number is none.
        PersonNotFound: not there, or not for this caller to change.
        PreconditionFailed: the person changed since the caller read them.
        PersonMerged: another record stands for the person.
        NumberUnchanged: it is the person's present one.
        NumberInUse: it is, or was, another record's.

    """
    by.require_scope(IDENTITY)
    number = identity_number(given.identity_number)
    conn = await driver(session)
    await conn.execute(_ALONE)
    held = await queries.person_for_change(conn, person_id, by=by)
    require_version(expected, held["version"])
    if held["merged_root"] is not None:
        raise PersonMerged(merged_into=str(held["merged_root"]))
    old = held["identity_number_hash"]
    present = seals.open_number(held["identity_number_sealed"], old)
    if number.digits == present:
        raise NumberUnchanged
    hashes = seals.hashes_of(number.digits)
    if await conn.fetchval(_TAKEN, hashes, person_id):
        known = await queries.person_id(conn, seals, number.digits, by=by)
        raise NumberInUse if known is None else NumberInUse(person_id=str(known))
    await keep_version(conn, "person", [person_id], reason=given.reason, by=by.subject)
    await conn.execute(_NOT_AN_ALIAS, person_id, hashes)
    await _write(conn, held, _columns(held, present, number, seals))
    if not given.present_was_wrong:
        await conn.execute(_KEEP_ALIAS, person_id, held["identity_number_sealed"], old)
    cause = Cause.CORRECTION  # the number says another birth date or sex; nobody is merged
    await refreeze(conn, [person_id], cause=cause, reason=given.reason, by=by.subject)


def _columns(held: Record, present: str, number: IdentityNumber, seals: Seals) -> dict[str, Any]:
    """Return the columns that a new number changes."""
    old, new = held["identity_number_hash"], seals.hash_of(number.digits)
    before = parse_identity_number(present, reference=today())
    columns: dict[str, Any] = {
        "identity_number_hash": new,
        "identity_number_sealed": seals.seal_number(number.digits, new),
        **{
            column: seals.moved(held[column], column, old=old, new=new)
            for column in SEALED_BY_NUMBER
        },
    }
    if held["birth_date"] == before.date_in_number:
        columns["birth_date"] = number.date_in_number
    if held["sex"] == before.sex:
        columns["sex"] = number.sex
    if not is_coordination_number(number.digits):
        columns |= {"identity_level": None, "number_confirmed_on": None}
    return columns


async def _write(conn: Connection, held: Record, columns: dict[str, Any]) -> None:
    assignments = "".join(f"{name} = ${place}, " for place, name in enumerate(columns, start=2))
    await conn.execute(
        f"update person set {assignments}{BUMP} where id = $1", held["id"], *columns.values()
    )
