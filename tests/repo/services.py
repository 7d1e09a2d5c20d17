"""All four services as applications, without their servers: for tests of every route."""

from __future__ import annotations

import base64
from functools import cache
from importlib import import_module
from typing import TYPE_CHECKING, Any
from unittest import mock

if TYPE_CHECKING:
    from collections.abc import Iterator

    from shared.app import ServiceApp
    from tests.tokens import Issuer

SERVICES = ("participants", "outreach", "budget", "reports")
_KEY = base64.b64encode(bytes(range(32))).decode()
METHODS = ("get", "put", "post", "delete", "patch", "head", "options", "trace")


def environment(issuer_name: str, jwks_url: str) -> dict[str, str]:
    """Settings of an installation whose databases nobody answers at."""
    settings = {
        "AUTH_ISSUER": issuer_name,
        "AUTH_JWKS_URL": jwks_url,
        "REDIS_URL": "redis://127.0.0.1:1/0",
        "PARTICIPANTS_SEAL_KEYS": f'{{"1": "{_KEY}"}}',
        "REPORTS_SESSION_KEYS": f'{{"1": "{_KEY}"}}',
        "PARTICIPANTS_INDEX_KEYS": f'{{"1": "{_KEY}"}}',
    }
    for service in SERVICES:
        prefix = service.upper()
        settings[f"{prefix}_DATABASE_URL"] = f"postgresql://{service}:x@127.0.0.1:1/{service}"
        settings[f"{prefix}_URL"] = "http://127.0.0.1:1"
    return settings


def application(service: str, issuer: Issuer | None = None) -> ServiceApp:
    """Build a service as its server would, from the environment; the same one each time."""
    if issuer is None:
        return _application(service, "https://issuer.test", "file:///nowhere")
    return _application(service, issuer.name, issuer.jwks_url)


@cache
def _application(service: str, name: str, url: str) -> ServiceApp:
    with mock.patch.dict("os.environ", environment(name, url)):
        app: ServiceApp = import_module(f"services.{service}.main").create_app()
    return app


def operations(document: dict[str, Any]) -> Iterator[tuple[str, str, dict[str, Any]]]:
    """Every operation: its method in capitals, its path, its description."""
    for path, item in document["paths"].items():
        for method, operation in item.items():
            if method in METHODS:
                yield method.upper(), path, operation


def example(document: dict[str, Any], operation: dict[str, Any]) -> dict[str, Any] | None:
    """The body that the specification itself shows for an operation, if it takes one."""
    content = operation.get("requestBody", {}).get("content", {}).get("application/json")
    if content is None or "$ref" not in content.get("schema", {}):
        return None
    schema = document["components"]["schemas"][content["schema"]["$ref"].rsplit("/", 1)[-1]]
    shown: dict[str, Any] = schema["example"]
    return shown
