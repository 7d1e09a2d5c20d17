"""What the violation of a database constraint means to a caller."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

from services.outreach.errors import (
    AgreementContinued,
    CodeTaken,
    DayExcepted,
    EndsBeforeStart,
    ReferralAlreadyOpen,
    SessionHasVisits,
    SessionNotHeld,
    StudentsAlreadyCounted,
    TallyExists,
    UnknownReference,
)
from services.outreach.models import metadata
from shared.errors import DomainError

_REFERENCES = {
    "operation": "operation",
    "venue": "venue",
    "employer": "employer",
    "partner": "partner",
    "session_id": "sessionId",
    "contact_id": "contactId",
    "other_id": "contactIds",
    "schedule_id": "scheduleId",
    "recruitment_event_id": "recruitmentEventId",
    "continues": "continues",
}
"""Columns that name another record, by the property a client knows them as."""


def _foreign_keys() -> dict[str, Callable[[], DomainError]]:
    return {
        f"{table.name}_{column.name}_fkey": partial(UnknownReference, _REFERENCES[column.name])
        for table in metadata.tables.values()
        for column in table.columns
        if column.foreign_keys and column.name in _REFERENCES
    }


CONSTRAINT_ERRORS: Mapping[str, Callable[[], DomainError]] = {
    **_foreign_keys(),
    "operation_code_key": partial(CodeTaken, "operation"),
    "venue_code_key": partial(CodeTaken, "venue"),
    "partner_code_key": partial(CodeTaken, "partner"),
    "employer_code_key": partial(CodeTaken, "employer"),
    "employer_organisation_number_key": partial(CodeTaken, "employer"),
    "partner_organisation_number_key": partial(CodeTaken, "partner"),
    "agreement_continues_key": AgreementContinued,
    "internship_interval_check": EndsBeforeStart,
    "operation_interval_check": EndsBeforeStart,
    "venue_interval_check": EndsBeforeStart,
    "agreement_interval_check": EndsBeforeStart,
    "schedule_interval_check": EndsBeforeStart,
    "schedule_exception_interval_check": EndsBeforeStart,
    "schedule_exception_day_key": DayExcepted,
    "study_group_interval_check": EndsBeforeStart,
    "outreach_worker_interval_check": EndsBeforeStart,
    "visit_tally_session_age_group_key": TallyExists,
    "visit_tally_session_held": partial(SessionNotHeld, "cancelled"),
    "session_has_visits": SessionHasVisits,
    "student_count_group_id_year_key": StudentsAlreadyCounted,
    "referral_open_key": ReferralAlreadyOpen,
}
