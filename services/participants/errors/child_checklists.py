"""What is refused about child checklists."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from services.participants.errors.meanings import Meanings


class ChildChecklistNotFound(NotFound):
    code = "child_checklist_not_found"
    title = "There is no such child checklist among the caller's units"


class ChecklistAnswered(Conflict):
    code, title = "checklist_answered", "The plan has its child checklist: correct that one"


class ChecklistNotCalledFor(Conflict):
    """Nothing is written down about children without a reason for it (GDPR article 5.1 c)."""

    code = "checklist_not_called_for"
    title = "The plan is neither a guardian's nor a 16- or 17-year-old's in the KAA"


class ChecklistBeforePlan(Invalid):
    code = "checklist_before_plan"
    title = "A checklist is answered for its plan: on its day or later, and not in the future"


class ChecklistIncomplete(Invalid):
    """The parameter names whose view is missing: the parents', or the youth's own."""

    code, title = "checklist_incomplete", "The checklist lacks an answer that its plan needs"


class ChecklistRetracted(Conflict):
    code, title = "checklist_retracted", "The child checklist was retracted"


CONSTRAINTS: Meanings = {"child_checklist_plan_key": ChecklistAnswered}
