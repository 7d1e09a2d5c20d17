"""Vouchers on their way in: what every register that books them stages, checks and compares.

A row of ``staging`` is one voucher. Its postings are parallel arrays, one element each; an array
may be null where no posting says anything. Rows of another kind are told apart by a condition
over ``s``, the row: ``s.kind = 'voucher'``.

A row without a period is booked in the month of its day, in the fiscal year that holds it.

A voucher that equals what is held writes nothing, so nothing is asked of it either: its period
may be closed since, its account out of use.
"""

from __future__ import annotations

from dataclasses import dataclass

from services.budget.domain.counterparts import WHOLE_CLASS, CounterpartClass
from services.budget.domain.dimensions import Dimension
from shared.deliveries import Column

COLUMNS = (
    Column("key", "text"),
    Column("period", "integer"),
    Column("covers_from", "integer"),
    Column("happened_on", "date"),
    Column("text", "text"),
    Column("accounts", "text[]"),
    Column("counterparts", "text[]"),
    Column("projects", "text[]"),
    Column("responsibilities", "text[]"),
    Column("activities", "text[]"),
    Column("objects", "text[]"),
    Column("texts", "text[]"),
    Column("amounts", "bigint[]"),
)

UNDIVIDED = WHOLE_CLASS[CounterpartClass.UNDIVIDED]
"""The counterpart of postings that name none (or the empty text)."""

CONSTRAINTS: dict[str, tuple[str | None, str, str]] = {
    "voucher_period_open": ("period", "period_closed", "The period is closed."),
    "voucher_period_fkey": ("period", "unknown_period", "The year has not been opened."),
    "voucher_day": ("happenedOn", "voucher_in_another_year", "The day lies in another year."),
    "voucher_balance": ("postings", "voucher_unbalanced", "The postings do not sum to zero."),
    "posting_account_fkey": ("postings", "code_part_not_valid", "An account is unknown."),
    "posting_counterpart_fkey": ("postings", "code_part_not_valid", "A counterpart is unknown."),
    "posting_object_fkey": ("postings", "code_part_not_valid", "An object is unknown."),
}
"""What the database itself may still refuse of a row that passed the checks."""


@dataclass(frozen=True, slots=True)
class Fields:
    """What errors call the parts of a voucher: the names that its sender knows."""

    period: str = "period"
    happened_on: str = "happenedOn"
    postings: str = "postings"
    account: str = "postings.account"
    counterpart: str = "postings.counterpart"
    objects: str = "postings.objects"


_SAID = (
    "s.period",
    "coalesce(s.covers_from, s.period)",
    "s.happened_on - date '2000-01-01'",
    "s.text",
    *(f"s.{column.name}" for column in COLUMNS if column.type.endswith("[]")),
)

DIGEST = "sha256(convert_to(concat_ws(E'\\x1f', {}), 'UTF8'))".format(
    ", ".join(f"coalesce(({part})::text, '-')" for part in _SAID)
)
"""SQL of a hash of everything that the voucher in the row ``s`` says."""


def complete(*, condition: str = "true") -> str:
    """Return the statement that gives rows without a period the month of their day.

    It stays null where no fiscal year holds the day, which the checks refuse.
    """
    return f"""
        update staging s set period = y.year * 100 + 1
            + 12 * (extract(year from s.happened_on) - extract(year from y.first_day))::integer
            + (extract(month from s.happened_on) - extract(month from y.first_day))::integer
        from fiscal_year y
        where s.period is null and {condition} and s.happened_on >= y.first_day
          and s.happened_on < y.first_day + interval '1 year'
    """


def newest(source: str, key: str) -> str:
    """Return the SQL of the newest voucher of a sender's key, taken back or not."""
    return f"""
        select v.id, v.period, v.source_version, v.source_digest,
               exists (select from voucher r where r.reversal_of = v.id) as taken_back
        from voucher v where v.source = '{source}' and v.source_key = {key}
        order by v.source_version desc limit 1
    """


