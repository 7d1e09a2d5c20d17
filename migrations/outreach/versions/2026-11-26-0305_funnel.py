"""What referrals came of, and visits by the kind of their session.

Facts of referrals get the place, the kind of session and the outcome; facts of visits at a
session get its kind. What was booked before is taken back and booked again with these, so that
the journal and the records agree; earlier bases stay as they were.
"""

from __future__ import annotations

from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

INDEXES = (
    """
create index referral_session_id_idx on referral (session_id) where session_id is not null
""",
    """
create index referral_contact_id_idx on referral (contact_id) where contact_id is not null
""",
)

# Dated a minute ahead, so that the rows lie behind no basis that is given before this
# transaction, which the service cannot see, is over.
_BOOKED_ANEW = """
insert into outreach_fact (measure, happened_on, subject, record_id, record_kind, reason,
                           {kept}, {moved}, amount, recorded_at)
select net.measure, net.happened_on, net.subject, net.record_id, '{kind}', 'funnel',
       {net_kept}, {side_moved}, net.amount * side.sign,
       greatest(clock_timestamp() + interval '1 minute', net.newest + interval '1 microsecond')
from (
    select measure, happened_on, subject, record_id, {kept}, {moved},
           sum(amount)::bigint as amount,
           max(max(recorded_at)) over (partition by record_id) as newest
    from outreach_fact where record_kind = '{kind}'
    group by measure, happened_on, subject, record_id, {kept}, {moved} having sum(amount) <> 0
) net
join {kind} r on r.id = net.record_id
{origin}
cross join lateral (values (-1, {net_moved}), (1, {anew})) side (sign, {moved})
where ({net_moved}) is distinct from ({anew})
"""


def _booked_anew(kind: str, *, kept: str, moved: str, origin: str, anew: str) -> str:
    def of(alias: str, names: str) -> str:
        return ", ".join(f"{alias}.{name}" for name in names.split(", "))

    return _BOOKED_ANEW.format(
        kind=kind,
        kept=kept,
        moved=moved,
        origin=origin,
        anew=anew,
        net_kept=of("net", kept),
        net_moved=of("net", moved),
        side_moved=of("side", moved),
    )


FACTS = (
    _booked_anew(
        "referral",
        kept="unit, operation, programme, state",
        moved="venue, district, kind, outcome",
        origin="""left join contact c on c.id = r.contact_id
left join session s on s.id = coalesce(r.session_id, c.session_id)
left join venue v on v.code = coalesce(s.venue, c.venue)""",
        anew="""coalesce(v.code, ''), coalesce(v.district, 'unknown'), coalesce(s.kind, ''),
    case when r.state = 'exited' then coalesce(r.exit_outcome, 'unknown') else '' end""",
    ),
    _booked_anew(
        "visit_tally",
        kept="unit, operation, venue, district, sex, age_group",
        moved="kind",
        origin="join session s on s.id = r.session_id",
        anew="s.kind",
    ),
)


def upgrade() -> None:
    for statement in INDEXES:
        op.execute(statement)
    # The journal's owner may not write it, except here.
    op.execute("grant insert on outreach_fact to current_user")
    for statement in FACTS:
        op.execute(statement)
    op.execute("revoke insert on outreach_fact from current_user")


def downgrade() -> None:
    op.execute("drop index referral_contact_id_idx")
    op.execute("drop index referral_session_id_idx")
