"""Collaborations, internships and agreements that continue one another."""

from __future__ import annotations

from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

COLLABORATION = """
create table collaboration (
    id uuid not null default uuidv7(),
    unit text not null,
    name text not null,
    purpose text not null,
    kind text not null,
    cadence text not null,
    times integer,
    partners text[] not null,
    starts_on date not null,
    latest_state text not null,
    latest_from date not null,
    version integer not null default 1,
    recorded_at timestamptz not null default now(),
    recorded_by text not null,
    retracted_at timestamptz,
    constraint collaboration_pkey primary key (id),
    constraint collaboration_kind_check check (
        kind in ('forum', 'check_in', 'on_site', 'joint_project', 'network', 'other')),
    constraint collaboration_cadence_check check (
        cadence in ('daily', 'weekly', 'monthly', 'quarterly', 'yearly', 'as_needed')),
    constraint collaboration_latest_state_check check (
        latest_state in ('active', 'paused', 'ended')),
    constraint collaboration_partners_check check (cardinality(partners) > 0),
    constraint collaboration_times_check check (times is null or times between 1 and 31),
    constraint collaboration_interval_check check (latest_from >= starts_on)
)
"""
STATE = """
create table collaboration_state (
    id uuid not null default uuidv7(),
    collaboration_id uuid not null,
    state text not null,
    valid_from date not null,
    reason text,
    version integer not null default 1,
    recorded_at timestamptz not null default now(),
    recorded_by text not null,
    retracted_at timestamptz,
    constraint collaboration_state_pkey primary key (id),
    constraint collaboration_state_collaboration_id_fkey
        foreign key (collaboration_id) references collaboration (id),
    constraint collaboration_state_state_check check (state in ('active', 'paused', 'ended')),
    constraint collaboration_state_why_check check (state = 'active' or reason is not null)
)
"""
INTERNSHIP = """
create table internship (
    id uuid not null default uuidv7(),
    employer text not null,
    unit text not null,
    offered_on date not null,
    places integer not null,
    starts_on date,
    ends_on date,
    women integer not null default 0,
    men integer not null default 0,
    unknown integer not null default 0,
    version integer not null default 1,
    recorded_at timestamptz not null default now(),
    recorded_by text not null,
    retracted_at timestamptz,
    constraint internship_pkey primary key (id),
    constraint internship_employer_fkey foreign key (employer) references employer (code),
    constraint internship_counts_check check (least(women, men, unknown) >= 0),
    constraint internship_places_check check (places > 0),
    constraint internship_taken_check check (women + men + unknown <= places),
    constraint internship_days_check check (starts_on is not null or ends_on is null),
    constraint internship_interval_check check (ends_on is null or ends_on >= starts_on)
)
"""
AGREEMENT = """
alter table agreement
    add column continues uuid,
    add column retracted_at timestamptz,
    add constraint agreement_continues_fkey foreign key (continues) references agreement (id),
    add constraint agreement_not_itself_check check (continues <> id)
"""
PARTNER = """
alter table partner
    add column organisation_number text,
    add column employer text,
    add constraint partner_organisation_number_key unique (organisation_number),
    add constraint partner_legal_person_check
        check (organisation_number ~ '^[0-9]{2}[2-9][0-9]{7}$'),
    add constraint partner_employer_fkey foreign key (employer) references employer (code)
"""
WORKER = """
alter table outreach_worker
    add column extensions integer not null default 0,
    add constraint outreach_worker_extensions_check check (extensions >= 0)
"""
SESSION = """
alter table session
    add column title text,
    add column public boolean not null default false
"""
INDEXES = (
    "create index collaboration_listed_idx on collaboration (unit, starts_on desc, id desc)",
    """create unique index collaboration_state_valid_from_key
        on collaboration_state (collaboration_id, valid_from) where retracted_at is null""",
    "create index internship_employer_idx on internship (employer)",
    "create index internship_listed_idx on internship (unit, offered_on desc, id desc)",
    """create unique index agreement_continues_key on agreement (continues)
        where retracted_at is null""",
    "create index agreement_partner_idx on agreement (partner)",
    "create index agreement_ends_on_idx on agreement (ends_on)",
    "create index hire_recruitment_event_idx on hire (recruitment_event_id)",
)

