"""What of a staged SIE file differs from what is held."""

from __future__ import annotations

from services.budget.registers import staged_vouchers

_VOUCHERS = staged_vouchers.compare("sie", condition="s.kind = 'voucher'")

_NAMED = """
    select s.row_no, 'created', null::uuid from staging s where case s.kind
        when 'account' then not exists (select from account a where a.code = s.code)
        when 'counterpart' then not exists (select from counterpart c where c.code = s.code)
        when 'dimension' then not exists (select from dimension d where d.number = s.number)
        when 'object' then not exists (select from dimension_object o
                                       where o.number = s.number and o.code = s.code)
        else false end
"""

_HELD_FILE = """
    select f.id, f.variety, f.opening_net from sie_file f
    where f.year = (select number from staging where kind = 'file')
    order by f.version desc limit 1
"""

_HELD_BUDGET = """
    select b.id from account_budget b
    where b.year = (select number from staging where kind = 'file')
    order by b.version desc limit 1
"""

_STATED = f"""
    select s.row_no, case when h.key is null then 'created' else 'changed' end, null::uuid
    from staging s left join (
        select key, amount from sie_balance where sie_file_id = (select id from ({_HELD_FILE}) f)
        union all
        select key, amount from account_budget_line
        where account_budget_id = (select id from ({_HELD_BUDGET}) b)) h on h.key = s.key
    where s.kind in ('balance', 'budget') and h.amount is distinct from s.amounts[1]
"""

MATCH = f"""
    select r.row_no, case when not v.taken_back then v.id end, coalesce(v.taken_back, true)
    from retraction r left join lateral ({staged_vouchers.newest("sie", "r.key")}) v on true
"""
"""A file without vouchers names every month that it moves nothing in: most have nothing to undo."""

# The file as a whole differs when anything in it does, so that the last rows always come along;
# and when the newest kept one of its year states more than it does.
COMPARE = f"""
    with differing (row_no, effect, record_id) as materialized (
        {_VOUCHERS} union all {_NAMED} union all {_STATED})
    select * from differing
    union all
    select s.row_no, case when h.id is null then 'created' else 'changed' end, null::uuid
    from staging s left join ({_HELD_FILE}) h on true
    where s.kind = 'file'
      and (exists (select from differing)
           or exists (select from ({MATCH}) m (row_no, record_id, done) where not done)
           or s.code <> '4I' and ((h.variety, h.opening_net)
                                  is distinct from (s.code, s.amounts[1])
              or (select count(*) from staging b where b.kind = 'balance')
                 <> (select count(*) from sie_balance b where b.sie_file_id = h.id)))
"""
