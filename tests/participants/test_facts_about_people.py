"""Every fact with a subject can be settled anew, and whoever settles says what made the fact."""

from __future__ import annotations

import ast
import pkgutil
from collections.abc import Iterator
from datetime import date
from importlib import import_module
from pathlib import Path

import services.participants
from services.participants.breakdowns import FROZEN
from services.participants.figures import facts
from services.participants.models import metadata


def selects_with_a_subject() -> Iterator[tuple[str, str]]:
    """Return every SELECT of facts that counts for a person, by module and name."""
    for module in pkgutil.iter_modules(facts.__path__):
        declared = vars(import_module(f"{facts.__name__}.{module.name}"))
        for name, value in declared.items():
            if not (name.isupper() and isinstance(value, str)):
                continue
            if " as subject" in value and "null::uuid as subject" not in value:
                yield f"{module.name}.{name}", value


def forgotten(known: set[str]) -> list[str]:
    return [name for name, select in selects_with_a_subject() if select not in known]


def test_no_kind_of_record_is_forgotten_by_a_merge() -> None:
    known = {about.wanted for about in facts.ABOUT_PEOPLE}
    assert forgotten(known) == []
    assert len({about.kind for about in facts.ABOUT_PEOPLE}) == len(facts.ABOUT_PEOPLE)


def test_forgotten_kind_is_found() -> None:
    """Negative control."""
    known = {about.wanted for about in facts.ABOUT_PEOPLE if about.kind != "enrolment"}
    assert "enrolments.ENROLMENT" in forgotten(known)


def test_no_frozen_breakdown_is_forgotten_by_what_becomes_known_later() -> None:
    frozen = {"person_id", "sex", "age_group", "district"}
    tables = {table.name for table in metadata.sorted_tables if frozen <= set(table.c.keys())}
    assert tables == set(FROZEN)
    for table, day in FROZEN.items():
        assert metadata.tables[table].c[day].type.python_type is date


SETTLING = {"settle", "settle_facts", "settle_all", "resettle", "refreeze", "realign"}


def settling_for_no_cause(source: str) -> list[int]:
    """Return the lines on which facts are settled, old ones too, without saying because of what."""
    calls = [node for node in ast.walk(ast.parse(source)) if isinstance(node, ast.Call)]
    return [
        call.lineno
        for call in calls
        if ast.unparse(call.func).split(".")[-1] in SETTLING
        if not ast.unparse(call.func).startswith("hour_attestations.")  # they count for nothing
        if any(word.arg == "reason" for word in call.keywords)
        if not any(word.arg in {"cause", "fresh"} for word in call.keywords)
    ]


def test_whoever_settles_says_because_of_what() -> None:
    """A cause left out would be taken for a correction, and a figure be explained wrongly."""
    root = Path(services.participants.__path__[0])
    silent = {
        f"{path.relative_to(root)}:{line}"
        for path in root.rglob("*.py")
        for line in settling_for_no_cause(path.read_text())
    }
    assert silent == set()


def test_cause_left_out_is_found() -> None:
    """Negative control."""
    call = 'settle(conn, JOURNAL, "unit", ids, wanted_sql=UNIT, reason="closed"{})'
    assert settling_for_no_cause(call.format("")) == [1]
    assert settling_for_no_cause(call.format(", cause=Cause.NEW")) == []
