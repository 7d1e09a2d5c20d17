"""By which dated rules an answer was counted: its operations' own, and that of who is UVAS."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from services.outreach.domain.codes import TargetGroup
from services.outreach.figures.known import RULED, Known, known_operations
from services.outreach.figures.uvas_remarks import concerns_uvas, known_uvas_rules
from shared.db import Connection
from shared.figures import FigureDefinition, Query, RuleInForce, compute
from shared.figures.counting_rules import last_days


async def counting_rules(
    conn: Connection, definitions: tuple[FigureDefinition, ...], query: Query
) -> list[RuleInForce]:
    """Return the rules in force in a question's period, as they were known at its basis.

    Of operations, those that the question names, or else those with anything to count there.
    """
    found: list[RuleInForce] = []
    ruled = [definition for definition in definitions if definition.measure in RULED]
    if ruled:
        asked = query.where.get("operation")
        codes = set(asked) if asked is not None else await _with_facts(conn, ruled, query)
        known = await known_operations(conn, query.basis) if codes else []
        found += (rule for each in known if each.code in codes for rule in rules_of(each))
    if any(concerns_uvas(definition, query) for definition in definitions):
        found += await _of_uvas(conn, definitions[0].unit, query)
    return [rule for rule in found if rule.in_force(query.period)]


def rules_of(operation: Known) -> list[RuleInForce]:
    """Return an operation's rules with the days that each holds, the earliest first."""
    ends = last_days(rule.valid_from for rule in operation.rules)
    return [
        RuleInForce(
            operation=operation.code,
            version=rule.version,
            counts=rule.counts,
            unit=rule.counts.unit,
            valid_from=rule.valid_from,
            valid_to=until,
            note=rule.note,
        )
        for rule, until in zip(operation.rules, ends, strict=True)
    ]


async def _with_facts(
    conn: Connection, definitions: Iterable[FigureDefinition], query: Query
) -> set[str]:
    """Return the operations that a question finds anything of, whatever it counts once."""
    flows = [replace(definition, kind="flow") for definition in definitions]
    computed = await compute(conn, flows, replace(query, by=("operation",)))
    return {code for (code,), amount in computed.cells if amount}


async def _of_uvas(conn: Connection, unit: str, query: Query) -> list[RuleInForce]:
    rules = await known_uvas_rules(conn, query.basis)
    ends = last_days(rule.valid_from for rule in rules)
    return [
        RuleInForce(
            operation=None,
            version=rule.version,
            counts=TargetGroup.UVAS,
            unit=unit,
            valid_from=rule.valid_from,
            valid_to=until,
            note=f"UVAS är {rule.swedish}. {rule.note}".strip(),
        )
        for rule, until in zip(rules, ends, strict=True)
    ]
