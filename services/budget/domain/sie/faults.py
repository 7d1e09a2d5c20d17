"""What can be wrong with a SIE file: one record of it, or the file as a whole."""

from __future__ import annotations

from dataclasses import dataclass


class NotSie(Exception):
    """The file as a whole cannot be read; nothing of it is worth naming line by line."""

    def __init__(self, code: str, detail: str) -> None:
        super().__init__(code)
        self.code = code
        self.detail = detail


class Faulty(Exception):
    """A field cannot be read; whoever knows the line makes a `Fault` of it."""

    def __init__(self, field: str, code: str, detail: str, difference: int | None = None) -> None:
        super().__init__(code)
        self.field = field
        self.code = code
        self.detail = detail
        self.difference = difference


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing wrong with one record.

    ``label`` is the record's, ``field`` what the format calls the field (in English), ``key``
    the voucher it stands in, ``difference`` öre for amounts that do not add up.
    """

    line: int
    label: str
    field: str
    code: str
    detail: str
    key: str | None = None
    difference: int | None = None

    @property
    def where(self) -> str:
        return f"{self.label} {self.field}".strip()