def compare(source: str, *, condition: str = "true") -> str:
    """Return a register's comparison: created without a live voucher, changed when it differs."""
    return f"""
        select s.row_no, case when v.live is null then 'created' else 'changed' end, v.live
        from staging s left join lateral (
            select case when not n.taken_back then n.id end as live, n.source_digest
            from ({newest(source, "s.key")}) n) v on true
        where {condition}
          and (v.live is null or v.source_digest is distinct from {DIGEST})
    """


def match(source: str) -> str:
    """Return a register's retractions, each with the newest voucher of its key."""
    return f"""
        select r.row_no, v.id, v.taken_back
        from retraction r join lateral ({newest(source, "r.key")}) v on true
    """


def size(source: str) -> str:
    """Return the count of a register's live vouchers."""
    return f"""
        select count(*) from voucher v where v.source = '{source}'
        and not exists (select from voucher r where r.reversal_of = v.id)
    """


def checks(
    source: str,
    *,
    condition: str = "true",
    fields: Fields = Fields(),
    registers_codes: bool = False,
) -> tuple[str, ...]:
    """Return the checks that refuse rows which cannot be booked, each naming what is wrong.

    A register that itself registers the accounts, counterparts and objects it names refuses none
    for being unknown (``registers_codes``), only for being out of use.
    """
    unknown = "" if registers_codes else "now.valid_from is null or "
    counterparts = f"coalesce(s.counterparts, array['{UNDIVIDED}'])"
    of_what_is_written = (
        _periods(condition, fields),
        _days(condition, fields),
        _code_parts("account", "s.accounts", condition, fields.account, unknown),
        _code_parts("counterpart", counterparts, condition, fields.counterpart, unknown),
        _objects(condition, fields.objects, unknown),
    )
    return (
        _sums(condition, fields),
        _taken_back_period(source, condition, fields),
        *(_unless_unchanged(source, check) for check in of_what_is_written),
    )


def _unless_unchanged(source: str, check: str) -> str:
    """Return a check without the rows that equal what is held.

    The check stands for itself (``offset 0``) and the subquery names ``c``, so that only rows
    which fail are looked up and hashed.
    """
    return f"""
        select c.* from ({check} offset 0) c (row_no, field, code, detail)
        join staging s using (row_no)
        where not exists (select from ({newest(source, "s.key")}) v where c.code is not null
                          and not v.taken_back and v.source_digest = {DIGEST} offset 0)
    """


def _sums(condition: str, fields: Fields) -> str:
    difference = "trim(to_char(t.net / 100.0, 'FM99999999999999990.00'))"
    return f"""
        select s.row_no, '{fields.postings}',
               case when t.many < 2 then 'voucher_too_small'
                    when t.zeros then 'zero_amount' else 'voucher_unbalanced' end,
               case when t.many < 2 then 'A voucher has at least two postings.'
                    when t.zeros then 'A posting has an amount.'
                    else format('The postings sum to %s, not to zero.', {difference}) end,
               case when t.many >= 2 and not t.zeros then {difference} end as difference
        from staging s cross join lateral (
            select count(*) as many, coalesce(sum(a), 0) as net, bool_or(a = 0) as zeros
            from unnest(s.amounts) a) t
        where {condition} and (t.many < 2 or t.zeros or t.net <> 0)
    """


def _periods(condition: str, fields: Fields) -> str:
    return f"""
        select s.row_no, '{fields.period}',
               case when p.period is null then 'unknown_period' else 'period_closed' end,
               case when s.period is null then 'No fiscal year that has been opened holds the day.'
                    when p.period is null
                    then format('Period %s does not exist; its year has not been opened.', s.period)
                    else format('Period %s is closed.', p.period) end
        from staging s left join ledger_period p on p.period = s.period
        where {condition} and (p.period is null or p.state = 'closed')
    """


