"""The figures of participants: what each counts, in the words that the committee reads."""

from __future__ import annotations

from services.participants.figures.definitions.activities import ACTIVITIES
from services.participants.figures.definitions.advice import ADVICE
from services.participants.figures.definitions.child_checklists import CHILD_CHECKLISTS
from services.participants.figures.definitions.concern_reports import CONCERN_REPORTS
from services.participants.figures.definitions.enrolments import ENROLMENTS
from services.participants.figures.definitions.esf import ESF
from services.participants.figures.definitions.follow_ups import FOLLOW_UPS
from services.participants.figures.definitions.kaa import KAA
from services.participants.figures.definitions.offering import OFFERING
from services.participants.figures.definitions.routine_documents import ROUTINE_DOCUMENTS
from shared.figures import Figures

FIGURES = Figures(
    (
        *OFFERING,
        *ENROLMENTS,
        *ACTIVITIES,
        *ADVICE,
        *FOLLOW_UPS,
        *KAA,
        *CONCERN_REPORTS,
        *ROUTINE_DOCUMENTS,
        *ESF,
        *CHILD_CHECKLISTS,
    )
)
