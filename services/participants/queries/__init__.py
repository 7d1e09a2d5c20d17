"""Named reads of participants."""

from services.participants.queries.activities import ACTIVITY, activities_page
from services.participants.queries.attendance import (
    ATTENDANCE,
    attendance_page,
    attended_minutes,
)
from services.participants.queries.child_checklists import (
    CHILD_CHECKLIST,
    child_checklists_page,
    child_plans_page,
)
from services.participants.queries.concern_reports import (
    concern_report,
    concern_report_written,
    concern_reports_page,
    unit_managers_page,
)
from services.participants.queries.enrolments import (
    ADVISORY_SESSION,
    ENROLMENT,
    FOLLOW_UP,
    HOUR_ATTESTATION,
    PENDING_ENROLMENT,
    Listed,
    advisory_sessions_page,
    enrolments_page,
    follow_ups_page,
    hour_attestations_page,
    one,
    pending_enrolments_page,
)
from services.participants.queries.esf import ESF_ANSWERS, esf_incomplete_page
from services.participants.queries.follow_ups import due_lists
from services.participants.queries.holdings import held_about, log_page, records_of_subject
from services.participants.queries.merges import person_merge, person_merges_page
from services.participants.queries.offering import offering, offerings
from services.participants.queries.participant_files import (
    latest_issues,
    participant_file,
    participant_files_page,
    participant_rows,
    replacement_codes_page,
)
from services.participants.queries.people import (
    PROTECTED,
    any_hidden,
    hidden_numbers,
    hidden_subjects,
    hold_person,
    hold_person_of,
    may_see_protected,
    person,
    person_by_number,
    person_for_change,
    person_id,
    person_unmasked,
)
from services.participants.queries.plans import PLAN, plans_page
from services.participants.queries.routine_documents import routine_document, routine_documents_page
from services.participants.queries.target_groups import target_group_rule, target_group_rules

__all__ = [
    "ACTIVITY",
    "ADVISORY_SESSION",
    "ATTENDANCE",
    "CHILD_CHECKLIST",
    "ENROLMENT",
    "ESF_ANSWERS",
    "FOLLOW_UP",
    "HOUR_ATTESTATION",
    "PENDING_ENROLMENT",
    "PLAN",
    "PROTECTED",
    "Listed",
    "activities_page",
    "advisory_sessions_page",
    "any_hidden",
    "attendance_page",
    "attended_minutes",
    "child_checklists_page",
    "child_plans_page",
    "concern_report",
    "concern_report_written",
    "concern_reports_page",
    "due_lists",
    "enrolments_page",
    "esf_incomplete_page",
    "follow_ups_page",
    "held_about",
    "hidden_numbers",
    "hidden_subjects",
    "hold_person",
    "hold_person_of",
    "hour_attestations_page",
    "latest_issues",
    "log_page",
    "may_see_protected",
    "offering",
    "offerings",
    "one",
    "participant_file",
    "participant_files_page",
    "participant_rows",
    "pending_enrolments_page",
    "person",
    "person_by_number",
    "person_for_change",
    "person_id",
    "person_merge",
    "person_merges_page",
    "person_unmasked",
    "plans_page",
    "records_of_subject",
    "replacement_codes_page",
    "routine_document",
    "routine_documents_page",
    "target_group_rule",
    "target_group_rules",
    "unit_managers_page",
]
