"""Rules of who counts as UVAS (unga som varken arbetar eller studerar)."""

from __future__ import annotations

from datetime import date

from services.outreach import queries
from services.outreach.domain.uvas import UvasRule
from services.outreach.errors import AgesOutOfOrder, UvasRuleNotLater, UvasRuleUnchanged
from services.outreach.facts import Kind, settle_only, take_catalogues
from services.outreach.models import UvasRuleRow
from shared.auth import Caller
from shared.db import Connection, WriteSession, driver
from shared.journal import Cause

_ALONE = "select pg_advisory_xact_lock(hashtextextended('outreach.uvas_rule', 0))"

# Whoever records a contact holds its operation for share (`places.require_in_use`), whoever
# changes one the catalogues: we wait for them, and they for us.
_OPERATIONS = "select from operation order by code for update"
_CONTACTS = """
    select id from contact where target_group = 'uvas' and happened_on >= $1 order by id
"""


async def add(
    session: WriteSession,
    *,
    valid_from: date,
    youngest: int,
    oldest: int,
    without_kaa: bool,
    note: str,
    by: Caller,
) -> UvasRule:
    """Change who counts as UVAS from a day on: a break in every series of them.

    Contacts of that day and later are counted anew under the rule; figures of an older basis
    stay as they were.

    Raises:
        AgesOutOfOrder: the oldest age is below the youngest.
        UvasRuleNotLater: an existing rule begins that day or later.
        UvasRuleUnchanged: the rule before it says the same.

    """
    if oldest < youngest:
        raise AgesOutOfOrder.of("oldest", "below_youngest", "Is below the youngest age.")
    conn = await driver(session)
    await conn.execute(_ALONE)
    await conn.execute(_OPERATIONS)
    latest = (await queries.uvas_rules(session))[-1]
    if valid_from <= latest.valid_from:
        raise UvasRuleNotLater(latest.valid_from)
    if (youngest, oldest, without_kaa) == (latest.youngest, latest.oldest, latest.without_kaa):
        raise UvasRuleUnchanged
    rule = UvasRule(latest.version + 1, valid_from, youngest, oldest, without_kaa, note)
    session.add(
        UvasRuleRow(
            version=rule.version,
            valid_from=valid_from,
            youngest=youngest,
            oldest=oldest,
            without_kaa=without_kaa,
            note=note,
            recorded_by=by.subject,
        )
    )
    await _count_anew(await driver(session), rule)
    return rule


async def _count_anew(conn: Connection, rule: UvasRule) -> None:
    await take_catalogues(conn)
    ids = [row["id"] for row in await conn.fetch(_CONTACTS, rule.valid_from)]
    reason = f"UVAS rule {rule.version}"
    await settle_only(conn, Kind.CONTACT, ids, reason=reason, cause=Cause.RULE_CHANGE)
