"""Every route of every service refuses every token that is not good enough for it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from joserfc.jwk import ECKey

from shared.app import ServiceSpec, build_app
from shared.routing import Reading, ServiceRoute, ServiceRouter
from tests.repo.services import SERVICES, application, operations
from tests.shared.sample import SPEC, SampleSettings

if TYPE_CHECKING:
    from collections.abc import Callable

    import httpx2

    from shared.app import ServiceApp
    from tests.conftest import Calling
    from tests.tokens import Issuer

PUBLIC = {("GET", "/api-info")}
"""Routes that ask for no token in every service. A new one belongs here only with a reason."""
PUBLIC_OF = {
    # The city's web and anybody's telephone subscribe to them; only public sessions are there.
    "outreach": {
        ("GET", "/calendars/operations/{operationFile}"),
        ("GET", "/calendars/venues/{venueFile}"),
    }
}

_UUID = "0190a1b2-7c3d-7e4f-8a9b-0c1d2e3f4a5b"


def concrete(path: str) -> str:
    return re.sub(r"\{[^}]+\}", _UUID, path)


def all_scopes(document: dict[str, Any]) -> set[str]:
    return {
        operation["x-scope"] for _, _, operation in operations(document) if "x-scope" in operation
    }


class Refusals:
    """Sends one kind of bad token to every route and collects who lets it in."""

    def __init__(self, app: ServiceApp, service: str, issuer: Issuer, calling: Calling) -> None:
        self.app = app
        self.service = service
        self.issuer = issuer
        self.calling = calling
        self.document = app.api.openapi()

    async def let_in(
        self, token: Callable[[str, set[str]], dict[str, str]], status: int
    ) -> list[str]:
        """Return the operations that did not answer with the problem expected."""
        wrong: list[str] = []
        scopes = all_scopes(self.document)
        async with self.calling(self.app) as calls:
            for method, path, operation in operations(self.document):
                if (method, path) in PUBLIC | PUBLIC_OF.get(self.service, set()):
                    continue
                needed = operation.get("x-scope", "")
                url = f"/{self.service}/v1{concrete(path)}"
                answer = await calls.request(method, url, headers=token(needed, scopes))
                if not refused_well(answer, status):
                    wrong.append(f"{method} {path}: {answer.status_code} {answer.text[:200]}")
        return wrong


def refused_well(answer: httpx2.Response, status: int) -> bool:
    return (
        answer.status_code == status
        and answer.headers["content-type"] == "application/problem+json"
        and answer.json()["status"] == status
        and ("www-authenticate" in answer.headers) is (status == 401)
    )


def tokens(service: str, issuer: Issuer) -> dict[str, tuple[int, Callable[..., dict[str, str]]]]:
    stranger = ECKey.generate_key("P-256", {"kid": str(issuer.key.kid)})
    elsewhere = tuple(name for name in (*SERVICES, "sample") if name != service)
    return {
        "no token": (401, lambda _needed, _scopes: {}),
        "expired": (
            401,
            lambda _needed, scopes: issuer.headers(*scopes, audience=(service,), lifetime=-120),
        ),
        "wrong audience": (
            401,
            lambda _needed, scopes: issuer.headers(*scopes, audience=elsewhere),
        ),
        "wrong signature": (
            401,
            lambda _needed, scopes: issuer.headers(*scopes, audience=(service,), key=stranger),
        ),
        "wrong issuer": (
            401,
            lambda _needed, scopes: issuer.headers(*scopes, audience=(service,), iss="https://x"),
        ),
        "too narrow a scope": (
            403,
            lambda needed, scopes: issuer.headers(*(scopes - {needed}), audience=(service,)),
        ),
        "no scope": (403, lambda _needed, _scopes: issuer.headers(audience=(service,))),
    }


KINDS = (
    "no token", "expired", "wrong audience", "wrong signature", "wrong issuer",
    "too narrow a scope", "no scope",
)  # fmt: skip


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("service", SERVICES)
async def test_token_is_refused_on_every_route(
    service: str, kind: str, issuer: Issuer, calling: Calling
) -> None:
    status, token = tokens(service, issuer)[kind]
    refusals = Refusals(application(service, issuer), service, issuer, calling)
    assert await refusals.let_in(token, status) == []


@pytest.mark.parametrize("service", SERVICES)
async def test_right_token_passes_on_every_route(
    service: str, issuer: Issuer, calling: Calling
) -> None:
    """The control: the same requests with just the scope needed fail later, or succeed."""
    refusals = Refusals(application(service, issuer), service, issuer, calling)
    passed = await refusals.let_in(
        lambda needed, _scopes: issuer.headers(needed, audience=(service,)), 401
    )
    public = PUBLIC | PUBLIC_OF.get(service, set())
    expected = [op for op in operations(refusals.document) if op[:2] not in public]
    assert len(passed) == len(expected)
    assert [line for line in passed if re.search(r": 40[13] ", line)] == []


@pytest.mark.parametrize("service", SERVICES)
def test_every_route_declares_its_scope(service: str) -> None:
    app = application(service)
    document = app.api.openapi()
    documented = {(method, path) for method, path, _ in operations(document)}
    public = set()
    for route in app.api.routes:
        assert isinstance(route, ServiceRoute), route
        method = route.method
        assert (method, route.path_format) in documented, "every route is published"
        if route.scope is None:
            public.add((method, route.path_format))
        else:
            operation = document["paths"][route.path_format][method.lower()]
            assert operation["security"] == [{"bearerToken": [route.scope]}]
            assert re.fullmatch(r"[a-z-]+:[a-z-]+", route.scope)
    assert public == PUBLIC | PUBLIC_OF.get(service, set())


def open_door() -> tuple[ServiceSpec, ServiceRouter]:
    router = ServiceRouter(prefix="/doors", tag="doors")

    @router.get("", scope="sample:read")
    async def list_doors(session: Reading) -> None:
        """List doors."""

    return SPEC, router


async def test_open_door_is_found(issuer: Issuer, calling: Calling) -> None:
    """Negative control: a route that forgot its check is named by each of the tests above."""
    spec, router = open_door()
    settings = SampleSettings.model_validate(
        {
            "database_url": "postgresql://a:b@127.0.0.1:1/x",
            "redis_url": "redis://127.0.0.1:1/0",
            "auth_issuer": issuer.name,
            "auth_jwks_url": issuer.jwks_url,
        }
    )
    app = build_app(spec, settings, [router], schema_head=None)
    refusals = Refusals(app, "sample", issuer, calling)
    kinds = tokens("sample", issuer)
    for kind in KINDS:
        status, token = kinds[kind]
        assert await refusals.let_in(token, status) == [], "the control of the control"
    router.routes[0].scope = None
    for kind in KINDS:
        status, token = kinds[kind]
        (found,) = await refusals.let_in(token, status)
        assert found.startswith("GET /doors: ")