def _days(condition: str, fields: Fields) -> str:
    return f"""
        select s.row_no, '{fields.happened_on}', 'voucher_in_another_year',
               'The day does not lie in the fiscal year of the period.'
        from staging s join fiscal_year y on y.year = s.period / 100
        where {condition} and (s.happened_on < y.first_day
                               or s.happened_on >= y.first_day + interval '1 year')
    """


def _taken_back_period(source: str, condition: str, fields: Fields) -> str:
    """Refuse a change of a voucher that could not be taken back in its own period."""
    return f"""
        select s.row_no, '{fields.period}', 'period_closed',
               format('The voucher to be corrected is in period %s, which is closed.', v.period)
        from staging s join voucher v on v.source = '{source}' and v.source_key = s.key
             and v.period in (select period from ledger_period where state = 'closed')
        where {condition} and v.period is distinct from s.period
          and not exists (select from voucher r where r.reversal_of = v.id)
          and v.source_digest is distinct from {DIGEST}
    """


def _code_parts(part: str, codes: str, condition: str, field: str, unknown: str) -> str:
    """Refuse codes that are unknown or out of use; rows are looked into only if any code is."""
    code = f"coalesce(nullif(u.code, ''), '{UNDIVIDED}')"
    return f"""
        with days as (
            select min(s.happened_on) as first, max(s.happened_on) as last
            from staging s where {condition}),
        used as (select distinct {code} as code
                 from (select unnest({codes}) as code from staging s where {condition}) u),
        odd as (
            select used.code, now.valid_from, now.valid_to
            from used cross join days left join lateral (
                select valid_from, valid_to from {part}_version v
                where v.code = used.code order by version desc limit 1) now on true
            where {unknown}now.valid_from > days.first
               or now.valid_to < days.last)
        select s.row_no, '{field}', 'code_part_not_valid',
               format('{part.capitalize()} %s is unknown or not in use on %s.',
                      bad.code, s.happened_on)
        from staging s cross join lateral (
            select odd.code from unnest({codes}) u (code) join odd on odd.code = {code}
            where odd.valid_from is null or s.happened_on < odd.valid_from
               or s.happened_on > odd.valid_to
            order by odd.code limit 1) bad
        where {condition} and exists (select from odd)
    """


def _objects(condition: str, field: str, unknown: str) -> str:
    named = f"""
        select {Dimension.PROJECT} as number, code from unnest(s.projects) code where code <> ''
        union all select {Dimension.RESPONSIBILITY}, code from unnest(s.responsibilities) code
            where code <> ''
        union all select {Dimension.ACTIVITY}, code from unnest(s.activities) code
            where code <> ''
        union all select e.key::integer, e.value
            from unnest(s.objects) free, jsonb_each_text(nullif(free, '')::jsonb) e
            where free <> '{{}}'
    """
    return f"""
        with days as (
            select min(s.happened_on) as first, max(s.happened_on) as last
            from staging s where {condition}),
        used as (select distinct u.number, u.code from staging s cross join lateral ({named}) u
                 where {condition} and num_nonnulls(s.projects, s.responsibilities,
                                                    s.activities, s.objects) > 0),
        odd as (
            select used.number, used.code, now.valid_from, now.valid_to
            from used cross join days left join lateral (
                select valid_from, valid_to from dimension_object_version v
                where v.number = used.number and v.code = used.code
                order by version desc limit 1) now on true
            where {unknown}now.valid_from > days.first
               or now.valid_to < days.last)
        select s.row_no, '{field}', 'code_part_not_valid',
               format('Object %s of dimension %s is unknown or not in use on %s.',
                      bad.code, bad.number, s.happened_on)
        from staging s cross join lateral (
            select odd.number, odd.code from ({named}) u
            join odd on odd.number = u.number and odd.code = u.code
            where odd.valid_from is null or s.happened_on < odd.valid_from
               or s.happened_on > odd.valid_to
            order by odd.number, odd.code limit 1) bad
        where {condition} and exists (select from odd)
    """
