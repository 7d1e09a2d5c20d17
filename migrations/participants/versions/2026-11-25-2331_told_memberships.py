"""Who is counted as whom, and who is in KAA, is told to outreach: also what is recorded already."""

from __future__ import annotations

from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

CREATED = (
    """
create table person_to_tell (
    position bigint generated always as identity,
    person_id uuid not null,
    constraint person_to_tell_pkey primary key (position)
)
""",
    """
create table told_person (
    person_id uuid not null,
    state_version integer not null,
    subject_id uuid not null,
    constraint told_person_pkey primary key (person_id)
)
""",
    """
create table told_kaa_membership (
    membership_id uuid not null,
    state_version integer not null,
    person_id uuid not null,
    joined_on date not null,
    until date not null,
    retracted boolean not null,
    constraint told_kaa_membership_pkey primary key (membership_id)
)
""",
    # The worker tells of them when it starts.
    """
insert into person_to_tell (person_id)
select person_id from kaa_membership
union
select id from person where subject_id <> id
""",
)

DROPPED = (
    "drop table told_kaa_membership",
    "drop table told_person",
    "drop table person_to_tell",
)


def upgrade() -> None:
    for statement in CREATED:
        op.execute(statement)


def downgrade() -> None:
    for statement in DROPPED:
        op.execute(statement)
