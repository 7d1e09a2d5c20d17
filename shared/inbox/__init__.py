"""The inbox: what other services told us, kept before it is acted on, acted on exactly once.

`receive` stores envelopes and says which the producer may forget. `Inbox` then applies them:
one transaction holds the handler's effect, the mark on the event and the cursor of its
aggregate, so an event takes effect once however often it is delivered, and event 4 of an
aggregate never before its event 3, whichever arrives first.

What is due lies in the database (``next_attempt_at``), so nothing depends on the queue once an
event is stored. The cursor row is an aggregate's lock: several workers may apply at once.
``next_attempt_at`` is null when an event is applied, dead, or parked behind an event that is
missing, waiting or dead; applying an event makes its successor due. Parking and unparking both
happen under the cursor's lock, so no wake-up is lost.
"""

from __future__ import annotations

from shared.inbox.applying import RETRY, Inbox, Outcome, Rejected
from shared.inbox.backlog import Backlog, backlog, prune
from shared.inbox.receiving import Receipt, receive
from shared.inbox.tables import define_tables

__all__ = [
    "RETRY",
    "Backlog",
    "Inbox",
    "Outcome",
    "Receipt",
    "Rejected",
    "backlog",
    "define_tables",
    "prune",
    "receive",
]
