"""Claims: drafted, submitted, decided, paid, or withdrawn and rejected; each step an event.

What a step may follow, and what it does to the project's balance, the database holds itself
(`claim_event_counts`); here a claim is computed, frozen and told about in the journal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

import asyncpg

from services.budget.claim_errors import (
    ClaimLineNotFound,
    ClaimNegative,
    ClaimOutOfOrder,
    ExchangeRateMissing,
    GrantExceeded,
    GrantNotFound,
    NothingToClaim,
)
from services.budget.claim_facts import settle_claim
from services.budget.domain.claiming import lines_of, sums_of
from services.budget.domain.claims import Action, ClaimKind, ClaimState, Line, Sums
from services.budget.domain.exchange import Rate
from services.budget.domain.periods import last_day
from services.budget.domain.projects import Currency
from services.budget.queries import claims as reads
from services.budget.queries.claim_inputs import grant_of, inputs_of
from services.budget.queries.exchange_rates import rates_on
from services.budget.queries.programmes import rules_of
from shared.basis import BasisNotSettled, settled_at
from shared.clock import rfc3339
from shared.db import Connection
from shared.events import new_id
from shared.money import to_decimal_string


@dataclass(frozen=True, slots=True)
class Computed:
    """What a claim comes to at a basis, under a decision on the grant."""

    lines: list[Line]
    sums: Sums
    grant_number: int
    basis: datetime
    rate: Rate | None


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to a claim: who did it when, under which reference, and why.

    ``settled`` is what a decision lets stand of the advances that the claim deducts, if not all.
    """

    action: Action
    happened_on: date
    by: str
    amount: int | None = None
    settled: int | None = None
    reference: str = ""
    reason: str = ""


async def draft(
    conn: Connection,
    project_id: UUID,
    *,
    kind: ClaimKind,
    first_month: date,
    last_month: date,
    advance: int | None,
    by: str,
) -> UUID:
    """Begin a claim; what it comes to is computed until it is submitted.

    Raises:
        GrantNotFound: nothing has been granted to the project.

    """
    held = await conn.fetchrow("select project_id from lock_grant($1)", project_id)
    if held is None:
        raise GrantNotFound
    claim_id = new_id()
    await conn.execute(
        """
        insert into claim (id, project_id, number, kind, first_month, last_month, advance, by)
        select $1, $2, (select count(*) + 1 from claim where project_id = $2), $3, $4, $5, $6, $7
        """,
        claim_id,
        project_id,
        kind,
        first_month,
        last_month,
        advance,
        by,
    )
    return claim_id


async def compute(conn: Connection, claim: asyncpg.Record, basis: datetime) -> Computed:
    """Return what a draft comes to at a basis, beside the claims that are live now.

    Raises:
        ExchangeRateMissing: the grant is in a currency that has no rate on the claim's last day.

    """
    grant, programme, currency = await grant_of(conn, claim["project_id"])
    last = last_day(claim["last_month"].year * 100 + claim["last_month"].month)
    rate = await _rate(conn, Currency(currency), last, basis)
    left = await reads.balance(conn, claim["project_id"])
    if claim["kind"] == ClaimKind.ADVANCE:
        sums = Sums(eligible=0, in_kind=0, support=claim["advance"], deducted=0, cut=0)
        return Computed([], sums, grant.number, basis, rate)
    rules = await rules_of(conn, programme, basis)
    inputs = await inputs_of(conn, claim["project"], rules, last=last, basis=basis)
    lines = lines_of(inputs, grant, rules, first=claim["first_month"], last=last)
    sums = sums_of(
        lines,
        support_rate=grant.support_rate,
        advance_left=left["advanced"] - left["deducted"],
        grant_left=left["granted"] - left["claimed"],
        rate=None if rate is None else rate.kronor,
    )
    return Computed(lines, sums, grant.number, basis, rate)


async def sources(
    conn: Connection, claim_id: UUID, line: int, basis: datetime, *, limit: int, offset: int
) -> tuple[list[asyncpg.Record], int]:
    """Return a page of what a line stands on, and how much that is; a draft's at a basis.

    Raises:
        ClaimNotFound, ClaimLineNotFound: there is none.

    """
    claim = await reads.claim(conn, claim_id)
    if claim["state"] != ClaimState.DRAFT:
        return await reads.sources_page(conn, claim_id, line, limit=limit, offset=offset)
    lines = (await compute(conn, claim, basis)).lines
    if line > len(lines):
        raise ClaimLineNotFound
    of = [line, *lines[line - 1].base_lines]
    found = [(n, source) for n in sorted(of) for source in lines[n - 1].sources]
    return await reads.opened(conn, found[offset : offset + limit]), len(found)


