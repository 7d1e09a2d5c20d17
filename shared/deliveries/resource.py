"""How a delivery and its row errors read on the wire."""

from __future__ import annotations

import csv
import io
import json
from typing import TYPE_CHECKING, Any, Literal
from uuid import UUID

from pydantic import Field

from shared.deliveries.tables import COUNTS
from shared.models import ApiModel, Instant, LocalDate
from shared.redaction import redact_text

if TYPE_CHECKING:
    from collections.abc import Sequence

State = Literal["received", "validating", "held", "applying", "applied", "rejected", "cancelled"]

_CSV_COLUMNS = ("rowNumber", "key", "field", "code", "detail", "difference")
_FORMULA = ("=", "+", "-", "@", "\t", "\r")


class ProgressOut(ApiModel):
    """How far the worker has come; while rows are still being read, ``rows`` grows."""

    stage: State = Field(examples=["applying"])
    rows_done: int = Field(examples=[60000])
    rows: int = Field(examples=[100000])


class CountsOut(ApiModel):
    """What became of the rows.

    created + changed + unchanged + retracted + rejected + remaining = rows, always; remaining
    is 0 once a delivery is applied or rejected. Records that a snapshot ended are no rows of it.
    """

    rows: int = Field(examples=[100000])
    created: int = Field(examples=[1200])
    changed: int = Field(examples=[300])
    unchanged: int = Field(examples=[98490])
    retracted: int = Field(examples=[0])
    rejected: int = Field(examples=[10])
    remaining: int = Field(examples=[0])
    ended: int = Field(examples=[41])


class PlannedOut(ApiModel):
    """What the comparison found before anything was applied; ``size`` is the register's."""

    created: int = Field(examples=[1200])
    changed: int = Field(examples=[300])
    retracted: int = Field(examples=[0])
    ended: int = Field(examples=[41])
    size: int = Field(examples=[99000])


class ExplanationOut(ApiModel):
    """Why a delivery was held or rejected, or what was left undone."""

    code: str = Field(examples=["guard_share_exceeded"])
    detail: str = Field(examples=["The delivery would change 0, retract 0 and end 90 of 100."])


class MovedFigureOut(ApiModel):
    """By how much one measure would move in one year, had the dry run been applied."""

    measure: str = Field(examples=["visits"])
    year: int = Field(examples=[2024])
    amount: int = Field(examples=[-3])


class DecisionOut(ApiModel):
    """Who decided, when, and why if a reason was asked for."""

    by: str = Field(examples=["anna.andersson"])
    at: Instant
    reason: str | None = Field(examples=["Agreed with the source system's owner."])


class DeliveryLinks(ApiModel):
    """Addresses of the delivery and of what can be asked or done about it."""

    self: str = Field(examples=["/outreach/v1/registers/visits/deliveries/0198f0c2"])
    errors: str = Field(examples=["/outreach/v1/registers/visits/deliveries/0198f0c2/errors"])
    releases: str | None = Field(
        examples=["/outreach/v1/registers/visits/deliveries/0198f0c2/releases"]
    )
    cancellations: str | None = Field(
        examples=["/outreach/v1/registers/visits/deliveries/0198f0c2/cancellations"]
    )


