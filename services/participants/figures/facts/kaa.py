"""What the responsibility for activity counts for: members, contacts, measures.

A membership ends with what the source says or on the twentieth birthday, whichever comes first;
that day is known from the start, so it is booked with the membership and nobody has to come by
when it arrives. Ages are whole years of the day: a member moves from one to the next on the
birthday. Contacts and measures count while the youth is a member.
"""

from __future__ import annotations

from services.participants.figures.facts.journal import BY_ID, facts_of

_TWENTY = "birthday(s.birth_date, 20)"
_PEOPLE = "join person p on p.id = m.person_id join person s on s.id = p.subject_id"

# One row for each year of age during the membership; a membership of no day has none.
_YEARS = f"""
    (select m.*, p.subject_id, w.ends, w.reason, y.age, y.starts, y.stops
     from kaa_membership m {_PEOPLE}
     cross join lateral (
         select least(m.left_on, {_TWENTY}) as ends,
                case when m.left_on < {_TWENTY} then m.leave_reason else 'turned_twenty' end
                    as reason) w
     cross join lateral (
         select case when years = 15 then '0-15' else years::text end as age,
                case when years = 15 then m.joined_on
                     else greatest(m.joined_on, birthday(s.birth_date, years)) end as starts,
                least(w.ends, birthday(s.birth_date, years + 1)) as stops
         from generate_series(15, 19) years) y
     where y.starts < y.stops) r
"""

KAA_MEMBERSHIP = (
    facts_of(
        _YEARS,
        """('kaa_members', r.starts, 1, null), ('kaa_members', r.stops, -1, null),
           ('kaa_joined', case when r.starts = r.joined_on then r.starts end, 1, null),
           ('kaa_left', case when r.stops = r.ends then r.ends end, 1, r.reason)""",
        "r.retracted_at is null",
        subject="r.subject_id",
        unit="r.unit",
        ground="r.join_reason",
        sex="r.sex",
        age_group="r.age",
        district="r.district",
        outcome="counted.outcome",
    )
    + BY_ID
)


def _of_members(table: str, measures: str, day: str, **dimensions: str) -> str:
    """Return the facts of what happened to members: those of a day of their membership."""
    return (
        facts_of(
            f"{table} r join kaa_membership m on m.id = r.membership_id {_PEOPLE}",
            measures,
            f"""r.retracted_at is null and m.retracted_at is null
                and {day} >= m.joined_on and {day} < least(m.left_on, {_TWENTY})""",
            subject="s.id",
            unit="m.unit",
            ground="m.join_reason",
            sex="m.sex",
            district="m.district",
            age_group=f"""case when {day} < birthday(s.birth_date, 16) then '0-15'
                          else extract(year from age({day}, s.birth_date))::text end""",
            **dimensions,
        )
        + BY_ID
    )


KAA_CONTACT = _of_members(
    "kaa_contact",
    """('kaa_contacts', r.held_on, 1, null),
       ('kaa_two_way_contacts', case when r.two_way then r.held_on end, 1, null)""",
    "r.held_on",
    kind="r.channel",
)

KAA_MEASURE = _of_members(
    "kaa_measure",
    """('kaa_measures_begun', r.started_on, 1, null),
       ('kaa_measures_ended', r.ended_on, 1, r.occupation_after),
       ('kaa_offers_declined', r.declined_on, 1, null)""",
    "coalesce(r.started_on, r.declined_on)",
    activity="r.kind",
    outcome="counted.outcome",
)
