"""Sessions, the visits counted at them, and contacts."""

from __future__ import annotations

from services.outreach.facts.declaring import (
    BY_SEX,
    HERE,
    VALID,
    VENUE,
    Kind,
    facts_of,
)
from services.outreach.facts.people import COUNTED_GROUP, SUBJECT, UVAS


def _contact(measure: str, source: str, where: str) -> str:
    return facts_of(
        measure,
        of=f"{source} {VENUE} {UVAS}",
        on="r.happened_on",
        subject=SUBJECT,
        where=where,
        unit="r.unit",
        operation="r.operation",
        venue="coalesce(r.venue, '')",
        district="coalesce(r.district, v.district, 'unknown')",
        sex="r.sex",
        age_group="r.age_group",
        target_group=COUNTED_GROUP,
        channel="r.channel",
        direction="r.direction",
    )


_REACHES = """
    (
        select c.counts from counting_rule c
        where c.operation = r.operation and c.valid_from <= r.happened_on
        order by c.valid_from desc limit 1
    ) = any(case r.direction when 'two_way' then array['contacts', 'two_way_contacts']
                             else array['contacts'] end)"""
"""The rule of domain.counting.counts_contact, for many contacts at once; a test compares."""


def wanted_contact(source: str) -> str:
    """Return what contacts count for: each is a contact, some reach the person by the rule.

    Args:
        source: ``contact r``, or a part of a larger statement that holds new contacts as ``r``.

    """
    reached = _contact("reached", source, f"{VALID} and {_REACHES}")
    return f"{_contact('contacts', source, VALID)} union all {reached}"


MEETINGS: dict[Kind, str] = {
    Kind.SESSION: facts_of(
        "sessions",
        of=f"session r {VENUE}",
        on="r.planned_on",
        where="r.state = 'held'",
        operation="r.operation",
        kind="r.kind",
        **HERE,
    ),
    Kind.TALLY: facts_of(
        "visits",
        of=f"visit_tally r {VENUE} left join session s on s.id = r.session_id {BY_SEX}",
        on="r.held_on",
        amount="n.amount",
        where=f"{VALID} and n.amount > 0",
        operation="r.operation",
        kind="coalesce(s.kind, '')",
        sex="n.sex",
        age_group="r.age_group",
        **HERE,
    ),
    Kind.CONTACT: wanted_contact("contact r"),
}
