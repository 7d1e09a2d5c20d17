"""The register of SIE files: another ledger's year, or a subsystem's vouchers.

A file is booked whole or not at all. What it names (accounts, dimensions, objects) is registered
when missing; its vouchers are booked under the sender's own numbers, so that the same file again
changes nothing and a voucher that differs is taken back and booked anew. Types 1-3 have no
vouchers: their balances are booked, and a later such file of the year replaces them.

Before anything is booked the file must agree with itself (`registers.sie_checks`), and what the
register has booked afterwards must be what the file states (a constraint of the database).
"""

from __future__ import annotations

from services.budget import bulk_booking, sie_files
from services.budget.bulk_booking import Journal
from services.budget.domain.sie.faults import Fault, NotSie
from services.budget.figures import LEDGER
from services.budget.registers import staged_vouchers
from services.budget.registers.moved import moved_outcome
from services.budget.registers.sie_checks import CHECKS, check_file
from services.budget.registers.sie_comparing import COMPARE, MATCH
from services.budget.registers.sie_parsing import SieFile
from services.budget.registers.sie_rows import COLUMNS
from services.budget.registers.staged_vouchers import Fields
from shared.db import Connection
from shared.deliveries import Batch, Register, Row, RowError
from shared.deliveries.formats import BodyRefused
from shared.deliveries.rows import Parsed, RowReader
from shared.money import to_decimal_string

MEDIA_TYPE = "application/x-sie"

VOUCHERS = "s.kind = 'voucher'"

_JOURNAL = Journal(
    source="sie",
    series="SIE",
    digest=staged_vouchers.DIGEST,
    condition=VOUCHERS,
)

_FIELDS = Fields(
    period="#VER date",
    happened_on="#VER date",
    postings="#TRANS",
    account="#TRANS account",
    counterpart="#TRANS objects",
    objects="#TRANS objects",
)


class SieRow(Row):
    """A record's name in its file: ``2031:A:12`` for a voucher, ``#UB 1510 {}`` for a balance."""

    key: str


class SieParser:
    """Reads a body as a SIE file; row numbers are its lines."""

    def __init__(self, reader: RowReader, register: Register) -> None:
        del reader, register  # rows of this format are made without them
        self._file = SieFile()

    def feed(self, piece: bytes) -> Parsed:
        try:
            self._file.feed(piece)
        except NotSie as refused:
            raise BodyRefused(refused.code, refused.detail) from refused
        return self._parsed()

    def finish(self) -> Parsed:
        try:
            self._file.finish()
        except NotSie as refused:
            raise BodyRefused(refused.code, refused.detail) from refused
        return self._parsed()

    def _parsed(self) -> Parsed:
        file = self._file
        parsed = Parsed(
            staged=file.rows,
            retractions=file.retractions,
            errors=[_row_error(fault) for fault in file.faults],
            keyless=len(file.faults),
        )
        file.rows, file.retractions, file.faults = [], [], []
        return parsed


def _row_error(fault: Fault) -> RowError:
    difference = None if fault.difference is None else to_decimal_string(fault.difference)
    return RowError(
        fault.line, fault.code, fault.detail, fault.where or None, fault.key, difference
    )


async def _apply(conn: Connection, batch: Batch) -> None:
    """Register what is named, book vouchers, and with the last rows keep what the file states."""
    await sie_files.register_code_parts(conn, by=batch.by)
    await bulk_booking.book(conn, batch, _JOURNAL)
    if await conn.fetchval("select exists (select from batch where kind = 'file')"):
        await sie_files.keep(conn, batch.delivery)


async def _retract(conn: Connection, batch: Batch) -> None:
    await bulk_booking.take_back(conn, batch, _JOURNAL)


SIE = Register(
    name="sie",
    title="SIE-fil",
    row=SieRow,
    key=("key",),
    columns=COLUMNS,
    parsers={MEDIA_TYPE: SieParser},
    plain=False,
    complete=staged_vouchers.complete(condition=VOUCHERS),
    checks=(
        *CHECKS,
        *staged_vouchers.checks("sie", condition=VOUCHERS, fields=_FIELDS, registers_codes=True),
    ),
    check_all=check_file,
    compare=COMPARE,
    match=MATCH,
    size=staged_vouchers.size("sie"),
    apply=_apply,
    retract=_retract,
    always_atomic=True,
    constraints=staged_vouchers.CONSTRAINTS
    | {
        "sie_file_agrees": (
            "#UB amount",
            "ledger_disagrees",
            "What the register has booked for the year is not what the file states.",
        )
    },
    journals=(LEDGER,),
    moved_figures=moved_outcome,
)
