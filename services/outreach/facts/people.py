"""Whom a record is about, and in which target group it counts, by what is known about people.

The rules are those of domain.uvas, for many records at once; a test compares.
"""

from __future__ import annotations

from services.outreach.domain.codes import AgeGroup
from services.outreach.domain.uvas import years_of

KNOWN = "left join known_person k on k.person_id = r.person_id"
SUBJECT = "coalesce(k.subject_id, r.person_id)"
"""Merged records are one person: facts count the one who stands for them."""

UVAS = f"""{KNOWN} left join lateral (
        select youngest, oldest, without_kaa from uvas_rule
        where valid_from <= r.happened_on order by valid_from desc limit 1
    ) u on r.target_group = 'uvas'"""
"""The rule of the contact's day, for contacts that are stated as UVAS."""

_YEARS = " ".join(
    f"when '{group}' then int4range({years[0]}, {years[1]}, '[]')"
    for group in AgeGroup
    if (years := years_of(group)) is not None
)

# Everybody who is counted as the same person: who was merged, and who stands for them.
_IN_KAA = f"""exists (
        select from (
            select {SUBJECT} as person_id
            where not exists (select from known_person where person_id = {SUBJECT})
            union all
            select same.person_id from known_person same where same.subject_id = {SUBJECT}
        ) one
        join known_kaa_membership m on m.person_id = one.person_id
        where not m.retracted and m.joined_on <= r.happened_on and r.happened_on < m.until
    )"""

COUNTED_GROUP = f"""case
        when r.target_group <> 'uvas' or u.youngest is null then r.target_group
        when not coalesce((case r.age_group {_YEARS} end)
                          && int4range(u.youngest, u.oldest, '[]'), true) then 'other'
        when u.without_kaa and r.person_id is not null and {_IN_KAA} then 'kaa'
        else 'uvas' end"""
