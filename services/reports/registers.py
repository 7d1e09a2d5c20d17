"""The register that others push to the reports service: reference series."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any

from msgspec import Meta

from shared.deliveries import Column, Register, Row, RowRefused
from shared.deliveries.work import Registers

if TYPE_CHECKING:
    from shared.db import Connection
    from shared.deliveries import Batch

Name = Annotated[str, Meta(min_length=1, max_length=80)]
LIMIT = Decimal(10) ** 14
"""Values of a series stay below this; NUMERIC(18, 3) holds them."""

STEP = Decimal("0.001")
"""A finer value would be rounded when stored, and differ from what is sent for ever."""


class ReferenceRow(Row):
    """One value of a series that somebody else publishes.

    Either ``value``, or ``low`` and ``high`` when the source itself gives a range.
    """

    series: Name
    period: Annotated[str, Meta(min_length=4, max_length=21)]
    unit: Name
    source: Annotated[str, Meta(min_length=1, max_length=200)]
    vintage: Annotated[str, Meta(min_length=1, max_length=80)]
    label: Annotated[str, Meta(max_length=120)] = ""
    value: Decimal | None = None
    low: Decimal | None = None
    high: Decimal | None = None
    approximate: bool = False


def stage(row: ReferenceRow) -> tuple[Any, ...]:
    """Return the staging values: one number is a range of itself."""
    low = row.value if row.value is not None else row.low
    high = row.value if row.value is not None else row.high
    if low is None or high is None:
        raise RowRefused("value", "value_missing", "Give value, or low and high.")
    if row.value is not None and (row.low is not None or row.high is not None):
        raise RowRefused("value", "value_and_range", "Give value, or low and high, not both.")
    if not all(number.is_finite() and abs(number) < LIMIT for number in (low, high)):
        raise RowRefused("value", "value_too_large", "A value has at most 14 digits.")
    if any(number % STEP for number in (low, high)):
        raise RowRefused("value", "value_too_precise", "A value has at most three decimals.")
    if low > high:
        raise RowRefused("low", "range_reversed", "low is above high.")
    return (
        row.series,
        row.period,
        row.label,
        low,
        high,
        row.unit,
        row.approximate,
        row.source,
        row.vintage,
    )


_INSERT = """
    insert into reference_value (record_id, series, period, label, low, high, unit,
        approximate, source, vintage, retracted, reason, recorded_at)
    select b.record_id, r.series, r.period, r.label, coalesce(b.low, held.low),
        coalesce(b.high, held.high), coalesce(b.unit, held.unit),
        coalesce(b.approximate, held.approximate), coalesce(b.source, held.source),
        coalesce(b.vintage, held.vintage), $2, $1,
        greatest(now(), held.recorded_at + interval '1 microsecond')
    from batch b
    join reference_record r on r.id = b.record_id
    left join lateral (
        select * from reference_value v where v.record_id = b.record_id
        order by v.recorded_at desc, v.id desc limit 1
    ) held on true
    where b.effect = any($3)
"""


async def apply(conn: Connection, batch: Batch) -> None:
    """Record new values beside the old ones."""
    await conn.execute(
        """insert into reference_record (id, series, period, label)
           select record_id, series, period, label from batch where effect = 'created'"""
    )
    await conn.execute(_INSERT, batch.reason, False, ["created", "changed"])  # noqa: FBT003  a column


async def retract(conn: Connection, batch: Batch) -> None:
    """Record that a value never was true."""
    await conn.execute(_INSERT, batch.reason, True, ["retracted"])  # noqa: FBT003  a column


_NEWEST = """
    (select distinct on (record_id) * from reference_value
     order by record_id, recorded_at desc, id desc)
"""

REFERENCE_SERIES = Register(
    name="reference-series",
    title="Referensserier",
    row=ReferenceRow,
    key=("series", "period", "label"),
    columns=(
        Column("series", "text"),
        Column("period", "text"),
        Column("label", "text"),
        Column("low", "numeric"),
        Column("high", "numeric"),
        Column("unit", "text"),
        Column("approximate", "boolean"),
        Column("source", "text"),
        Column("vintage", "text"),
    ),
    stage=stage,
    compare=f"""
        select s.row_no, case when r.id is null then 'created' else 'changed' end, r.id
        from staging s
        left join reference_record r using (series, period, label)
        left join {_NEWEST} v on v.record_id = r.id
        where r.id is null or v.retracted or
            (v.low, v.high, v.unit, v.approximate, v.source, v.vintage) is distinct from
            (s.low, s.high, s.unit, s.approximate, s.source, s.vintage)""",
    match=f"""
        select t.row_no, r.id, v.retracted from retraction t
        join reference_record r using (series, period, label)
        join {_NEWEST} v on v.record_id = r.id""",
    size=f"select count(*) from {_NEWEST} v where not v.retracted",
    apply=apply,
    retract=retract,
)

REGISTERS = Registers.of(REFERENCE_SERIES)
