"""The published specification: what FastAPI derives, completed to the Swedish REST profile.

Added here once for every operation: security with its scope, the problem responses it can
give, `traceparent` in and out, ETag, Location and replay headers, and an example on every
model, composed from its fields.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.errors import PROBLEM_MEDIA_TYPE
from shared.examples import add_examples
from shared.idempotency import REPLAYED
from shared.trace import TRACEPARENT_EXAMPLE

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shared.routing import ServiceRoute

BEARER = "bearerToken"

_HEADERS = {
    "traceparent": {
        "description": "W3C Trace Context of this answer",
        "schema": {"type": "string", "maxLength": 55, "example": TRACEPARENT_EXAMPLE},
    },
    "ETag": {
        "description": "Strong entity tag of the version shown",
        "schema": {"type": "string", "example": '"v17"'},
    },
    "Location": {
        "description": "Where the resource is",
        "schema": {"type": "string", "format": "uri-reference", "example": "/units/1"},
    },
    "Retry-After": {
        "description": "Seconds to wait before asking again",
        "schema": {"type": "integer", "minimum": 0, "example": 1},
    },
    REPLAYED: {
        "description": "Present when this is the kept answer to an earlier request",
        "schema": {"type": "string", "enum": ["true"], "example": "true"},
    },
}
_TRACE_PARAMETER = {
    "name": "traceparent",
    "in": "header",
    "required": False,
    "description": "W3C Trace Context of the request; continued, or replaced when malformed",
    "schema": {"type": "string", "maxLength": 255, "example": TRACEPARENT_EXAMPLE},
}
_NONE_MATCH_PARAMETER = {
    "name": "If-None-Match",
    "in": "header",
    "required": False,
    "description": "ETag of what the client has; 304 when that is still the answer",
    "schema": {"type": "string", "maxLength": 1024, "example": '"v17"'},
}
_MEANINGS = {
    400: "The request cannot be read",
    401: "A valid bearer token is required",
    403: "The token does not allow this",
    404: "There is no such resource",
    409: "The request conflicts with what is recorded",
    412: "The resource has changed since it was read",
    413: "The body is larger than allowed",
    415: "The body's media type is not supported",
    422: "The request is not valid",
    428: "The request must be conditional",
    429: "Too many requests",
    500: "The request could not be completed",
    503: "The service cannot answer at the moment",
}
_WITH_RETRY = (409, 429, 503)
_FIRST_ERROR = 400

PROBLEM_SCHEMA: dict[str, Any] = {
    "type": "object",
    "title": "Problem",
    "description": "Problem details (RFC 9457)",
    "required": ["type", "title", "status", "detail", "instance", "code"],
    "properties": {
        "type": {"type": "string", "format": "uri", "example": "urn:problem:invalid-request"},
        "title": {"type": "string", "example": "The request is not valid"},
        "status": {"type": "integer", "minimum": 400, "maximum": 599, "example": 422},
        "detail": {"type": "string", "example": "The request is not valid"},
        "instance": {
            "type": "string",
            "format": "uri",
            "example": "urn:trace:0af7651916cd43dd8448eb211c80319c",
        },
        "code": {"type": "string", "example": "invalid_request"},
        "invalid-parameters": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["property", "code", "reason"],
                "properties": {
                    "property": {"type": "string", "example": "enteredOn"},
                    "code": {"type": "string", "example": "date_expected"},
                    "reason": {
                        "type": "string",
                        "example": "Input should be a date as YYYY-MM-DD",
                    },
                },
            },
        },
    },
}


def complete(document: dict[str, Any], routes: Iterable[ServiceRoute]) -> dict[str, Any]:
    """Return FastAPI's document with what the profile asks for."""
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    for unused in ("HTTPValidationError", "ValidationError"):
        schemas.pop(unused, None)
    schemas["Problem"] = PROBLEM_SCHEMA
    components["securitySchemes"] = {
        BEARER: {
            "type": "http",
            "scheme": "bearer",
            "bearerFormat": "JWT",
            "description": (
                "OAuth 2.0 access token (RFC 9068, checked as RFC 8725 asks) from the city's"
                " issuer, for this service as audience and with the operation's scope."
            ),
        }
    }
    for route in routes:
        _complete_operation(document["paths"][route.path_format][route.method.lower()], route)
    add_examples(document)
    return document


