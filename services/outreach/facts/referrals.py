"""Referrals and what became of them."""

from __future__ import annotations

from services.outreach.facts.declaring import Kind, facts_of
from services.outreach.facts.people import KNOWN, SUBJECT

REFERRALS: dict[Kind, str] = {
    Kind.REFERRAL: facts_of(
        "referrals",
        of=f"referral r {KNOWN}",
        on="r.referred_on",
        subject=SUBJECT,
        unit="r.referring_unit",
        operation="coalesce(r.operation, '')",
        programme="r.programme",
        state="r.state",
    ),
}
