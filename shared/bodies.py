"""What may come in as a body: its media type and its size.

The framework's own limiter answers in plain text, and in place of a 401 or 404; this one is
an error like any other, after the caller is known.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from starlette.requests import Request

from shared.errors import ContentTooLarge, UnsupportedMediaType

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.types import Message

JSON: tuple[str, ...] = ("application/json",)
MAX_BODY = 1024 * 1024
UNLIMITED_BODY = 2**62


def check_media_type(request: Request, accepts: Sequence[str]) -> None:
    """Refuse a body of another media type; no body at all is left to validation.

    Raises:
        UnsupportedMediaType: with the types that are taken.

    """
    headers = request.headers
    given = headers.get("content-type")
    empty = "transfer-encoding" not in headers and headers.get("content-length", "0") == "0"
    if given is None and empty:
        return
    if (given or "").partition(";")[0].strip().lower() not in accepts:
        raise UnsupportedMediaType(headers={"Accept": ", ".join(accepts)}, accepts=list(accepts))


def limited(request: Request, limit: int) -> Request:
    """Return the request with a body that ends in an error beyond the limit (bytes).

    Raises:
        ContentTooLarge: at once when the declared length is beyond it, else while reading.

    """
    declared = request.headers.get("content-length", "")
    if declared.isdecimal() and int(declared) > limit:
        raise ContentTooLarge(limit_bytes=limit)
    receive, read = request.receive, 0

    async def counted() -> Message:
        nonlocal read
        message = await receive()
        read += len(message.get("body", b""))
        if read > limit:
            raise ContentTooLarge(limit_bytes=limit)
        return message

    return Request(request.scope, counted)
