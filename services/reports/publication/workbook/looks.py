"""The workbook's formats: each made once, by what it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from services.reports.publication.model import Kind, RowRole, Tone
from services.reports.publication.workbook.values import held, number_format

if TYPE_CHECKING:
    from xlsxwriter import Workbook  # type: ignore[import-untyped]  # carries no types
    from xlsxwriter.format import Format  # type: ignore[import-untyped]  # carries no types

    from services.reports.publication.model import Cell

_INK, _PAPER = "#1F2933", "#E8EDF2"
_TONES: dict[Tone, dict[str, Any]] = {
    Tone.BODY: {},
    Tone.NOTE: {"italic": True},
    Tone.SOURCE: {"font_size": 9, "font_color": "#52606D"},
    Tone.WARNING: {"bold": True, "font_color": "#9B1C1C"},
}
_ROLES: dict[RowRole, dict[str, Any]] = {
    RowRole.PLAIN: {},
    RowRole.SECTION: {"bold": True, "bg_color": _PAPER},
    RowRole.SUM: {"bold": True, "top": 1},
}


class Looks:
    """Formats of one workbook, which keeps each as a numbered record."""

    def __init__(self, book: Workbook) -> None:
        self._book = book
        self._made: dict[tuple[tuple[str, object], ...], Format] = {}

    def title(self) -> Format:
        return self._of(bold=True, font_size=18, font_color=_INK)

    def caption(self) -> Format:
        return self._of(bold=True, font_size=13, font_color=_INK)

    def label(self) -> Format:
        return self._of(bold=True, text_wrap=True, valign="top")

    def words(self) -> Format:
        return self._of(text_wrap=True, valign="top")

    def plain(self) -> Format:
        return self._of(font_color="#52606D")

    def link(self) -> Format:
        return self._of(font_color="#0B5394", underline=1, valign="top")

    def line(self, tone: Tone) -> Format:
        return self._of(text_wrap=True, valign="top", **_TONES[tone])

    def head(self, *, group: bool, words: bool) -> Format:
        """Return the look of a heading: a group's in the middle, a number's to the right."""
        align = "center" if group else ("left" if words else "right")
        return self._of(
            bold=True, text_wrap=True, valign="bottom", align=align, bg_color=_PAPER, border=1
        )

    def cell(self, cell: Cell, role: RowRole = RowRole.PLAIN) -> Format:
        """Return the look of a value: words to the left, numbers and their signs to the right."""
        look = {"valign": "top"} | _ROLES[role]
        if cell.kind is Kind.TEXT and not cell.path:
            return self._of(text_wrap=True, **look)
        if not isinstance(held(cell), str):
            look["num_format"] = number_format(cell)
        return self._of(align="right", **look)

    def _of(self, **look: object) -> Format:
        key = tuple(sorted(look.items()))
        if key not in self._made:
            self._made[key] = self._book.add_format(look)
        return self._made[key]
