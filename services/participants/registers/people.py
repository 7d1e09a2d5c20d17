"""People as registers name them: sealed and hashed the moment a row is read, never staged plain."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Annotated, Any

import msgspec

from services.participants.breakdowns import refreeze
from services.participants.domain.codes import CODE_PATTERN, Protection
from services.participants.domain.identity import (
    FAULTS,
    IdentityNumber,
    NotAnIdentityNumber,
    parse_identity_number,
)
from services.participants.protection import STRICTNESS, address_by
from services.participants.sealing import Name, Seals
from shared.clock import today
from shared.deliveries import Column, Row, RowRefused, Subject
from shared.identity_numbers import holds_identity_number
from shared.journal import Cause
from shared.records import BUMP, keep_version

if TYPE_CHECKING:
    from collections.abc import Mapping

    from shared.db import Connection
    from shared.deliveries import Batch

CodeField = Annotated[str, msgspec.Meta(pattern=CODE_PATTERN, max_length=60)]
SourceKey = Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9:._/-]+$", max_length=80)]
WrittenNumber = Annotated[str, msgspec.Meta(min_length=10, max_length=13)]
NamePart = Annotated[str, msgspec.Meta(min_length=1, max_length=100)]


class PersonRow(Row, kw_only=True, gc=False):
    """What every register says about the person of a row."""

    source_key: SourceKey
    identity_number: WrittenNumber
    given_name: NamePart | None = None
    family_name: NamePart | None = None
    protected_identity: Protection | None = None
    residence_district: CodeField | None = None


PERSON_COLUMNS = (
    Column("source_key", "text"),
    Column("identity_hash", "bytea"),
    Column("identity_sealed", "bytea"),
    Column("birth_date", "date"),
    Column("sex", "text"),
    Column("name_sealed", "bytea"),
    Column("protection", "text"),
    Column("residence_district", "text"),
)


@dataclass(frozen=True, slots=True)
class PersonStage:
    """Turns the person of a row into the values of `PERSON_COLUMNS`."""

    seals: Seals

    def __call__(self, row: PersonRow, *, reference: date) -> tuple[Any, ...]:
        """Return the values.

        Args:
            row: any register's row.
            reference: the day of what the row tells about; an identity number without century
                is read as it read then, so that staging it again gives the same person.

        Raises:
            RowRefused: the number is none, the name is half, or the key gives a person away.

        """
        number = number_of_row(row.source_key, row.identity_number, reference=reference)
        number_hash = self.seals.hash_of(number.digits)
        return (
            row.source_key,
            number_hash,
            self.seals.seal_number(number.digits, number_hash),
            number.date_in_number,
            number.sex.value,
            self._name(row, number_hash),
            row.protected_identity,
            row.residence_district,
        )

    def _name(self, row: PersonRow, number_hash: bytes) -> bytes | None:
        if row.given_name is None and row.family_name is None:
            return None
        if row.given_name is None or row.family_name is None:
            raise RowRefused("familyName", "half_a_name", "Give both names, or neither.")
        return self.seals.seal_name(Name(row.given_name, row.family_name), number_hash)


STATED_PROTECTED = "coalesce(s.protection, 'none') <> 'none'"


def subject_of_rows(
    seals: Seals, *, hash_: str = "s.identity_hash", guarded: str = STATED_PROTECTED
) -> Subject:
    """Return whom rows are about, so that a protected person's keys are in no list of errors.

    A refused row's key is kept with the hash of its number, and shown as long as the person is
    not protected from the reader. Of a row that states a protection, or does not say in a
    readable way whom it is about, no key is kept: its number in the delivery tells the sender.
    """

    def of(named: Mapping[str, Any]) -> tuple[bytes | None, bool]:
        stated = named.get("protectedIdentity")
        try:
            number = parse_identity_number(str(named.get("identityNumber")), reference=today())
        except NotAnIdentityNumber:
            return None, True
        return seals.hash_of(number.digits), stated not in (None, Protection.NONE)

    return Subject(hash_, guarded, of)


def number_of_row(source_key: str, written: str, *, reference: date) -> IdentityNumber:
    """Return the number of a row's person.

    Raises:
        RowRefused: the number is none, or the key gives a person away.

    """
    if holds_identity_number(source_key):
        raise RowRefused("sourceKey", "holds_identity_number", "A key must name no person.")
    try:
        return parse_identity_number(written, reference=reference)
    except NotAnIdentityNumber as error:
        raise RowRefused("identityNumber", error.fault, f"{FAULTS[error.fault]}.") from error


_BY_ALIAS = """
    update {rows} s set identity_hash = p.identity_number_hash{name}
    from person_number_alias a join person p on p.id = a.person_id
    where a.identity_number_hash = s.identity_hash
