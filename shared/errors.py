"""What can go wrong, by name, and how it reads on the wire (RFC 9457 problem details).

Use cases raise a subclass of `DomainError`; nothing else in the project knows about status
codes. One subclass states one fact::

    class FourthAdvisorySession(Conflict):
        code = "fourth_advisory_session"
        title = "A person who is not enrolled may be advised three times"

    raise FourthAdvisorySession("Three sessions are already recorded.", held=3)

Details and extensions go to the caller and must hold no personal data.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, ClassVar, TypeAlias

import msgspec
from pydantic.alias_generators import to_camel
from starlette.responses import Response

from shared.trace import current_trace

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

JsonValue: TypeAlias = (
    "str | int | float | bool | Sequence[JsonValue] | Mapping[str, JsonValue] | None"
)

PROBLEM_MEDIA_TYPE = "application/problem+json"


class Unacceptable(ValueError):
    """What a validator of ours says of a value; the caller reads it, so it quotes nothing sent."""


class DomainError(Exception):
    """A refusal with a stable code; subclasses set the class attributes.

    Args:
        detail: one English sentence about this occurrence, free of personal data.
        retry_after: whole seconds after which the same request may succeed.
        headers: extra response headers (``Allow``, ``WWW-Authenticate``).
        extensions: members added to the problem, written in camelCase on the wire.

    """

    code: ClassVar[str]
    status: ClassVar[int]
    title: ClassVar[str]

    def __init__(
        self,
        detail: str = "",
        *,
        retry_after: int | None = None,
        headers: Mapping[str, str] | None = None,
        **extensions: JsonValue,
    ) -> None:
        super().__init__(detail or self.title)
        self.detail = detail
        self.extensions: dict[str, JsonValue] = dict(extensions)
        self.headers: dict[str, str] = dict(headers or {})
        if retry_after is not None:
            self.headers["Retry-After"] = str(retry_after)

    def response(self) -> Response:
        """Return this refusal as an ``application/problem+json`` response."""
        return problem(
            self.status,
            self.code,
            self.title,
            self.detail,
            headers=self.headers,
            **self.extensions,
        )


class BadRequest(DomainError):
    code, status, title = "bad_request", 400, "The request cannot be read"


class Unauthenticated(DomainError):
    """No token, or one that does not hold; which check failed is logged, never answered."""

    code, status, title = "unauthenticated", 401, "A valid bearer token is required"

    def __init__(self, detail: str = "", *, reason: str = "missing_token") -> None:
        challenge = "Bearer" if reason == "missing_token" else 'Bearer error="invalid_token"'
        super().__init__(detail, headers={"WWW-Authenticate": challenge})
        self.reason = reason


class Forbidden(DomainError):
    code, status, title = "forbidden", 403, "The token does not allow this"


class NotFound(DomainError):
    code, status, title = "not_found", 404, "There is no such resource"


class MethodNotAllowed(DomainError):
    code, status, title = "method_not_allowed", 405, "The resource does not support this method"


class Conflict(DomainError):
    code, status, title = "conflict", 409, "The request conflicts with what is recorded"


class PreconditionFailed(DomainError):
    code, status, title = "precondition_failed", 412, "The resource has changed since it was read"


class ContentTooLarge(DomainError):
    code, status, title = "content_too_large", 413, "The body is larger than allowed"


class UnsupportedMediaType(DomainError):
    code, status, title = "unsupported_media_type", 415, "The body's media type is not supported"


class Invalid(DomainError):
    """A request that reads well and says something impossible.

    ``invalid_parameters`` lists ``{"property", "code", "reason"}``; never the value itself.
    """

    code, status, title = "invalid_request", 422, "The request is not valid"

    def __init__(
        self,
        detail: str = "",
        *,
        invalid_parameters: Sequence[Mapping[str, str]] = (),
        **extensions: JsonValue,
    ) -> None:
        super().__init__(detail)
        self.extensions.update(extensions)
        if invalid_parameters:
            self.extensions["invalid-parameters"] = [dict(entry) for entry in invalid_parameters]

    @classmethod
    def of(cls, property_: str, code: str, reason: str) -> Invalid:
        """Return the error for one property."""
        entry = {"property": property_, "code": code, "reason": reason}
        return cls(invalid_parameters=[entry])


class PreconditionRequired(DomainError):
    code, status, title = "precondition_required", 428, "The request must be conditional"


class TooManyRequests(DomainError):
    code, status, title = "too_many_requests", 429, "Too many requests"


class InternalError(DomainError):
    code, status, title = "internal_error", 500, "The request could not be completed"


class Unavailable(DomainError):
    code, status, title = "unavailable", 503, "The service cannot answer at the moment"


_BY_STATUS: dict[int, type[DomainError]] = {
    error.status: error
    for error in (
        BadRequest,
        Forbidden,
        NotFound,
        MethodNotAllowed,
        Conflict,
        PreconditionFailed,
        ContentTooLarge,
        UnsupportedMediaType,
        PreconditionRequired,
        TooManyRequests,
        InternalError,
        Unavailable,
    )
}


def error_of_status(status: int, headers: Mapping[str, str] | None = None) -> DomainError:
    """Return the error that stands for a framework's bare status code."""
    kind = _BY_STATUS.get(status, InternalError if status >= 500 else BadRequest)  # noqa: PLR2004
    return kind(headers=headers)


def problem(
    status: int,
    code: str,
    title: str,
    detail: str = "",
    *,
    headers: Mapping[str, str] | None = None,
    **extensions: JsonValue,
) -> Response:
    """Return a problem document; ``instance`` names this occurrence by its trace."""
    trace = current_trace()
    body: dict[str, JsonValue] = {
        "type": f"urn:problem:{code.replace('_', '-')}",
        "title": title,
        "status": status,
        "detail": detail or title,
        "instance": f"urn:trace:{trace.trace_id}" if trace else "urn:trace:none",
        "code": code,
    }
    for name, value in extensions.items():
        body[name if "-" in name else to_camel(name)] = value
    return Response(
        msgspec.json.encode(body),
        status_code=status,
        headers={"Cache-Control": "no-store", **(headers or {})},
        media_type=PROBLEM_MEDIA_TYPE,
    )
