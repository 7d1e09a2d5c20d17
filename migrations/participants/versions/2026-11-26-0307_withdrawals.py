"""Referrals that wait too long, and those withdrawn by who made them."""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ADDED = """
alter table pending_enrolment
    add column answer_due_on date,
    add column overdue boolean default false not null,
    add column withdrawn_on date,
    add column withdrawal_reason text,
    add constraint pending_enrolment_withdrawn_check
        check (state <> 'withdrawn' or withdrawn_on is not null),
    add constraint pending_enrolment_reason_when_withdrawn_check
        check ((withdrawn_on is null) = (withdrawal_reason is null)),
    add constraint pending_enrolment_overdue_check
        check (not overdue or answer_due_on is not null),
    drop constraint pending_enrolment_state_check,
    add constraint pending_enrolment_state_check
        check (state in ('pending', 'accepted', 'declined', 'withdrawn'))
"""

DROPPED = (
    # The state before had no name for them: they do not wait any more.
    "update pending_enrolment set state = 'declined', reason = 'other' where state = 'withdrawn'",
    """
alter table pending_enrolment
    drop constraint pending_enrolment_state_check,
    add constraint pending_enrolment_state_check
        check (state in ('pending', 'accepted', 'declined')),
    drop column withdrawal_reason,
    drop column withdrawn_on,
    drop column overdue,
    drop column answer_due_on
""",
)


def upgrade() -> None:
    op.execute(ADDED)


def downgrade() -> None:
    for statement in DROPPED:
        op.execute(statement)
