"""What is refused about plans."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from services.participants.errors.meanings import Meanings


class PlanNotFound(NotFound):
    code, title = "plan_not_found", "There is no such plan among the caller's units"


class PlanRetracted(Conflict):
    code, title = "plan_retracted", "The plan was retracted: it never was drawn up"


class PlanRenewed(Conflict):
    code, title = "plan_renewed", "The plan has been renewed already; renew the newest one"


class PlanBeforeRenewed(Invalid):
    code = "plan_before_renewed"
    title = "A plan that renews another is drawn up after it"


class PlanInFuture(Invalid):
    code, title = "plan_in_future", "The day the plan was drawn up has not come"


class ReviewBeforePlan(Invalid):
    code, title = "review_before_plan", "A plan is reviewed after it was drawn up"


class PlanOutsideEnrolment(Conflict):
    code = "plan_outside_enrolment"
    title = "The plan's enrolment is another person's or unit's, or does not stand on the day"


CONSTRAINTS: Meanings = {
    "plan_follows_key": PlanRenewed,
    "plan_review_after_check": ReviewBeforePlan,
}
