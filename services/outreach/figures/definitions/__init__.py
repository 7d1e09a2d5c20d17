"""The figures of outreach: what each counts, in which unit, in the committee's words.

Persons, visits and contacts are different units: `unit` keeps them apart, and figures of
different units cannot be added (shared.figures refuses).
"""

from __future__ import annotations

from services.outreach.figures.definitions.labour import LABOUR
from services.outreach.figures.definitions.meetings import MEETINGS
from services.outreach.figures.definitions.partners import PARTNERS
from services.outreach.figures.definitions.referrals import REFERRALS
from services.outreach.figures.definitions.uvas import UVAS
from shared.figures import Figures

FIGURES = Figures((*MEETINGS, *LABOUR, *PARTNERS, *REFERRALS, *UVAS))
