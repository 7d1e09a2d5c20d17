"""One delivery from received to applied, on one connection that nobody else uses."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Any

from shared.deliveries import body, compare, progress, staging
from shared.deliveries.apply import Applier, RolledBack
from shared.deliveries.csv_body import CsvParser
from shared.deliveries.formats import BodyRefused, NdjsonParser
from shared.deliveries.json_body import JsonParser
from shared.deliveries.moved import moved_figures
from shared.deliveries.register import PLAIN_TYPES
from shared.deliveries.rows import RowReader
from shared.deliveries.verdicts import Explanation

if TYPE_CHECKING:
    from shared.auth import Caller
    from shared.crypto import Sealer
    from shared.db import Connection
    from shared.deliveries.formats import BodyParser
    from shared.deliveries.progress import Counts, Work
    from shared.deliveries.register import Delivery, Register

OnApplied = Callable[["Connection", "Delivery", "Counts"], Awaitable[None]]

_ROWS_SHOWN_EVERY = 50_000
_MAX_LATE_ERRORS = 1_000


Hidden = Callable[["Caller"], str | None]
"""``(caller)`` gives a SELECT of the subjects whose keys are not shown; None hides nobody's."""


def _nobody(_caller: Caller) -> None:
    """Hide nobody's key."""


async def _tell_nobody(conn: Connection, delivery: Delivery, counts: Counts) -> None:
    """Record no event."""


@dataclass(frozen=True, kw_only=True)
class Registers:
    """The registers that one service takes deliveries of.

    Args:
        by_name: the registers by path segment.
        sealer: seals kept bodies; pass one wherever rows may hold personal data.
        on_applied: called in the transaction that marks a delivery applied; records the
            service's ``<service>.delivery.applied`` in its outbox.
        hidden: of whom a caller is shown no keys, where registers name a `Register.subject`.

    """

    by_name: Mapping[str, Register]
    sealer: Sealer | None = None
    on_applied: OnApplied = _tell_nobody
    hidden: Hidden = _nobody

    @property
    def media_types(self) -> tuple[str, ...]:
        """The media types that bodies of any of the registers may have."""
        each = (register.media_types for register in self.by_name.values())
        return tuple(dict.fromkeys((*PLAIN_TYPES, *chain.from_iterable(each))))

    @classmethod
    def of(
        cls,
        *registers: Register,
        sealer: Sealer | None = None,
        on_applied: OnApplied = _tell_nobody,
        hidden: Hidden = _nobody,
    ) -> Registers:
        """Return the registers under their own names."""
        by_name = {register.name: register for register in registers}
        return cls(by_name=by_name, sealer=sealer, on_applied=on_applied, hidden=hidden)


