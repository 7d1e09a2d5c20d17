"""A body of one JSON document, read without ever holding more than a row of it."""

from __future__ import annotations

import codecs
import json
from typing import TYPE_CHECKING

from shared.deliveries.formats import MAX_ROW, BodyRefused, Opening
from shared.deliveries.rows import Parsed

if TYPE_CHECKING:
    from collections.abc import Callable

    from shared.deliveries.rows import RowReader


class JsonParser:
    """One document: an array of objects, or ``{"rows": [...]}``."""

    def __init__(self, reader: RowReader) -> None:
        self._reader = reader
        self._decode = codecs.getincrementaldecoder("utf-8")("surrogateescape").decode
        self._scan = json.JSONDecoder().raw_decode
        self._text = ""
        self._at = 0
        self._step: Callable[[Parsed], bool] = self._opening
        self._wrapped = False
        self._start = Opening()

    def feed(self, piece: bytes) -> Parsed:
        return self._take(self._start.take(piece))

    def _take(self, piece: bytes) -> Parsed:
        self._text = self._text[self._at :] + self._decode(piece)
        self._at = 0
        parsed = Parsed()
        while self._step(parsed):
            pass
        if len(self._text) - self._at > MAX_ROW:
            raise self._broken()
        return parsed

    def finish(self) -> Parsed:
        parsed = self._take(
            self._start.rest() + b" "
        )  # a number or literal at the very end is complete now
        if self._step != self._after or self._text[self._at :].strip():
            raise self._broken()
        return parsed

    def _broken(self) -> BodyRefused:
        detail = f"The JSON cannot be read after row {self._reader.row_no}."
        return BodyRefused("malformed_json", detail)

    def _next(self) -> str:
        """Return the next character that is not white space, or nothing yet."""
        text, at = self._text, self._at
        while at < len(text) and text[at] in " \t\r\n":
            at += 1
        self._at = at
        return text[at : at + 1]

    def _opening(self, _parsed: Parsed) -> bool:
        character = self._next()
        if character == "[":
            self._at += 1
            self._step = self._first
        elif character == "{":
            self._wrapped = True
            self._at += 1
            self._step = self._rows_name
        elif character:
            raise BodyRefused("malformed_json", 'The body is neither a list nor {"rows": [...]}.')
        return bool(character)

    def _rows_name(self, _parsed: Parsed) -> bool:
        """Read ``"rows" : [`` once it is all there."""
        text = self._text[self._at :].lstrip()
        head, bracket, rest = text.partition("[")
        if not bracket and len(text) < MAX_ROW:
            return False
        if "".join(head.split()) != '"rows":':
            raise BodyRefused("malformed_json", 'The object must hold "rows" and nothing else.')
        self._text, self._at = rest, 0
        self._step = self._first
        return True

    def _first(self, parsed: Parsed) -> bool:
        if self._next() == "]":
            return self._separator(parsed)
        self._step = self._element
        return True

    def _element(self, parsed: Parsed) -> bool:
        if not self._next():
            return False
        try:
            _, end = self._scan(self._text, self._at)
        except (ValueError, RecursionError):
            return False  # not all there yet; `feed` refuses it when it grows past a row
        if end == len(self._text):
            return False  # a number could go on in the next piece
        raw = self._text[self._at : end].encode("utf-8", "surrogateescape")
        self._reader.line(raw, parsed)
        self._at = end
        self._step = self._separator
        return True

    def _separator(self, _parsed: Parsed) -> bool:
        character = self._next()
        if character == ",":
            self._step = self._element
        elif character == "]":
            self._step = self._closing if self._wrapped else self._after
        elif character:
            raise self._broken()
        self._at += len(character)
        return bool(character)

    def _closing(self, _parsed: Parsed) -> bool:
        character = self._next()
        if character and character != "}":
            raise self._broken()
        if character:
            self._at += 1
            self._step = self._after
        return bool(character)

    def _after(self, _parsed: Parsed) -> bool:
        return False
