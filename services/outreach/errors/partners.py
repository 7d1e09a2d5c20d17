"""Partners, collaborations and agreements."""

from __future__ import annotations

from datetime import date

from shared.errors import Conflict, Invalid


class CollaborationStateRefused(Conflict):
    """What is active is paused or ended, what is paused is resumed or ended; ended is the end."""

    code, title = "collaboration_state_refused", "The collaboration cannot become that"

    def __init__(self, latest: str, wanted: str) -> None:
        super().__init__(f"What is {latest} cannot become {wanted}.", state=latest, wanted=wanted)


class StateChangeNotLater(Conflict):
    """States follow one another day by day; an earlier one is retracted first, the last first."""

    code, title = "state_change_not_later", "A state begins after the one before it"

    def __init__(self, latest: date) -> None:
        super().__init__(
            f"The latest state began {latest.isoformat()}; the next one must begin later.",
            latest_valid_from=latest.isoformat(),
        )


class StartsAfterStateChange(Conflict):
    """The first day is moved past the day of a pause or an end."""

    code, title = "starts_after_state_change", "It would begin after its state changed"

    def __init__(self, first: date) -> None:
        super().__init__(
            f"Its state changed {first.isoformat()}; it must have begun before.",
            first_change=first.isoformat(),
        )


class NoStateChange(Conflict):
    """It has been active all along; what never was at all is retracted as a whole."""

    code, title = "no_state_change", "There is no change of state to retract"


class PartnerTwice(Invalid):
    code, title = "partner_twice", "A partner is named twice"


class AgreementContinued(Conflict):
    """Each agreement has one successor at most."""

    code, title = "agreement_continued", "Another agreement continues it already"


class ContinuesAnother(Invalid):
    """An agreement continues one with the same partner that began before it."""

    code, title = "continues_another", "It cannot continue that agreement"

    def __init__(self, reason: str) -> None:
        super().__init__(
            reason,
            invalid_parameters=[
                {"property": "continues", "code": "continues_another", "reason": reason}
            ],
        )
