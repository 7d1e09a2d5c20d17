"""The rules of entry: who may be enrolled where on a day, judged in one statement.

The register of enrolments states the same rules for many rows at once (registers); a test
puts one set of bad rows to both.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from services.participants.errors.enrolments import (
    BornAfterEntry,
    GroundNotInKaa,
    PersonDeceased,
    UnemployedAfterEntry,
)
from services.participants.errors.offering import (
    ProgrammeNotInOperation,
    TeamNotInOperation,
    UnitNotInOperation,
    UnknownProgramme,
    UnknownTeam,
    UnknownUnit,
)
from services.participants.errors.people import PersonNotFound

if TYPE_CHECKING:
    from datetime import date

    from asyncpg import Record

    from shared.db import Connection
    from shared.errors import DomainError


def ground_stands(entry: str, born: str, person: str) -> str:
    """Return the SQL that the ground of an entry may be given: KAA only while in KAA.

    Nobody is from the twentieth birthday on (skollagen 29 kap. 9 §). A younger person whom the
    register has, or once had, is on the days it says; of one it never had, the unit's word
    counts, as the register may come later.
    """
    return f"""({entry}.ground <> 'kaa' or (
        age({entry}.started_on, {born}) < interval '20 years'
        and (in_kaa({person}.id, {entry}.started_on) or not exists (
            select from kaa_membership m join person holder on holder.id = m.person_id
            where holder.subject_id = {person}.subject_id and m.retracted_at is null))))"""


JUDGED = f"""
    select asked.*,
           p.subject_id, p.id is not null as person_known, s.birth_date <= asked.started_on as born,
           not exists (select from enrolment d
                       where d.subject_id = p.subject_id and d.retracted_at is null
                         and d.outcome = 'deceased' and d.exited_on < asked.started_on) as alive,
           {ground_stands("asked", "s.birth_date", "p")} as ground_stands,
           u.code is not null as unit_known,
           asked.started_on between u.valid_from and coalesce(u.valid_to, 'infinity')
               as unit_open,
           g.code is not null as programme_known, g.esf_from is not null as esf,
           asked.started_on between g.valid_from and coalesce(g.valid_to, 'infinity')
               as programme_open,
           asked.team is null or t.code is not null as team_known,
           asked.team is null
               or asked.started_on between t.valid_from and coalesce(t.valid_to, 'infinity')
               as team_open,
           b.sex, b.age_group, b.district
    from asked
    left join person p on p.id = asked.person_id and (asked.protected or p.protection = 'none')
    left join person s on s.id = p.subject_id
    left join unit u on u.code = asked.unit
    left join programme g on g.code = asked.programme
    left join team t on t.code = asked.team and t.programme = asked.programme
    left join lateral breakdown_on(p.id, asked.started_on, asked.stated_district) b on true
"""

_REFUSALS: tuple[tuple[str, type[DomainError]], ...] = (
    ("person_known", PersonNotFound),
    ("born", BornAfterEntry),
    ("alive", PersonDeceased),
    ("unit_known", UnknownUnit),
    ("unit_open", UnitNotInOperation),
    ("programme_known", UnknownProgramme),
    ("programme_open", ProgrammeNotInOperation),
    ("team_known", UnknownTeam),
    ("team_open", TeamNotInOperation),
    ("ground_stands", GroundNotInKaa),
)


def check_unemployed_since(since: date | None, started_on: date) -> None:
    """Refuse unemployment that begins after the entry that it is told at."""
    if since is not None and since > started_on:
        raise UnemployedAfterEntry.of("unemployedSince", "too_late", "The entry lies before it.")


ASKED = """
    select $1::uuid as person_id, $2::text as unit, $3::text as programme, $4::text as team,
           $5::date as started_on, $6::text as stated_district, $7::boolean as protected,
           $8::text as ground
"""

_JUDGE = f"with asked as ({ASKED}) {JUDGED}"

MAY_ENTER = " and ".join(flag for flag, _ in _REFUSALS)
"""SQL over a judged row: every rule holds."""

FLAGS = ", ".join(flag for flag, _ in _REFUSALS)


async def judge(conn: Connection, values: dict[str, Any], *, protected: bool) -> Record:
    """Return the breakdown of an entry's day, or raise the first refusal it calls for.

    Args:
        conn: inside a transaction.
        values: the enrolment's columns.
        protected: people with protected identity may be enrolled by this caller.

    """
    row = await conn.fetchrow(
        _JUDGE,
        values["person_id"],
        values["unit"],
        values["programme"],
        values["team"],
        values["started_on"],
        values["stated_district"],
        protected,
        values["ground"],
    )
    return checked(row)


def checked(row: Record | None) -> Record:
    """Return a judged row, or raise the first refusal it calls for."""
    assert row is not None  # noqa: S101  the statement selects from a single asked row
    for flag, refusal in _REFUSALS:
        if not row[flag]:
            raise refusal
    return row
