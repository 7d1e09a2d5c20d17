"""What can be said of a row or a delivery that is not simply applied."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass


class RowRefused(Exception):
    """Raised by a register's `stage` for a row that breaks a rule its field types cannot say.

    Args:
        field: path of the field as the sender wrote it (camelCase), or None for the whole row.
        code: snake_case.
        detail: what is wrong, never the value itself.

    """

    def __init__(self, field: str | None, code: str, detail: str) -> None:
        super().__init__(code)
        self.field = field
        self.code = code
        self.detail = detail


@dataclass(frozen=True, slots=True)
class RowError:
    """One thing wrong with one row; ``difference`` is for amounts that do not add up.

    ``subject`` is whom the row is about, where the register says so (`Register.subject`).
    """

    row_no: int
    code: str
    detail: str
    field: str | None = None
    key: str | None = None
    difference: str | None = None
    subject: bytes | None = None


@dataclass(frozen=True, slots=True)
class Explanation:
    """Why a delivery as a whole was held or rejected, for the person who has to act."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Verdict:
    """What a rule over the whole delivery found: nothing, or every place where it fails.

    An ``explanation`` says why and refuses an atomic delivery; a ``warning`` refuses nothing and
    is kept on the delivery, applied or not.
    """

    errors: Sequence[RowError] = ()
    explanation: Explanation | None = None
    warning: Explanation | None = None
