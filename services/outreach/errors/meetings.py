"""Sessions, visit tallies and contacts."""

from __future__ import annotations

from shared.errors import Conflict


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


class LinkedToAnother(Conflict):
    """Unlinked first, with a reason, if that was wrong."""

    code, title = "linked_to_another", "The contact is already linked to somebody else"


class NotLinked(Conflict):
    code, title = "not_linked", "The contact is linked to nobody"
