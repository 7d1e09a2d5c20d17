"""Records of a SIE file that are one row each, whatever else the file says."""

from __future__ import annotations

from datetime import date

from services.budget.domain.fiscal_years import FiscalYear
from services.budget.domain.sie.faults import Faulty
from services.budget.domain.sie.placing import Places
from services.budget.domain.sie.records import (
    PBUDGET,
    Account,
    Balance,
    Dimension,
    Heading,
    ObjectName,
    Record,
    Voucher,
    Year,
)
from services.budget.registers.sie_rows import Staged, row_of, stated_row


def account(record: Account) -> Staged:
    key = f"#KONTO {record.code}"
    return row_of(record.line, key, "account", code=record.code, text=record.name)


def dimension(record: Dimension, places: Places) -> Staged:
    """Return a dimension to be registered; one that is a code part here is only a remark."""
    own = places.part_of(record.number) is not None
    return row_of(
        record.line,
        f"#DIM {record.number}",
        "remark" if own else "dimension",
        number=int(record.number),
        parent=None if record.parent is None else int(record.parent),
        text=record.name,
    )


def object_name(record: ObjectName, places: Places) -> Staged:
    """Return an object to be registered.

    Raises:
        Faulty: the ledger cannot hold it.

    """
    places.code_parts(((record.dimension, record.code),))
    counterpart = places.part_of(record.dimension) == "counterpart"
    return row_of(
        record.line,
        f"#OBJEKT {record.dimension} {record.code}",
        "counterpart" if counterpart else "object",
        number=places.number_of(record.dimension),
        code=record.code,
        text=record.name,
    )


def balance(record: Balance, places: Places, period: int | None) -> Staged:
    """Return an amount that the file states of its own year.

    Raises:
        Faulty: the ledger cannot hold one of its objects.

    """
    parts = places.code_parts(record.objects)
    listed = " ".join(f"{number} {code}" for number, code in record.objects)
    month = "" if record.month is None else f"{record.month} "
    return stated_row(
        record.line,
        f"{record.label} {month}{record.account} {{{listed}}}",
        "budget" if record.label == PBUDGET else "balance",
        label=record.label,
        account=record.account,
        named=parts.listed(places, record.objects),
        free=parts.free_json,
        period=period,
        amount=record.amount,
    )


def previous(record: Balance) -> Staged:
    """Return what the file says an account came to in the year before."""
    return stated_row(
        record.line,
        f"{record.label} -1 {record.account}",
        "previous",
        label=record.label,
        account=record.account,
        named={},
        free="{}",
        period=None,
        amount=record.amount,
    )


def period_of(month: int, year: FiscalYear) -> int:
    """Return the period of a month, YYYYMM.

    Raises:
        Faulty: it lies in another year.

    """
    try:
        return year.period_of(date(month // 100, month % 100, 1))
    except ValueError as error:
        raise Faulty(
            "period", "period_outside_year", "The month lies outside the file's year."
        ) from error


def label_of(record: Record) -> str:
    """Return the label that a record has in the file."""
    match record:
        case Balance() | Heading():
            return record.label
        case Voucher():
            return "#VER"
        case Account():
            return "#KONTO"
        case ObjectName():
            return "#OBJEKT"
        case Dimension():
            return "#DIM" if record.parent is None else "#UNDERDIM"
        case Year():
            return "#RAR"
