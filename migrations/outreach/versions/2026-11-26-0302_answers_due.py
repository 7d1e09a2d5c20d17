"""When the answer to a referral is due, and referrals that are withdrawn."""

from __future__ import annotations

from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ADDED = (
    """
alter table referral
    add column answer_due_on date,
    add column overdue_since date,
    add column withdrawn_on date,
    add column withdrawal_reason text
""",
    # What was made before got two weeks from the day on which it was recorded.
    """
update referral r set answer_due_on = 14 + (
    coalesce((select min(v.recorded_at) from record_version v
              where v.kind = 'referral' and v.record_id = r.id), r.recorded_at)
    at time zone 'Europe/Stockholm')::date
""",
    """
alter table referral
    alter column answer_due_on set not null,
    add constraint referral_withdrawn_check
        check ((withdrawn_on is null) = (withdrawal_reason is null)),
    add constraint referral_withdrawal_reason_check
        check (withdrawal_reason in ('declined_by_person', 'made_in_error',
                                     'referred_elsewhere', 'no_contact', 'other'))
""",
    "alter table referral drop column state",
    """
alter table referral add column state text generated always as (
    case when exited_on is not null then 'exited'
         when enrolled_on is not null then 'enrolled'
         when declined_on is not null then 'declined'
         when accepted_on is not null then 'accepted'
         when withdrawn_on is not null then 'withdrawn'
         when received_on is not null then 'received'
         else 'made' end) stored not null
""",
    "drop index referral_open_key",
    """
create unique index referral_open_key on referral (person_id, unit, programme)
    where withdrawn_on is null and declined_on is null and enrolled_on is null
      and exited_on is null and not reopened
""",
    """
create index referral_unanswered_idx on referral (answer_due_on, id)
    where state in ('made', 'received')
""",
)

# The earlier rule knows no withdrawal: what was withdrawn is closed as declined.
DROPPED = (
    """
update referral set declined_on = withdrawn_on, decline_reason = 'other'
where state = 'withdrawn'
""",
    "drop index referral_unanswered_idx",
    "drop index referral_open_key",
    "alter table referral drop column state",
    """
alter table referral
    drop column withdrawal_reason,
    drop column withdrawn_on,
    drop column overdue_since,
    drop column answer_due_on
""",
    """
alter table referral add column state text generated always as (
    case when exited_on is not null then 'exited'
         when enrolled_on is not null then 'enrolled'
         when declined_on is not null then 'declined'
         when accepted_on is not null then 'accepted'
         when received_on is not null then 'received'
         else 'made' end) stored not null
""",
    """
create unique index referral_open_key on referral (person_id, unit, programme)
    where declined_on is null and enrolled_on is null and exited_on is null and not reopened
""",
)


def upgrade() -> None:
    for statement in ADDED:
        op.execute(statement)


def downgrade() -> None:
    for statement in DROPPED:
        op.execute(statement)
