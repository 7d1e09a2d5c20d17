"""Referrals, how far they have come, and the people referred."""

from __future__ import annotations

from typing import Any

from services.outreach.domain.codes import SessionKind
from services.outreach.domain.referrals import ReferralState, at_least
from services.outreach.figures.definitions.breakdowns import BY_VENUE, PLACE
from services.outreach.models import JOURNAL
from shared.figures import FigureDefinition

_WHERE = (
    "Enheten är den som hänvisade. Arenan och tillfällets slag är de som ledde till hänvisningen. "
    f"{BY_VENUE}"
)
_SHARED: dict[str, Any] = {
    "version": 1,
    "journal": JOURNAL,
    "measure": "referrals",
    "dimensions": (*PLACE, "programme", "kind", "state", "outcome"),
    "codes": {"state": tuple(ReferralState), "kind": tuple(SessionKind)},
    "notes": (_WHERE,),
}
_AS_KNOWN = "enligt vad som var känt när uppgiften hämtades"


def _come(name: str, title: str, state: ReferralState, definition: str) -> FigureDefinition:
    """Return the figure of referrals of a period that have come as far as a step."""
    return FigureDefinition(
        name=name,
        unit="referrals",
        title=title,
        definition=definition,
        kind="flow",
        where={"state": at_least(state)},
        **_SHARED,
    )


REFERRALS = (
    FigureDefinition(
        name="referrals",
        unit="referrals",
        title="Hänvisningar",
        definition=(
            "Antal hänvisningar som gjordes under perioden, efter det längsta de hade "
            "kommit när uppgiften hämtades: gjord, mottagen, återtagen, godtagen, avböjd, "
            "inskriven eller avslutad."
        ),
        kind="flow",
        **_SHARED,
    ),
    FigureDefinition(
        name="persons-referred",
        unit="persons",
        title="Hänvisade personer",
        definition="Antal personer som har hänvisats under perioden, var och en en gång.",
        kind="distinct",
        **_SHARED,
    ),
    _come(
        "referrals-accepted",
        "Godtagna hänvisningar",
        ReferralState.ACCEPTED,
        "Antal av periodens hänvisningar som den mottagande enheten har godtagit, även de som "
        f"sedan lett till inskrivning och avslut, {_AS_KNOWN}.",
    ),
    _come(
        "referrals-enrolled",
        "Hänvisningar som lett till inskrivning",
        ReferralState.ENROLLED,
        "Antal av periodens hänvisningar där personen har skrivits in, även de vars inskrivning "
        f"sedan avslutats, {_AS_KNOWN}.",
    ),
    _come(
        "referrals-exited",
        "Hänvisningar som lett till avslutad inskrivning",
        ReferralState.EXITED,
        "Antal av periodens hänvisningar där personen har skrivits in och inskrivningen har "
        f"avslutats, efter utfall, {_AS_KNOWN}.",
    ),
)
