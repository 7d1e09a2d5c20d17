"""W3C Trace Context: one trace through every service a request touches.

The incoming ``traceparent`` is continued when it is well formed and replaced when it is
not; the same trace id appears in the answer, in each log line, in every problem document,
in the access log and in the calls made to other services.
"""

from __future__ import annotations

import os
import random
import re
from contextvars import ContextVar, Token
from dataclasses import dataclass

_TRACEPARENT = re.compile(r"([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?")
_LONGEST = 256
_NO_TRACE, _NO_SPAN = "0" * 32, "0" * 16

_ids = random.Random()  # noqa: S311  ids need to differ, not to be secret
os.register_at_fork(after_in_child=_ids.seed)

TRACEPARENT_EXAMPLE = "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01"


@dataclass(frozen=True, slots=True)
class Trace:
    """Where this process stands in a trace: hex ids of 32 and 16 characters, and the flags."""

    trace_id: str
    span_id: str
    flags: str = "01"

    @property
    def traceparent(self) -> str:
        """The header that names this position to the next one."""
        return f"00-{self.trace_id}-{self.span_id}-{self.flags}"


_current: ContextVar[Trace | None] = ContextVar("trace", default=None)


def current_trace() -> Trace | None:
    """Return the trace of the request or job that is running."""
    return _current.get()


def resume_trace(incoming: str | None = None) -> tuple[Trace, Token[Trace | None]]:
    """Continue an incoming trace with a span of our own, or start a new one.

    The token goes to `leave_trace` when the request or job is over.
    """
    match = _TRACEPARENT.fullmatch(incoming) if incoming and len(incoming) < _LONGEST else None
    trace = _continued(match) if match else None
    if trace is None:
        trace = Trace(f"{_ids.getrandbits(128):032x}", _new_span())
    return trace, _current.set(trace)


def leave_trace(token: Token[Trace | None]) -> None:
    """Go back to the trace, or to none, that was there before."""
    _current.reset(token)


def _continued(match: re.Match[str]) -> Trace | None:
    version, trace_id, span_id, flags, rest = match.groups()
    # Version 00 has exactly four fields, ff is forbidden, a later one may have more.
    if version == "ff" or (version == "00" and rest):
        return None
    if trace_id == _NO_TRACE or span_id == _NO_SPAN:
        return None
    return Trace(trace_id, _new_span(), flags)


def _new_span() -> str:
    return f"{_ids.getrandbits(64):016x}"
