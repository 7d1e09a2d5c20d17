"""What a SIE file must agree with before anything of it is booked: itself, and the ledger.

``moved`` is what the file's vouchers come to per period, account and code parts; the balances
that the file states are compared with sums over it.
"""

from __future__ import annotations

from collections.abc import Sequence

import asyncpg

from services.budget.domain.chart import EQUITY
from services.budget.domain.sie.rules import Variety
from shared.db import Connection
from shared.deliveries import Delivery, Explanation, RowError, Verdict
from shared.money import to_decimal_string

_SHOWN = 10
"""Accounts named in a warning."""

_FILE = "(select number from staging where kind = 'file')"

LIVE = """
    select v.id, v.source_key, v.year, v.period from voucher v
    where v.source = 'sie' and v.reversal_of is null
      and not exists (select from voucher r where r.reversal_of = v.id)
"""
"""Vouchers that the register has booked and not taken back."""

YEAR = """
    select s.row_no, '#RAR year', case when f.year is null then 'unknown_period'
                                       else 'year_differs' end,
           case when f.year is null then format('The year %s has not been opened.', s.number)
                else format('The year %s begins on %s here, and on %s in the file.',
                            s.number, f.first_day, s.happened_on) end
    from staging s left join fiscal_year f on f.year = s.number
    where s.kind = 'year' and f.first_day is distinct from s.happened_on
"""

# A year is either made of vouchers or of balances: both would count it twice.
MIXED = f"""
    select s.row_no, '#SIETYP type', case when s.code in ('1', '2', '3') then 'year_has_vouchers'
                                          else 'year_has_balances' end,
           case when s.code in ('1', '2', '3')
                then 'Vouchers of the year have been delivered; its balances would count twice.'
                else 'Balances of the year have been delivered; its vouchers would count twice.' end
    from staging s where s.kind = 'file' and exists (
        select from ({LIVE}) v where v.year = s.number and v.source_key not like '%:IB'
        and (v.source_key like '%:SALDO:%') = (s.code in ('4E', '4I')))
"""

PARENTS = """
    select s.row_no, '#UNDERDIM parent', 'unknown_dimension',
           format('There is no dimension %s to divide further.', s.parent)
    from staging s where s.kind = 'dimension' and s.parent is not null
      and not exists (select from dimension d where d.number = s.parent)
      and not exists (select from staging d where d.kind in ('dimension', 'remark')
                      and d.number = s.parent)
"""

CHECKS = (YEAR, MIXED, PARENTS)

_MOVED = """
    create temp table moved as
    select s.period, p.account, p.counterpart, p.project, p.responsibility, p.activity,
           p.objects, sum(p.amount)::bigint as amount, min(s.row_no) as row_no
    from staging s cross join lateral unnest(
        s.accounts, s.counterparts, s.projects, s.responsibilities, s.activities, s.objects,
        s.amounts)
        as p (account, counterpart, project, responsibility, activity, objects, amount)
    where s.kind = 'voucher' group by 1, 2, 3, 4, 5, 6, 7
"""

_STATED = """
    select s.row_no, s.key, s.label, s.accounts[1] as account, s.period, s.amounts[1] as amount,
           s.counterparts[1] as counterpart, s.projects[1] as project,
           s.responsibilities[1] as responsibility, s.activities[1] as activity,
           s.objects[1]::jsonb as objects
    from staging s where s.kind = 'balance' and s.label <> '#IB'
"""

# The last month holds the closing periods, as a file states months and knows no others.
# What equity took of an opening that did not sum to zero is no part of what the file states.
_DIFFERING = f"""
    select b.row_no, b.key, b.label, b.amount as stated,
           coalesce(sum(m.amount), 0)::bigint
             + case when b.label = '#UB' and b.account = '{EQUITY}' then $1::bigint else 0 end
             as computed
    from ({_STATED}) b left join moved m on m.account = b.account
     and case b.label when '#OIB' then m.period % 100 = 0
                      when '#RES' then m.period % 100 > 0
                      when '#PSALDO' then m.period = b.period
                           or b.period % 100 = 12 and m.period % 100 > 12
                      else true end
     and (b.counterpart is null or m.counterpart = b.counterpart)
     and (b.project is null or m.project = b.project)
     and (b.responsibility is null or m.responsibility = b.responsibility)
     and (b.activity is null or m.activity = b.activity)
     and (b.objects = '{{}}' or m.objects::jsonb @> b.objects)
    group by b.row_no, b.key, b.label, b.account, b.amount
    having b.amount <> coalesce(sum(m.amount), 0)
        + case when b.label = '#UB' and b.account = '{EQUITY}' then $1::bigint else 0 end
    order by b.row_no limit 1000
"""

# An account that comes to nothing may be left out, any other has its closing balance or result.
_MISSING = f"""
    select min(m.row_no) as row_no, m.account, sum(m.amount)::bigint as computed
    from moved m
    where (m.account < '3' or m.period % 100 > 0)
      and not exists (select from ({_STATED}) b
                      where b.account = m.account and b.label in ('#UB', '#RES'))
    group by m.account
    having sum(m.amount) + case when m.account = '{EQUITY}' then $1::bigint else 0 end <> 0
    order by m.account limit 1000
"""

_MONTHS = f"""
    select b.account, b.row_no, b.stated, coalesce(m.computed, 0)::bigint as computed
    from (select account, min(row_no) as row_no, sum(amount)::bigint as stated
          from ({_STATED}) s where label = '#PSALDO' and objects = '{{}}'
            and num_nonnulls(counterpart, project, responsibility, activity) = 0
          group by account) b
    left join (select account, sum(amount) as computed from moved
               where period % 100 > 0 group by account) m using (account)
    where b.stated <> coalesce(m.computed, 0) order by b.row_no limit 1000
"""

