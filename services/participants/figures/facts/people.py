"""Every kind of record that counts for a person, and how those about some people are found.

Who was merged, or is no longer, is counted as somebody else from then on: all that is about
them is settled anew. A new kind of record whose facts have a subject is added here (a test
finds the one that is not).
"""

from __future__ import annotations

from dataclasses import dataclass

from services.participants.figures.facts.activities import ACTIVITY
from services.participants.figures.facts.advice import ADVISORY_SESSION
from services.participants.figures.facts.child_checklists import CHILD_PLAN
from services.participants.figures.facts.enrolments import ENROLMENT
from services.participants.figures.facts.esf import ESF_KIND, ESF_PARTICIPATION
from services.participants.figures.facts.follow_ups import FOLLOW_UP
from services.participants.figures.facts.kaa import KAA_CONTACT, KAA_MEASURE, KAA_MEMBERSHIP


@dataclass(frozen=True, slots=True)
class AboutPeople:
    """A kind of record that is about a person.

    Attributes:
        kind: as the journal names it.
        wanted: the SELECT of its facts.
        ids: SELECT of the ids of all such records about the people ``$1::uuid[]``.

    """

    kind: str
    wanted: str
    ids: str


def _of_members(table: str) -> str:
    return f"""select r.id from {table} r join kaa_membership m on m.id = r.membership_id
               where m.person_id = any($1::uuid[])"""


ABOUT_PEOPLE = (
    AboutPeople(
        "enrolment", ENROLMENT, "select id from enrolment where person_id = any($1::uuid[])"
    ),
    AboutPeople(
        ESF_KIND,
        ESF_PARTICIPATION,
        "select id from enrolment where person_id = any($1::uuid[])",
    ),
    AboutPeople(
        "advisory_session",
        ADVISORY_SESSION,
        "select id from advisory_session where person_id = any($1::uuid[])",
    ),
    AboutPeople(
        "follow_up",
        FOLLOW_UP,
        """select f.id from follow_up f join enrolment e on e.id = f.enrolment_id
           where e.person_id = any($1::uuid[])""",
    ),
    AboutPeople(
        "activity",
        ACTIVITY,
        """select a.id from activity a join enrolment e on e.id = a.enrolment_id
           where e.person_id = any($1::uuid[])""",
    ),
    AboutPeople(
        "kaa_membership",
        KAA_MEMBERSHIP,
        "select id from kaa_membership where person_id = any($1::uuid[])",
    ),
    AboutPeople("plan", CHILD_PLAN, "select id from plan where person_id = any($1::uuid[])"),
    AboutPeople("kaa_contact", KAA_CONTACT, _of_members("kaa_contact")),
    AboutPeople("kaa_measure", KAA_MEASURE, _of_members("kaa_measure")),
)
