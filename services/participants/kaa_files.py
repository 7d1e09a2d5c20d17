"""Make the half-yearly file when nothing is wrong with it, keep it, and give it out.

People with protected identity are left out unless the caller, who then needs the scope, says
that they are to be included: SCB wants everybody, and how their numbers travel is agreed with
SCB before. How many were left out is told. No address or contact detail is ever in the file.
"""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING

import msgspec

from services.participants.domain.kaa_codes import CODES, CodeList
from services.participants.domain.kaa_file import (
    Contact,
    Fault,
    HalfYear,
    Line,
    Measure,
    Official,
    Youth,
    faults_of,
    lines_of,
    rendered,
)
from services.participants.errors.kaa import KaaFileNotReady, UnknownOwnCode
from services.participants.queries import kaa_files as reads
from services.participants.queries.people import PROTECTED, may_see_protected
from shared.basis import settled_within
from shared.db import WriteSession, driver
from shared.events import new_id

if TYPE_CHECKING:
    from uuid import UUID

    from asyncpg import Record

    from services.participants.schemas.kaa_files import KaaCodeMappingIn, KaaFileIn
    from services.participants.sealing import Seals
    from shared.auth import Caller
    from shared.db import Connection

IDENTITY = "participants:identity"

_CONTACTS = msgspec.json.Decoder(tuple[Contact, ...])
_MEASURES = msgspec.json.Decoder(tuple[Measure, ...])

_KEEP = """
    insert into kaa_file (id, half_year, number, basis, rows, youths, protected_included,
                          protected_left_out, sha256, content_sealed, subjects, made_by)
    select $1, $2, 1 + coalesce(max(number), 0), $3, $4, $5, $6, $7, $8, $9, $10, $11
    from kaa_file where half_year = $2
"""

_MAP = """
    insert into kaa_code_mapping (list, code, official_code, valid_from, source, recorded_by)
    values ($1, $2, $3, $4, $5, $6) returning *
"""


@dataclass(frozen=True, slots=True)
class Draft:
    """A file before it is given out.

    Attributes:
        half: of which half-year.
        youths: whom it tells of.
        lines: in order.
        official: the codes that hold on the half-year's last day.
        faults: what is wrong.
        left_out: how many protected youths it leaves out.

    """

    half: HalfYear
    youths: list[Youth]
    lines: list[Line]
    official: Official
    faults: list[Fault]
    left_out: int

    def person_of(self, fault: Fault) -> UUID:
        return next(it.person_id for it in self.youths if it.membership_id == fault.membership_id)


async def draft(conn: Connection, half: HalfYear, *, protected: bool, seals: Seals) -> Draft:
    """Return the file of a half-year as it would be now, with its faults.

    Args:
        conn: inside a transaction.
        half: which half-year.
        protected: whether people with protected identity are in it.
        seals: opens the identity numbers.

    """
    rows = await reads.youths(conn, half.first, half.last)
    kept = [row for row in rows if protected or not row["protected"]]
    youths = [_youth(row, seals) for row in kept]
    lines = [line for youth in youths for line in lines_of(youth, half)]
    mapped = await reads.official_codes(conn, half.last)
    official = Official(
        {(CodeList(row["list"]), row["code"]): row["official_code"] for row in mapped}
    )
    faults = faults_of(lines, half, official)
    return Draft(half, youths, lines, official, faults, len(rows) - len(kept))


async def make(session: WriteSession, given: KaaFileIn, *, seals: Seals, by: Caller) -> Record:
    """Make a half-year's file, which replaces the one before, and keep it sealed.

    Raises:
        ScopeMissing: identity numbers, or protected people, are not for this caller.
        KaaFileNotReady: something is wrong with it; nothing is made.
        KaaFileReplacedMeanwhile: from the database's own constraint.

    """
    by.require_scope(IDENTITY)
    if given.include_protected:
        by.require_scope(PROTECTED)
    conn = await driver(session)
    basis = await settled_within(conn)
    made = await draft(conn, given.half, protected=given.include_protected, seals=seals)
    if made.faults:
        raise _not_ready(made)
    content = rendered(made.lines, made.half, made.official)
    file_id = new_id()
    await conn.execute(
        _KEEP,
        file_id,
        given.half_year,
        basis,
        len(made.lines),
        len({youth.number for youth in made.youths}),
        given.include_protected,
        made.left_out,
        sha256(content).hexdigest(),
        seals.seal_content(content, table="kaa_file", record_id=file_id),
        sorted({youth.person_id for youth in made.youths}),
        by.subject,
    )
    return await reads.kaa_file(conn, file_id)


async def content(
    conn: Connection, file_id: UUID, *, seals: Seals, by: Caller
) -> tuple[Record, bytes]:
    """Return a file and its bytes, the same each time.

    Raises:
        KaaFileNotFound: not there.
        ScopeMissing: identity numbers, or protected people in it, are not for this caller.

    """
    row = await reads.kaa_file(conn, file_id)
    by.require_scope(IDENTITY)
    if row["protected_included"]:
        by.require_scope(PROTECTED)
    return row, seals.open_content(row["content_sealed"], table="kaa_file", record_id=row["id"])


async def faults(conn: Connection, half: HalfYear, *, seals: Seals, by: Caller) -> Draft:
    """Return the file of a half-year with its faults, as far as the caller sees people."""
    return await draft(conn, half, protected=may_see_protected(by), seals=seals)


async def map_code(session: WriteSession, given: KaaCodeMappingIn, *, by: str) -> Record:
    """Enter the official code of an own code; of one code, the latest entry holds.

    Raises:
        UnknownOwnCode: the list has no such code.

    """
    known = CODES[given.code_list]
    if given.code not in known:
        raise UnknownOwnCode(codes=list(known))
    conn = await driver(session)
    row: Record | None = await conn.fetchrow(
        _MAP,
        given.code_list,
        given.code,
        given.official_code,
        given.valid_from,
        given.source,
        by,
    )
    assert row is not None  # noqa: S101  the statement returns what it inserted
    return row


def _not_ready(made: Draft) -> KaaFileNotReady:
    unmapped = sorted(
        {
            f"{name}:{code}"
            for line in made.lines
            for name, code in line.codes
            if code and (name, code) not in made.official.codes
        }
    )
    return KaaFileNotReady(faults=len(made.faults), unmapped=[*unmapped])


def _youth(row: Record, seals: Seals) -> Youth:
    number = seals.open_number(row["identity_number_sealed"], row["identity_number_hash"])
    return Youth(
        membership_id=row["id"],
        person_id=row["person_id"],
        number=number,
        born=row["birth_date"],
        joined_on=row["joined_on"],
        join_reason=row["join_reason"],
        ends_on=row["ends_on"],
        end_reason=row["end_reason"],
        contacts=_CONTACTS.decode(row["contacts"]),
        measures=_MEASURES.decode(row["measures"]),
    )
