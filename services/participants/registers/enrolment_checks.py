"""What the rules of entry and exit say of many delivered rows at once.

The API states the same rules for one enrolment (entry_rules, enrolments); a test puts one set
of bad rows to both.
"""

from __future__ import annotations

from services.participants import activities
from services.participants.entry_rules import ground_stands

OVERLAP_DETAIL = "The person is enrolled in the programme during part of the time."

_OVERLAPS_IN_DELIVERY = f"""
    with who as (
        select s.*, coalesce(p.subject_id::text, encode(s.identity_hash, 'hex')) as subject
        from staging s left join person p on p.identity_number_hash = s.identity_hash
    )
    select distinct s.row_no, 'startedOn', 'enrolment_overlap', '{OVERLAP_DETAIL}'
    from who s join who earlier
      on earlier.subject = s.subject and earlier.programme = s.programme
     and earlier.row_no < s.row_no
     and daterange(earlier.started_on, earlier.exited_on, '[)')
         && daterange(s.started_on, s.exited_on, '[)')
"""

# A held enrolment that this delivery rewrites or retracts is judged by its new self.
_OVERLAPS_HELD = f"""
    select distinct s.row_no, 'startedOn', 'enrolment_overlap', '{OVERLAP_DETAIL}'
    from staging s
    join person p on p.identity_number_hash = s.identity_hash
    join enrolment e
      on e.subject_id = p.subject_id and e.programme = s.programme and e.retracted_at is null
     and daterange(e.started_on, e.exited_on, '[)')
         && daterange(s.started_on, s.exited_on, '[)')
    where not exists (select from staging own where own.source_key = e.source_key)
      and not exists (select from retraction gone where gone.source_key = e.source_key)
"""

_ACTIVITIES_OUTSIDE = f"""
    select distinct s.row_no, 'exitedOn', 'activity_outside_enrolment',
           'An activity of the enrolment lies before the entry or after the exit.'
    from staging s
    join enrolment e on e.source_key = s.source_key and e.retracted_at is null
    join activity a on a.enrolment_id = e.id
    where {activities.outside("s")}
"""

_GROUND = f"""
    select s.row_no, 'ground', 'ground_not_in_kaa',
           'The ground is KAA, which does not cover the person on the day.'
    from staging s
    left join person p on p.identity_number_hash = s.identity_hash
    left join person subject on subject.id = p.subject_id
    where s.ground = 'kaa'
      and not {ground_stands("s", "coalesce(subject.birth_date, s.birth_date)", "p")}
"""

_BORN = """
    select s.row_no, 'startedOn', 'born_after_entry', 'The person was not born on the day.'
    from staging s
    join person p on p.identity_number_hash = s.identity_hash
    join person subject on subject.id = p.subject_id
    where subject.birth_date > s.started_on
"""

# What stands when this delivery is applied: its own rows, and of those held what it neither
# rewrites nor retracts; by whom they are counted as.
_STANDING = """
    standing as (
        select s.source_key, s.started_on, s.exited_on, s.outcome,
               coalesce(p.subject_id::text, encode(s.identity_hash, 'hex')) as subject
        from staging s left join person p on p.identity_number_hash = s.identity_hash
        union all
        select e.source_key, e.started_on, e.exited_on, e.outcome, e.subject_id::text
        from enrolment e
        where e.retracted_at is null
          and e.subject_id in (select p.subject_id from staging s
                               join person p on p.identity_number_hash = s.identity_hash)
          and not exists (select from staging own where own.source_key = e.source_key)
          and not exists (select from retraction gone where gone.source_key = e.source_key)
    ), who as (
        select s.row_no, s.started_on, s.exited_on, s.outcome,
               coalesce(p.subject_id::text, encode(s.identity_hash, 'hex')) as subject
        from staging s left join person p on p.identity_number_hash = s.identity_hash
    )
"""

_DECEASED = f"""
    with {_STANDING}
    select distinct w.row_no, 'startedOn', 'person_deceased',
           'An enrolment of the person ended in death before the day.'
    from who w join standing d on d.subject = w.subject
    where d.outcome = 'deceased' and d.exited_on < w.started_on
"""

# Of two delivered rows that contradict each other the later entry is refused; a death is, when
# what outlives it is held.
_AFTER_DEATH = """
    select distinct s.row_no, 'exitedOn', 'enrolled_after_death',
           'Another enrolment of the person began after this day of death.'
    from staging s
    join person p on p.identity_number_hash = s.identity_hash
    join enrolment e on e.subject_id = p.subject_id and e.retracted_at is null
     and e.source_key is distinct from s.source_key and e.started_on > s.exited_on
    where s.outcome = 'deceased'
      and not exists (select from staging own where own.source_key = e.source_key)
      and not exists (select from retraction gone where gone.source_key = e.source_key)
"""

ENTRY_CHECKS = (
    _BORN,
    _OVERLAPS_IN_DELIVERY,
    _OVERLAPS_HELD,
    _ACTIVITIES_OUTSIDE,
    _GROUND,
    _DECEASED,
    _AFTER_DEATH,
)
