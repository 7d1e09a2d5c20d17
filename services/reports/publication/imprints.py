"""What every format says of where a report comes from."""

from __future__ import annotations

from dataclasses import dataclass
from hashlib import sha256
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from babel.dates import format_date

from services.reports.domain.audience import Audience, Protection
from services.reports.publication.model import Imprint, Source
from services.reports.publication.wording import listed, word
from shared.clock import local_day

if TYPE_CHECKING:
    from collections.abc import Sequence
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


@dataclass(frozen=True, slots=True)
class Standing:
    """What a report is when it is taken home: its state in one line, and what came after it."""

    line: str = DRAFT
    remarks: tuple[str, ...] = ()

    @property
    def tag(self) -> str:
        """Name the standing, for an entity tag."""
        return sha256("\n".join((self.line, *self.remarks)).encode()).hexdigest()[:16]


def imprint(
    document: Document, body: bytes, asked: Request, *, standing: Standing | None = None
) -> Imprint:
    """Return the imprint of a document.

    Args:
        document: the report.
        body: its bytes, which the content hash is of.
        asked: the question that gives it again.
        standing: its state (Swedish); a draft's, left out.

    """
    question = {
        "template": asked.template,
        "period": asked.period,
        "area": asked.area,
        "programme": asked.programme,
        "basis": document["basis"],
        "audience": asked.audience.value,
    }
    standing = standing or Standing()
    audience = _AUDIENCES[asked.audience]
    if asked.audience is Audience.PUBLIC:
        question["protection"] = asked.protection.value
        audience += f"; {PROTECTIONS[asked.protection]}"
    given = {name: value for name, value in question.items() if value is not None}
    return Imprint(
        basis=document["basis"],
        attestation=standing.line,
        remarks=standing.remarks,
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


def standing_of(
    state: str, name: str | None, at: datetime | None, *, superseded: bool, reopened: Sequence[int]
) -> Standing:
    """Return what a kept report is.

    Args:
        state: draft, frozen or attested.
        name: who attested it, as it stands on it.
        at: when.
        superseded: whether another attested report has replaced it.
        reopened: months of the ledger, YYYYPP, that were opened again since its basis.

    """
    line = FROZEN if state == "frozen" else DRAFT
    if name is not None and at is not None:
        line = attested_by(name, at)
    if superseded:
        line += "; ersatt av en nyare rapport"
    return Standing(line, (_reopened(reopened),) if reopened else ())


def _reopened(periods: Sequence[int]) -> str:
    named = listed([f"{period // 100}-{period % 100:02}" for period in periods])
    opened = "Perioden" if len(periods) == 1 else "Perioderna"
    return (
        f"{opened} {named} öppnades igen efter att uppgifterna togs fram,"
        " och de kan ha ändrats sedan dess."
    )
