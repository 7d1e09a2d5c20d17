"""Names of worksheets: what the table is about, within what a workbook allows."""

from __future__ import annotations

import re

_LONGEST = 31
_FORBIDDEN = re.compile(r"[\[\]:*?/\\'\x00-\x1f]+")
_RESERVED = frozenset({"history", ""})


class Names:
    """Gives each sheet a name of its own; upper and lower case are the same to a workbook."""

    def __init__(self) -> None:
        self._taken = set(_RESERVED)

    def name(self, wanted: str) -> str:
        """Return a legal name that begins as ``wanted`` does and that no other sheet has."""
        plain = " ".join(_FORBIDDEN.sub(" ", wanted).split())
        shown, number = _cut(plain, _LONGEST), 1
        while shown.lower() in self._taken:
            number += 1
            shown = f"{_cut(plain, _LONGEST - 1 - len(str(number)))} {number}".strip()
        self._taken.add(shown.lower())
        return shown


def _cut(text: str, longest: int) -> str:
    """Return a text's beginning, ending with a whole word where that leaves most of it."""
    if len(text) <= longest:
        return text
    words = text[: longest + 1].rpartition(" ")[0]
    kept = words if len(words) > longest // 2 else text[:longest]
    return kept.rstrip(" ,;:–-(")  # noqa: RUF001  a dash before what was cut
