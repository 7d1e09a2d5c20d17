"""What every format says of where a report comes from."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from babel.dates import format_date

from services.reports.domain.audience import Audience, Protection
from services.reports.publication.model import Imprint, Source
from services.reports.publication.wording import word
from shared.clock import local_day

if TYPE_CHECKING:
    from datetime import datetime

    from services.reports.domain.assembly import Document
    from services.reports.reporting import Request

DRAFT = "Utkast, inte attesterad"
FROZEN = "Fryst utkast, inte attesterad"

_AUDIENCES = {
    Audience.COMMITTEE: "Nämnden; exakta uppgifter",
    Audience.PUBLIC: "Allmänheten",
}
PROTECTIONS = {
    Protection.SUPPRESSION: "små antal visas inte",
    Protection.ROUNDING: "små antal är avrundade",
}
"""What is said of how small counts are protected."""


def imprint(
    document: Document, body: bytes, asked: Request, *, attestation: str = DRAFT
) -> Imprint:
    """Return the imprint of a document.

    Args:
        document: the report.
        body: its bytes, which the content hash is of.
        asked: the question that gives it again.
        attestation: one line about its state (Swedish).

    """
    question = {
        "template": asked.template,
        "period": asked.period,
        "area": asked.area,
        "programme": asked.programme,
        "basis": document["basis"],
        "audience": asked.audience.value,
    }
    audience = _AUDIENCES[asked.audience]
    if asked.audience is Audience.PUBLIC:
        question["protection"] = asked.protection.value
        audience += f"; {PROTECTIONS[asked.protection]}"
    given = {name: value for name, value in question.items() if value is not None}
    return Imprint(
        basis=document["basis"],
        attestation=attestation,
        content_hash=sha256(body).hexdigest(),
        audience=audience,
        sources=tuple(
            Source(
                word(source["name"]),
                "hämtad" if source["status"] == "ok" else word(source["reason"]),
            )
            for source in document["sources"]
        ),
        address=f"/committee-report-data?{urlencode(given)}",
    )


def attested_by(name: str, at: datetime) -> str:
    """Return the line of an attested report: ``Attesterad av Karin Ek den 13 mars 2025``."""
    return f"Attesterad av {name} den {format_date(local_day(at), 'd MMMM y', locale='sv_SE')}"


def state_line(state: str, name: str | None, at: datetime | None) -> str:
    """Return one line about a kept report's state, for its imprint."""
    if name is not None and at is not None:
        return attested_by(name, at)
    return FROZEN if state == "frozen" else DRAFT
