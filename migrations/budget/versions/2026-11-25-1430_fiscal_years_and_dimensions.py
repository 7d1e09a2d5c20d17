"""Fiscal years, dimensions with validity, and what a voucher tells of its source.

Rows of the ledger are checked a statement at a time from here on: that what they name exists,
and that vouchers balance. Foreign keys and row triggers look each row up by itself, which cost
several times what writing the row does. The names of the rules stay, and each is still attacked
by a test.
"""

from __future__ import annotations

from datetime import datetime

import sqlalchemy as sa
from alembic import op
from sqlalchemy.dialects import postgresql

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

KEPT = ("fiscal_year", "dimension", "dimension_object", "dimension_object_version")
"""New tables that a basis may look into: appended to, never behind a basis already given."""

NEVER_CHANGED = ("account", "counterpart")
NEVER_REMOVED = ("ledger_period", "voucher_series", "booking")
"""Postings and vouchers name them, and no foreign key holds them any more."""

BACKFILL = """
insert into fiscal_year (year, first_day, by)
    select distinct period / 100, make_date(period / 100, 1, 1), 'migration' from ledger_period

insert into dimension (number, name, by) values
    (1, 'Ansvar', 'migration'), (6, 'Projekt', 'migration'), (21, 'Verksamhet', 'migration')

insert into dimension_object (number, code)
    select distinct used.number, used.code
    from posting p cross join lateral (values
        (1, p.responsibility), (6, p.project), (21, p.activity)) as used (number, code)
    where used.code <> ''
    union select 6, number from project

insert into dimension_object_version (number, code, version, name, valid_from, by)
    select o.number, o.code, 1, coalesce(v.name, o.code), '1900-01-01', 'migration'
    from dimension_object o
    left join project p on o.number = 6 and p.number = o.code
    left join project_version v on v.project_id = p.id and v.version = p.version
"""

CLASS_OF = """
alter table {table} alter column counterpart_class set expression as (case
    when ascii({code}) between 49 and 52 then 'internal'
    when ascii({code}) between 53 and 55 then 'municipal_company'
    when ascii({code}) between 56 and 57 then 'external'
    else 'undivided' end)
"""
"""The same classes from the character's number: four regular expressions cost as much as a row."""

CLASS_BEFORE = """
alter table {table} alter column counterpart_class set expression as (case
    when {code} ~ '^[1-4]' then 'internal'
    when {code} ~ '^[5-7]' then 'municipal_company'
    when {code} ~ '^[89]' then 'external'
    else 'undivided' end)
"""

