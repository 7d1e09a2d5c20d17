"""Every service's specification follows the Swedish REST API profile; the checks see when not."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any

import pytest
from fastapi import FastAPI
from openapi_spec_validator import validate
from pydantic import BaseModel

from shared.app import build_app
from tests.repo import profile
from tests.repo.profile import CHECKS
from tests.repo.services import SERVICES, application, operations
from tests.shared.sample import SPEC, SampleSettings, things_router

if TYPE_CHECKING:
    from collections.abc import Callable


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
@pytest.mark.parametrize("service", SERVICES)
def test_profile_is_followed(service: str, check: Callable[..., Any]) -> None:
    assert list(check(application(service).api.openapi())) == []


@pytest.mark.parametrize("service", SERVICES)
def test_specification_is_valid(service: str) -> None:
    validate(application(service).api.openapi())


class Thing(BaseModel):
    thing_name: str
    old_names: str


class Things(BaseModel):
    thing: list[Thing]
    made_at: str


def stock() -> dict[str, Any]:
    """What FastAPI publishes when nobody looks after it."""
    app = FastAPI(title="x", version="1")
    app.openapi_version = "3.0.3"

    @app.get("/get-things/{thing_id}/")
    async def read_things(thing_id: int, skip: int = 0, pnr: str = "") -> Things:
        raise NotImplementedError

    @app.get("/myThing")
    async def read_thing(page: int = 0) -> list[Thing]:
        raise NotImplementedError

    @app.post("/thing", status_code=201)
    async def make_thing(body: Thing) -> Thing:
        raise NotImplementedError

    document = copy.deepcopy(app.openapi())
    made_at = document["components"]["schemas"]["Things"]["properties"]["made_at"]
    made_at["format"] = "date-time"
    document["paths"]["/myThing"]["get"]["requestBody"] = {"content": {}}
    return document


@pytest.mark.parametrize("check", CHECKS, ids=lambda check: check.__name__)
def test_stock_framework_violates_every_check(check: Callable[..., Any]) -> None:
    """Negative control."""
    assert list(check(stock())) != []


def sample_document() -> dict[str, Any]:
    settings = SampleSettings.model_validate(
        {
            "database_url": "postgresql://a:b@127.0.0.1:1/x",
            "redis_url": "redis://127.0.0.1:1/0",
            "auth_issuer": "https://issuer.test",
            "auth_jwks_url": "file:///x",
        }
    )
    app = build_app(SPEC, settings, [things_router()], schema_head=None)
    return copy.deepcopy(app.api.openapi())


def test_small_service_built_our_way_follows_the_profile() -> None:
    assert [line for check in CHECKS for line in check(sample_document())] == []
    validate(sample_document())


def _without(member: str) -> Callable[[dict[str, Any]], None]:
    def damage(document: dict[str, Any]) -> None:
        for _, _, operation in operations(document):
            operation.pop(member, None)

    return damage


def _drop_response(status: str) -> Callable[[dict[str, Any]], None]:
    def damage(document: dict[str, Any]) -> None:
        for _, _, operation in operations(document):
            operation["responses"].pop(status, None)

    return damage


def _http(document: dict[str, Any]) -> None:
    document["servers"] = [{"url": "http://localhost:8000/sample/v1"}]


def _plain_errors(document: dict[str, Any]) -> None:
    for _, _, operation in operations(document):
        content = operation["responses"]["422"]["content"]
        content["application/json"] = content.pop("application/problem+json")


def _no_meta(document: dict[str, Any]) -> None:
    document["components"]["schemas"]["Page_ThingOut_"]["properties"].pop("_meta")


def _no_trace_back(document: dict[str, Any]) -> None:
    for _, _, operation in operations(document):
        profile.success(operation)[1]["headers"].pop("traceparent")


def _no_location(document: dict[str, Any]) -> None:
    document["paths"]["/things"]["post"]["responses"]["201"]["headers"].pop("Location")


def _snake_field(document: dict[str, Any]) -> None:
    fields = document["components"]["schemas"]["ThingIn"]["properties"]
    fields["opened_on"] = fields.pop("openedOn")


DAMAGES: dict[str, tuple[Callable[..., Any], Callable[[dict[str, Any]], None]]] = {
    "no description": (profile.operations_are_documented, _without("description")),
    "no summary": (profile.operations_are_documented, _without("summary")),
    "no security": (profile.security_is_stated, _without("security")),
    "no traceparent": (profile.trace_context_is_documented, _without("parameters")),
    "no traceparent back": (profile.trace_context_is_documented, _no_trace_back),
    "no 401": (profile.errors_are_documented, _drop_response("401")),
    "no 415": (profile.errors_are_documented, _drop_response("415")),
    "no 428": (profile.errors_are_documented, _drop_response("428")),
    "errors as plain JSON": (profile.errors_are_problems, _plain_errors),
    "http on a port": (profile.server_is_published, _http),
    "list without meta": (profile.lists_are_paged, _no_meta),
    "creation without location": (profile.creations_say_where, _no_location),
    "snake_case field": (profile.names_are_camel_case, _snake_field),
}


@pytest.mark.parametrize("name", DAMAGES)
def test_single_damage_is_found(name: str) -> None:
    check, damage = DAMAGES[name]
    document = sample_document()
    assert list(check(document)) == []
    damage(document)
    assert list(check(document)) != []