class DeliveryOut(ApiModel):
    """One delivery of a register."""

    id: UUID
    register_name: str = Field(alias="register", examples=["visits"])
    state: State = Field(examples=["applied"])
    mode: Literal["delta", "snapshot"] = Field(examples=["delta"])
    dry_run: bool
    atomic: bool
    delivery_date: LocalDate
    created_at: Instant
    delivered_by: str = Field(examples=["vera"])
    sha256: str = Field(
        examples=["9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"]
    )
    bytes: int = Field(examples=[15800000])
    started_at: Instant | None
    finished_at: Instant | None
    progress: ProgressOut
    counts: CountsOut
    planned: PlannedOut | None
    moved_figures: list[MovedFigureOut] | None
    explanation: ExplanationOut | None
    released: DecisionOut | None
    cancelled: DecisionOut | None
    links: DeliveryLinks = Field(alias="_links")

    @classmethod
    def of(cls, row: Any, *, root: str) -> DeliveryOut:  # noqa: ANN401  asyncpg's record
        """Return a stored delivery as it stands; ``root`` is the path of the service's API."""
        return cls._of(dict(row), root=root)

    @classmethod
    def as_accepted(cls, row: Any, *, root: str) -> DeliveryOut:  # noqa: ANN401  same
        """Return a delivery as it was answered when it was accepted: the same whenever asked."""
        return cls._of(dict(row) | _AS_ACCEPTED, root=root)

    @classmethod
    def _of(cls, row: dict[str, Any], *, root: str) -> DeliveryOut:
        decided = sum(row[name] for name in COUNTS)
        path = f"{root}/registers/{row['register']}/deliveries/{row['id']}"
        state = row["state"]
        return cls(
            id=row["id"],
            register_name=row["register"],
            state=state,
            mode=row["mode"],
            dry_run=row["dry_run"],
            atomic=row["atomic"],
            delivery_date=row["day"],
            created_at=row["created_at"],
            delivered_by=row["delivered_by"],
            sha256=row["sha256"].hex(),
            bytes=row["bytes"],
            started_at=row["started_at"],
            finished_at=row["finished_at"],
            progress=ProgressOut(stage=state, rows_done=decided, rows=row["rows"]),
            counts=CountsOut(
                rows=row["rows"],
                remaining=row["rows"] - decided,
                ended=row["ended"],
                **{name: row[name] for name in COUNTS},
            ),
            planned=PlannedOut(**_loaded(row["planned"])) if row["planned"] else None,
            moved_figures=_moved(row["moved_figures"]),
            explanation=_explanation(row["explanation_code"], row["explanation"]),
            released=_decision(row["released_by"], row["released_at"], row["release_reason"]),
            cancelled=_decision(row["cancelled_by"], row["cancelled_at"], None),
            links=DeliveryLinks(
                self=path,
                errors=f"{path}/errors",
                releases=f"{path}/releases" if state == "held" else None,
                cancellations=f"{path}/cancellations"
                if state in ("received", "validating", "held")
                else None,
            ),
        )


_AS_ACCEPTED: dict[str, Any] = {
    "state": "received",
    "rows": 0,
    **dict.fromkeys(COUNTS, 0),
    "ended": 0,
} | dict.fromkeys(
    (
        "started_at",
        "finished_at",
        "planned",
        "moved_figures",
        "explanation_code",
        "explanation",
        "released_by",
        "released_at",
        "release_reason",
        "cancelled_by",
        "cancelled_at",
    )
)


class RowErrorOut(ApiModel):
    """One thing wrong with one row; the value itself is never repeated."""

    row_number: int = Field(description="From 1; a header is no row", examples=[17])
    key: str | None = Field(description="Null where a key may not be shown", examples=["B-17"])
    field: str | None = Field(description="Null when it is about the whole row", examples=["women"])
    code: str = Field(examples=["out_of_range"])
    detail: str = Field(examples=["Expected int >= 0."])
    difference: str | None = Field(
        description="By how much an amount does not add up", examples=["-12771.00"]
    )

    @classmethod
    def of(cls, row: Any) -> RowErrorOut:  # noqa: ANN401  asyncpg's record
        """Return a stored row error."""
        return cls(
            row_number=row["row_no"],
            key=_shown(row["key"]),
            field=row["field"],
            code=row["code"],
            detail=row["detail"],
            difference=row["difference"],
        )


def csv_head() -> str:
    """Return the first line of an error list in CSV."""
    return _csv_lines([_CSV_COLUMNS])


def csv_lines(rows: Sequence[Any]) -> str:
    """Return row errors as lines of CSV (``;``, as Swedish spreadsheets read it)."""
    return _csv_lines(
        [
            (
                row["row_no"],
                _harmless(row["key"]),
                row["field"],
                row["code"],
                row["detail"],
                row["difference"],
            )
            for row in rows
        ]
    )


def _csv_lines(rows: Sequence[Sequence[Any]]) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\r\n").writerows(rows)
    return out.getvalue()


def _harmless(key: str | None) -> str | None:
    """Keep a spreadsheet from running a sender's key as a formula."""
    shown = _shown(key)
    return f"'{shown}" if shown and shown.startswith(_FORMULA) else shown


def _shown(key: str | None) -> str | None:
    """Return a key without what looks like an identity number: some sources key by nothing else."""
    return redact_text(key) if key else key


def _loaded(stored: object) -> Any:  # noqa: ANN401  JSON
    """Return a jsonb value: text on the driver's own connections, decoded on pooled ones."""
    return json.loads(stored) if isinstance(stored, str) else stored


def _moved(stored: object) -> list[MovedFigureOut] | None:
    if stored is None:
        return None
    return [MovedFigureOut.model_validate(entry) for entry in _loaded(stored)]


def _explanation(code: str | None, detail: str | None) -> ExplanationOut | None:
    return ExplanationOut(code=code, detail=detail) if code and detail else None


def _decision(by: str | None, at: Any, reason: str | None) -> DecisionOut | None:  # noqa: ANN401
    return DecisionOut(by=by, at=at, reason=reason) if by else None
