"""Where series of UVAS break: at each change of the rule of who counts as that."""

from __future__ import annotations

from collections.abc import Sequence

from services.outreach.domain.codes import TargetGroup
from services.outreach.domain.uvas import UvasRule, uvas_break_note, uvas_breaks
from shared.db import Connection
from shared.figures import FigureDefinition, Query, Remark

_RULES = """
    select version, valid_from, youngest, oldest, without_kaa, note from uvas_rule
    where recorded_at <= $1 order by valid_from
"""
_COUNTED = frozenset({TargetGroup.UVAS, TargetGroup.KAA, TargetGroup.OTHER})
"""The target groups between which a change of rule moves contacts."""


async def uvas_remarks(
    conn: Connection, definitions: Sequence[FigureDefinition], query: Query
) -> list[Remark]:
    """Return the breaks within the period of a question that UVAS have a part in."""
    if not any(_concerned(definition, query) for definition in definitions):
        return []
    rules = [UvasRule(**dict(row)) for row in await conn.fetch(_RULES, query.basis)]
    return [
        Remark("series-break", uvas_break_note(old, new), new.valid_from)
        for old, new in uvas_breaks(rules, query.period.first, query.period.last)
    ]


def _concerned(definition: FigureDefinition, query: Query) -> bool:
    asked = (*definition.where.get("target_group", ()), *query.where.get("target_group", ()))
    return "target_group" in query.by or not _COUNTED.isdisjoint(asked)
