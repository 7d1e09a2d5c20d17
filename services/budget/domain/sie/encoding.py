"""The characters of a SIE file: code page 437 by the standard, UTF-8 in many real files.

A line is UTF-8 only when it has high bytes and they are valid UTF-8. Text in code page 437
does not pass for it: the Swedish letters there are bytes that cannot begin a UTF-8 character.
"""

from __future__ import annotations

import codecs
import re

CODE_PAGE = "cp437"
BOM = codecs.BOM_UTF8

_REPLACEMENT = b"?"
_CONTROL = re.compile(rb"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def lines_of(block: bytes) -> list[str]:
    """Return the lines of whole lines of bytes, without their ends; the last one is empty."""
    try:
        return block.decode("utf-8").split("\n")
    except UnicodeDecodeError:
        return [decode(line) for line in block.split(b"\n")]


def decode(line: bytes) -> str:
    """Return one line's text, whatever the file's label says."""
    try:
        return line.decode("utf-8")
    except UnicodeDecodeError:
        return line.decode(CODE_PAGE)


def has_control_characters(block: bytes) -> bool:
    """Say whether bytes that no text of the format may hold occur anywhere."""
    return _CONTROL.search(block) is not None


def encode(text: str) -> tuple[bytes, int]:
    """Return text in the code page, and how many characters it had to replace."""
    try:
        return text.encode(CODE_PAGE), 0
    except UnicodeEncodeError:
        encoded = [_encode_character(character) for character in text]
        replaced = sum(1 for given, made in zip(text, encoded, strict=True) if _lost(given, made))
        return b"".join(encoded), replaced


def _encode_character(character: str) -> bytes:
    try:
        return character.encode(CODE_PAGE)
    except UnicodeEncodeError:
        return _REPLACEMENT


def _lost(character: str, encoded: bytes) -> bool:
    return encoded == _REPLACEMENT and character != "?"
