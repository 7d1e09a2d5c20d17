"""Where series of UVAS break: at each change of the rule of who counts as that."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from services.outreach.domain.codes import TargetGroup
from services.outreach.domain.uvas import UvasRule, uvas_break_note, uvas_breaks
from shared.db import Connection
from shared.figures import FigureDefinition, Query, Remark
from shared.figures.answers import BREAK

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
    if not any(concerns_uvas(definition, query) for definition in definitions):
        return []
    rules = await known_uvas_rules(conn, query.basis)
    return [
        Remark(BREAK, uvas_break_note(old, new), new.valid_from)
        for old, new in uvas_breaks(rules, query.period.first, query.period.last)
    ]


async def known_uvas_rules(conn: Connection, basis: datetime) -> list[UvasRule]:
    """Return the rules that were known at a basis, the earliest first."""
    return [UvasRule(**dict(row)) for row in await conn.fetch(_RULES, basis)]


def concerns_uvas(definition: FigureDefinition, query: Query) -> bool:
    """Tell whether a change of the rule of who is UVAS moves what a question counts."""
    asked = (*definition.where.get("target_group", ()), *query.where.get("target_group", ()))
    return "target_group" in query.by or not _COUNTED.isdisjoint(asked)
