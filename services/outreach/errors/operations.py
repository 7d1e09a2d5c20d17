"""Operations and their counting rules."""

from __future__ import annotations

from datetime import date

from shared.errors import Conflict


class CountingRuleNotLater(Conflict):
    """A rule is added after the latest one; what earlier rules said is never rewritten."""

    code, title = "counting_rule_not_later", "A counting rule begins after the one before it"

    def __init__(self, latest: date) -> None:
        super().__init__(
            f"The latest rule begins {latest.isoformat()}; a new one must begin later.",
            latest_valid_from=latest.isoformat(),
        )


class CountingRuleUnchanged(Conflict):
    """A rule that changes nothing would break the series for no reason."""

    code, title = "counting_rule_unchanged", "The counting rule already says this"