async def submit(conn: Connection, claim_id: UUID, step: Step, *, basis: datetime | None) -> None:
    """Compute a draft at a basis, freeze it with all its sources, and claim its amount.

    Claims of one project come one after the other: each waits for the project's balance.

    Raises:
        ClaimNotFound: there is none.
        ClaimOutOfOrder: it is no draft any more.
        BasisNotSettled: the basis is later than what is settled.
        ExchangeRateMissing, NothingToClaim, ClaimNegative, GrantExceeded: what it comes to.

    """
    claim = await reads.claim(conn, claim_id)
    await conn.execute("select from lock_grant($1)", claim["project_id"])
    claim = await reads.claim(conn, claim_id)
    if claim["state"] != ClaimState.DRAFT:
        raise ClaimOutOfOrder(f"The claim is {claim['state']}.")
    made = await compute(conn, claim, await _settled(conn, basis))
    _check(claim["kind"], made.sums, await reads.balance(conn, claim["project_id"]))
    await _append(conn, claim_id, step, made)
    await _freeze(conn, claim_id, made.lines)
    await settle_claim(conn, claim_id, reason="submitted")


async def advance_by(conn: Connection, claim_id: UUID, step: Step) -> None:
    """Withdraw, decide, reject or pay a claim, or repay what a final one leaves of advances.

    Raises:
        ClaimNotFound: there is none.
        ClaimOutOfOrder, DecidedAboveClaimed, SettledAboveDeducted, PaidAboveDecided,
            RepaidAboveAdvance: refusals of the database, `errors.CONSTRAINTS`.

    """
    await reads.claim(conn, claim_id)
    await _append(conn, claim_id, step, None)
    withdrawn = step.action == Action.WITHDRAWN
    await settle_claim(conn, claim_id, reason=step.reason or step.action, withdrawn=withdrawn)


def _check(kind: str, sums: Sums, held: asyncpg.Record) -> None:
    """Refuse what may not be asked for; a final claim of nothing settles an unused advance."""
    if sums.support < 0:
        text = to_decimal_string(sums.support)
        raise ClaimNegative(f"More was taken back than came: {text}.", support=text)
    settles = kind == ClaimKind.FINAL and held["advanced"] > held["deducted"]
    if sums.amount == 0 and sums.deducted == 0 and not settles:
        raise NothingToClaim
    left = held["granted"] - held["claimed"]
    if sums.amount > left:
        text = to_decimal_string(left)
        raise GrantExceeded(f"The grant leaves {text}.", left=text)


async def _settled(conn: Connection, basis: datetime | None) -> datetime:
    """Return the basis, or the newest there is; this transaction holds it back like any other."""
    newest = await settled_at(conn)
    if basis is not None and basis > newest:
        raise BasisNotSettled(
            f"Settled up to {rfc3339(newest)}; ask again shortly.",
            retry_after=1,
            settled_at=rfc3339(newest),
        )
    return basis or newest


async def _rate(conn: Connection, currency: Currency, day: date, basis: datetime) -> Rate | None:
    if currency is Currency.SEK:
        return None
    rate = (await rates_on(conn, day, basis)).known.get(currency)
    if rate is None:
        raise ExchangeRateMissing(f"No rate of {currency} is stated for {day} or earlier.")
    return rate


async def _append(conn: Connection, claim_id: UUID, step: Step, made: Computed | None) -> None:
    sums, rate = (made.sums, made.rate) if made else (None, None)
    await conn.execute(
        """
        insert into claim_event (claim_id, action, happened_on, amount, grant_number, basis,
            eligible, in_kind, support, deducted, cut, exchange_rate, exchange_day,
            exchange_source, settled, reference, reason, by)
        values ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
        """,
        claim_id,
        step.action,
        step.happened_on,
        sums.amount if sums else step.amount,
        made and made.grant_number,
        made and made.basis,
        sums and sums.eligible,
        sums and sums.in_kind,
        sums and sums.support,
        sums and sums.deducted,
        sums and sums.cut,
        rate and rate.kronor,
        rate and rate.valid_on,
        rate and rate.source,
        step.settled,
        step.reference,
        step.reason,
        step.by,
    )


_LINE = ("kind", "cost_type", "code", "minutes", "rate", "share", "base", "base_lines", "amount")
_SOURCE = ("kind", "posting_id", "record_id", "record_version", "minutes", "amount")


async def _freeze(conn: Connection, claim_id: UUID, lines: list[Line]) -> None:
    await conn.copy_records_to_table(
        "claim_line",
        columns=("claim_id", "line", *_LINE),
        records=[
            (claim_id, line.number, *(getattr(line, name) for name in _LINE)) for line in lines
        ],
    )
    await conn.copy_records_to_table(
        "claim_source",
        columns=("claim_id", "line", "ordinal", *_SOURCE),
        records=[
            (claim_id, line.number, ordinal, *(getattr(source, name) for name in _SOURCE))
            for line in lines
            for ordinal, source in enumerate(line.sources, 1)
        ],
    )
