"""Shapes of statements and ties."""

from __future__ import annotations

from typing import Self
from uuid import UUID

from pydantic import Field
from pydantic.alias_generators import to_camel

from services.budget.domain.reopenings import Reopening
from services.budget.domain.statements import RowKind, Statement
from services.budget.domain.ties import Checked
from services.budget.schemas.fields import (
    LONGEST_NAME,
    PERIOD,
    KronorOut,
    PeriodNumber,
    Subject,
)
from services.budget.statements import Report
from shared.models import ApiModel, Instant
from shared.money import to_decimal_string

_LABEL = len("50 ") + LONGEST_NAME
"""A group of accounts is shown with its code before its name."""


class ColumnOut(ApiModel):
    code: str = Field(max_length=40, examples=["external"])
    label: str = Field(max_length=60, examples=["Externt"])


class RowOut(ApiModel):
    """One row; every column of the statement has an amount."""

    code: str = Field(max_length=60, examples=["50"])
    label: str = Field(max_length=_LABEL, examples=["50 Löner arbetad tid"])
    kind: RowKind
    amounts: dict[str, KronorOut] = Field(
        description="Kronor by column code", examples=[{"total": "283186318.42"}]
    )


class TieOut(ApiModel):
    """One declared rule between statements, and whether it holds; nothing is adjusted for it."""

    code: str = Field(max_length=60, examples=["settlement-result"])
    title: str = Field(
        max_length=200, examples=["Budgetavräkningens summa drift är resultaträkningens resultat"]
    )
    holds: bool
    left_label: str = Field(max_length=200, examples=["Summa drift, utfall"])
    left: KronorOut
    right_label: str = Field(max_length=200, examples=["Årets resultat"])
    right: KronorOut
    difference: KronorOut
    culprits: list[str] = Field(
        description="Vouchers or cells that stand behind the difference", examples=[["A 12 (2020)"]]
    )

    @classmethod
    def of(cls, checked: Checked) -> Self:
        return cls(
            code=checked.tie.code,
            title=checked.tie.title,
            holds=checked.holds,
            left_label=checked.tie.left,
            left=to_decimal_string(checked.left),
            right_label=checked.tie.right,
            right=to_decimal_string(checked.right),
            difference=to_decimal_string(checked.difference),
            culprits=list(checked.named),
        )


class EarlierReportOut(ApiModel):
    """A report that somebody had signed before a period that it used was reopened."""

    id: UUID
    period: str = PERIOD
    basis: Instant
    by: Subject
    at: Instant


class ReopeningOut(ApiModel):
    """A period of the range, or the year's opening, that was reopened after it was closed."""

    period: PeriodNumber
    reason: str = Field(max_length=500, examples=["Sen faktura"])
    at: Instant
    reports: list[EarlierReportOut] = Field(
        description="Signed reports that used the period as it was before; the amounts may differ"
    )

    @classmethod
    def of(cls, reopening: Reopening) -> Self:
        reports = [
            EarlierReportOut(
                id=one.id, period=str(one.range), basis=one.basis, by=one.by, at=one.at
            )
            for one in reopening.reports
        ]
        return cls(
            period=reopening.period, reason=reopening.reason, at=reopening.at, reports=reports
        )


class SourceOut(ApiModel):
    """A delivery whose vouchers are part of the amounts."""

    register_: str = Field(alias="register", max_length=60, examples=["trial-balance"])
    delivery_id: UUID
    booked_at: Instant
    vouchers: int


class StatementOut(ApiModel):
    """A statement computed from the ledger at a basis."""

    statement: str = Field(max_length=40, examples=["income-statement"])
    title: str = Field(max_length=80, examples=["Resultaträkning"])
    version: int = Field(description="Of the form's layout", examples=[1])
    period: str = PERIOD
    basis: Instant
    unit: str = Field(max_length=3, examples=["SEK"])
    columns: list[ColumnOut]
    rows: list[RowOut]
    ties: list[TieOut]
    reopenings: list[ReopeningOut]
    sources: list[SourceOut]
    notes: list[str] = Field(description="What a reader must know, in Swedish", examples=[[]])

    @classmethod
    def of(cls, report: Report, statement: Statement) -> Self:
        return cls(
            statement=statement.code,
            title=statement.title,
            version=statement.version,
            period=str(report.range),
            basis=report.basis,
            unit="SEK",
            columns=[ColumnOut(code=to_camel(c), label=label) for c, label in statement.columns],
            rows=[
                RowOut(
                    code=row.code,
                    label=row.label,
                    kind=row.kind,
                    amounts={to_camel(c): to_decimal_string(a) for c, a in row.amounts.items()},
                )
                for row in statement.rows
            ],
            ties=[TieOut.of(checked) for checked in report.ties],
            reopenings=[ReopeningOut.of(one) for one in report.reopened],
            sources=[
                SourceOut(
                    register_=row["register"],
                    delivery_id=row["delivery_id"],
                    booked_at=row["booked_at"],
                    vouchers=row["vouchers"],
                )
                for row in report.sources
            ],
            notes=report.notes,
        )


class StatementsOut(ApiModel):
    """The statements of the ledger for one range at one basis."""

    period: str = PERIOD
    basis: Instant
    hold: bool = Field(description="Whether all ties between them hold")
    statements: list[StatementOut]

    @classmethod
    def of(cls, report: Report) -> Self:
        return cls(
            period=str(report.range),
            basis=report.basis,
            hold=all(checked.holds for checked in report.ties),
            statements=[StatementOut.of(report, one) for one in report.statements.values()],
        )


class TiesOut(ApiModel):
    """Every tie of a range at a basis."""

    period: str = PERIOD
    basis: Instant
    hold: bool = Field(description="Whether all of them hold")
    ties: list[TieOut]

    @classmethod
    def of(cls, report: Report) -> Self:
        return cls(
            period=str(report.range),
            basis=report.basis,
            hold=all(checked.holds for checked in report.ties),
            ties=[TieOut.of(checked) for checked in report.ties],
        )
