"""Booking many vouchers of a delivery at once, in the same few statements however many they are.

The rows are those of the temporary table ``batch`` (see `registers.staged_vouchers`): created
ones are booked, changed ones are taken back and booked anew, retracted ones are taken back. The
database checks everything again, as for any voucher (migration 0003).

No event for each voucher: nobody has asked for them (`events.ROUTES`), and a million rows in the
outbox would tell nobody. `budget.delivery.applied` tells of all of them.

Series are locked before periods, years in order, as every other booking does: two bookings wait
for each other, and none of them for ever.
"""

from __future__ import annotations

from dataclasses import dataclass

from shared.db import Connection
from shared.deliveries import Batch


@dataclass(frozen=True, slots=True)
class Journal:
    """Where a register books.

    Args:
        source: the register's name, under which its senders' keys are kept.
        series: the series that its vouchers and their reversals are numbered in.
        digest: SQL of a hash of what the row ``s`` of ``batch`` says.
        condition: SQL over ``s``, for registers whose rows are not all vouchers.

    """

    source: str
    series: str
    digest: str
    condition: str = "true"


async def book(conn: Connection, batch: Batch, journal: Journal) -> None:
    """Book the created vouchers of a batch, and the changed ones in place of what they were."""
    await take_back(conn, batch, journal, effect="changed")
    await conn.execute(
        "update batch s set record_id = uuidv7()"
        f" where s.effect = 'changed' and {journal.condition}"
    )
    numbers = await _reserve(conn, journal, _YEARS_BOOKED.format(condition=journal.condition))
    if not numbers:
        return
    await conn.execute(
        _BOOK.format(condition=journal.condition, digest=journal.digest),
        journal.series,
        list(numbers),
        list(numbers.values()),
        journal.source,
        batch.delivery.id,
        batch.by,
    )
    await conn.execute(_POST.format(condition=journal.condition))


async def take_back(
    conn: Connection, batch: Batch, journal: Journal, *, effect: str = "retracted"
) -> None:
    """Take back the vouchers that a batch's rows of an effect are about, each in its period."""
    condition = "true" if effect == "retracted" else journal.condition
    numbers = await _reserve(conn, journal, _YEARS_TAKEN_BACK.format(condition=condition), effect)
    if not numbers:
        return
    await conn.execute(
        _TAKE_BACK.format(condition=condition),
        journal.series,
        list(numbers),
        list(numbers.values()),
        effect,
        batch.delivery.id,
        batch.by,
    )
    await conn.execute(_POST_BACK.format(condition=condition), effect)


async def _reserve(conn: Connection, journal: Journal, years: str, *args: object) -> dict[int, int]:
    """Lock the series of each year that is booked in; return their last numbers."""
    rows = await conn.fetch(years, *args)
    return {
        row["year"]: await conn.fetchval(
            "select reserve_voucher_numbers($1, $2)", journal.series, row["year"]
        )
        for row in rows
    }


_YEARS_BOOKED = """
    select distinct s.period / 100 as year from batch s
    where s.effect in ('created', 'changed') and {condition} order by year
"""

_YEARS_TAKEN_BACK = """
    select distinct v.year from batch s join voucher v on v.id = s.record_id
    where s.effect = $1 and {condition} order by year
"""

_BOOK = """
    insert into voucher (id, series, year, number, period, covers_from, happened_on, text,
                         delivery_id, by, source, source_key, source_version, source_digest)
    select s.record_id, $1, l.year,
           l.number + row_number() over (partition by l.year order by s.row_no),
           s.period, coalesce(s.covers_from, s.period), s.happened_on, s.text, $5, $6, $4, s.key,
           coalesce(before.version, 0) + 1, {digest}
    from batch s
    join unnest($2::int[], $3::int[]) as l (year, number) on l.year = s.period / 100
    left join lateral (select v.source_version as version from voucher v
                       where v.source = $4 and v.source_key = s.key
                       order by v.source_version desc limit 1) before on true
    where s.effect in ('created', 'changed') and {condition}
    order by s.row_no
"""

# Arrays are taken apart side by side in the list of what is selected: as a join, each would be
# kept as a table of its own, voucher by voucher.
_POST = """
    insert into posting (voucher_id, period, happened_on, account, counterpart, project,
                         responsibility, activity, amount, objects, text)
    select e.record_id, e.period, e.happened_on, e.account,
           coalesce(nullif(e.counterpart, ''), '0'), coalesce(e.project, ''),
           coalesce(e.responsibility, ''), coalesce(e.activity, ''), e.amount,
           case when e.objects > '' then e.objects::jsonb else '{{}}' end, coalesce(e.text, '')
    from (select s.record_id, s.period, s.happened_on, unnest(s.accounts) as account,
                 unnest(s.counterparts) as counterpart, unnest(s.projects) as project,
                 unnest(s.responsibilities) as responsibility, unnest(s.activities) as activity,
                 unnest(s.amounts) as amount, unnest(s.objects) as objects,
                 unnest(s.texts) as text
          from (select * from batch s where s.effect in ('created', 'changed') and {condition}
                order by s.row_no) s) e
"""

_TAKE_BACK = """
    insert into voucher (series, year, number, period, covers_from, happened_on, text,
                         reversal_of, reason, delivery_id, by)
    select $1, v.year, l.number + row_number() over (partition by v.year order by s.row_no),
           v.period, v.covers_from, v.happened_on, format('Rättelse av %s %s', v.series, v.number),
           v.id, coalesce(s.reason, format('Ersatt av leverans %s', $5::uuid)), $5, $6
    from batch s
    join voucher v on v.id = s.record_id
    join unnest($2::int[], $3::int[]) as l (year, number) on l.year = v.year
    where s.effect = $4 and {condition}
    order by s.row_no
"""

_POST_BACK = """
    insert into posting (voucher_id, period, happened_on, account, counterpart, project,
                         responsibility, activity, amount, objects, text)
    select r.id, r.period, r.happened_on, p.account, p.counterpart, p.project, p.responsibility,
           p.activity, -p.amount, p.objects, p.text
    from batch s
    join voucher r on r.reversal_of = s.record_id
    join posting p on p.voucher_id = s.record_id
    where s.effect = $1 and {condition}
    order by r.number, p.id
"""
