"""Collaborations and agreements with partners."""

from __future__ import annotations

from services.outreach.domain.codes import AgreementKind, CollaborationKind, CollaborationState
from services.outreach.models import JOURNAL
from shared.figures import FigureDefinition

_KINDS = {"kind": tuple(CollaborationKind)}
_ACTIVE = {"state": (CollaborationState.ACTIVE.value,)}

PARTNERS = (
    FigureDefinition(
        name="collaborations",
        version=1,
        unit="collaborations",
        title="Pågående samarbeten",
        definition=(
            "Antal samarbeten som var igång den sista dagen i perioden. Pausade och avslutade "
            "samarbeten räknas inte."
        ),
        kind="stock",
        journal=JOURNAL,
        measure="collaborations",
        dimensions=("unit", "kind"),
        codes=_KINDS,
        where=_ACTIVE,
    ),
    FigureDefinition(
        name="collaborations-paused",
        version=1,
        unit="collaborations",
        title="Pausade samarbeten",
        definition="Antal samarbeten som var pausade den sista dagen i perioden.",
        kind="stock",
        journal=JOURNAL,
        measure="collaborations",
        dimensions=("unit", "kind"),
        codes=_KINDS,
        where={"state": (CollaborationState.PAUSED.value,)},
    ),
    FigureDefinition(
        name="collaborations-during",
        version=1,
        unit="collaborations",
        title="Samarbeten under perioden",
        definition=(
            "Antal samarbeten som var igång någon dag under perioden. Den som har varit pausad "
            "och återupptagits räknas en gång."
        ),
        kind="distinct_during",
        journal=JOURNAL,
        measure="collaborations",
        dimensions=("unit", "kind"),
        codes=_KINDS,
        where=_ACTIVE,
    ),
    FigureDefinition(
        name="agreements",
        version=1,
        unit="agreements",
        title="Gällande avtal och överenskommelser",
        definition=(
            "Antal avtal och överenskommelser med partner, till exempel idéburna offentliga "
            "partnerskap, som gällde den sista dagen i perioden. Avtalets sista dag räknas med."
        ),
        kind="stock",
        journal=JOURNAL,
        measure="agreements",
        dimensions=("kind", "partner"),
        codes={"kind": tuple(AgreementKind)},
        notes=("Avtalen är nämndens och delas inte upp på enheter.",),
    ),
)
