"""The closed lists of codes that participants works with."""

from __future__ import annotations

import re
from enum import StrEnum

UNKNOWN = "unknown"
"""The district of people without one on record, and of everyone with a protected identity."""

CODE_PATTERN = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
"""Codes of units, programmes, teams and districts: kebab-case ASCII, a letter first."""


def project_code(reference: str) -> str:
    """Return the code of the programme that stands for a project of the budget."""
    plain = re.sub(r"[^a-z0-9]+", "-", reference.lower()).strip("-")
    return f"project-{plain}"


class Sex(StrEnum):
    """Legal sex."""

    WOMEN = "women"
    MEN = "men"
    UNKNOWN = "unknown"


class Protection(StrEnum):
    """Protected identity: sekretessmarkering, skyddad folkbokföring (16 § FOL), or none."""

    NONE = "none"
    SECRECY_MARKING = "secrecy_marking"
    PROTECTED_REGISTRATION = "protected_registration"


class Education(StrEnum):
    """Highest completed level, fine enough for ISCED 0-2, 3-4 and 5-8 of ESF+."""

    LESS_THAN_COMPULSORY = "less_than_compulsory"
    COMPULSORY = "compulsory"
    UPPER_SECONDARY = "upper_secondary"
    POST_SECONDARY_SHORT = "post_secondary_short"
    POST_SECONDARY = "post_secondary"
    UNKNOWN = "unknown"


class CountryOfBirth(StrEnum):
    """Group of the country of birth, no finer: what target groups and ESF+ ask for."""

    SWEDEN = "sweden"
    NORDIC = "nordic"
    EU = "eu"
    OTHER = "other"
    UNKNOWN = "unknown"


class IdentityLevel(StrEnum):
    """How sure the identity behind a coordination number is: styrkt, sannolik, osäker.

    Lag (2022:1697) om samordningsnummer, 2 kap. 1 §.
    """

    CONFIRMED = "confirmed"
    PROBABLE = "probable"
    UNCERTAIN = "uncertain"


class UnitKind(StrEnum):
    """What a unit does."""

    JOBBTORG = "jobbtorg"
    KOMVUX = "komvux"
    GUIDANCE = "guidance"
    OUTREACH = "outreach"
    KAA = "kaa"
    OTHER = "other"


class Ownership(StrEnum):
    """Who runs a unit: the city itself (egen regi), or a provider it buys from."""

    OWN = "own"
    PROCURED = "procured"


class ProgrammeKind(StrEnum):
    """What a programme is."""

    JOBBTORG = "jobbtorg"
    PROJECT = "project"
    EMPLOYMENT = "employment"
    EDUCATION = "education"
    OUTREACH = "outreach"
    OTHER = "other"


class Ground(StrEnum):
    """Inskrivningsgrund."""

    SOCIAL_ASSISTANCE = "social_assistance"
    DECISION_4_2 = "decision_4_2"
    OUTREACH = "outreach"
    KAA = "kaa"
    DISABILITY_SUPPORT = "disability_support"
    OTHER_AUTHORITY = "other_authority"
    VOLUNTARY = "voluntary"


class TargetGroup(StrEnum):
    """Groups a person belonged to at entry."""

    SOCIAL_ASSISTANCE = "social_assistance"
    DISABILITY = "disability"
    KAA = "kaa"
    UVAS = "uvas"
    FOREIGN_BORN_WOMEN = "foreign_born_women"
    NEWLY_ARRIVED = "newly_arrived"
    LONG_TERM_UNEMPLOYED = "long_term_unemployed"


class EntryStatus(StrEnum):
    """Position on the labour market at entry."""

    UNEMPLOYED = "unemployed"
    LONG_TERM_UNEMPLOYED = "long_term_unemployed"
    INACTIVE = "inactive"
    EMPLOYED = "employed"
    UNKNOWN = "unknown"


class EsfCircumstance(StrEnum):
    """What people may say of themselves for EECO12-14, 16 and 17, with their consent.

    Not EECO15 (minorities): Sweden keeps no ethnic registers.
    """

    DISABILITY = "disability"
    THIRD_COUNTRY_NATIONAL = "third_country_national"
    FOREIGN_BACKGROUND = "foreign_background"
    HOUSING_EXCLUSION = "housing_exclusion"
    RURAL_AREA = "rural_area"


class EsfResult(StrEnum):
    """What had come of the participation within four weeks of leaving (EECR01-04)."""

    JOB_SEARCHING = "job_searching"
    EDUCATION = "education"
    QUALIFICATION = "qualification"
    EMPLOYMENT = "employment"


