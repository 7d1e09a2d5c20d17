"""What is refused about records of any kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

from shared.errors import Conflict, Invalid

if TYPE_CHECKING:
    from services.participants.errors.meanings import Meanings


class ValueNeeded(Invalid):
    code, title = "value_needed", "The property can be changed but not taken away"


class SourceKeyTaken(Conflict):
    code, title = "source_key_taken", "Another record already carries this source key"


CONSTRAINTS: Meanings = {
    "enrolment_source_key_key": SourceKeyTaken,
    "advisory_session_source_key_key": SourceKeyTaken,
}
