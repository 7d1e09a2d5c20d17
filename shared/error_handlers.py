"""From anything that can be raised to a problem document, the framework's own errors included.

What has no meaning here passes on to the edge, which answers 500 and logs it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import structlog
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException

from shared.database_errors import DATABASE_ERRORS, translate
from shared.errors import (
    BadRequest,
    DomainError,
    InternalError,
    Invalid,
    Unacceptable,
    Unauthenticated,
    error_of_status,
)
from shared.logs import error_fields

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from starlette.requests import Request
    from starlette.responses import Response

_PLAIN_NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_-]{0,63}", re.ASCII)
_QUOTES_INPUT = frozenset({"error", "tag", "value", "input", "given", "wrong"})

_log = structlog.get_logger("http")


class MalformedJson(BadRequest):
    code = "malformed_json"
    title = "The body is not JSON"


def exception_handlers(
    constraint_errors: Mapping[str, Callable[[], DomainError]],
) -> dict[Any, Any]:
    """Return the handlers for an application, mounted or outer.

    Args:
        constraint_errors: what the violation of a named constraint means to this service.

    """

    async def database(_request: Request, error: Exception) -> Response:
        meant = translate(error, constraint_errors)
        if meant is None:
            raise error
        level = _log.warning if meant.status >= InternalError.status else _log.info
        level("database_refused", code=meant.code, **error_fields(error))
        return meant.response()

    return {
        DomainError: refused,
        RequestValidationError: invalid,
        HTTPException: framework,
        **dict.fromkeys(DATABASE_ERRORS, database),
    }


async def refused(_request: Request, error: DomainError) -> Response:
    """Answer an error of ours."""
    if isinstance(error, Unauthenticated):
        _log.info("token_refused", reason=error.reason)
    elif error.status >= InternalError.status:
        _log.warning("unavailable", code=error.code, **error_fields(error))
    return error.response()


async def invalid(_request: Request, error: RequestValidationError) -> Response:
    """Answer a request that does not fit the route's declaration."""
    found = error.errors()
    if any(entry["type"] == "json_invalid" for entry in found):
        return MalformedJson().response()
    entries = [invalid_parameter(entry) for entry in found[:50]]
    return Invalid(invalid_parameters=entries).response()


async def framework(_request: Request, error: HTTPException) -> Response:
    """Answer what Starlette and FastAPI raise themselves: 404, 405, 413 and the like."""
    return error_of_status(error.status_code, error.headers).response()


def invalid_parameter(entry: Mapping[str, Any]) -> dict[str, str]:
    """Return one validation error: where, which rule, why; never what was sent."""
    return {
        "property": _property(entry["type"], entry.get("loc", ())),
        "code": str(entry["type"]),
        "reason": _reason(entry),
    }


def _property(kind: str, location: Sequence[Any]) -> str:
    """Return the path of a property without source or anything the client made up."""
    parts = list(location)
    if parts and parts[0] in ("body", "query", "path", "header", "cookie"):
        parts = parts[1:]
    if kind == "extra_forbidden" and parts and not _PLAIN_NAME.fullmatch(str(parts[-1])):
        parts[-1] = "*"
    named = [
        str(part) if isinstance(part, int) or _PLAIN_NAME.fullmatch(str(part)) else "*"
        for part in parts
    ]
    return ".".join(named) or "body"


def _reason(entry: Mapping[str, Any]) -> str:
    """Return a validator's sentence: our own, or pydantic's unless it may quote what was sent."""
    raised = (entry.get("ctx") or {}).get("error")
    if isinstance(raised, Unacceptable):
        return str(raised)
    if set(entry.get("ctx") or {}) & _QUOTES_INPUT or entry["type"] == "value_error":
        return f"Input is not acceptable ({entry['type']})"
    return str(entry.get("msg", "Input is not acceptable"))
