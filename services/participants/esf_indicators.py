"""The common indicators of ESF+ as one table, at any basis, with the checks it must pass."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from services.participants.domain.codes import Sex
from services.participants.domain.esf import BASES, COUNTED, BySex, CheckResult, checked
from services.participants.figures.definitions.esf import ESF_TABLE
from shared.figures import Query, compute

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from shared.auth import Caller
    from shared.db import Connection
    from shared.periods import Period


@dataclass(frozen=True, slots=True)
class IndicatorTable:
    """Numbers by indicator (and base), sex and total, and what the checks say of them."""

    numbers: Mapping[str, BySex]
    checks: tuple[CheckResult, ...]


async def table(
    conn: Connection, programme: str | None, period: Period, *, basis: datetime, by: Caller
) -> IndicatorTable:
    """Return every indicator of one project, or of all, as far as the caller's units reach.

    Args:
        conn: reading at the basis (`shared.basis.reading_at`).
        programme: the project; None for every project that ESF+ pays for.
        period: in which participants came, or left.
        basis: settled.
        by: whose units decide.

    """
    where: dict[str, tuple[str, ...]] = {}
    units = by.unit_filter()
    if units is not None:
        where["unit"] = tuple(units)
    if programme is not None:
        where["programme"] = (programme,)
    query = Query(ESF_TABLE.name, period, basis, by=("indicator", "sex"), where=where)
    computed = await compute(conn, (ESF_TABLE,), query)
    numbers: dict[str, dict[str, int]] = {
        code: {Sex.WOMEN: 0, Sex.MEN: 0, "total": 0} for code in (*COUNTED, *BASES)
    }
    for (code, sex), amount in computed.cells:
        by_sex = numbers[code]
        by_sex[sex] = by_sex.get(sex, 0) + amount
        by_sex["total"] += amount
    return IndicatorTable(numbers, tuple(checked(numbers)))
