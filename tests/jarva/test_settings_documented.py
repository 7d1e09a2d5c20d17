"""``.env.example`` names every setting, and nothing else."""

from __future__ import annotations

import importlib
import inspect
from collections.abc import Iterable

import pytest
from pydantic.fields import FieldInfo

from jarva.addresses import NEEDED, OWNERS
from jarva.commands.documents import example_environment
from jarva.layout import KEY_SETTINGS, SERVICES
from shared.settings import ServiceSettings

# read by `jarva` itself or by the servers of docker-compose.yml, and by no service
OURS = {"ADMIN_DATABASE_URL", "POSTGRES_PASSWORD", "VALKEY_PASSWORD", *OWNERS}


def settings_class(service: str) -> type[ServiceSettings]:
    module = importlib.import_module(f"services.{service}.settings")
    found = [
        member
        for _name, member in inspect.getmembers(module, inspect.isclass)
        if issubclass(member, ServiceSettings) and member is not ServiceSettings
    ]
    assert len(found) == 1
    return found[0]


def variable(cls: type[ServiceSettings], name: str, field: FieldInfo) -> str:
    alias = field.validation_alias
    return str(alias) if alias else f"{cls.model_config.get('env_prefix', '')}{name}".upper()


def variables(classes: Iterable[type[ServiceSettings]]) -> set[str]:
    return {
        variable(cls, name, field) for cls in classes for name, field in cls.model_fields.items()
    }


def test_example_names_exactly_the_settings() -> None:
    wanted = variables(settings_class(service) for service in SERVICES) | OURS
    assert set(example_environment()) == wanted


def test_a_setting_nobody_wrote_down_would_be_noticed() -> None:
    class Forgetful(settings_class("budget")):  # type: ignore[misc]
        forgotten: int = 1

    assert variables([Forgetful]) - set(example_environment()) == {"BUDGET_FORGOTTEN"}


@pytest.mark.parametrize("service", SERVICES)
def test_example_is_accepted_as_it_is(service: str, monkeypatch: pytest.MonkeyPatch) -> None:
    for name, value in example_environment().items():
        monkeypatch.setenv(name, value)
    assert settings_class(service)().service == service


def test_embedded_installation_sets_whatever_has_no_default() -> None:
    required = {
        variable(cls, name, field)
        for cls in map(settings_class, SERVICES)
        for name, field in cls.model_fields.items()
        if field.is_required()
    }
    addresses = {f"{service.upper()}_URL" for service in SERVICES}
    assert required <= {*NEEDED, *KEY_SETTINGS, *addresses, "AUTH_ISSUER", "AUTH_JWKS_URL"}
