"""Answers with the headers that clients rely on: ETag, Location, 304.

A handler that returns a model needs none of this; these are for created resources, versions
and answers kept as bytes.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.responses import Response

from shared.unit import etag

if TYPE_CHECKING:
    from starlette.requests import Request

    from shared.models import ApiModel


def answered(body: ApiModel, *, version: int | None = None, status: int = 200) -> Response:
    """Return a model as it is sent, with the ETag of its version."""
    headers = {} if version is None else {"ETag": etag(version)}
    return Response(
        body.to_json(), status_code=status, headers=headers, media_type="application/json"
    )


def created(body: ApiModel, *, location: str, version: int | None = None) -> Response:
    """Return 201 with where the new resource is, relative to the API's root (``/units/..``)."""
    response = answered(body, version=version, status=201)
    response.headers["Location"] = location
    return response


def accepted(body: ApiModel, *, location: str) -> Response:
    """Return 202 with where the outcome will be, relative to the API's root."""
    response = answered(body, status=202)
    response.headers["Location"] = location
    return response


def kept_bytes(
    request: Request,
    body: bytes,
    *,
    tag: str,
    media_type: str = "application/json",
    cache: str = "private, no-cache",
) -> Response:
    """Return bytes that never change under their tag, or 304 when the client has them.

    Args:
        request: whose ``If-None-Match`` is looked at.
        body: the whole answer.
        tag: what identifies the bytes (a hash, a basis); quoted here.
        media_type: of the body.
        cache: ``Cache-Control``; ``no-cache`` lets clients keep it and ask again.

    """
    quoted = f'"{tag}"'
    headers = {"ETag": quoted, "Cache-Control": cache}
    if _matches(request.headers.get("if-none-match"), quoted):
        return Response(status_code=304, headers=headers)
    return Response(body, headers=headers, media_type=media_type)


def _matches(if_none_match: str | None, quoted: str) -> bool:
    """Compare weakly, as RFC 9110 section 13.1.2 says for If-None-Match."""
    if not if_none_match:
        return False
    tags = [tag.strip().removeprefix("W/") for tag in if_none_match.split(",")]
    return "*" in tags or quoted in tags
