"""Every fact with a subject can be settled anew when its person is merged."""

from __future__ import annotations

import pkgutil
from collections.abc import Iterator
from datetime import date
from importlib import import_module

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
