"""Referrals, and the people referred."""

from __future__ import annotations

from services.outreach.domain.referrals import ReferralState
from services.outreach.models import JOURNAL
from shared.figures import FigureDefinition

_REFERRAL = ("unit", "operation", "programme", "state")

REFERRALS = (
    FigureDefinition(
        name="referrals",
        version=1,
        unit="referrals",
        title="Hänvisningar",
        definition=(
            "Antal hänvisningar som gjordes under perioden, efter det längsta de hade "
            "kommit när uppgiften hämtades: gjord, mottagen, återtagen, godtagen, avböjd, "
            "inskriven eller avslutad."
        ),
        kind="flow",
        journal=JOURNAL,
        measure="referrals",
        dimensions=_REFERRAL,
        codes={"state": tuple(ReferralState)},
        notes=("Enheten är den som hänvisade.",),
    ),
    FigureDefinition(
        name="persons-referred",
        version=1,
        unit="persons",
        title="Hänvisade personer",
        definition="Antal personer som har hänvisats under perioden, var och en en gång.",
        kind="distinct",
        journal=JOURNAL,
        measure="referrals",
        dimensions=_REFERRAL,
        codes={"state": tuple(ReferralState)},
        notes=("Enheten är den som hänvisade.",),
    ),
)
