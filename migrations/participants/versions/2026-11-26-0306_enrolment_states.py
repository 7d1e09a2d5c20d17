"""What is told of a referred enrolment: also what was corrected before anybody was told.

A referral may lead to another enrolment when the one it led to never was.
"""

from __future__ import annotations

from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

KEY = (
    "alter table enrolment drop constraint enrolment_referral_id_key",
    """
create unique index enrolment_referral_id_key on enrolment (referral_id)
    where retracted_at is null
""",
)

# Referrals whose enrolment was retracted wait again.
REOPENED = (
    """
insert into record_version (kind, record_id, version, recorded_at, superseded_at, reason, by, body)
select 'pending_enrolment', p.id, p.version, p.recorded_at,
       greatest(now(), p.recorded_at + interval '1 microsecond'), 'enrolment retracted',
       'migration', to_jsonb(p)
from pending_enrolment p join enrolment e on e.id = p.enrolment_id
where e.retracted_at is not null
""",
    """
update pending_enrolment p
set state = 'pending', enrolment_id = null, decided_on = null, version = p.version + 1,
    recorded_at = greatest(now(), p.recorded_at + interval '1 microsecond')
from enrolment e
where e.id = p.enrolment_id and e.retracted_at is not null
""",
)

TOLD = """
with news as (
    select 'participants.enrolment.corrected.v1' as type, 'enrolment/' || e.id as subject,
           jsonb_build_object(
               'enrolmentId', e.id, 'referralId', e.referral_id, 'startedOn', e.started_on,
               'exitedOn', e.exited_on, 'outcome', e.outcome, 'versionAfter', e.version,
               'retracted', e.retracted_at is not null) as data
    from enrolment e where e.referral_id is not null and e.version > 1
    union all
    select 'participants.referral.received.v1', 'referral/' || p.referral_id,
           jsonb_build_object(
               'referralId', p.referral_id, 'receivedOn', p.recorded_at::date,
               'versionAfter', p.version)
    from pending_enrolment p where p.state = 'pending' and p.version > 1
), numbered as (
    insert into outbox_counter as counter (consumer, subject, last_sequence)
    select 'outreach', subject, 1 from news order by subject
    on conflict (consumer, subject) do update set last_sequence = counter.last_sequence + 1
    returning subject, last_sequence
)
insert into outbox (event_id, consumer, type, subject, sequence, data)
select uuidv7(), 'outreach', type, subject, last_sequence, data
from news join numbered using (subject)
"""

# The earlier rule allows one enrolment of a referral, also of those that were retracted.
ONE_OF_EACH = """
update enrolment set referral_id = null
from (select id, row_number() over (partition by referral_id
                                    order by retracted_at is not null, id desc) as place
      from enrolment where referral_id is not null) ranked
where ranked.id = enrolment.id and ranked.place > 1
"""


def upgrade() -> None:
    for statement in KEY:
        op.execute(statement)
    # The owner of what is only ever added to may not write it, except here.
    op.execute("grant insert on record_version to current_user")
    for statement in REOPENED:
        op.execute(statement)
    op.execute("revoke insert on record_version from current_user")
    op.execute(TOLD)


def downgrade() -> None:
    op.execute("drop index enrolment_referral_id_key")
    op.execute(ONE_OF_EACH)
    op.execute(
        "alter table enrolment add constraint enrolment_referral_id_key unique (referral_id)"
    )
