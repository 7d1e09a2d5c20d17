"""What is refused about the rules of target groups."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.errors import Conflict, Invalid, NotFound

if TYPE_CHECKING:
    from services.participants.errors.meanings import Meanings


class TargetGroupRuleNotFound(NotFound):
    code, title = "target_group_rule_not_found", "There is no such rule of a target group"


class ConditionsRefused(Invalid):
    """The parameter says which condition and what is wrong with it."""

    code, title = "conditions_refused", "The conditions are not of the kinds there are"


class RuleInThePast(Conflict):
    code = "rule_in_the_past"
    title = "A rule begins on a day to come: what has been judged by the old one stands"


class RuleVersionLater(Conflict):
    code = "rule_version_later"
    title = "A version that begins the same day or later has been decided"


CONSTRAINTS: Meanings = {
    "target_group_rule_past": RuleInThePast,
    "target_group_rule_target_group_rule_version_key": RuleVersionLater,
    "target_group_rule_overlap_excl": RuleVersionLater,
}
