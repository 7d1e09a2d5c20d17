"""Operations and their counting rules."""

from __future__ import annotations

from datetime import date
from typing import Any

from services.outreach import keeping, queries
from services.outreach.domain.counting import CountingRule, Counts
from services.outreach.domain.days import require_interval
from services.outreach.errors import CountingRuleNotLater, CountingRuleUnchanged
from services.outreach.facts import Kind, resettle, take_catalogues
from services.outreach.models import CountingRuleRow, Operation
from services.outreach.queries import OPERATIONS
from shared.auth import Caller
from shared.db import WriteSession, driver
from shared.journal import Cause


async def open_operation(
    session: WriteSession,
    *,
    code: str,
    name: str,
    counts: Counts,
    valid_from: date,
    valid_to: date | None,
    by: Caller,
) -> Operation:
    """Open an operation with its first counting rule, which holds from its first day.

    Raises:
        CodeTaken: another operation has the code.
        EndsBeforeStart: the last day is before the first.

    """
    require_interval(valid_from, valid_to)
    row = Operation(code=code, name=name, valid_from=valid_from, valid_to=valid_to)
    await keeping.add(session, row, by=by.subject)
    session.add(
        CountingRuleRow(
            operation=code,
            version=1,
            valid_from=valid_from,
            counts=counts,
            note="",
            recorded_by=by.subject,
        )
    )
    return row


async def change_operation(
    session: WriteSession,
    code: str,
    values: dict[str, Any],
    *,
    version: int,
    reason: str,
    by: Caller,
) -> Operation:
    """Rename an operation or move its last day.

    Raises:
        NotFoundHere: no such operation.
        PreconditionFailed: it has changed since it was read.
        EndsBeforeStart: the last day is before the first.

    """
    row = await keeping.for_change(session, OPERATIONS, code, version=version, by=by)
    require_interval(row.valid_from, values.get("valid_to", row.valid_to))
    await keeping.change(session, row, values, reason=reason, by=by.subject)
    return row


async def add_counting_rule(
    session: WriteSession, code: str, *, valid_from: date, counts: Counts, note: str, by: Caller
) -> CountingRule:
    """Change what an operation counts from a day on: a break in its series.

    Contacts of that day and later are counted anew under the rule; figures of an older basis
    stay as they were.

    Raises:
        NotFoundHere: no such operation.
        CountingRuleNotLater: an existing rule begins that day or later.
        CountingRuleUnchanged: the rule before it says the same.

    """
    # The lock waits for contacts being recorded under the old rule (they hold the operation's
    # row for their foreign key), and makes later ones see the new one. Contacts that are
    # changed hold the catalogues.
    row = await queries.read_for_change(session, OPERATIONS, code, by=by)
    latest = (await queries.counting_rules(session, row.code))[-1]
    if valid_from <= latest.valid_from:
        raise CountingRuleNotLater(latest.valid_from)
    if counts is latest.counts:
        raise CountingRuleUnchanged
    rule = CountingRule(latest.version + 1, valid_from, counts, note)
    session.add(
        CountingRuleRow(
            operation=row.code,
            version=rule.version,
            valid_from=valid_from,
            counts=counts,
            note=note,
            recorded_by=by.subject,
        )
    )
    reason = f"counting rule {rule.version}"
    conn = await driver(session)
    await take_catalogues(conn)
    await resettle(
        conn,
        (Kind.CONTACT,),
        "operation",
        code,
        reason=reason,
        cause=Cause.RULE_CHANGE,
        since=valid_from,
    )
    return rule