BOOKING = """
create or replace function voucher_booked() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    booked_series record;
    booked_period record;
    faulty record;
begin
    if exists (select from booked where transaction_id <> pg_current_xact_id()::text::bigint) then
        raise exception 'a voucher belongs to the transaction that books it'
            using errcode = 'check_violation', constraint = 'posting_sealed', table = 'voucher';
    end if;
    -- Shared locks, in one order: closing a period waits for the vouchers being booked in it,
    -- and whoever books next waits for the closing and sees its outcome.
    for booked_period in
        select period, state from ledger_period
        where period in (select period from booked) order by period for share
    loop
        if booked_period.state = 'closed' then
            raise exception 'period % is closed', booked_period.period
                using errcode = 'check_violation', constraint = 'voucher_period_open',
                      table = 'voucher';
        end if;
    end loop;
    select b.period into faulty from (select distinct period from booked) b
        where not exists (select from ledger_period p where p.period = b.period) limit 1;
    if found then
        raise exception 'period % does not exist', faulty.period
            using errcode = 'foreign_key_violation', constraint = 'voucher_period_fkey',
                  table = 'voucher';
    end if;
    select b.happened_on, b.year into faulty
        from booked b left join fiscal_year y on y.year = b.year
        where y.year is null or b.happened_on < y.first_day
           or b.happened_on >= y.first_day + interval '1 year' limit 1;
    if found then
        raise exception '% does not lie in the fiscal year %', faulty.happened_on, faulty.year
            using errcode = 'check_violation', constraint = 'voucher_day', table = 'voucher';
    end if;
    if exists (select from booked b where b.reversal_of is not null
               and not exists (select from voucher v where v.id = b.reversal_of)) then
        raise exception 'a reversal takes back a voucher that exists'
            using errcode = 'foreign_key_violation', constraint = 'voucher_reversal_of_fkey',
                  table = 'voucher';
    end if;
    for booked_series in
        select series, year, min(number) as low, max(number) as high, count(*) as many
        from booked group by series, year order by series, year
    loop
        update voucher_series set last_number = booked_series.high
        where series = booked_series.series and year = booked_series.year
          and last_number = booked_series.low - 1
          and booked_series.high - booked_series.low + 1 = booked_series.many;
        if not found then
            raise exception 'series % of % is numbered without gaps',
                booked_series.series, booked_series.year
                using errcode = 'check_violation', constraint = 'voucher_numbering',
                      table = 'voucher';
        end if;
        insert into booking (series, year, first_number, last_number)
            values (booked_series.series, booked_series.year, booked_series.low,
                    booked_series.high);
    end loop;
    return null;
end $$

create or replace function posting_booked() returns trigger language plpgsql as $$
declare
    here constant bigint := pg_current_xact_id()::text::bigint;
    faulty record;
begin
    -- Each voucher is looked up by its key, however large the ledger and stale its statistics.
    select v.id is null or v.period <> b.period or v.happened_on <> b.happened_on as unknown
        into faulty
        from (select distinct voucher_id, period, happened_on from booked) b
        left join lateral (select id, period, happened_on, transaction_id from voucher
                           where id = b.voucher_id offset 0) v on true
        where v.id is null or v.period <> b.period or v.happened_on <> b.happened_on
           or v.transaction_id <> here
        limit 1;
    if found and faulty.unknown then
        raise exception 'a posting has the period and day of its voucher'
            using errcode = 'foreign_key_violation', table = 'posting',
                  constraint = 'posting_voucher_id_period_happened_on_fkey';
    elsif found then
        raise exception 'a posting cannot join a voucher that is booked'
            using errcode = 'check_violation', constraint = 'posting_sealed', table = 'posting';
    end if;
    if exists (select from booking where transaction_id = here and checked) and exists (
        select from (select distinct voucher_id from booked) b
        cross join lateral (select series, year, number from voucher
                            where id = b.voucher_id offset 0) v
        where exists (select from booking k
                      where k.transaction_id = here and k.checked and k.series = v.series
                        and k.year = v.year and v.number between k.first_number and k.last_number))
    then
        raise exception 'a posting cannot join a voucher that has been checked'
            using errcode = 'check_violation', constraint = 'posting_sealed', table = 'posting';
    end if;
    select b.code into faulty from (select distinct account as code from booked) b
        where not exists (select from account a where a.code = b.code) limit 1;
    if found then
        raise exception 'account % does not exist', faulty.code
            using errcode = 'foreign_key_violation', constraint = 'posting_account_fkey',
                  table = 'posting';
    end if;
    select b.code into faulty from (select distinct counterpart as code from booked) b
        where not exists (select from counterpart c where c.code = b.code) limit 1;
    if found then
        raise exception 'counterpart % does not exist', faulty.code
            using errcode = 'foreign_key_violation', constraint = 'posting_counterpart_fkey',
                  table = 'posting';
    end if;
    select used.number, used.code into faulty
        from (select 1 as number, responsibility as code from booked where responsibility <> ''
              union select 6, project from booked where project <> ''
              union select 21, activity from booked where activity <> ''
              union select case when e.key ~ '^[1-9][0-9]{0,3}$' then e.key::integer end, e.value
                    from booked, jsonb_each_text(objects) e where objects <> '{}') used
        where not exists (select from dimension_object o
                          where o.number = used.number and o.code = used.code) limit 1;
    if found then
        raise exception 'dimension % has no object %', faulty.number, faulty.code
            using errcode = 'foreign_key_violation', constraint = 'posting_object_fkey',
                  table = 'posting';
    end if;
    return null;
end $$
"""

BALANCE = """
create function booking_holds() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    faulty record;
begin
    -- Lateral, as above: every voucher's postings are found by its key.
    select v.series, v.number, s.many, s.net into faulty
        from voucher v cross join lateral (
            select count(*) as many, coalesce(sum(p.amount), 0) as net
            from posting p where p.voucher_id = v.id) s
        where v.series = new.series and v.year = new.year
          and v.number between new.first_number and new.last_number
          and (s.many < 2 or s.net <> 0)
        limit 1;
    if found and faulty.many < 2 then
        raise exception 'a voucher has at least two postings'
            using errcode = 'check_violation', constraint = 'voucher_size', table = 'voucher';
    elsif found then
        raise exception 'voucher % % misses zero by % ore',
            faulty.series, faulty.number, faulty.net
            using errcode = 'check_violation', constraint = 'voucher_balance', table = 'voucher';
    end if;
    select original.reversal_of is not null as twice into faulty
        from voucher v join voucher original on original.id = v.reversal_of
        cross join lateral (
            select count(*) as many from (
                select from posting p where p.voucher_id in (v.id, v.reversal_of)
                group by account, counterpart, project, responsibility, activity, objects
                having sum(amount) <> 0) d) differing
        where v.series = new.series and v.year = new.year
          and v.number between new.first_number and new.last_number
          and v.reversal_of is not null
          and (original.reversal_of is not null or differing.many > 0)
        order by twice desc limit 1;
    if found and faulty.twice then
        raise exception 'a reversal is not reversed'
            using errcode = 'check_violation', constraint = 'voucher_no_second_reversal',
                  table = 'voucher';
    elsif found then
        raise exception 'a reversal is the mirror image of its voucher'
            using errcode = 'check_violation', constraint = 'voucher_mirror', table = 'voucher';
    end if;
    update booking set checked = true where id = new.id;
    return null;
end $$

create constraint trigger booking_holds after insert on booking
    deferrable initially deferred for each row execute function booking_holds()
"""

