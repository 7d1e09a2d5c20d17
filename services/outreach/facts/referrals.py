"""Referrals, what led to them, and what became of them."""

from __future__ import annotations

from services.outreach.facts.declaring import Kind, facts_of
from services.outreach.facts.people import KNOWN, SUBJECT

# The session that a person was referred from, or else the one that their contact was part of.
_ORIGIN = """
    left join contact c on c.id = r.contact_id
    left join session s on s.id = coalesce(r.session_id, c.session_id)
    left join venue v on v.code = coalesce(s.venue, c.venue)"""

REFERRALS: dict[Kind, str] = {
    Kind.REFERRAL: facts_of(
        "referrals",
        of=f"referral r {KNOWN} {_ORIGIN}",
        on="r.referred_on",
        subject=SUBJECT,
        unit="r.referring_unit",
        operation="coalesce(r.operation, '')",
        venue="coalesce(v.code, '')",
        district="coalesce(v.district, 'unknown')",
        kind="coalesce(s.kind, '')",
        programme="r.programme",
        state="r.state",
        outcome="case when r.state = 'exited' then coalesce(r.exit_outcome, 'unknown') else '' end",
    ),
}
