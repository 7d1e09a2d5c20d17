"""Figures: what they are, and their value for any period at any basis.

A service declares its figures and mounts their routes::

    # figures.py
    FIGURES = Figures([
        FigureDefinition(
            name="exits",
            version=1,
            unit="persons",
            title="Avslut",
            definition="Avslutade inskrivningar under perioden, efter utfall.",
            kind="flow",
            journal=JOURNAL,
            measure="exits",
            dimensions=("outcome", "sex", "programme", "unit"),
            register="enrolments",
        ),
    ])

    # main.py
    routers = [..., figures_router(FIGURES)]

Inside the service the same question is asked without HTTP::

    async with reading_at(db, basis) as (session, at):
        query = Query("exits", Period.parse("2024"), at, by=("sex",))
        computed = await compute(await driver(session), FIGURES.checked(query), query)
"""

from shared.figures.answers import LastDelivery, Remark, answer, last_delivery
from shared.figures.computing import Computed, compute
from shared.figures.counting_rules import RuleInForce
from shared.figures.definitions import FigureDefinition, Figures, Query, SeriesBreak
from shared.figures.router import figures_router
from shared.figures.series import series

__all__ = [
    "Computed",
    "FigureDefinition",
    "Figures",
    "LastDelivery",
    "Query",
    "Remark",
    "RuleInForce",
    "SeriesBreak",
    "answer",
    "compute",
    "figures_router",
    "last_delivery",
    "series",
]