BEFORE = """
create or replace function voucher_booked() returns trigger
    language plpgsql security definer set search_path = public, pg_temp as $$
declare
    booked_series record;
    booked_period record;
begin
    if exists (select from booked where transaction_id <> pg_current_xact_id()::text::bigint) then
        raise exception 'a voucher belongs to the transaction that books it'
            using errcode = 'check_violation', constraint = 'posting_sealed', table = 'voucher';
    end if;
    for booked_period in
        select period, state from ledger_period
        where period in (select period from booked) order by period for share
    loop
        if booked_period.state = 'closed' then
            raise exception 'period % is closed', booked_period.period
                using errcode = 'check_violation', constraint = 'voucher_period_open',
                      table = 'voucher';
        end if;
    end loop;
    for booked_series in
        select series, year, min(number) as low, max(number) as high, count(*) as many
        from booked group by series, year order by series, year
    loop
        update voucher_series set last_number = booked_series.high
        where series = booked_series.series and year = booked_series.year
          and last_number = booked_series.low - 1
          and booked_series.high - booked_series.low + 1 = booked_series.many;
        if not found then
            raise exception 'series % of % is numbered without gaps',
                booked_series.series, booked_series.year
                using errcode = 'check_violation', constraint = 'voucher_numbering',
                      table = 'voucher';
        end if;
    end loop;
    return null;
end $$

create or replace function posting_booked() returns trigger language plpgsql as $$
begin
    if exists (
        select from booked join voucher on voucher.id = booked.voucher_id
        where voucher.transaction_id <> pg_current_xact_id()::text::bigint)
    then
        raise exception 'a posting cannot join a voucher that is booked'
            using errcode = 'check_violation', constraint = 'posting_sealed', table = 'posting';
    end if;
    return null;
end $$

create function voucher_balances() returns trigger language plpgsql as $$
declare
    net bigint;
    many bigint;
begin
    select coalesce(sum(amount), 0), count(*) into net, many
        from posting where voucher_id = new.id;
    if many < 2 then
        raise exception 'a voucher has at least two postings'
            using errcode = 'check_violation', constraint = 'voucher_size', table = 'voucher';
    end if;
    if net <> 0 then
        raise exception 'voucher % % misses zero by % ore', new.series, new.number, net
            using errcode = 'check_violation', constraint = 'voucher_balance', table = 'voucher';
    end if;
    return null;
end $$

create constraint trigger voucher_balances after insert on voucher
    deferrable initially deferred for each row execute function voucher_balances()

create function voucher_mirrors() returns trigger language plpgsql as $$
begin
    if exists (select from voucher where id = new.reversal_of and reversal_of is not null) then
        raise exception 'a reversal is not reversed'
            using errcode = 'check_violation', constraint = 'voucher_no_second_reversal',
                  table = 'voucher';
    end if;
    if exists (
        select from posting where voucher_id in (new.id, new.reversal_of)
        group by account, counterpart, project, responsibility, activity
        having sum(amount) <> 0)
    then
        raise exception 'a reversal is the mirror image of its voucher'
            using errcode = 'check_violation', constraint = 'voucher_mirror', table = 'voucher';
    end if;
    return null;
end $$

create constraint trigger voucher_mirrors after insert on voucher
    deferrable initially deferred for each row when (new.reversal_of is not null)
    execute function voucher_mirrors()
"""


