"""Committee reports: drafts that are fixed at a basis, frozen, and attested by a person.

Every content that a draft has had is kept. Attesting binds the content's hash and basis to a
name; the database itself refuses any later change.
"""

from __future__ import annotations

from services.reports.committee_reports.attestations import Signing, attest, require_attestable
from services.reports.committee_reports.drafts import (
    Replacing,
    make,
    question,
    refresh,
    require_every_unit,
    require_refreshable,
)
from services.reports.committee_reports.states import freeze, thaw

__all__ = [
    "Replacing",
    "Signing",
    "attest",
    "freeze",
    "make",
    "question",
    "refresh",
    "require_attestable",
    "require_every_unit",
    "require_refreshable",
    "thaw",
]
