"""Shapes of routine documents."""

from __future__ import annotations

from typing import Annotated, TypeAlias
from uuid import UUID

from pydantic import AfterValidator, Field

from services.participants.domain.codes import RoutineKind
from services.participants.schemas.fields import Reason, RecordOut, UnitCode
from shared.errors import Unacceptable
from shared.identity_numbers import holds_identity_number
from shared.models import ApiModel, LocalDate


def _about_nobody(text: str) -> str:
    if holds_identity_number(text):
        raise Unacceptable("must not contain an identity number")
    return text


def _text(example: str, longest: int) -> object:
    return Field(min_length=1, max_length=longest, examples=[example])


Title: TypeAlias = Annotated[
    str, _text("Rutin för orosanmälan", 200), AfterValidator(_about_nobody)
]
Owner: TypeAlias = Annotated[str, _text("Enhetschef", 200), AfterValidator(_about_nobody)]
Edition: TypeAlias = Annotated[str, _text("2.1", 20), AfterValidator(_about_nobody)]


class RoutineDocumentIn(ApiModel):
    """A routine that a unit has decided on."""

    unit: UnitCode
    kind: RoutineKind
    title: Title
    owner: Owner
    edition: Edition
    reviewed_on: LocalDate
    next_review_on: LocalDate


class RoutineReviewIn(ApiModel):
    """A review; a new edition or owner if it led to one."""

    reviewed_on: LocalDate
    next_review_on: LocalDate
    edition: Edition | None = None
    owner: Owner | None = None


class RoutineCorrectionIn(ApiModel):
    """What was wrong in the document or its last review. Fields left out stay."""

    title: Title | None = None
    owner: Owner | None = None
    edition: Edition | None = None
    reviewed_on: LocalDate | None = None
    next_review_on: LocalDate | None = None
    reason: Reason


class RoutineWithdrawalIn(ApiModel):
    """From which day the routine no longer holds."""

    withdrawn_on: LocalDate
    reason: Reason


class RoutineDocumentOut(RecordOut):
    """A routine and its last review; `overdue` as of today, or the day asked for."""

    id: UUID
    unit: UnitCode
    kind: RoutineKind
    title: Title
    owner: Owner
    edition: Edition
    reviewed_on: LocalDate
    next_review_on: LocalDate
    withdrawn_on: LocalDate | None
    overdue: bool
    version: int
