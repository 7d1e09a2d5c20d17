r"""The checksum of a SIE file (``#KSUMMA``).

CRC-32 (polynomial 0xEDB88320) of the label and field values of every record between the bare
``#KSUMMA`` and the one with the number. What separates fields is left out: blanks, line ends,
enclosing quotes, braces. Blanks inside quotes count, and ``\"`` counts as ``"``.
"""

from __future__ import annotations

import re
from collections import deque
from zlib import crc32

_MARK = re.compile(rb"(?m)^[ \t]*#KSUMMA(?:[ \t\r][^\n]*)?(?:\n|\Z)")
_SEPARATORS = b" \t\r\n{}"
_STANDS_FOR_QUOTE = b"\0"


class Checksum:
    """Follows a file in blocks of whole lines and tells what its records sum to."""

    def __init__(self) -> None:
        self._crc: int | None = None
        self.closed: deque[int] = deque()

    @property
    def running(self) -> bool:
        return self._crc is not None

    def take(self, block: bytes) -> None:
        """Take the next lines; the sum at each closing ``#KSUMMA`` is added to ``closed``."""
        at = 0
        if b"#KSUMMA" in block:
            for mark in _MARK.finditer(block):
                self._add(block[at : mark.start()])
                self._mark(bare=mark[0].strip() == b"#KSUMMA")
                at = mark.end()
        self._add(block[at:])

    def _mark(self, *, bare: bool) -> None:
        if bare:
            self._crc = 0
        elif self._crc is not None:
            self.closed.append(self._crc)
            self._crc = None

    def _add(self, lines: bytes) -> None:
        if self._crc is not None and lines:
            self._crc = crc32(values_of(lines), self._crc)


def values_of(lines: bytes) -> bytes:
    """Return the labels and field values of some lines, without what separates them."""
    parts = lines.replace(b'\\"', _STANDS_FOR_QUOTE).split(b'"')
    parts[::2] = [part.translate(None, _SEPARATORS) for part in parts[::2]]
    return b"".join(parts).replace(_STANDS_FOR_QUOTE, b'"')
