"""Rules of who is UVAS."""

from __future__ import annotations

from datetime import date

from shared.errors import Conflict, Invalid


class UvasRuleNotLater(Conflict):
    """A rule is added after the latest one; what earlier rules said is never rewritten."""

    code, title = "uvas_rule_not_later", "A rule of who is UVAS begins after the one before it"

    def __init__(self, latest: date) -> None:
        super().__init__(
            f"The latest rule begins {latest.isoformat()}; a new one must begin later.",
            latest_valid_from=latest.isoformat(),
        )


class UvasRuleUnchanged(Conflict):
    """A rule that changes nothing would break the series for no reason."""

    code, title = "uvas_rule_unchanged", "The rule of who is UVAS already says this"


class AgesOutOfOrder(Invalid):
    """The oldest age is below the youngest."""

    code, title = "ages_out_of_order", "The oldest age is below the youngest"
