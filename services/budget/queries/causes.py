"""What made a voucher: something that happened, or an earlier voucher that it puts right.

A voucher is never changed. It is taken back by its mirror image, and what ought to have been
booked is booked beside it. Where both are booked by one transaction (a delivery that says a
voucher again, a table of balances that replaces an earlier one) they are a correction together.
A reversal that nothing replaces is a retraction: somebody may book another voucher later, but
nothing says that it stands for the one that was taken back.
"""

from __future__ import annotations

# A voucher that a register keeps by its key replaces the version before it; one without a key is
# of a table of balances, and replaces what the version of the table before it booked.
_REPLACES = """(exists (
        select from voucher o join voucher r on r.reversal_of = o.id
        where o.source = v.source and o.source_key = v.source_key
          and o.source_version = v.source_version - 1
          and r.transaction_id = v.transaction_id)
    or v.source is null and exists (
        select from trial_balance t
        where t.delivery_id = v.delivery_id and t.version > 1 and v.id = any(t.vouchers)))"""

_IS_REPLACED = """(exists (
        select from voucher o join voucher n on n.source = o.source
          and n.source_key = o.source_key and n.source_version = o.source_version + 1
        where o.id = v.reversal_of and n.transaction_id = v.transaction_id)
    or exists (
        select from trial_balance t join trial_balance n on n.statement = t.statement
          and n.first_period = t.first_period and n.last_period = t.last_period
          and n.version = t.version + 1
        where n.delivery_id = v.delivery_id and v.reversal_of = any(t.vouchers)))"""

CAUSE = f"""case
    when v.reversal_of is not null then
        case when {_IS_REPLACED} then 'correction' else 'retraction' end
    when v.delivery_id is not null and {_REPLACES} then 'correction'
end"""
"""SQL of what made the voucher ``v``; null of one that only says what happened."""

CAUSE_OF_POSTING = f"(select {CAUSE} from voucher v where v.id = voucher_id)"
"""SQL of what made the voucher that a posting is part of."""
