"""The committee's report templates, one file each: a new report is a new file here."""

from __future__ import annotations

from importlib import import_module
from pkgutil import iter_modules
from typing import TYPE_CHECKING

from services.reports.templates.declaration import Template

if TYPE_CHECKING:
    from types import ModuleType


def found_in(package: ModuleType) -> dict[str, Template]:
    """Return every template that a module of a package declares, by name.

    Raises:
        ValueError: two templates have one name.

    """
    found: dict[str, Template] = {}
    for module in iter_modules(package.__path__, f"{package.__name__}."):
        for template in vars(import_module(module.name)).values():
            if not isinstance(template, Template):
                continue
            if found.setdefault(template.name, template) is not template:
                raise ValueError(f"two templates are named {template.name!r}")
    return found


TEMPLATES = found_in(import_module(__name__))

__all__ = ["TEMPLATES", "Template", "found_in"]
