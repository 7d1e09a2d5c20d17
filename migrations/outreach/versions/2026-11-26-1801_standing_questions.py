"""Questions that took long are kept counted; facts are found by whom they are about."""

from __future__ import annotations

from alembic import op

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ADDED = (
    """
    create table standing_question (
        id bigint generated always as identity not null,
        digest text not null,
        question text not null,
        asked_on date default current_date not null,
        looked_at timestamptz,
        reaches_back boolean default false not null,
        constraint standing_question_pkey primary key (id),
        constraint standing_question_digest_key unique (digest)
    )
    """,
    """
    create table standing_answer (
        question_id bigint not null,
        as_of timestamptz not null,
        total bigint not null,
        cells text not null,
        facts integer not null,
        constraint standing_answer_pkey primary key (question_id, as_of),
        constraint standing_answer_question_id_fkey foreign key (question_id)
            references standing_question (id) on delete cascade
    )
    """,
    (
        "create index outreach_fact_subject_measure_idx on outreach_fact (subject, measure, happened_on)"
        " where subject is not null"
    ),
)

DROPPED = (
    "drop index outreach_fact_subject_measure_idx",
    "drop table standing_answer",
    "drop table standing_question",
)


def upgrade() -> None:
    for statement in ADDED:
        op.execute(statement)


def downgrade() -> None:
    for statement in DROPPED:
        op.execute(statement)