def upgrade() -> None:
    _create_tables()
    _run(BACKFILL)
    _add_columns()
    _drop_keys_of_rows()
    op.execute(CLASS_OF.format(table="posting", code="counterpart"))
    op.execute(CLASS_OF.format(table="counterpart", code="code"))
    _run(BOOKING)
    _run(
        """
        drop trigger voucher_balances on voucher

        drop trigger voucher_mirrors on voucher

        drop function voucher_balances, voucher_mirrors
        """
    )
    _run(BALANCE)
    for table in KEPT:
        op.execute(
            f"create trigger {table}_back_dated before insert on {table} for each row "
            "when (new.recorded_at < transaction_timestamp()) execute function refuse_back_dated()"
        )
    for table in (*KEPT, *NEVER_CHANGED):
        op.execute(
            f"create trigger {table}_append_only before update or delete or truncate on {table} "
            "for each statement execute function refuse_change()"
        )
    for table in NEVER_REMOVED:
        op.execute(
            f"create trigger {table}_kept before delete or truncate on {table} "
            "for each statement execute function refuse_change()"
        )


def downgrade() -> None:
    for table in NEVER_REMOVED:
        op.execute(f"drop trigger {table}_kept on {table}")
    for table in NEVER_CHANGED:
        op.execute(f"drop trigger {table}_append_only on {table}")
    op.execute("drop trigger booking_holds on booking")
    op.execute("drop function booking_holds")
    _run(BEFORE)
    _restore_keys_of_rows()
    op.execute(CLASS_BEFORE.format(table="posting", code="counterpart"))
    op.execute(CLASS_BEFORE.format(table="counterpart", code="code"))
    op.drop_index("voucher_source_version_key", table_name="voucher")
    for column in ("source_digest", "source_version", "source_key", "source"):
        op.drop_column("voucher", column)
    for column in ("text", "objects"):
        op.drop_column("posting", column)
    for table in (
        "booking",
        "dimension_object_version",
        "dimension_object",
        "dimension",
        "fiscal_year",
    ):
        op.drop_table(table)


def _said_by() -> tuple[sa.Column[str], sa.Column[datetime]]:
    return sa.Column("by", sa.Text(), nullable=False), _recorded_at()


def _recorded_at() -> sa.Column[datetime]:
    return sa.Column(
        "recorded_at",
        sa.DateTime(timezone=True),
        server_default=sa.text("now()"),
        nullable=False,
    )


