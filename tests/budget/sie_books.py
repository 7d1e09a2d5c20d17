"""A database into which SIE files are pushed, and what its ledger says, to compare two of them."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from services.budget import sie_export
from services.budget.domain.sie.encoding import encode
from services.budget.sie_export import Owner
from shared.basis import reading_at, wait_until_settled
from shared.db import driver
from tests.budget.pushing import Pushing

if TYPE_CHECKING:
    from shared.deliveries.resource import DeliveryOut

OWNER = Owner("Prövningsnämnden", "212000-0142")


@dataclass
class Books(Pushing):
    """Pushes SIE files and reads the ledger back, as a file and as what it holds."""

    async def deliver(self, content: bytes | str, *, dry_run: bool = False) -> DeliveryOut:
        """Push a file and work it off."""
        raw = content.encode("cp437") if isinstance(content, str) else content
        return await self.push(
            raw, register="sie", content_type="application/x-sie", dry_run=dry_run
        )

    async def accepted(self, content: bytes | str) -> DeliveryOut:
        """Push a file that must be booked."""
        delivery = await self.deliver(content)
        assert delivery.state == "applied", await self.told(delivery)
        return delivery

    async def told(self, delivery: DeliveryOut) -> list[Any]:
        """Return why a delivery was not applied."""
        return [delivery.state, delivery.explanation, *await self.errors(delivery)]

    async def faults(self, delivery: DeliveryOut) -> list[tuple[int, str, str, str | None]]:
        """Return line, field, code and difference of everything that was refused."""
        return [
            (error["row_no"], error["field"], error["code"], error["difference"])
            for error in await self.errors(delivery)
        ]

    async def export(self, year: int) -> bytes:
        """Return the year as a file, with everything recorded until now."""
        await wait_until_settled(self.db)
        async with reading_at(self.db, None) as (session, basis):
            return await sie_export.sie_file(await driver(session), year, basis, OWNER)

    async def opening(self, year: int) -> dict[tuple[str, str, str], int]:
        """Return the opening balance per account, and per object of it."""
        return {
            (row["account"], row["dimension"], row["code"]): row["amount"]
            for row in await self.rows(_OPENING, year)
        }

    async def vouchers(self, year: int) -> list[tuple[Any, ...]]:
        """Return the year's vouchers but the opening ones, whatever they are numbered.

        Texts are as a file can hold them: in the characters of the code page.
        """
        return sorted(
            (
                row["period"],
                row["covers_from"],
                row["happened_on"],
                _as_written(row["text"]),
                *sorted(_as_written(str(posting)) for posting in json.loads(row["postings"])),
            )
            for row in await self.rows(_VOUCHERS, year)
        )

    async def names(self) -> dict[tuple[str, str], str]:
        """Return the name of every account and object."""
        rows = await self.rows(_NAMES)
        return {(row["kind"], row["code"]): _as_written(row["name"]) for row in rows}

    async def balances(self, year: int) -> dict[str, int]:
        """Return what each account comes to, its opening balance included."""
        rows = await self.rows(
            "select account, sum(amount)::bigint as amount from posting"
            " where period / 100 = $1 group by account having sum(amount) <> 0",
            year,
        )
        return {row["account"]: row["amount"] for row in rows}


def _as_written(text: str) -> str:
    return encode(text)[0].decode("cp437")


_OPENING = """
    select p.account, o.dimension, o.code, sum(p.amount)::bigint as amount
    from posting p cross join lateral (
        values ('', ''), ('1', p.responsibility), ('6', p.project), ('21', p.activity),
               ('20', case when p.counterpart = '0' then '' else p.counterpart end)
        union all select key, value from jsonb_each_text(p.objects)) o (dimension, code)
    where p.period = $1 * 100 and (o.code <> '' or o.dimension = '')
    group by 1, 2, 3 having sum(p.amount) <> 0
"""

_VOUCHERS = """
    select v.period, v.covers_from, v.happened_on, v.text,
           jsonb_agg(jsonb_build_array(p.account, p.counterpart, p.project, p.responsibility,
                                       p.activity, p.objects, p.text, p.amount))::text as postings
    from voucher v join posting p on p.voucher_id = v.id
    where v.year = $1 and v.period % 100 > 0 group by v.id
"""

_NAMES = """
    select distinct on (code) 'account' as kind, code, name from account_version
    union all
    select distinct on (number, code) number::text, code, name from dimension_object_version
"""