class DeliveryRun:
    """The work on one delivery; every step may be repeated after a crash."""

    def __init__(self, conn: Connection, registers: Registers, work: Work) -> None:
        self._conn = conn
        self._registers = registers
        self._work = work
        self._delivery = work.delivery
        self._register = registers.by_name[work.delivery.register]
        self._rows = 0
        self._keyless = 0
        self._note: Explanation | None = None
        self._warning: Explanation | None = None

    async def run(self) -> None:
        """Carry the delivery as far as it goes without a person.

        Raises:
            DeliveryGone: it was cancelled meanwhile.

        """
        await staging.create_tables(self._conn, self._register)
        resumed = self._work.state == "applying"
        if not resumed:
            await progress.begin_validation(self._conn, self._delivery.id)
        try:
            await self._load()
        except BodyRefused as refused:
            await self._reject(Explanation(refused.code, refused.detail))
            return
        if resumed:
            await staging.withdraw_known_errors(self._conn, self._register, self._delivery.id)
        elif not await self._validate():
            return
        if await self._compare(resumed=resumed):
            await self._apply()

    async def _load(self) -> None:
        reader = RowReader(self._register, retracts=self._delivery.mode == "delta")
        parser = parser_of(self._work.content_type, reader, self._register)
        pieces = body.pieces(self._conn, self._delivery.id, self._registers.sealer)
        shown = 0
        async for parsed in staging.load(self._conn, self._register, parser, pieces):
            self._keyless += parsed.keyless
            self._rows += parsed.rows
            if self._work.state != "applying" and self._rows - shown >= _ROWS_SHOWN_EVERY:
                shown = self._rows
                await progress.note_rows(self._conn, self._delivery.id, shown)
        self._rows = await staging.count_rows(self._conn)

    async def _validate(self) -> bool:
        """Find and keep every refusal; return whether anything may be applied."""
        conn, register = self._conn, self._register
        await staging.refuse_duplicates(conn, register)
        await staging.refuse_by_checks(conn, register)
        await staging.refuse_unknown_retractions(conn, register)
        if register.check_all is not None:
            verdict = await register.check_all(conn, self._delivery)
            self._note, self._warning = verdict.explanation, verdict.warning
            await staging.add_errors(conn, list(verdict.errors))
            await staging.withdraw_refused(conn, register)
        async with conn.transaction():
            rejected = await progress.keep_errors(
                conn, self._delivery.id, self._rows, subjects=register.subject is not None
            )
            if not (self._delivery.atomic and (rejected or self._note)):
                return True
            reason = self._note or _atomic_refusal(rejected)
            await progress.reject(conn, self._delivery.id, self._rows, reason)
        return False

    async def _compare(self, *, resumed: bool) -> bool:
        """Find the differences; return whether they may be applied without a person."""
        conn, register, delivery = self._conn, self._register, self._delivery
        await compare.find_differences(conn, register, after=self._work.cursor)
        unsafe = self._unsafe_to_end() if delivery.mode == "snapshot" else None
        if delivery.mode == "snapshot" and unsafe is None:
            await compare.find_absent(conn, register)
        if resumed:
            return True
        plan = await compare.plan(conn, register)
        held = None if self._work.released else plan.held_by(register)
        if held is not None and not delivery.dry_run:
            await progress.hold(conn, delivery.id, held, plan)
            return False
        note = held or unsafe or self._note or self._warning
        await progress.begin_applying(conn, delivery.id, plan, note)
        return True

    def _unsafe_to_end(self) -> Explanation | None:
        """A row whose key cannot be read may be about any record that seems absent."""
        if not self._keyless:
            return None
        return Explanation(
            "nothing_ended",
            f"{self._keyless} rows have no readable key, so no absent record was ended.",
        )

    async def _apply(self) -> None:
        conn, delivery = self._conn, self._delivery
        applier = Applier(conn, self._register, delivery, self._work.cursor)
        if delivery.dry_run:
            await self._apply_and_roll_back(applier)
        elif delivery.atomic:
            await self._apply_whole(applier)
        else:
            await applier.run()
            async with conn.transaction():
                await self._finish()

    async def _apply_whole(self, applier: Applier) -> None:
        try:
            async with self._conn.transaction():
                await applier.run(refusals=_MAX_LATE_ERRORS)
                applier.roll_back_if_refused()
                await self._finish()
        except RolledBack:
            await self._reject_late(applier)

    async def _apply_and_roll_back(self, applier: Applier) -> None:
        conn, delivery = self._conn, self._delivery
        results: tuple[Counts, list[dict[str, Any]]] | None = None
        try:
            async with conn.transaction(isolation="repeatable_read"):
                await applier.run(refusals=_MAX_LATE_ERRORS)
                moved = await moved_figures(conn, self._register)
                results = await progress.counts_of(conn, delivery.id), moved
                applier.roll_back()
        except RolledBack:
            pass
        if applier.late_errors and delivery.atomic:
            await self._reject_late(applier)
        elif results is not None:
            async with conn.transaction():
                for error in applier.late_errors:
                    await progress.refuse_row(conn, delivery.id, error)
                await progress.finish_dry_run(conn, delivery.id, *results)

    async def _reject_late(self, applier: Applier) -> None:
        async with self._conn.transaction():
            for error in applier.late_errors:
                await progress.refuse_row(self._conn, self._delivery.id, error)
            reason = _atomic_refusal(len(applier.late_errors))
            await progress.reject(self._conn, self._delivery.id, self._rows, reason)

    async def _finish(self) -> None:
        counts = await progress.counts_of(self._conn, self._delivery.id)
        await progress.finish(self._conn, self._delivery.id)
        await self._registers.on_applied(self._conn, self._delivery, counts)

    async def _reject(self, reason: Explanation) -> None:
        async with self._conn.transaction():
            await progress.reject(self._conn, self._delivery.id, self._rows, reason)


def parser_of(content_type: str, reader: RowReader, register: Register) -> BodyParser:
    """Return the parser of a media type that intake has accepted."""
    if own := register.parsers.get(content_type):
        return own(reader, register)
    match content_type:
        case "application/x-ndjson":
            return NdjsonParser(reader)
        case "text/csv":
            return CsvParser(reader, register)
        case _:
            return JsonParser(reader)


def _atomic_refusal(rows: int) -> Explanation:
    return Explanation(
        "atomic_rows_refused",
        f"{rows} rows were refused and the delivery is atomic, so none was applied.",
    )
