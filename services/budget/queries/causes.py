"""What made a voucher: something that happened, or an earlier voucher that it puts right.

A voucher is never changed. It is taken back by its mirror image, and what ought to have been
booked is booked beside it. Where both are booked by one transaction (a delivery that says a
voucher again, a table of balances that replaces an earlier one) they are a correction together.
A reversal that nothing replaces is a retraction: somebody may book another voucher later, but
nothing says that it stands for the one that was taken back.
"""

from __future__ import annotations

# A voucher that a register keeps by its key replaces the version before it; a table of balances,
# whose vouchers have no key, replaces what its delivery takes back in the same period.
_REPLACES = """(exists (
        select from voucher o join voucher r on r.reversal_of = o.id
        where o.source = v.source and o.source_key = v.source_key
          and o.source_version = v.source_version - 1
          and r.transaction_id = v.transaction_id)
    or v.source is null and exists (
        select from voucher r
        where r.delivery_id = v.delivery_id and r.transaction_id = v.transaction_id
          and r.reversal_of is not null and r.period = v.period))"""

_IS_REPLACED = """(exists (
        select from voucher o join voucher n on n.source = o.source
          and n.source_key = o.source_key and n.source_version = o.source_version + 1
        where o.id = v.reversal_of and n.transaction_id = v.transaction_id)
    or exists (
        select from voucher o join voucher n on n.delivery_id = v.delivery_id
        where o.id = v.reversal_of and o.source is null and n.source is null
          and n.transaction_id = v.transaction_id and n.reversal_of is null
          and n.period = v.period))"""

CAUSE = f"""case
    when v.reversal_of is not null then
        case when {_IS_REPLACED} then 'correction' else 'retraction' end
    when v.delivery_id is not null and {_REPLACES} then 'correction'
end"""
"""SQL of what made the voucher ``v``; null of one that only says what happened."""

CAUSE_OF_POSTING = f"(select {CAUSE} from voucher v where v.id = voucher_id)"
"""SQL of what made the voucher that a posting is part of."""
