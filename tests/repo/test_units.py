"""What is counted is counted in one unit, whichever figure and service asks."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import replace

from services.budget.figures import FIGURES as BUDGET
from services.outreach.figures import FIGURES as OUTREACH
from services.participants.figures.definitions import FIGURES as PARTICIPANTS
from shared.figures import FigureDefinition

SERVICES = {"participants": PARTICIPANTS, "outreach": OUTREACH, "budget": BUDGET}


def several_units(
    services: Mapping[str, Iterable[FigureDefinition]],
) -> dict[tuple[str, str, str], set[str]]:
    """Return what is counted in more than one unit.

    A measure is counted in two ways, and they are two units: how much of it there is (contacts),
    and of how many somebodies each counted once (persons).
    """
    units: dict[tuple[str, str, str], set[str]] = defaultdict(set)
    for service, figures in services.items():
        for figure in figures:
            way = "amounts" if figure.additive else figure.kind.partition("_")[0]
            units[service, f"{figure.journal.table}.{figure.measure}", way].add(figure.unit)
    return {counted: named for counted, named in units.items() if len(named) > 1}


def test_each_measure_is_counted_in_one_unit() -> None:
    assert several_units(SERVICES) == {}


def test_a_measure_with_a_second_unit_is_found() -> None:
    visits = OUTREACH.named("visits")
    wrong = replace(visits, name="visitors", unit="persons")
    found = several_units({"outreach": [*OUTREACH, wrong]})
    assert found == {("outreach", "outreach_fact.visits", "amounts"): {"visits", "persons"}}
    once = replace(wrong, kind="distinct")
    assert several_units({"outreach": [*OUTREACH, once]}) == {}
