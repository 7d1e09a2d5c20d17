"""The imprint as labelled lines, the same in every file that is written."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from services.reports.publication.model import Imprint

BASIS = "Uppgifter till och med"
HASH = "Kontrollsumma (SHA-256)"


def lines(imprint: Imprint) -> list[tuple[str, str]]:
    """Return what a file says of where it comes from, as label and text."""
    return [
        ("Läge", imprint.attestation),
        *(("Anmärkning", remark) for remark in imprint.remarks),
        (BASIS, imprint.basis),
        ("Läsare", imprint.audience),
        *((f"Källa: {source.name}", source.status) for source in imprint.sources),
        (HASH, imprint.content_hash),
        ("Kan hämtas igen på", imprint.address),
    ]


def foot(imprint: Imprint) -> list[str]:
    """Return what stands at the foot of every page."""
    return [f"{BASIS} {imprint.basis} · {imprint.attestation}", f"SHA-256 {imprint.content_hash}"]


def made_at(imprint: Imprint) -> datetime:
    """Return the instant that a file carries as its creation: its basis, never the clock.

    The same report then always gives the same bytes, whenever and wherever it is written.
    """
    return datetime.fromisoformat(imprint.basis)