"""

PRESENT_NUMBERS = _BY_ALIAS.format(rows="staging", name=", name_sealed = null")
"""Lets a row that names a person by an earlier number be about that person (`Register.complete`).

What it seals was bound to that number, and opens under no other.
"""

PRESENT_NUMBERS_ALONE = _BY_ALIAS.format(rows="staging", name="")
"""The same for a register that stages nothing sealed."""


def keys_settled(seals: Seals) -> str:
    """Return the check that nobody is left under an older key, where no row would find them."""
    return f"""
        select s.row_no, 'identityNumber', 'keys_are_rotating',
               'Identity numbers are being brought under a new key; send the row again shortly.'
        from staging s
        where exists (select from person where index_key_version < {seals.index.version})
           or exists (select from person_number_alias
                      where index_key_version < {seals.index.version})
    """


_LEVELS = f"array{[str(each) for each in STRICTNESS]}"


def _strictness(protection: str) -> str:
    """Return SQL by which protections are compared."""
    return f"array_position({_LEVELS}, {protection})"


PERSON_DIFFERS = f"""
    p.id is null
    or (s.name_sealed is not null and p.name_sealed is null)
    or {_strictness("s.protection")} > {_strictness("p.protection")}
"""
"""What makes a row differ that only the person ``p`` of a staged row ``s`` can show.

A name is taken when none is on record; the population register decides about the rest. What a
case system says can protect a person and never lifts a protection: that is for somebody who may
see who is protected, and the sender is not told that there was one.
"""

_SAID = f"""
    select identity_hash, min(birth_date) as birth_date, min(sex) as sex,
           (array_agg(identity_sealed order by row_no))[1] as identity_sealed,
           (array_agg(name_sealed order by row_no)
               filter (where name_sealed is not null))[1] as name_sealed,
           (array_agg(protection order by {_strictness("protection")} desc nulls last))[1]
               as protection
    from batch where effect in ('created', 'changed') group by identity_hash
"""
"""One line per person of the batch: the first name and the strictest protection that it gives."""

_REGISTER = f"""
    insert into person (identity_number_sealed, identity_number_hash, name_sealed, birth_date,
                        sex, protection)
    select identity_sealed, identity_hash, name_sealed, birth_date, sex,
           coalesce(protection, 'none')
    from ({_SAID}) said
    where not exists (select from person p where p.identity_number_hash = said.identity_hash)
    on conflict (identity_number_hash) do nothing
"""

# Records merged into one are protected alike, so what is said of one is said of all of them; of
# two numbers in one batch the stricter word counts.
_NEWS = f"""
    with said as ({_SAID}), ruled as (
        select p.subject_id, max({_strictness("said.protection")}) as strictness
        from said join person p on p.identity_number_hash = said.identity_hash
        group by p.subject_id
    )
    select m.id, own.name_sealed, case when stricter.it then level.protection
                                       else m.protection end as protection,
           stricter.it as reprotected
    from ruled join person m on m.subject_id = ruled.subject_id
    cross join lateral (select coalesce(
        ruled.strictness > {_strictness("m.protection")}, false) as it) stricter
    cross join lateral (select ({_LEVELS})[ruled.strictness] as protection) level
    left join said own on own.identity_hash = m.identity_number_hash
    where (own.name_sealed is not null and m.name_sealed is null) or stricter.it
"""

_UPDATE = f"""
    update person set name_sealed = coalesce(person.name_sealed, news.name_sealed),
           protection = news.protection, {address_by("news.protection")}, {BUMP}
    from ({_NEWS}) news where person.id = news.id
"""

_HOLD = """
    select from person where id in (
        select unnest(array[p.id, p.subject_id]) from person p
        where p.identity_number_hash in (select identity_hash from batch))
    order by id for share
"""


async def ensure_people(conn: Connection, batch: Batch) -> None:
    """Register the people of the batch who are not, and take over what is news about others.

    Until the batch is done they are held as they are: a merge beside it waits, or has been seen.
    """
    await conn.execute(_BY_ALIAS.format(rows="batch", name=", name_sealed = null"))
    await conn.execute(_REGISTER)
    await _take_over_news(conn, batch)
    await conn.execute(_HOLD)


async def _take_over_news(conn: Connection, batch: Batch) -> None:
    news = await conn.fetch(_NEWS)
    if not news:
        return
    ids = [row["id"] for row in news]
    await keep_version(conn, "person", ids, reason=batch.reason, by=batch.by)
    await conn.execute(_UPDATE)
    reprotected = [row["id"] for row in news if row["reprotected"]]
    if reprotected:
        cause = Cause.CORRECTION
        await refreeze(conn, reprotected, cause=cause, reason=batch.reason, by=batch.by)
