"""Collaborations and agreements: levels, from the first day of each state to its last."""

from __future__ import annotations

from services.outreach.facts.declaring import VALID, Kind, facts_of, interval

_STATES = """collaboration r cross join lateral (
    select state, valid_from, lead(valid_from) over (order by valid_from) as until
    from collaboration_state where collaboration_id = r.id and retracted_at is null) s"""
_COLLABORATION = {"unit": "r.unit", "kind": "r.kind", "state": "s.state"}
_ONGOING = f"{VALID} and s.state <> 'ended'"


def _states() -> str:
    begun = facts_of(
        "collaborations",
        of=_STATES,
        on="s.valid_from",
        subject="r.id",
        where=_ONGOING,
        **_COLLABORATION,
    )
    ended = facts_of(
        "collaborations",
        of=_STATES,
        on="s.until",
        amount="-1",
        subject="r.id",
        where=f"{_ONGOING} and s.until is not null",
        **_COLLABORATION,
    )
    return f"{begun} union all {ended}"


PARTNERS: dict[Kind, str] = {
    Kind.COLLABORATION: _states(),
    Kind.AGREEMENT: interval(
        "agreements", "agreement r", {"kind": "r.kind", "partner": "r.partner"}
    ),
}
