"""What outreach needs to know about people: who was merged, who is in KAA, who is UVAS.

Contacts stated as UVAS count by the rule of their day from now on. What was booked before is
settled here, so that the journal and the records agree; earlier bases stay as they were.
"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

KNOWN = (
    """
create table known_person (
    person_id uuid not null,
    subject_id uuid not null,
    version bigint not null,
    constraint known_person_pkey primary key (person_id)
)
""",
    "create index known_person_subject_id_idx on known_person (subject_id)",
    """
create table known_kaa_membership (
    membership_id uuid not null,
    person_id uuid not null,
    version bigint not null,
    joined_on date not null,
    until date not null,
    retracted boolean not null,
    constraint known_kaa_membership_pkey primary key (membership_id)
)
""",
    "create index known_kaa_membership_person_id_idx on known_kaa_membership (person_id)",
    """
create index contact_person_id_idx on contact (person_id) where person_id is not null
""",
    "create index referral_person_id_idx on referral (person_id)",
)

RULES = (
    """
create table uvas_rule (
    id uuid default uuidv7() not null,
    version integer not null,
    valid_from date not null,
    youngest integer not null,
    oldest integer not null,
    without_kaa boolean not null,
    note text not null,
    recorded_at timestamp with time zone default now() not null,
    recorded_by text not null,
    constraint uvas_rule_pkey primary key (id),
    constraint uvas_rule_version_key unique (version),
    constraint uvas_rule_valid_from_key unique (valid_from),
    constraint uvas_rule_version_check check (version >= 1),
    constraint uvas_rule_ages_check check (0 <= youngest and youngest <= oldest)
)
""",
    # The committee's own group: 20-29 years in its follow-up of 2020; 19-29 years and not those
    # in the municipal responsibility for activity in its area report of 2024.
    """
insert into uvas_rule (version, valid_from, youngest, oldest, without_kaa, note, recorded_by)
values (1, '2000-01-01', 20, 29, false, '', 'migration'),
       (2, '2024-01-01', 19, 29, true, 'Ungdomar i det kommunala aktivitetsansvaret registreras '
        'från 2024 i sitt eget register.', 'migration')
""",
    """
-- Who is UVAS is never rewritten: rules come one after the other.
create function uvas_rule_is_next() returns trigger language plpgsql as $$
begin
    if exists (select from uvas_rule
               where valid_from >= new.valid_from or version >= new.version) then
        raise exception 'a rule of who is UVAS begins after the one before it'
            using errcode = 'check_violation', constraint = 'uvas_rule_later',
                  table = 'uvas_rule';
    end if;
    return new;
end $$
""",
    """
create trigger uvas_rule_later before insert on uvas_rule
    for each row execute function uvas_rule_is_next()
""",
    """
create trigger uvas_rule_back_dated before insert on uvas_rule for each row
    when (new.recorded_at < transaction_timestamp()) execute function refuse_back_dated()
""",
    """
create trigger uvas_rule_append_only before update or delete or truncate
    on uvas_rule for each statement execute function refuse_change()
""",
)

_CELLS = """measure, happened_on, subject, record_id, unit, operation, venue, district, kind, sex,
    age_group, channel, direction, role, contract, sector, employer, programme, state, outcome"""

# Until 2023 nobody of 16-19 is UVAS, from 2024 some are; nobody is known to be in KAA yet. Dated
# a minute ahead, so that the rows lie behind no basis that is given before this transaction,
# which the service cannot see, is over.
SETTLED = f"""
insert into outreach_fact ({_CELLS}, target_group, amount, record_kind, reason, recorded_at)
select {", ".join(f"net.{name.strip()}" for name in _CELLS.split(","))}, side.target_group,
       net.amount * side.sign, 'contact', 'rule of who is UVAS',
       greatest(clock_timestamp() + interval '1 minute', net.newest + interval '1 microsecond')
from (
    select {_CELLS}, sum(amount)::bigint as amount,
           max(max(recorded_at)) over (partition by record_id) as newest
    from outreach_fact
    where record_kind = 'contact' and target_group = 'uvas'
      and age_group <> all (case when happened_on < '2024-01-01'
                                 then array['20-24', '25-29', 'unknown']
                                 else array['16-19', '20-24', '25-29', 'unknown'] end)
    group by {_CELLS} having sum(amount) <> 0
) net
cross join (values ('uvas', -1), ('other', 1)) side (target_group, sign)
where net.happened_on >= '2000-01-01'
"""

DROPPED = (
    "drop table uvas_rule",
    "drop function uvas_rule_is_next()",
    "drop index referral_person_id_idx",
    "drop index contact_person_id_idx",
    "drop table known_kaa_membership",
    "drop table known_person",
)


def upgrade() -> None:
    for statement in (*KNOWN, *RULES):
        op.execute(statement)
    # The journal's owner may not write it, except here.
    op.execute("grant insert on outreach_fact to current_user")
    op.execute(SETTLED)
    op.execute("revoke insert on outreach_fact from current_user")


def downgrade() -> None:
    for statement in DROPPED:
        op.execute(statement)
