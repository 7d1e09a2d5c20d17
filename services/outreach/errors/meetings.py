"""Sessions, visit tallies and contacts."""

from __future__ import annotations

from collections.abc import Sequence

from shared.errors import Conflict, Invalid


class SessionStateRefused(Conflict):
    code, title = "session_state_refused", "The session cannot become that"

    def __init__(self, held: str, wanted: str) -> None:
        super().__init__(f"A {held} session cannot become {wanted}.", state=held, wanted=wanted)


class SessionHasVisits(Conflict):
    """Nobody visits a cancelled session: the tallies are retracted first."""

    code, title = "session_has_visits", "Visits are counted on the session"


class SessionNotHeld(Conflict):
    code, title = "session_not_held", "The session was not held"

    def __init__(self, state: str) -> None:
        super().__init__(f"Visits are counted on a held session; this one is {state}.", state=state)


class TallyExists(Conflict):
    """The existing tally of this session and age group is corrected instead."""

    code, title = "tally_exists", "The age group is already counted"

    def __init__(self, properties: Sequence[str] = ()) -> None:
        super().__init__()
        if properties:
            self.extensions["invalid-parameters"] = _entries(
                properties, "exists", "Already counted on the session."
            )


class ReportDiffers(Conflict):
    """A report is the whole of what its id says; what was wrong is corrected where it stands."""

    code, title = "id_taken", "A report with this id says something else"

    def __init__(self, properties: Sequence[str]) -> None:
        super().__init__(
            "Correct the session, the tally or the contact, or report more under an id of its own."
        )
        self.extensions["invalid-parameters"] = _entries(
            properties, "differs", "Differs from what was reported under this id."
        )


class SaidTwice(Invalid):
    code, title = "said_twice", "Two entries say the same thing"

    def __init__(self, properties: Sequence[str]) -> None:
        super().__init__(invalid_parameters=_entries(properties, "repeated", "Said before."))


class SessionNotNamed(Invalid):
    """Of a session's id, a schedule with its day, and a session in full, exactly one is given.

    What is told in full needs no correction.
    """

    code, title = "session_not_named", "A report is of exactly one session"


class SessionWasCancelled(Conflict):
    """Nothing is lost: the same report with a correction of the session is taken."""

    code, title = "session_was_cancelled", "The session is cancelled"

    def __init__(self) -> None:
        super().__init__("If it was held after all, send the report again with a correction.")


class LinkedToAnother(Conflict):
    """Unlinked first, with a reason, if that was wrong."""

    code, title = "linked_to_another", "The contact is already linked to somebody else"


class NotLinked(Conflict):
    code, title = "not_linked", "The contact is linked to nobody"


class SameContact(Invalid):
    """A contact is told apart from another, not from itself."""

    code, title = "same_contact", "The two contacts are one"


def _entries(properties: Sequence[str], code: str, reason: str) -> list[dict[str, str]]:
    return [{"property": name, "code": code, "reason": reason} for name in properties]
