"""What is refused about concern reports and about the managers who sign them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.participants.errors.offering import UnknownUnit
from shared.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from services.participants.errors.meanings import Meanings


class ConcernReportNotFound(NotFound):
    """Also the answer to everybody but the unit's responsible manager of today."""

    code = "concern_report_not_found"
    title = "There is no such concern report among those of units that the caller is manager of"


class ConcernReportSigned(Conflict):
    code, title = "concern_report_signed", "The concern report is signed already"


class ConcernReportNotSigned(Conflict):
    code = "concern_report_not_signed"
    title = "A concern report is signed by the unit's responsible manager before it is sent"


class ConcernReportSent(Conflict):
    code = "concern_report_sent"
    title = "The concern report is sent already; another time of sending is a correction"


class ConcernTimesDisordered(Invalid):
    """Suspected, then told by telephone or written, then sent; and none of it in the future."""

    code = "concern_times_disordered"
    title = "The report's times do not follow each other, or have not come"


class ManagersOverlap(Conflict):
    code = "managers_overlap"
    title = "Another manager is appointed for some of these days; appoint up to the day before"


CONSTRAINTS: Meanings = {
    "concern_report_unit_fkey": UnknownUnit,
    "concern_report_written_after_check": ConcernTimesDisordered,
    "concern_report_called_after_check": ConcernTimesDisordered,
    "concern_report_sent_after_check": ConcernTimesDisordered,
    "concern_report_signed_when_sent_check": ConcernReportNotSigned,
    "unit_manager_unit_fkey": UnknownUnit,
    "unit_manager_overlap_excl": ManagersOverlap,
}
