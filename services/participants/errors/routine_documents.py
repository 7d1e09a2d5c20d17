"""What is refused about routine documents."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.participants.errors.offering import UnknownUnit
from shared.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from services.participants.errors.meanings import Meanings


class RoutineDocumentNotFound(NotFound):
    code = "routine_document_not_found"
    title = "There is no such routine document among the caller's units"


class RoutineDocumentExists(Conflict):
    code = "routine_document_exists"
    title = "The unit has a routine document of this kind and title in force: review that one"


class RoutineWithdrawn(Conflict):
    code, title = "routine_withdrawn", "The routine document is withdrawn"


class ReviewedAlready(Conflict):
    code = "reviewed_already"
    title = "A review on or after this day is recorded: correct that one"


class ReviewDaysDisordered(Invalid):
    """Reviewed, then due again later; withdrawn no earlier than reviewed; nothing in the future."""

    code = "review_days_disordered"
    title = "The days of the review do not follow each other, or have not come"


CONSTRAINTS: Meanings = {
    "routine_document_unit_fkey": UnknownUnit,
    "routine_document_unit_kind_title_key": RoutineDocumentExists,
    "routine_review_document_day_key": ReviewedAlready,
    "routine_review_next_after_check": ReviewDaysDisordered,
}
