"""Adding a report is adding a file, and every template is whole."""

from __future__ import annotations

import sys
from importlib import import_module
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from services.reports.templates import TEMPLATES, found_in
from services.reports.templates.declaration import FigureItem, RatioItem, ReferenceItem, Template

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

NEW = """
from services.reports.templates.declaration import Section, Template, TextItem

MINE = Template(
    "{name}", "Ny rapport", "year", False, (Section("s", "Avsnitt", (TextItem("t", "Hej."),)),)
)
"""
NUMBERS = count()


@pytest.fixture
def package(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[ModuleType]:
    """An empty package of templates, of a name that no test has used before."""
    name = f"templates_of_a_test_{next(NUMBERS)}"
    (tmp_path / name).mkdir()
    (tmp_path / name / "__init__.py").touch()
    monkeypatch.syspath_prepend(str(tmp_path))
    yield import_module(name)
    for loaded in [each for each in sys.modules if each.split(".")[0] == name]:
        del sys.modules[loaded]


def add(package: ModuleType, file: str, name: str) -> None:
    (folder,) = package.__path__
    Path(folder, f"{file}.py").write_text(NEW.format(name=name), "utf-8")


def test_a_template_is_found_once_its_file_is_there(package: ModuleType) -> None:
    assert found_in(package) == {}
    add(package, "ny", "ny-rapport")
    assert list(found_in(package)) == ["ny-rapport"]


def test_two_templates_of_one_name_are_refused(package: ModuleType) -> None:
    add(package, "en", "samma")
    add(package, "en_till", "samma")
    with pytest.raises(ValueError, match="samma"):
        found_in(package)


@pytest.mark.parametrize("template", TEMPLATES.values(), ids=TEMPLATES)
def test_every_template_is_whole(template: Template) -> None:
    items = template.items()
    keys = [item.key for item in items]
    assert len(keys) == len(set(keys)), "two items share a key"
    sections = [section.key for section in template.sections]
    assert len(sections) == len(set(sections)), "two sections share a key"
    divisible = {item.key for item in items if isinstance(item, FigureItem | ReferenceItem)}
    for item in items:
        if isinstance(item, RatioItem):
            assert item.part in divisible
            assert item.base in divisible or item.per
            of = [keys.index(key) for key in (item.part, item.base) if key]
            assert max(of) < keys.index(item.key), "a ratio follows its part and its base"
