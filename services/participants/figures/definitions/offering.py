"""Units, programmes and teams."""

from __future__ import annotations

from services.participants.domain.codes import Ownership, UnitKind
from services.participants.figures.facts.journal import JOURNAL
from shared.figures import FigureDefinition

OFFERING = (
    FigureDefinition(
        name="units",
        version=1,
        unit="units",
        title="Enheter i drift",
        definition=(
            "Antal enheter, till exempel jobbtorg och komvuxenheter, som är i drift den "
            "sista dagen i perioden. Enhetens sista dag räknas med."
        ),
        kind="stock",
        journal=JOURNAL,
        measure="units",
        dimensions=("unit", "kind", "ownership", "district"),
        codes={"kind": tuple(UnitKind), "ownership": tuple(Ownership)},
    ),
    FigureDefinition(
        name="programmes",
        version=1,
        unit="programmes",
        title="Pågående program och projekt",
        definition="Antal program och projekt som pågår den sista dagen i perioden.",
        kind="stock",
        journal=JOURNAL,
        measure="programmes",
        dimensions=("programme", "kind"),
    ),
    FigureDefinition(
        name="teams",
        version=1,
        unit="teams",
        title="Team i drift",
        definition="Antal team inom ett program som är i drift den sista dagen i perioden.",
        kind="stock",
        journal=JOURNAL,
        measure="teams",
        dimensions=("programme", "team", "pilot"),
        codes={"pilot": ("yes", "no")},
    ),
)