# What is counted from this upgrade on is booked for the records there are; a visit together with
# a partner is taken back and booked again with the partner, as any correction is. The owner may
# not write facts otherwise. Dated a minute ahead, the rows lie behind no basis that is given
# until this transaction is over, and a basis from before the upgrade keeps its answer.
_BOOKED = """
insert into outreach_fact (measure, happened_on, amount, subject, record_kind, record_id, reason,
                           recorded_at, {columns})
select {measure}, {on}, {amount}, {subject}, '{kind}', r.id, 'counted from this version on',
       clock_timestamp() + interval '1 minute', {values}
from {of}
"""


def _booked(columns: str, **parts: str) -> str:
    return _BOOKED.format(columns=columns, **parts)


_HELD = (
    "recruitment_event r left join venue v on v.code = r.venue "
    "left join employer e on e.code = r.employer where r.retracted_at is null and exists "
    "(select from hire h where h.recruitment_event_id = r.id and h.retracted_at is null)"
)
MAY_BOOK = "grant insert on outreach_fact to current_user"
MAY_NOT = "revoke insert on outreach_fact from current_user"
FACTS = (
    MAY_BOOK,
    _booked(
        "kind, partner",
        measure="'agreements'",
        on="r.starts_on",
        amount="1",
        subject="r.id",
        kind="agreement",
        values="r.kind, r.partner",
        of="agreement r",
    ),
    _booked(
        "kind, partner",
        measure="'agreements'",
        on="r.ends_on + 1",
        amount="-1",
        subject="r.id",
        kind="agreement",
        values="r.kind, r.partner",
        of="agreement r where r.ends_on is not null",
    ),
    _booked(
        "kind, sector, employer, unit, venue, district",
        measure="'recruitment-events-with-hires'",
        on="r.held_on",
        amount="1",
        subject="null",
        kind="recruitment_event",
        values=(
            "r.kind, coalesce(e.sector, ''), coalesce(e.code, ''), r.unit, "
            "coalesce(r.venue, ''), coalesce(v.district, 'unknown')"
        ),
        of=_HELD,
    ),
    _booked(
        "unit, sector, employer, partner",
        measure="'employer-visits'",
        on="r.visited_on",
        amount="n.amount",
        subject="e.id",
        kind="employer_visit",
        values="r.unit, e.sector, e.code, n.partner",
        of=(
            "employer_visit r join employer e on e.code = r.employer "
            "cross join lateral (values (-1, ''), (1, r.partner)) n (amount, partner) "
            "where r.retracted_at is null and r.partner is not null"
        ),
    ),
    MAY_NOT,
)

# The version before counts none of this. Booked back, it is not counted twice by an upgrade that
# follows, nor what has no record any more.
_CELLS = """measure, happened_on, subject, record_kind, record_id, unit, operation, venue, district,
    kind, sex, age_group, target_group, channel, direction, role, contract, sector, employer,
    programme, state, outcome, partner"""
TAKEN_BACK = (
    MAY_BOOK,
    f"""
insert into outreach_fact ({_CELLS}, amount, reason, recorded_at)
select {_CELLS}, -sum(amount), 'not counted before this version',
       greatest(clock_timestamp() + interval '1 minute',
                max(recorded_at) + interval '1 microsecond')
from outreach_fact
where measure in ('agreements', 'collaborations', 'internships-offered', 'internships-taken',
                  'recruitment-events-with-hires')
group by {_CELLS} having sum(amount) <> 0
""",
    MAY_NOT,
)


def upgrade() -> None:
    for table in ("outreach_fact", "outreach_fact_sum"):
        op.execute(f"alter table {table} add column partner text not null default ''")
    for statement in (COLLABORATION, STATE, INTERNSHIP, AGREEMENT, PARTNER, WORKER, SESSION):
        op.execute(statement)
    for statement in (*INDEXES, *FACTS):
        op.execute(statement)


def downgrade() -> None:
    for statement in TAKEN_BACK:
        op.execute(statement)
    op.execute("alter table session drop column title, drop column public")
    op.execute("drop index hire_recruitment_event_idx")
    op.execute("alter table outreach_worker drop column extensions")
    op.execute("alter table partner drop column organisation_number, drop column employer")
    op.execute("drop index agreement_ends_on_idx")
    op.execute("drop index agreement_partner_idx")
    op.execute("alter table agreement drop column continues, drop column retracted_at")
    op.execute("drop table internship")
    op.execute("drop table collaboration_state")
    op.execute("drop table collaboration")
    for table in ("outreach_fact_sum", "outreach_fact"):
        op.execute(f"alter table {table} drop column partner")
