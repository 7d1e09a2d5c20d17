"""A delivery's rows as temporary tables of the worker's own session.

Temporary tables are unlogged, private and gone with the session: whatever dies (the worker,
the connection, PostgreSQL), the next one stages the kept body anew and goes on at the cursor.
"""

from __future__ import annotations

import asyncio
import gc
from typing import TYPE_CHECKING

from shared.deliveries.rows import Parsed

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from shared.db import Connection
    from shared.deliveries.formats import BodyParser
    from shared.deliveries.register import Register
    from shared.deliveries.verdicts import RowError

_ERROR_COLUMNS = ("row_no", "key", "field", "code", "detail", "difference", "subject")

_SESSION = (
    "set statement_timeout = 0",  # comparing a million rows may take longer than a request
    "set idle_in_transaction_session_timeout = '60s'",
    "set client_connection_check_interval = '1s'",  # a killed worker's statement ends with it
    "set work_mem = '64MB'",
    "set temp_buffers = '64MB'",
)


async def prepare_session(conn: Connection) -> None:
    """Fit a dedicated connection for work on whole registers."""
    for setting in _SESSION:
        await conn.execute(setting)


async def create_tables(conn: Connection, register: Register) -> None:
    """Make the register's temporary tables, empty, whatever this session held before."""
    columns = ", ".join(f"{column.name} {column.type}" for column in register.columns)
    key = ", ".join(f"{column.name} {column.type}" for column in register.key_columns)
    names = ", ".join(register.key)
    await conn.execute(
        f"""
        drop view if exists pg_temp.present;
        drop table if exists pg_temp.staging, pg_temp.retraction, pg_temp.refused_key,
                             pg_temp.row_error, pg_temp.difference, pg_temp.ending, pg_temp.batch;
        create temp table staging (row_no bigint not null, {columns});
        create temp table retraction (row_no bigint not null, {key}, reason text not null);
        create temp table refused_key ({key});
        create temp table row_error (row_no bigint not null, key text, field text,
                                     code text not null, detail text not null, difference text,
                                     subject bytea);
        create temp table difference (row_no bigint not null, effect text not null,
                                      record_id uuid);
        create temp table ending (record_id uuid not null);
        create temp table batch (row_no bigint, effect text not null, record_id uuid not null,
                                 reason text, {columns});
        create temp view present as
            select {names} from staging union all select {names} from retraction
            union all select {names} from refused_key;
        """
    )


async def load(
    conn: Connection, register: Register, parser: BodyParser, pieces: AsyncIterator[bytes]
) -> AsyncIterator[Parsed]:
    """Stage a whole body; yield what each piece of it held, once it is staged.

    Raises:
        BodyRefused: the body as a whole cannot be read.

    """
    read = Parsed()
    async for piece in pieces:
        staged, read = read, await _copy_while_reading(conn, register, read, parser, piece)
        yield staged
    staged, read = read, await _copy_while_reading(conn, register, read, parser, None)
    yield staged
    await _copy(conn, register, read)
    yield read
    if register.complete is not None:
        await conn.execute(register.complete)
    await conn.execute(f"analyze staging (row_no, {_told_apart(register)})")


def _told_apart(register: Register) -> str:
    """Return the columns that rows are found by: what fills arrays is long to look through."""
    return ", ".join(c.name for c in register.columns if not c.type.endswith("[]"))


async def count_rows(conn: Connection) -> int:
    """Return how many rows a loaded body held: every number that was staged or refused."""
    rows: int = await conn.fetchval(
        """
        select (select count(*) from staging) + (select count(*) from retraction)
             + (select count(distinct e.row_no) from row_error e
                where not exists (select from staging s where s.row_no = e.row_no)
                  and not exists (select from retraction r where r.row_no = e.row_no))
        """
    )
    return rows


async def _copy_while_reading(
    conn: Connection, register: Register, read: Parsed, parser: BodyParser, piece: bytes | None
) -> Parsed:
    """Stage what has been read, and read the next piece (None: the body's end) meanwhile."""
    following = asyncio.create_task(asyncio.to_thread(_read, parser, piece))
    try:
        await _copy(conn, register, read)
    finally:
        # The thread cannot be stopped, and a body that is refused finds the connection free.
        parsed = await following
    return parsed


def _read(parser: BodyParser, piece: bytes | None) -> Parsed:
    """Read a piece without looking for cycles: rows have none, and are looked through for them."""
    collecting = gc.isenabled()
    gc.disable()
    try:
        return parser.finish() if piece is None else parser.feed(piece)
    finally:
        if collecting:
            gc.enable()


