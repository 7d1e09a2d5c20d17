"""The rules of funders' programme periods: each is recorded with its source, none is changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

from services.budget import participant_hours
from services.budget.claim_errors import CostTypeNotFound, ProgrammePeriodNotFound
from services.budget.domain.programmes import RateKind
from shared.db import Connection
from shared.journal import Cause


@dataclass(frozen=True, slots=True)
class PeriodTerms:
    """What holds for a whole programme period; hours are those paid for, of one person."""

    name: str
    first_day: date
    last_day: date
    hours_per_year: int
    hours_per_day: int
    whole_hours: bool
    source: str


async def register(conn: Connection, code: str, terms: PeriodTerms, *, by: str) -> None:
    """Register a programme period.

    Raises:
        ProgrammePeriodTaken: it is registered (a refusal of the database, `errors.CONSTRAINTS`).

    """
    await conn.execute("insert into programme_period (code) values ($1)", code)
    await _append(conn, code, 1, terms, by)


async def revise(conn: Connection, code: str, terms: PeriodTerms, *, by: str) -> int:
    """Give a programme period a new version of its terms; claims submitted keep theirs.

    Raises:
        ProgrammePeriodNotFound: there is none.

    """
    await _hold(conn, code)
    version: int = await conn.fetchval(
        "select max(version) + 1 from programme_period_version where code = $1", code
    )
    await _append(conn, code, version, terms, by)
    return version


async def add_cost_type(
    conn: Connection,
    programme: str,
    *,
    code: str,
    name: str,
    account_prefixes: Sequence[str],
    valid_from: date,
    source: str,
    by: str,
) -> None:
    """Add a cost type (kostnadsslag), with the accounts that feed it.

    Raises:
        ProgrammePeriodNotFound: there is none.
        CostTypeTaken: the code is in use (a refusal of the database, `errors.CONSTRAINTS`).

    """
    await _hold(conn, programme)
    await conn.execute(
        "insert into cost_type (programme_period, code, name, source, by)"
        " values ($1, $2, $3, $4, $5)",
        programme,
        code,
        name,
        source,
        by,
    )
    for prefix in account_prefixes:
        await feed(
            conn,
            programme,
            prefix=prefix,
            cost_type=code,
            valid_from=valid_from,
            source=source,
            by=by,
        )


async def feed(
    conn: Connection,
    programme: str,
    *,
    prefix: str,
    cost_type: str | None,
    valid_from: date,
    source: str,
    by: str,
) -> int:
    """Let accounts that begin with a prefix feed a cost type from a day on, or none.

    Raises:
        ProgrammePeriodNotFound, CostTypeNotFound: there is none.

    """
    await _hold(conn, programme)
    if cost_type is not None:
        await check_cost_types(conn, programme, [cost_type])
    rule_id: int = await conn.fetchval(
        "insert into cost_type_account (programme_period, prefix, cost_type, valid_from, source,"
        " by) values ($1, $2, $3, $4, $5, $6) returning id",
        programme,
        prefix,
        cost_type,
        valid_from,
        source,
        by,
    )
    return rule_id


async def add_flat_rate(
    conn: Connection,
    programme: str,
    *,
    code: str,
    name: str,
    share: int,
    on_cost_types: Sequence[str],
    replaces: Sequence[str],
    valid_from: date,
    source: str,
    by: str,
) -> int:
    """Record a flat rate (schablon) that holds from a day on.

    Raises:
        ProgrammePeriodNotFound, CostTypeNotFound: there is none.

    """
    await _hold(conn, programme)
    await check_cost_types(conn, programme, [*on_cost_types, *replaces])
    rate_id: int = await conn.fetchval(
        "insert into flat_rate (programme_period, code, name, share, on_cost_types, replaces,"
        " valid_from, source, by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id",
        programme,
        code,
        name,
        share,
        list(on_cost_types),
        list(replaces),
        valid_from,
        source,
        by,
    )
    return rate_id


async def add_hourly_rate(
    conn: Connection,
    programme: str,
    *,
    kind: RateKind,
    code: str,
    name: str,
    cost_type: str,
    amount: int,
    valid_from: date,
    source: str,
    by: str,
) -> int:
    """Record a unit cost an hour that holds from a day on; co-financing is valued anew.

    Raises:
        ProgrammePeriodNotFound, CostTypeNotFound: there is none.

    """
    await _hold(conn, programme)
    await check_cost_types(conn, programme, [cost_type])
    rate_id: int = await conn.fetchval(
        "insert into hourly_rate (programme_period, kind, code, name, cost_type, amount,"
        " valid_from, source, by) values ($1, $2, $3, $4, $5, $6, $7, $8, $9) returning id",
        programme,
        kind,
        code,
        name,
        cost_type,
        amount,
        valid_from,
        source,
        by,
    )
    if kind is RateKind.PARTICIPANT:
        await participant_hours.value_anew(
            conn, programme=programme, reason=source, cause=Cause.RULE_CHANGE
        )
    return rate_id


async def check_cost_types(conn: Connection, programme: str, codes: Sequence[str]) -> None:
    """Refuse codes that the programme period has no cost type of.

    Raises:
        CostTypeNotFound: naming them.

    """
    rows = await conn.fetch("select code from cost_type where programme_period = $1", programme)
    missing = sorted(set(codes) - {row["code"] for row in rows})
    if missing:
        raise CostTypeNotFound(f"The programme period has no cost type {', '.join(missing)}.")


async def _hold(conn: Connection, code: str) -> None:
    """Let one rule of a programme period be recorded at a time.

    Raises:
        ProgrammePeriodNotFound: there is none.

    """
    await conn.execute("select pg_advisory_xact_lock(hashtext('programme'), hashtext($1))", code)
    if not await conn.fetchval("select true from programme_period where code = $1", code):
        raise ProgrammePeriodNotFound


async def _append(conn: Connection, code: str, version: int, terms: PeriodTerms, by: str) -> None:
    await conn.execute(
        """
        insert into programme_period_version (code, version, name, first_day, last_day,
            hours_per_year, hours_per_day, whole_hours, source, by, recorded_at)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10,
                greatest(now(), (select max(recorded_at) + interval '1 microsecond'
                                 from programme_period_version where code = $1)))
        """,
        code,
        version,
        terms.name,
        terms.first_day,
        terms.last_day,
        terms.hours_per_year,
        terms.hours_per_day,
        terms.whole_hours,
        terms.source,
        by,
    )
