"""A SIE file's records as rows for staging, in memory that does not grow with its vouchers.

Vouchers become rows as they are read. Balances become rows, too, to be checked against; those
that a voucher is made of are also kept until the end, because they make one voucher together.
"""

from __future__ import annotations

from datetime import date

from services.budget.domain.fiscal_years import FiscalYear
from services.budget.domain.periods import DECEMBER, FIRST, OPENING
from services.budget.domain.sie import placing
from services.budget.domain.sie.balances import Made, StatedBalances, balance_key
from services.budget.domain.sie.faults import Fault, Faulty
from services.budget.domain.sie.placing import Places
from services.budget.domain.sie.reading import Reader
from services.budget.domain.sie.records import (
    PSALDO,
    RES,
    UB,
    Account,
    Balance,
    Dimension,
    Heading,
    ObjectName,
    Record,
    Voucher,
    Year,
)
from services.budget.domain.sie.repeats import Repeats
from services.budget.domain.sie.rules import Variety
from services.budget.domain.sie.writing import PROGRAM
from services.budget.registers import sie_record_rows as record_rows
from services.budget.registers.sie_rows import Staged, row_of, voucher_row

NO_LONGER_STATED = "Filen anger inget belopp för perioden."
ALREADY_READ = "Filen är märkt som redan inläst (#FLAGGA 1)."