async def _copy(conn: Connection, register: Register, parsed: Parsed) -> None:
    key = register.key
    if parsed.staged:
        columns = ("row_no", *(column.name for column in register.columns))
        await conn.copy_records_to_table("staging", records=parsed.staged, columns=columns)
    if parsed.retractions:
        await conn.copy_records_to_table(
            "retraction", records=parsed.retractions, columns=("row_no", *key, "reason")
        )
    if parsed.refused_keys:
        await conn.copy_records_to_table("refused_key", records=parsed.refused_keys, columns=key)
    if parsed.errors:
        await add_errors(conn, parsed.errors)


async def add_errors(conn: Connection, errors: list[RowError]) -> None:
    """Add refusals found outside the database."""
    await conn.copy_records_to_table(
        "row_error",
        records=[
            (e.row_no, e.key, e.field, e.code, e.detail, e.difference, e.subject) for e in errors
        ],
        columns=_ERROR_COLUMNS,
    )


async def refuse_duplicates(conn: Connection, register: Register) -> None:
    """Refuse every later row with a key that stands in an earlier row, naming the first."""
    names = ", ".join(register.key)
    rows = f"select row_no, {names}, {_key_and_subject(register)} from staging s"
    if await conn.fetchval("select exists (select from retraction)"):
        shown = _key_text(register, "r") if register.subject is None else "null::text"
        rows = f"{rows} union all select row_no, {names}, {shown}, null::bytea from retraction r"
    await conn.execute(
        f"""
        insert into row_error (row_no, key, subject, field, code, detail)
        with keyed (row_no, {names}, shown_key, about) as not materialized ({rows}),
             twice as (select {names}, min(row_no) as first from keyed
                       group by {names} having count(*) > 1)
        select k.row_no, k.shown_key, k.about, null, 'duplicate_key',
               format('The same key stands in row %s.', t.first)
        from twice t join keyed k using ({names}) where k.row_no <> t.first
        """
    )
    await withdraw_refused(conn, register)


async def refuse_by_checks(conn: Connection, register: Register) -> None:
    """Refuse the rows that the register's own rules find."""
    for check in register.checks:
        await conn.execute(
            f"""
            insert into row_error (row_no, key, subject, field, code, detail, difference)
            select c.row_no, {_key_and_subject(register)}, c.field, c.code, c.detail,
                   to_jsonb(c) ->> 'difference'
            from ({check}) c (row_no, field, code, detail) join staging s using (row_no)
            """
        )
    if register.checks:
        await withdraw_refused(conn, register)


async def refuse_unknown_retractions(conn: Connection, register: Register) -> None:
    """Refuse retractions of records that are not held."""
    if register.match is None:
        return
    await conn.execute(
        f"""
        insert into row_error (row_no, key, field, code, detail)
        select r.row_no, {_key_text(register, "r")}, null, 'unknown_key',
               'There is no record with this key to retract.'
        from retraction r left join ({register.match}) m (row_no, record_id, done) using (row_no)
        where m.row_no is null
        """
    )
    await withdraw_refused(conn, register)


async def withdraw_known_errors(conn: Connection, register: Register, delivery_id: object) -> None:
    """Take out the rows that an earlier validation of this delivery refused for good."""
    await conn.execute(
        "insert into row_error (row_no, code, detail)"
        " select row_no, code, detail from delivery_error where delivery_id = $1",
        delivery_id,
    )
    await withdraw_refused(conn, register)


async def withdraw_refused(conn: Connection, register: Register) -> None:
    """Take refused rows out of the staged ones, remembering their keys."""
    names = ", ".join(register.key)
    returning = ", ".join(f"t.{name}" for name in register.key)
    if not await conn.fetchval("select exists (select from row_error)"):
        return
    for table in ("staging", "retraction"):
        await conn.execute(
            f"""
            with gone as (
                delete from {table} t
                using (select distinct row_no from row_error) e where t.row_no = e.row_no
                returning {returning})
            insert into refused_key ({names}) select {names} from gone
            """
        )


def _key_and_subject(register: Register) -> str:
    """Return the key as it is shown and whom it is about, of a staged row ``s``."""
    key, subject = _key_text(register, "s"), register.subject
    if subject is None:
        return f"{key}, null::bytea"
    return f"case when not ({subject.guarded}) then {key} end, {subject.hash}"


def _key_text(register: Register, alias: str) -> str:
    if not register.show_key:
        return "null::text"
    return f"concat_ws('|', {', '.join(f'{alias}.{name}' for name in register.key)})"