class Outcome(StrEnum):
    """What an enrolment ended in."""

    WORK = "work"
    STUDIES = "studies"
    OTHER_MEASURE = "other_measure"
    MOVED = "moved"
    DECLINED = "declined"
    LOST_CONTACT = "lost_contact"
    DECEASED = "deceased"
    OTHER = "other"


class Circumstance(StrEnum):
    """What a client states about themselves at entry; what is not stated is not known."""

    SOCIAL_ASSISTANCE = "social_assistance"
    DISABILITY_SUPPORT = "disability_support"
    FOREIGN_BORN = "foreign_born"
    FAR_FROM_LABOUR_MARKET = "far_from_labour_market"
    NEWLY_ARRIVED = "newly_arrived"
    LONG_TERM_UNEMPLOYED = "long_term_unemployed"
    NOT_IN_WORK_OR_STUDIES = "not_in_work_or_studies"
    IN_STUDIES = "in_studies"
    KAA = "kaa"


class ActivityKind(StrEnum):
    """Insats: what somebody takes part in during an enrolment."""

    INTERNSHIP = "internship"
    WORK_TRAINING = "work_training"
    OSA = "osa"
    STOCKHOLMSJOBB = "stockholmsjobb"
    SUPPORTED_EMPLOYMENT = "supported_employment"
    SFI = "sfi"
    KOMVUX = "komvux"
    VOCATIONAL_COURSE = "vocational_course"
    GUIDANCE = "guidance"
    VALIDATION = "validation"
    OTHER = "other"


class ActivityOutcome(StrEnum):
    """What an activity ended in."""

    COMPLETED = "completed"
    INTERRUPTED = "interrupted"
    WORK = "work"
    STUDIES = "studies"
    OTHER = "other"


class ChecklistGround(StrEnum):
    """Why a plan needs a child checklist (barnchecklista)."""

    GUARDIAN = "guardian"
    KAA_YOUTH = "kaa_youth"


class ChecklistState(StrEnum):
    """Whether a plan has the child checklist that it needs."""

    NOT_NEEDED = "not_needed"
    LACKING = "lacking"
    ANSWERED = "answered"


class PlanOrder(StrEnum):
    """Whether a plan is somebody's first, or renews the one before."""

    FIRST = "first"
    RENEWAL = "renewal"


class RoutineKind(StrEnum):
    """What a unit's routine (rutin) is about."""

    CONCERN_REPORTS = "concern_reports"
    CHILD_CHECKLISTS = "child_checklists"
    CHILDREN_HEARD = "children_heard"
    OTHER = "other"


class FollowUpKind(StrEnum):
    """What is followed up, and with it how long after: ESF six months, the others three."""

    EXIT = "exit"
    STOCKHOLMSJOBB = "stockholmsjobb"
    ESF = "esf"


class FollowUpResult(StrEnum):
    """What a person does on the day that a follow-up asks about."""

    WORK = "work"
    STUDIES = "studies"
    NEITHER = "neither"
    UNKNOWN = "unknown"


class FollowUpState(StrEnum):
    """Where a follow-up stands; cancelled when the exit proved not to be one."""

    PLANNED = "planned"
    OPEN = "open"
    ANSWERED = "answered"
    CANCELLED = "cancelled"


class EmploymentStatus(StrEnum):
    """Position on the labour market six months after leaving, as ESF+ tells them apart."""

    EMPLOYED = "employed"
    SELF_EMPLOYED = "self_employed"
    UNEMPLOYED = "unemployed"
    INACTIVE = "inactive"
    UNKNOWN = "unknown"


class Improvement(StrEnum):
    """How the work of somebody employed at entry is better than it was then (EECR06).

    Better pay alone is none: FAQ of the Commission on the indicator, sfc.ec.europa.eu.
    """

    NONE = "none"
    STABLE_EMPLOYMENT = "stable_employment"
    FULL_EMPLOYMENT = "full_employment"
    MORE_DEMANDING_WORK = "more_demanding_work"
    PROMOTION = "promotion"
    UNKNOWN = "unknown"


class PendingState(StrEnum):
    """Where a referral stands."""

    PENDING = "pending"
    ACCEPTED = "accepted"
    DECLINED = "declined"
    WITHDRAWN = "withdrawn"


class RefusalReason(StrEnum):
    """Why a referral did not become an enrolment."""

    UNKNOWN_PERSON = "unknown_person"
    ALREADY_ENROLLED = "already_enrolled"
    DECLINED_BY_PERSON = "declined_by_person"
    NO_CONTACT = "no_contact"
    NOT_ELIGIBLE = "not_eligible"
    NO_CAPACITY = "no_capacity"
    UNKNOWN_PROGRAMME = "unknown_programme"
    UNKNOWN_UNIT = "unknown_unit"
    OTHER = "other"