_LOST = f"""
    select count(*) as many, (array_agg(v.source_key order by v.source_key))[1:5] as keys
    from ({LIVE}) v where v.year = {_FILE} and v.source_key not like '%:SALDO:%'
      and not exists (select from staging s where s.kind = 'voucher' and s.key = v.source_key)
"""


# Only a year that the ledger holds can be compared; accounts that neither names are nothing.
_PREVIOUS = f"""
    with booked as (
        select account, sum(amount) as total,
               sum(amount) filter (where period % 100 > 0) as movement
        from posting
        where period between ({_FILE} - 1) * 100 and {_FILE} * 100 - 1 group by account)
    select s.accounts[1] as account
    from staging s left join booked b on b.account = s.accounts[1]
    where s.kind = 'previous' and exists (select from booked)
      and s.amounts[1] <> coalesce(case s.label when '#UB' then b.total else b.movement end, 0)
    order by 1
"""


_ELSEWHERE = f"""
    select count(*) from voucher v
    where v.year = {_FILE} and v.source is distinct from 'sie' and v.reversal_of is null
      and not exists (select from voucher r where r.reversal_of = v.id)
"""


async def check_file(
    conn: Connection,
    delivery: Delivery,  # noqa: ARG001  what a rule over a whole delivery is given
) -> Verdict:
    """Return every balance that the vouchers of the file do not lead to.

    A file with faulty records is not added up: every account that they touch would differ.
    """
    file = await conn.fetchrow(
        "select row_no, number, code, texts, amounts[1] as net from staging where kind = 'file'"
    )
    if file is None or await conn.fetchval("select exists (select from row_error)"):
        return Verdict()
    variety = Variety(file["code"])
    errors: list[RowError] = []
    if variety.holds_balances:
        await conn.execute("drop table if exists pg_temp.moved")
        await conn.execute(_MOVED)
        await conn.execute("analyze moved")
        errors = await _differences(conn, file["net"])
        if variety is Variety.LEDGER:
            errors += await _lost_vouchers(conn)
    if errors:
        return Verdict(errors)
    previous = await conn.fetch(_PREVIOUS)
    elsewhere = await conn.fetchval(_ELSEWHERE) if variety.holds_balances else 0
    return Verdict(warning=_warning(file, [row["account"] for row in previous], elsewhere))


async def _differences(conn: Connection, net: int) -> list[RowError]:
    differing = await conn.fetch(_DIFFERING, net)
    errors = [
        RowError(
            row["row_no"],
            "balance_differs",
            f"The file's own records come to {to_decimal_string(row['computed'])},"
            f" this one says {to_decimal_string(row['stated'])}.",
            f"{row['label']} amount",
            row["key"],
            to_decimal_string(row["computed"] - row["stated"]),
        )
        for row in differing
    ]
    errors += [
        RowError(
            row["row_no"],
            "balance_missing",
            f"Account {row['account']} comes to {to_decimal_string(row['computed'])},"
            " and the file has no closing balance or result for it.",
            "#UB account" if row["account"] < "3" else "#RES account",
            row["account"],
            to_decimal_string(row["computed"]),
        )
        for row in await conn.fetch(_MISSING, net)
    ]
    if not errors:
        errors = _month_errors(await conn.fetch(_MONTHS))
    return errors


def _month_errors(rows: Sequence[asyncpg.Record]) -> list[RowError]:
    return [
        RowError(
            row["row_no"],
            "months_do_not_sum_to_year",
            f"The periods of account {row['account']} sum to {to_decimal_string(row['stated'])},"
            f" the year moved {to_decimal_string(row['computed'])}.",
            "#PSALDO amount",
            row["account"],
            to_decimal_string(row["computed"] - row["stated"]),
        )
        for row in rows
    ]


async def _lost_vouchers(conn: Connection) -> list[RowError]:
    """Refuse a whole year's file that lacks vouchers which an earlier file has brought."""
    lost = await conn.fetchrow(_LOST)
    if lost is None or not lost["many"]:
        return []
    row_no = await conn.fetchval("select row_no from staging where kind = 'year'")
    detail = (
        f"{lost['many']} vouchers that the register has booked for the year are not in the file:"
        f" {', '.join(lost['keys'])}."
    )
    return [RowError(row_no, "vouchers_lost", detail, "#VER")]


def _warning(file: asyncpg.Record, previous: Sequence[str], elsewhere: int) -> Explanation | None:
    """Return what the sender should know of a file that is booked all the same."""
    found = {"already_read": " ".join(file["texts"])} if file["texts"] else {}
    if previous:
        shown = ", ".join(previous[:_SHOWN]) + (" med flera" if len(previous) > _SHOWN else "")
        found["previous_year_differs"] = (
            f"Föregående års saldon skiljer sig från redovisningen på {len(previous)} konton:"
            f" {shown}."
        )
    if elsewhere:
        found["year_has_other_vouchers"] = (
            f"Året har också {elsewhere} verifikationer som inte kommer ur SIE-filer."
        )
    if file["net"]:
        found["opening_not_balanced"] = (
            f"Ingående balanser summerar till {to_decimal_string(file['net'])}, inte till noll;"
            f" motsvarande {to_decimal_string(-file['net'])} är bokfört på konto {EQUITY}."
        )
    if not found:
        return None
    return Explanation([*found][-1], " ".join(found.values()))
