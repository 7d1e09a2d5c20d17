"""The closed sets of codes that outreach writes; open ones (districts, sectors) are patterns."""

from __future__ import annotations

from enum import StrEnum

CODE_PATTERN = r"^[a-z][a-z0-9]*(-[a-z0-9]+)*$"
"""Open codes (operations, venues, units, programmes, districts, sectors): kebab-case ASCII.

They begin with a letter, so that no identity number can pass for one.
"""

_LIKE_AN_IDENTITY_NUMBER = (
    r"(?:1[89]|20)?\d\d(?:0[1-9]|1[0-2])(?:[06][1-9]|[1278]\d|[39][01])[-+]?\d{4}"
)
SOURCE_KEY_PATTERN = rf"^[a-z][a-z0-9-]*:(?!{_LIKE_AN_IDENTITY_NUMBER}$)[A-Za-z0-9._/-]+$"
"""``source:key``: the system that a record came from, and the record's key there.

Keys are shown in error lists and kept in the clear, so none may have the form of an identity
number (days 61-91 are those of coordination numbers).
"""


class Sex(StrEnum):
    WOMEN = "women"
    MEN = "men"
    UNKNOWN = "unknown"


class AgeGroup(StrEnum):
    """Whole years. The bounds follow the duties: KAA ends at 20, youth measures at 30."""

    UNDER_16 = "0-15"
    TEENS = "16-19"
    EARLY_TWENTIES = "20-24"
    LATE_TWENTIES = "25-29"
    THIRTIES = "30-39"
    FORTIES = "40-49"
    FIFTIES = "50-59"
    EARLY_SIXTIES = "60-64"
    OLDER = "65-"
    UNKNOWN = "unknown"


class VenueKind(StrEnum):
    """Arenas where the committee meets people (the committee's documents of 2020 and 2024)."""

    LIBRARY = "library"
    CITIZEN_OFFICE = "citizen_office"
    OPEN_PRESCHOOL = "open_preschool"
    FAMILY_CENTRE = "family_centre"
    YOUTH_CENTRE = "youth_centre"
    MEETING_PLACE = "meeting_place"
    SCHOOL = "school"
    JOBBTORG = "jobbtorg"
    CONGREGATION = "congregation"
    OTHER = "other"


class SessionKind(StrEnum):
    DROP_IN = "drop_in"
    GUIDANCE = "guidance"
    FAIR = "fair"
    INFORMATION_MEETING = "information_meeting"
    RECRUITMENT_MEETING = "recruitment_meeting"
    STUDY_VISIT = "study_visit"
    HOME_VISIT_ROUND = "home_visit_round"


class SessionState(StrEnum):
    PLANNED = "planned"
    HELD = "held"
    CANCELLED = "cancelled"


class MissingPart(StrEnum):
    """What remains to be said of a session that is over."""

    REPORT = "report"
    VISITS = "visits"


class Holidays(StrEnum):
    """What a schedule does on a holiday."""

    SKIP = "skip"
    HOLD = "hold"


class ExceptionKind(StrEnum):
    """How a schedule is departed from: a stop of days, a day moved, a day besides."""

    STOP = "stop"
    MOVED = "moved"
    EXTRA = "extra"


class StaffRole(StrEnum):
    """Who staffs a place, as the committee's documents name them."""

    COACH = "coach"
    GUIDANCE_COUNSELLOR = "guidance_counsellor"
    IT_EDUCATOR = "it_educator"
    KAA_OFFICER = "kaa_officer"
    OUTREACH_WORKER = "outreach_worker"
    YOUTH_CONSULTANT = "youth_consultant"


class Channel(StrEnum):
    LETTER = "letter"
    PHONE = "phone"
    TEXT_MESSAGE = "text_message"
    HOME_VISIT = "home_visit"
    MEETING = "meeting"
    SOCIAL_MEDIA = "social_media"


class Direction(StrEnum):
    """Two-way: the person answered. A letter or a message left unanswered is one-way."""

    ONE_WAY = "one_way"
    TWO_WAY = "two_way"


class TargetGroup(StrEnum):
    KAA = "kaa"
    UVAS = "uvas"
    WOMEN_FAR_FROM_WORK = "women_far_from_work"
    NEWLY_ARRIVED = "newly_arrived"
    PARENTS_ON_LEAVE = "parents_on_leave"
    LONG_TERM_UNEMPLOYED = "long_term_unemployed"
    SOCIAL_ASSISTANCE = "social_assistance"
    DISABILITY = "disability"
    OTHER = "other"
    UNKNOWN = "unknown"


class WorkerRole(StrEnum):
    """Job titles that the committee reports; the first two are names of operations too."""

    STADSDELSMAMMA = "stadsdelsmamma"
    STADSDELSSYSTER = "stadsdelssyster"
    OUTREACH_WORKER = "outreach_worker"
    COACH = "coach"
    GUIDANCE_COUNSELLOR = "guidance_counsellor"


class Contract(StrEnum):
    """How an outreach worker is employed; `two_year` is the pilot "Två års anställning"."""

    ORDINARY = "ordinary"
    TWO_YEAR = "two_year"
    SIX_MONTHS = "six_months"
    HOURLY = "hourly"


class PartnerKind(StrEnum):
    CIVIL_SOCIETY = "civil_society"
    AUTHORITY = "authority"
    EMPLOYER = "employer"
    MUNICIPAL = "municipal"
    SCHOOL = "school"


class AgreementKind(StrEnum):
    """`iop`: idéburet offentligt partnerskap."""

    IOP = "iop"
    COOPERATION = "cooperation"
    PROJECT = "project"
    PROCUREMENT = "procurement"


class CollaborationKind(StrEnum):
    """Forms of collaboration that the committee reports."""

    FORUM = "forum"
    CHECK_IN = "check_in"
    ON_SITE = "on_site"
    JOINT_PROJECT = "joint_project"
    NETWORK = "network"
    OTHER = "other"


class Cadence(StrEnum):
    """How often those who collaborate meet, or are there."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"
    YEARLY = "yearly"
    AS_NEEDED = "as_needed"


class CollaborationState(StrEnum):
    ACTIVE = "active"
    PAUSED = "paused"
    ENDED = "ended"


class EventKind(StrEnum):
    """Recruitment events: what was done together with an employer."""

    RECRUITMENT_MEETING = "recruitment_meeting"
    JOB_FAIR = "job_fair"
    STUDY_VISIT = "study_visit"
