"""The closed lists of codes of the responsibility for activity (kommunala aktivitetsansvaret)."""

from __future__ import annotations

from enum import StrEnum


class Schooling(StrEnum):
    """Skolplikt: completed, or never had as the person came to the country after school age."""

    ONGOING = "ongoing"
    COMPLETED = "completed"
    REGISTERED_AFTER_SCHOOL_AGE = "registered_after_school_age"


class Studies(StrEnum):
    """Upper secondary education the youth is in now."""

    NONE = "none"
    NATIONAL_PROGRAMME = "national_programme"
    INTRODUCTORY_PROGRAMME = "introductory_programme"
    ADAPTED = "adapted"
    EQUIVALENT = "equivalent"


class JoinReason(StrEnum):
    """Anledning till registrering."""

    BROKE_OFF_NATIONAL_PROGRAMME = "broke_off_national_programme"
    LEFT_INTRODUCTORY_PROGRAMME = "left_introductory_programme"
    STUDY_CERTIFICATE = "study_certificate"
    NEVER_STARTED = "never_started"
    NOT_KNOWN = "not_known"


class LeaveReason(StrEnum):
    """Anledning till att aktivitetsansvaret har upphört."""

    NATIONAL_PROGRAMME = "national_programme"
    INTRODUCTORY_PROGRAMME = "introductory_programme"
    ADAPTED = "adapted"
    EQUIVALENT = "equivalent"
    DIPLOMA = "diploma"
    ADAPTED_CERTIFICATE = "adapted_certificate"
    EQUIVALENT_COMPLETED = "equivalent_completed"
    TURNED_TWENTY = "turned_twenty"
    MOVED = "moved"
    DECEASED = "deceased"
    OTHER = "other"
    UNKNOWN = "unknown"


class Channel(StrEnum):
    """How contact was sought."""

    LETTER = "letter"
    PHONE = "phone"
    TEXT_MESSAGE = "text_message"
    EMAIL = "email"
    HOME_VISIT = "home_visit"
    MEETING = "meeting"
    SOCIAL_MEDIA = "social_media"
    OTHER = "other"


class Occupation(StrEnum):
    """Sysselsättning vid kontakten."""

    WORK = "work"
    MUNICIPAL_ADULT_EDUCATION = "municipal_adult_education"
    FOLK_HIGH_SCHOOL = "folk_high_school"
    INTERNSHIP = "internship"
    MEASURE = "measure"
    PARENTAL_LEAVE = "parental_leave"
    ILL = "ill"
    ABROAD = "abroad"
    NONE = "none"
    OTHER = "other"
    UNKNOWN = "unknown"


class MeasureKind(StrEnum):
    """Åtgärd."""

    INTRODUCTORY_PROGRAMME = "introductory_programme"
    STUDY_GUIDANCE = "study_guidance"
    INTERNSHIP = "internship"
    OTHER = "other"


class Responsible(StrEnum):
    """Who answers for a measure (Skolverkets allmänna råd)."""

    INDIVIDUAL = "individual"
    MUNICIPALITY = "municipality"
    OTHER_ACTOR = "other_actor"


class EndReason(StrEnum):
    """Why a measure ended."""

    COMPLETED = "completed"
    INTERRUPTED_BY_YOUTH = "interrupted_by_youth"
    INTERRUPTED_BY_ACTOR = "interrupted_by_actor"
    RESPONSIBILITY_ENDED = "responsibility_ended"
    OTHER = "other"


class OccupationAfter(StrEnum):
    """Sysselsättning efter åtgärden."""

    NATIONAL_PROGRAMME = "national_programme"
    INTRODUCTORY_PROGRAMME = "introductory_programme"
    MUNICIPAL_ADULT_EDUCATION = "municipal_adult_education"
    WORK = "work"
    NONE = "none"
    OTHER = "other"
    UNKNOWN = "unknown"


class CodeList(StrEnum):
    """The lists of codes that the half-yearly file translates."""

    JOIN_REASON = "join_reason"
    LEAVE_REASON = "leave_reason"
    CHANNEL = "channel"
    TWO_WAY = "two_way"
    OCCUPATION = "occupation"
    MEASURE_KIND = "measure_kind"
    RESPONSIBLE = "responsible"
    END_REASON = "end_reason"
    OCCUPATION_AFTER = "occupation_after"


CODES: dict[CodeList, tuple[str, ...]] = {
    CodeList.JOIN_REASON: tuple(JoinReason),
    CodeList.LEAVE_REASON: tuple(LeaveReason),
    CodeList.CHANNEL: tuple(Channel),
    CodeList.TWO_WAY: ("yes", "no"),
    CodeList.OCCUPATION: tuple(Occupation),
    CodeList.MEASURE_KIND: tuple(MeasureKind),
    CodeList.RESPONSIBLE: tuple(Responsible),
    CodeList.END_REASON: tuple(EndReason),
    CodeList.OCCUPATION_AFTER: tuple(OccupationAfter),
}
"""The own codes of each list."""
