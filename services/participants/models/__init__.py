"""The tables of participants: the source of its schema and of its constraints' names."""

from services.participants.models.activity import activity, plan
from services.participants.models.base import metadata
from services.participants.models.child_checklist import child_checklist
from services.participants.models.concern_report import concern_report, unit_manager
from services.participants.models.enrolment import (
    advisory_session,
    enrolment,
    hour_attestation,
    pending_enrolment,
)
from services.participants.models.esf import attendance, esf_replacement_code, participant_file
from services.participants.models.fact import fact
from services.participants.models.follow_up import follow_up
from services.participants.models.kaa import (
    kaa_code_mapping,
    kaa_contact,
    kaa_file,
    kaa_measure,
    kaa_membership,
)
from services.participants.models.offering import programme, team, unit
from services.participants.models.person import (
    person,
    person_merge,
    person_number_alias,
    residence,
)
from services.participants.models.routine_document import routine_document, routine_review
from services.participants.models.target_group import target_group_rule
from services.participants.models.told import person_to_tell, told_kaa_membership, told_person

__all__ = [
    "activity",
    "advisory_session",
    "attendance",
    "child_checklist",
    "concern_report",
    "enrolment",
    "esf_replacement_code",
    "fact",
    "follow_up",
    "hour_attestation",
    "kaa_code_mapping",
    "kaa_contact",
    "kaa_file",
    "kaa_measure",
    "kaa_membership",
    "metadata",
    "participant_file",
    "pending_enrolment",
    "person",
    "person_merge",
    "person_number_alias",
    "person_to_tell",
    "plan",
    "programme",
    "residence",
    "routine_document",
    "routine_review",
    "target_group_rule",
    "team",
    "told_kaa_membership",
    "told_person",
    "unit",
    "unit_manager",
]