def _complete_operation(operation: dict[str, Any], route: ServiceRoute) -> None:
    operation["security"] = [] if route.scope is None else [{BEARER: [route.scope]}]
    if route.scope is not None:
        operation["x-scope"] = route.scope
    operation.setdefault("parameters", []).append(_TRACE_PARAMETER)
    for parameter in operation["parameters"]:
        if parameter["name"] in ("Idempotency-Key", "If-Match"):
            parameter["required"] = True
            parameter["schema"] = {"type": "string", "minLength": 1, "maxLength": 255}
    if route.idempotent:
        operation["parameters"].append(_key_parameter())
    if route.kept:
        operation["parameters"].append(_NONE_MATCH_PARAMETER)
        operation["responses"]["304"] = {"description": "What the client has is still the answer"}
    responses = operation["responses"]
    for status in problem_statuses(route):
        known = responses.get(str(status), {})
        responses[str(status)] = _problem_response(status, known.get("description"))
    responses.pop("default", None)
    for status, response in responses.items():
        _drop_undeclared_json(response.get("content", {}))
        _add_headers(response, int(status), route)


def problem_statuses(route: ServiceRoute) -> list[int]:
    """Return the error statuses a route can answer with."""
    statuses = {400, 422, 429, 500, 503}
    if route.scope is not None:
        statuses |= {401, 403}
    if "{" in route.path_format:
        statuses.add(404)
    if route.body_field is not None or route.openapi_extra:
        statuses |= {413, 415}
    if route.method != "GET":
        statuses.add(409)
    if route.conditional:
        statuses |= {412, 428}
    statuses |= {int(status) for status in route.responses if int(status) >= _FIRST_ERROR}
    return sorted(statuses)


def _problem_response(status: int, described: str | None) -> dict[str, Any]:
    meaning = described or _MEANINGS.get(status, "The request is refused")
    example = {
        "type": "urn:problem:example",
        "title": meaning,
        "status": status,
        "detail": meaning,
        "instance": "urn:trace:0af7651916cd43dd8448eb211c80319c",
        "code": "example",
    }
    return {
        "description": meaning,
        "content": {
            PROBLEM_MEDIA_TYPE: {
                "schema": {"$ref": "#/components/schemas/Problem"},
                "example": example,
            }
        },
    }


def _drop_undeclared_json(content: dict[str, Any]) -> None:
    """FastAPI adds an empty JSON answer beside the media type that a route declares."""
    if len(content) > 1 and content.get("application/json", {}).get("schema", {}) == {}:
        content.pop("application/json", None)


def _key_parameter() -> dict[str, Any]:
    return {
        "name": "Idempotency-Key",
        "in": "header",
        "required": True,
        "description": "Chosen by the client; the same key gives the same answer for 7 days",
        "schema": {
            "type": "string",
            "minLength": 1,
            "maxLength": 255,
            "example": "5e1b0f5c-3f0e-4c57-9a0e-2f6b7d1c9a11",
        },
    }


def _add_headers(response: dict[str, Any], status: int, route: ServiceRoute) -> None:
    names = ["traceparent"]
    if status in (201, 202):
        names.append("Location")
    if status in _WITH_RETRY:
        names.append("Retry-After")
    if status < _FIRST_ERROR and (route.conditional or route.kept):
        names.append("ETag")
    if status < _FIRST_ERROR and route.keyed:
        names.append(REPLAYED)
    headers = response.setdefault("headers", {})
    for name in names:
        headers.setdefault(name, _HEADERS[name])
