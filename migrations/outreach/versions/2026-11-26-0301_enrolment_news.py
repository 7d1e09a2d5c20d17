"""What an enrolment says of its referral, corrected and taken back.

What was told before is kept as the first versions of it: news that is still under way, without
versions, is read as those.
"""

from __future__ import annotations

from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

KNOWN = (
    """
create table known_answer (
    referral_id uuid not null,
    version integer not null,
    accepted_on date,
    enrolment_id uuid,
    declined_on date,
    decline_reason text,
    constraint known_answer_pkey primary key (referral_id),
    constraint known_answer_referral_id_fkey foreign key (referral_id) references referral (id)
)
""",
    """
insert into known_answer (referral_id, version, accepted_on, enrolment_id, declined_on,
                          decline_reason)
select id, case when accepted_on is null and declined_on is null then 1 else 2 end, accepted_on,
       case when accepted_on is not null then enrolment_id end, declined_on, decline_reason
from referral
where received_on is not null or accepted_on is not null or declined_on is not null
""",
    """
create table known_enrolment (
    enrolment_id uuid not null,
    referral_id uuid not null,
    version integer not null,
    started_on date not null,
    exited_on date,
    outcome text,
    retracted boolean not null,
    constraint known_enrolment_pkey primary key (enrolment_id),
    constraint known_enrolment_referral_id_fkey foreign key (referral_id) references referral (id)
)
""",
    "create index known_enrolment_referral_id_idx on known_enrolment (referral_id)",
    """
insert into known_enrolment (enrolment_id, referral_id, version, started_on, exited_on, outcome,
                             retracted)
select enrolment_id, id, case when exited_on is null then 1 else 2 end, enrolled_on, exited_on,
       exit_outcome, false
from referral where enrolment_id is not null and enrolled_on is not null
""",
)

REOPENED = (
    "alter table referral add column reopened boolean default false not null",
    "drop index referral_open_key",
    """
create unique index referral_open_key on referral (person_id, unit, programme)
    where declined_on is null and enrolled_on is null and exited_on is null and not reopened
""",
)

# The earlier rule allows one that waits: those that wait again beside another become declined.
UNDONE = (
    "drop index referral_open_key",
    """
update referral again set declined_on = current_date, decline_reason = 'other'
where reopened and declined_on is null and enrolled_on is null and exited_on is null
  and exists (select from referral other
              where other.id <> again.id
                and (other.person_id, other.unit, other.programme)
                    = (again.person_id, again.unit, again.programme)
                and other.declined_on is null and other.enrolled_on is null
                and other.exited_on is null)
""",
    """
create unique index referral_open_key on referral (person_id, unit, programme)
    where declined_on is null and enrolled_on is null and exited_on is null
""",
    "alter table referral drop column reopened",
    "drop table known_enrolment",
    "drop table known_answer",
)


def upgrade() -> None:
    for statement in (*KNOWN, *REOPENED):
        op.execute(statement)


def downgrade() -> None:
    for statement in UNDONE:
        op.execute(statement)
