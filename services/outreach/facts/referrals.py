"""Referrals and what became of them."""

from __future__ import annotations

from services.outreach.facts.declaring import Kind, facts_of

REFERRALS: dict[Kind, str] = {
    Kind.REFERRAL: facts_of(
        "referrals",
        of="referral r",
        on="r.referred_on",
        subject="r.person_id",
        unit="r.referring_unit",
        operation="coalesce(r.operation, '')",
        programme="r.programme",
        state="r.state",
    ),
}
