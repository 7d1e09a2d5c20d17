"""The city's ledger: balanced vouchers of five postings each, numbered without gaps."""

from __future__ import annotations

from typing import TYPE_CHECKING

from jarva.bench import journal
from jarva.bench.city.size import FIRST_DAY, YEARS, chance

if TYPE_CHECKING:
    from jarva.bench.city.size import Size
    from shared.db import Connection

SERIES = "VER"
PER_VOUCHER = 5
PROJECTS = 20
ACCOUNTS = journal.accounts(120)
COUNTERPARTS = ("11", "55", "87")

# One statement, as registers book (services.budget.bulk_booking), but with rows made here.
_VOUCHERS = """
    insert into voucher (series, year, number, period, covers_from, happened_on, text, by, source,
                         source_key, source_version, source_digest, delivery_id)
    select $1, $2, $3 + n, $2 * 100 + extract(month from day)::integer,
           $2 * 100 + extract(month from day)::integer, day, 'Verifikation', 'bench', 'vouchers',
           'bench:' || $2 || '-' || ($3 + n), 1, sha256(int8send($2 * 100000000::bigint + $3 + n)),
           $6::uuid
    from generate_series(1, $4::integer) n,
         lateral (select make_date($2, 1, 1) + (($3 + n) * 365::bigint / ($5 + 1))::integer) d (day)
    order by n returning id, number, period, happened_on
"""
_AMOUNTS = ", ".join(
    f"(1 + {chance('v.number', seed, 10_000_000)}) * (1 - 2 * {chance('v.number', seed + 9, 2)})"
    for seed in range(21, 21 + PER_VOUCHER - 1)
)
_POSTINGS = f"""
    insert into posting (voucher_id, period, happened_on, account, counterpart, project, amount)
    select v.id, v.period, v.happened_on,
           ($2::text[])[1 + {chance(f"v.number * {PER_VOUCHER} + p.at", 41, 1_000_000)}
                       % cardinality($2::text[])],
           (array['11', '55', '87'])[1 + {chance("v.number", 42, 3)}],
           case when v.number % 4 = 0 then 'P' || v.number / 4 % {PROJECTS} else '' end,
           case when p.at < {PER_VOUCHER} then a.amounts[p.at]
                else -(select sum(amount) from unnest(a.amounts) amount) end
    from unnest($1::uuid[], $3::bigint[], $4::integer[], $5::date[])
         as v (id, number, period, happened_on)
    cross join lateral (select array[{_AMOUNTS}]::bigint[] as amounts) a
    cross join generate_series(1, {PER_VOUCHER}) p (at)
    where p.at < {PER_VOUCHER} or (select sum(amount) from unnest(a.amounts) amount) <> 0
    order by v.number, p.at
"""


def parts(size: Size, most: int) -> list[tuple[int, int, int, int]]:
    """Return (batch, year, how many vouchers, of how many in the year), year by year."""
    yearly = size.postings // PER_VOUCHER // len(YEARS)
    cut = []
    for year in YEARS:
        for start in range(0, yearly, most):
            batch = ((year - FIRST_DAY.year) * yearly + start) * 20 // (yearly * len(YEARS))
            cut.append((batch, year, min(most, yearly - start), yearly))
    return cut


async def fill(conn: Connection, *, year: int, many: int, yearly: int) -> None:
    """Book so many vouchers of a year, after those already there (one transaction)."""
    last = await conn.fetchval("select reserve_voucher_numbers($1, $2)", SERIES, year)
    delivery = await conn.fetchval("select uuidv7()")
    rows = await conn.fetch(_VOUCHERS, SERIES, year, last, many, yearly, delivery)
    columns = [[row[name] for row in rows] for name in ("id", "number", "period", "happened_on")]
    await conn.execute(_POSTINGS, columns[0], ACCOUNTS, *columns[1:])
