"""What concern reports count for."""

from __future__ import annotations

from services.participants.figures.facts.journal import BY_ID, facts_of

# Told when the social services first heard of it, by telephone or in writing. No subject: the
# journal does not tell whom a report is about either.
CONCERN_REPORT = (
    facts_of(
        """(select c.id, c.unit,
                   (least(c.called_at, c.sent_at) at time zone 'Europe/Stockholm')::date as told_on,
                   div(extract(epoch from least(c.called_at, c.sent_at) - c.suspected_at), 60)
                       ::bigint::text as minutes
            from concern_report c) r""",
        "('concern_reports', r.told_on, 1, r.minutes)",
        "true",
        unit="r.unit",
        indicator="counted.outcome",
    )
    + BY_ID
)
