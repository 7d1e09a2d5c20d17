"""An attested report has its attestation, and is alone in answering its question.

A revision must leave the version that runs before it working: expand, fill, then contract
one release later (migrations/README.md).
"""

from __future__ import annotations

from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

# The state follows the signature and never goes before it or leaves it; a question is kept as
# it was asked. The lock is the one that the service takes before it looks.
SIGNED = """
create function attested_is_signed() returns trigger language plpgsql as $$
declare
    signed boolean;
begin
    if tg_op = 'INSERT' then
        if new.state <> 'draft' then
            raise exception 'a report begins as a draft'
                using errcode = 'check_violation', constraint = 'attestation_binds',
                      table = 'committee_report';
        end if;
        return new;
    end if;
    if (new.id, new.template, new.period, new.area, new.programme, new.title, new."by",
        new.recorded_at, new.supersedes, new.supersedes_reason)
       is distinct from
       (old.id, old.template, old.period, old.area, old.programme, old.title, old."by",
        old.recorded_at, old.supersedes, old.supersedes_reason) then
        raise exception 'a report answers the question that it was made for'
            using errcode = 'check_violation', constraint = 'committee_report_attested',
                  table = 'committee_report';
    end if;
    signed := exists (select from attestation a
                      where (a.report_id, a.number) = (new.id, new.content_number));
    if signed <> (new.state = 'attested') then
        raise exception 'a report is attested when it is signed, and only then'
            using errcode = 'check_violation', constraint = 'attestation_binds',
                  table = 'committee_report';
    end if;
    if not signed then
        return new;
    end if;
    perform pg_advisory_xact_lock(hashtextextended('attest:' || concat_ws(
        '/', new.template, new.period, new.area, new.programme), 0));
    if exists (select from committee_report r
               where (r.template, r.period, r.area, r.programme)
                     = (new.template, new.period, new.area, new.programme)
                 and r.state = 'attested' and r.id <> new.id
                 and r.id is distinct from new.supersedes
                 and not exists (select from committee_report s
                                 where s.supersedes = r.id and s.state = 'attested')) then
        raise exception 'another report of the same question is attested'
            using errcode = 'check_violation', constraint = 'committee_report_alone',
                  table = 'committee_report';
    end if;
    return new;
end $$
"""


def upgrade() -> None:
    op.execute(SIGNED)
    op.execute(
        "create trigger committee_report_signed before insert or update on committee_report "
        "for each row execute function attested_is_signed()"
    )


def downgrade() -> None:
    op.execute("drop trigger committee_report_signed on committee_report")
    op.execute("drop function attested_is_signed()")
