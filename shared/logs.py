"""Structured logs: one JSON object a line on standard output, redacted in one place.

`configure` is called once by each process. Lines of the standard library (SQLAlchemy, arq,
uvicorn) take the same way out. Each line carries the trace of the request or job it
belongs to. What is written about a request is its route template, never its path.
"""

from __future__ import annotations

import logging
import sys
import traceback
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, TextIO

import msgspec
import structlog
from typing_extensions import override

from shared.redaction import describe, redact, redact_fields
from shared.trace import current_trace

if TYPE_CHECKING:
    from collections.abc import MutableMapping

    from structlog.typing import EventDict, Processor

_CAUSES, _FRAMES = 5, 12
_encoder = msgspec.json.Encoder()
_QUIET = ("uvicorn.access", "httpx2", "httpcore2", "asyncio")


class _RequestLines:
    """Where a line about each request goes: the one kind of line written for every request."""

    def __init__(self) -> None:
        self.service = ""
        self.stream: TextIO | None = None


_requests = _RequestLines()


def configure(service: str, level: str = "INFO", stream: TextIO | None = None) -> None:
    """Send every log line of this process to a stream (standard output) as JSON.

    Args:
        service: named in each line.
        level: DEBUG, INFO, WARNING or ERROR.
        stream: where to write, for tests.

    """
    out = stream or sys.stdout
    _requests.service = service
    _requests.stream = out if level.upper() in ("DEBUG", "INFO") else None
    numeric = logging.getLevelNamesMapping()[level.upper()]
    structlog.configure(
        processors=processors(service),
        wrapper_class=structlog.make_filtering_bound_logger(numeric),
        logger_factory=structlog.PrintLoggerFactory(out),
        cache_logger_on_first_use=stream is None,
    )
    handler = logging.StreamHandler(out)
    handler.setFormatter(_StandardLibrary(service))
    root = logging.getLogger()
    root.handlers = [handler]
    root.setLevel(numeric)
    for name in ("uvicorn", "uvicorn.error", "arq.worker"):
        logger = logging.getLogger(name)
        logger.handlers, logger.propagate = [], True
    for name in _QUIET:
        logging.getLogger(name).setLevel(logging.WARNING)
    logging.getLogger("uvicorn.access").disabled = True


def request_line(route: str, status: int, seconds: float, trace_id: str) -> None:
    """Write the line about one request, past the chain: nothing in it came from a caller.

    Args:
        route: method and route template.
        status: as answered; 499 when the client left first.
        seconds: from first byte in to last byte out.
        trace_id: 32 hex digits.

    """
    stream = _requests.stream
    if stream is None:
        return
    at = datetime.now(UTC).isoformat(timespec="microseconds")
    line = {
        "at": f"{at[:-6]}Z",
        "trace_id": trace_id,
        "event": "request",
        "route": route,
        "status": status,
        "ms": round(seconds * 1000, 2),
        "level": "info",
        "service": _requests.service,
    }
    stream.write(f"{_encoder.encode(line).decode()}\n")
    stream.flush()


def processors(service: str) -> list[Processor]:
    """Return the way of a line from its call to its text."""

    def add_origin(_logger: object, method: str, event: EventDict) -> EventDict:
        event.setdefault("level", method)
        event["service"] = service
        trace = current_trace()
        if trace is not None:
            event["trace_id"] = trace.trace_id
        return event

    return [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.PositionalArgumentsFormatter(),
        add_origin,
        structlog.processors.TimeStamper(fmt="iso", utc=True, key="at"),
        _write_error,
        _redacted,
        _to_json,
    ]


def error_fields(error: BaseException) -> dict[str, Any]:
    """Return an error as fields: its chain of kinds and the places it came through."""
    chain: list[str] = []
    cause: BaseException | None = error
    while cause is not None and len(chain) < _CAUSES:
        chain.append(describe(cause))
        cause = cause.__cause__ or (None if cause.__suppress_context__ else cause.__context__)
    frames = traceback.extract_tb(error.__traceback__)
    places = [
        f"{frame.filename.rpartition('/')[2]}:{frame.lineno} {frame.name}"
        for frame in frames[-_FRAMES:]
    ]
    return {"error": chain, "at_frames": places}


def _write_error(_logger: object, _method: str, event: EventDict) -> EventDict:
    given = event.pop("exc_info", None)
    if given is True:
        given = sys.exc_info()[1]
    elif isinstance(given, tuple):
        given = given[1]
    if isinstance(given, BaseException):
        event.update(error_fields(given))
    return event


def _redacted(
    _logger: object, _method: str, event: MutableMapping[str, Any]
) -> MutableMapping[str, Any]:
    # Instant and trace are ours and look like nothing personal; the rest is anybody's.
    ours = {name: event.pop(name) for name in ("at", "trace_id") if name in event}
    return {**ours, **redact_fields(event)}


def _to_json(_logger: object, _method: str, event: MutableMapping[str, Any]) -> str:
    return _encoder.encode(event).decode()


class _StandardLibrary(logging.Formatter):
    """Formats a record of the standard library as the same kind of line."""

    def __init__(self, service: str) -> None:
        super().__init__()
        self._way = processors(service)[2:]

    @override
    def format(self, record: logging.LogRecord) -> str:
        event: Any = {
            "event": _message(record),
            "level": record.levelname.lower(),
            "logger": record.name,
            "exc_info": record.exc_info,
        }
        for step in self._way:
            event = step(None, event["level"], event)
        return str(event)


def _message(record: logging.LogRecord) -> str:
    """Return the message with its arguments, each redacted before it can be merged into text."""
    arguments = record.args
    if isinstance(arguments, dict):
        return str(record.msg) % redact_fields(arguments)
    if isinstance(arguments, tuple) and arguments:
        try:
            return str(record.msg) % tuple(redact(argument) for argument in arguments)
        except TypeError:
            return record.getMessage()
    return str(record.msg)