class SieFile:
    """One file on its way into staging: ``rows`` and ``faults`` in the order they come."""

    def __init__(self) -> None:
        self.reader = Reader()
        self.year: FiscalYear | None = None
        self.rows: list[Staged] = []
        self.retractions: list[tuple[int, str, str]] = []
        self.faults: list[Fault] = []
        self.notes: list[str] = []
        self._places = Places()
        self._repeats = Repeats()
        self._balances = StatedBalances()
        self._months: dict[date, int] = {}
        self._vouchers = False

    def feed(self, piece: bytes) -> None:
        """Take the next piece.

        Raises:
            NotSie: the file as a whole cannot be read.

        """
        self._take(*self.reader.feed(piece))

    def finish(self) -> None:
        """Take the end of the file, and stage what it makes as a whole.

        Raises:
            NotSie: the file as a whole cannot be read.

        """
        self._take(*self.reader.finish())
        line = self.reader.line + 1
        variety = self.reader.variety
        if self.year is not None:
            self._book_balances(line, self.year, variety)
        self.rows.append(
            row_of(
                line + DECEMBER + 1,
                "#SIETYP",
                "file",
                number=self.year and self.year.year,
                code=variety.value,
                texts=self.notes,
                amounts=[self._balances.opening.net],
            )
        )

    def _take(self, records: list[Record], faults: list[Fault]) -> None:
        self.faults += faults
        for record in records:
            try:
                self.rows += self._staged(record)
            except Faulty as faulty:
                key = record.name if isinstance(record, Voucher) else None
                label = record_rows.label_of(record)
                fault = Fault(record.line, label, faulty.field, faulty.code, faulty.detail, key)
                self.faults.append(fault)

    def _staged(self, record: Record) -> list[Staged]:
        """Return the rows of a record, mostly one.

        Raises:
            Faulty: the ledger cannot hold what it says.

        """
        rows: list[Staged] = []
        match record:
            case Voucher():
                rows = [self._voucher(record)]
            case Balance():
                rows = self._balance(record)
            case Account():
                rows = [record_rows.account(record)]
            case ObjectName():
                rows = [record_rows.object_name(record, self._places)]
            case Dimension():
                rows = [self._dimension(record)]
            case Year():
                rows = self._year(record)
            case Heading():
                if (record.label, record.fields[0]) == ("#FLAGGA", "1"):
                    self.notes.append(ALREADY_READ)
        return rows

    def _year(self, record: Year) -> list[Staged]:
        if record.index != 0 or record.first is None or record.last is None:
            return []
        if self._vouchers:
            raise Faulty("year", "record_out_of_order", "#RAR stands before the first voucher.")
        year = FiscalYear.beginning(record.first) if record.first.day == 1 else None
        if year is None or year.last_day != record.last:
            detail = "A year of this ledger is twelve months from the first day of one."
            raise Faulty("first day", "not_a_fiscal_year", detail)
        self.year = year
        row = row_of(
            record.line,
            "#RAR 0",
            "year",
            number=year.year,
            period=year.year * 100 + OPENING,
            happened_on=year.first_day,
        )
        return [row]

    def _dimension(self, record: Dimension) -> Staged:
        if self._vouchers:
            detail = "Dimensions are named before the first voucher."
            raise Faulty("dimension", "record_out_of_order", detail)
        self._places.declare(record)
        return record_rows.dimension(record, self._places)

    def _balance(self, record: Balance) -> list[Staged]:
        """Stage an amount of the file's own year, and the year before's closing balances.

        Other amounts are read for their form alone.
        """
        if record.year == 0:
            year = self._own_year()
            period = None if record.month is None else record_rows.period_of(record.month, year)
            ledger = self.reader.headings.get("#SIETYP") == "4"
            self._balances.add(record, period and period % 100, ledger=ledger)
            return [record_rows.balance(record, self._places, period)]
        if record.year == -1 and record.label in {UB, RES}:
            return [record_rows.previous(record)]
        return []

    def _own_year(self) -> FiscalYear:
        if self.year is None:
            raise Faulty("year", "record_out_of_order", "#RAR 0 stands before amounts of the year.")
        return self.year

    def _voucher(self, voucher: Voucher) -> Staged:
        self._vouchers = True
        period, covers_from = self._period(voucher)
        year = voucher.day.year if self.year is None else self.year.year
        key = placing.key_of(year, voucher)
        again = self._repeats.occurrence(voucher.series, key.rpartition(":")[2])
        place = self._places.code_parts
        return voucher_row(
            voucher.line,
            key if again == 1 else f"{key}/{again}",
            period=period,
            covers_from=covers_from,
            happened_on=voucher.day,
            text=voucher.text,
            rows=[  # a row of zero is a remark, no posting
                (account, place(objects), amount, text)
                for account, objects, amount, text in voucher.postings
                if amount
            ],
        )

    def _period(self, voucher: Voucher) -> tuple[int | None, int | None]:
        """Return a voucher's period, and the one it covers from, which a file of ours may say."""
        if self.year is None:
            return None, None
        period = self._months.get(voucher.day)
        if period is None:
            if not self.year.holds(voucher.day):
                detail = "The voucher's day lies outside the file's year."
                raise Faulty("date", "day_outside_year", detail)
            period = self._months[voucher.day] = self.year.period_of(voucher.day)
        if "." in voucher.series and self.reader.headings.get("#PROGRAM") == PROGRAM:
            _, mark = placing.mark_in(voucher.series)
            if mark is not None:
                return mark.periods(self.year.year)
        return period, None

    def _book_balances(self, line: int, year: FiscalYear, variety: Variety) -> None:
        """Stage the vouchers made of balances, and take back those that are made no longer."""
        parts = {OPENING}
        if variety not in {Variety.LEDGER, Variety.VOUCHERS}:
            parts |= set(range(FIRST, DECEMBER + 1))
        for made in self._balances.made(variety):
            self._made(line + made.part, year, made)
            parts.discard(made.part)
        if variety.holds_balances:
            self.retractions += [
                (line + part, f"{year.year}:{balance_key(part)}", NO_LONGER_STATED)
                for part in sorted(parts)
            ]

    def _made(self, line: int, year: FiscalYear, made: Made) -> None:
        """Stage a voucher made of balances; one that does not sum to zero is a fault."""
        if made.net:
            label = RES if self.reader.variety is Variety.YEAR else PSALDO
            detail = f"What the file states for part {made.part:02d} does not sum to zero."
            at = self.reader.first_line(label)
            fault = Fault(at, label, "amount", "movement_unbalanced", detail, made.key, made.net)
            self.faults.append(fault)
            return
        start = year.year * 100
        self.rows.append(
            voucher_row(
                line,
                f"{year.year}:{made.key}",
                period=start + made.part,
                covers_from=None if made.covers_from is None else start + made.covers_from,
                happened_on=year.last_day_of(start + made.part),
                text=made.text,
                rows=[
                    (r.account, self._places.code_parts(r.objects), r.amount, "") for r in made.rows
                ],
            )
        )