def _create_tables() -> None:
    op.create_table(
        "fiscal_year",
        sa.Column("year", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("first_day", sa.Date(), nullable=False),
        *_said_by(),
        sa.CheckConstraint("year between 1900 and 2199", name=op.f("fiscal_year_year_check")),
        sa.CheckConstraint(
            "extract(day from first_day) = 1", name=op.f("fiscal_year_first_day_check")
        ),
        sa.CheckConstraint(
            "extract(year from first_day + interval '11 months') = year",
            name=op.f("fiscal_year_named_check"),
        ),
        sa.PrimaryKeyConstraint("year", name=op.f("fiscal_year_pkey")),
        info={"append_only": True},
    )
    op.create_table(
        "dimension",
        sa.Column("number", sa.Integer(), autoincrement=False, nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("parent", sa.Integer(), nullable=True),
        *_said_by(),
        sa.CheckConstraint("number between 1 and 9999", name=op.f("dimension_number_check")),
        sa.CheckConstraint("parent <> number", name=op.f("dimension_parent_check")),
        sa.ForeignKeyConstraint(
            ["parent"], ["dimension.number"], name=op.f("dimension_parent_fkey")
        ),
        sa.PrimaryKeyConstraint("number", name=op.f("dimension_pkey")),
        info={"append_only": True},
    )
    op.create_table(
        "dimension_object",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        _recorded_at(),
        sa.CheckConstraint(
            "code ~ '^[^[:cntrl:]]{1,40}$' and code = trim(code)",
            name=op.f("dimension_object_code_check"),
        ),
        sa.ForeignKeyConstraint(
            ["number"], ["dimension.number"], name=op.f("dimension_object_number_fkey")
        ),
        sa.PrimaryKeyConstraint("number", "code", name=op.f("dimension_object_pkey")),
        info={"append_only": True},
    )
    op.create_table(
        "dimension_object_version",
        sa.Column("number", sa.Integer(), nullable=False),
        sa.Column("code", sa.Text(), nullable=False),
        sa.Column("version", sa.Integer(), nullable=False),
        sa.Column("name", sa.Text(), nullable=False),
        sa.Column("valid_from", sa.Date(), nullable=False),
        sa.Column("valid_to", sa.Date(), nullable=True),
        *_said_by(),
        sa.CheckConstraint(
            "valid_to >= valid_from", name=op.f("dimension_object_version_validity_check")
        ),
        sa.ForeignKeyConstraint(
            ["number", "code"],
            ["dimension_object.number", "dimension_object.code"],
            name=op.f("dimension_object_version_number_code_fkey"),
        ),
        sa.PrimaryKeyConstraint(
            "number", "code", "version", name=op.f("dimension_object_version_pkey")
        ),
        info={"append_only": True},
    )
    op.create_table(
        "booking",
        sa.Column("id", sa.BigInteger(), sa.Identity(always=True), nullable=False),
        sa.Column("series", sa.Text(), nullable=False),
        sa.Column("year", sa.Integer(), nullable=False),
        sa.Column("first_number", sa.Integer(), nullable=False),
        sa.Column("last_number", sa.Integer(), nullable=False),
        sa.Column(
            "transaction_id",
            sa.BigInteger(),
            server_default=sa.text("(pg_current_xact_id()::text)::bigint"),
            nullable=False,
        ),
        sa.Column("checked", sa.Boolean(), server_default=sa.text("false"), nullable=False),
        sa.CheckConstraint("last_number >= first_number", name=op.f("booking_numbers_check")),
        sa.PrimaryKeyConstraint("id", name=op.f("booking_pkey")),
        info={"append_only": True},
    )
    op.create_index("booking_transaction_id_idx", "booking", ["transaction_id"])


def _add_columns() -> None:
    op.add_column("voucher", sa.Column("source", sa.Text(), nullable=True))
    op.add_column("voucher", sa.Column("source_key", sa.Text(), nullable=True))
    op.add_column("voucher", sa.Column("source_version", sa.Integer(), nullable=True))
    op.add_column("voucher", sa.Column("source_digest", sa.LargeBinary(), nullable=True))
    op.create_check_constraint(
        op.f("voucher_source_check"),
        "voucher",
        "num_nulls(source, source_key, source_version, source_digest) in (0, 4)",
    )
    op.create_index(
        "voucher_source_version_key",
        "voucher",
        ["source", "source_key", "source_version"],
        unique=True,
        postgresql_where=sa.text("source is not null"),
    )
    op.add_column(
        "posting",
        sa.Column("objects", postgresql.JSONB(), server_default=sa.text("'{}'"), nullable=False),
    )
    op.add_column(
        "posting", sa.Column("text", sa.Text(), server_default=sa.text("''"), nullable=False)
    )
    op.create_check_constraint(
        op.f("posting_objects_check"),
        "posting",
        "objects = '{}' or (jsonb_typeof(objects) = 'object'"
        " and not objects ?| array['1', '6', '20', '21']"
        """ and not jsonb_path_exists(objects, '$.* ? (@.type() <> "string")'))""",
    )


def _drop_keys_of_rows() -> None:
    for name in (
        "posting_account_fkey",
        "posting_counterpart_fkey",
        "posting_voucher_id_period_happened_on_fkey",
    ):
        op.drop_constraint(name, "posting")
    for name in (
        "voucher_period_fkey",
        "voucher_reversal_of_fkey",
        "voucher_series_year_fkey",
        "voucher_id_period_happened_on_key",
        "voucher_day_check",
        "voucher_reversal_of_key",
    ):
        op.drop_constraint(name, "voucher")
    op.create_index(
        "voucher_reversal_of_key",
        "voucher",
        ["reversal_of"],
        unique=True,
        postgresql_where=sa.text("reversal_of is not null"),
    )


def _restore_keys_of_rows() -> None:
    op.drop_index("voucher_reversal_of_key", table_name="voucher")
    op.create_unique_constraint("voucher_reversal_of_key", "voucher", ["reversal_of"])
    op.create_check_constraint(
        op.f("voucher_day_check"), "voucher", "extract(year from happened_on) = year"
    )
    op.create_unique_constraint(
        "voucher_id_period_happened_on_key", "voucher", ["id", "period", "happened_on"]
    )
    for table, columns, referred, their in (
        ("voucher", ["series", "year"], "voucher_series", ["series", "year"]),
        ("voucher", ["reversal_of"], "voucher", ["id"]),
        ("voucher", ["period"], "ledger_period", ["period"]),
        (
            "posting",
            ["voucher_id", "period", "happened_on"],
            "voucher",
            ["id", "period", "happened_on"],
        ),
        ("posting", ["counterpart"], "counterpart", ["code"]),
        ("posting", ["account"], "account", ["code"]),
    ):
        name = f"{table}_{'_'.join(columns)}_fkey"
        op.create_foreign_key(op.f(name), table, referred, columns, their)


def _run(script: str) -> None:
    """Run statements one by one, as the driver takes them; they are parted by a blank line."""
    for statement in script.strip().split("\n\n"):
        op.execute(statement)
