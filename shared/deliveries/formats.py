"""How a body is read piece by piece, and its plainest form: one JSON object a line."""

from __future__ import annotations

import codecs
from typing import TYPE_CHECKING, Protocol

from shared.deliveries.rows import Parsed

if TYPE_CHECKING:
    from shared.deliveries.rows import RowReader

MAX_ROW = 1 << 20
"""Bytes or characters of one row; a longer one is refused instead of filling the memory."""

BOM = codecs.BOM_UTF8
_PROBE = 65_536
_UNREADABLE_SHARE = 0.05


class BodyRefused(Exception):
    """The body as a whole cannot be read; the delivery is rejected with this reason."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


class BodyParser(Protocol):
    """Takes the body's bytes in pieces of any size and gives back the rows they complete."""

    def feed(self, piece: bytes) -> Parsed:
        """Take the next piece."""

    def finish(self) -> Parsed:
        """Take the end of the body."""


def refuse_what_is_not_text(start: bytes) -> None:
    """Refuse a body that begins like an archive, a spreadsheet or another encoding.

    Raises:
        BodyRefused: NUL bytes, or more than one character in twenty that is not UTF-8.

    """
    probe = start[:_PROBE]
    unreadable = probe.decode("utf-8", "replace").count("\ufffd") - 1  # the cut may halve one
    if b"\0" in probe or unreadable > len(probe) * _UNREADABLE_SHARE:
        raise BodyRefused("not_text", "The body is not text in UTF-8.")


class Opening:
    """The first bytes of a body: judged once, and relieved of a byte order mark."""

    def __init__(self) -> None:
        self._held: bytes | None = b""

    def take(self, piece: bytes) -> bytes:
        """Return what may be read; nothing until there are enough bytes to judge by."""
        if self._held is None:
            return piece
        self._held += piece
        return b"" if len(self._held) < len(BOM) else self.rest()

    def rest(self) -> bytes:
        """Return what was held back, however little it is."""
        held, self._held = self._held or b"", None
        refuse_what_is_not_text(held)
        return held.removeprefix(BOM)


class NdjsonParser:
    """One JSON object a line."""

    def __init__(self, reader: RowReader) -> None:
        self._reader = reader
        self._rest = b""
        self._skipping = False
        self._opening = Opening()

    def feed(self, piece: bytes) -> Parsed:
        piece = self._opening.take(piece)
        if self._skipping:
            _, newline, piece = piece.partition(b"\n")
            self._skipping = not newline
        end = piece.rfind(b"\n") + 1
        if end:
            block, self._rest = self._rest + piece[:end], piece[end:]
            return self._reader.lines(block)
        if not self._skipping:
            self._rest += piece
        return self._without_endless_line()

    def finish(self) -> Parsed:
        rest, self._rest = self._rest + self._opening.rest(), b""
        return self._reader.lines(rest) if rest.strip() else Parsed()

    def _without_endless_line(self) -> Parsed:
        parsed = Parsed()
        if len(self._rest) > MAX_ROW:
            self._rest, self._skipping = b"", True
            self._reader.malformed("The row is longer than 1 MiB.", parsed)
        return parsed
