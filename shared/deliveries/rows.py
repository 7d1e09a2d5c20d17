"""From the bytes of rows to values for staging, with every refusal named by row and field."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, Literal

import msgspec

from shared.deliveries.field_errors import FieldError, read_message
from shared.deliveries.verdicts import RowError, RowRefused
from shared.identity_numbers import has_form_of_identity_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from shared.deliveries.register import Register, Row

_REFUSALS = (msgspec.MsgspecError, ValueError, RecursionError)
"""What decoding a sender's bytes may raise (UnicodeDecodeError is a ValueError)."""

_MALFORMED = "The row cannot be read."
_NAMES_SOMEBODY = FieldError(
    "reason", "identity_number_in_text", "A reason holds nothing like an identity number."
)


@dataclass(slots=True)
class Parsed:
    """What a piece of the body held, ready for COPY.

    ``staged``: (row_no, columns...). ``retractions``: (row_no, key..., reason).
    ``refused_keys``: keys of refused rows. ``keyless``: refused rows whose key is unreadable.
    """

    staged: list[tuple[Any, ...]] = field(default_factory=list)
    retractions: list[tuple[Any, ...]] = field(default_factory=list)
    errors: list[RowError] = field(default_factory=list)
    refused_keys: list[tuple[Any, ...]] = field(default_factory=list)
    keyless: int = 0

    @property
    def rows(self) -> int:
        """About how many rows this is; exactly, when each refused row has one error."""
        return len(self.staged) + len(self.retractions) + len(self.errors)


class RowReader:
    """Reads one delivery's rows in order and numbers them from 1; blank lines are no rows."""

    def __init__(self, register: Register, *, retracts: bool) -> None:
        """``retracts``: whether ``op=retract`` rows are allowed here (delta deliveries only)."""
        self.row_no = 0
        self._register = register
        self._retracts = retracts and register.match is not None
        self._decoder = msgspec.json.Decoder(register.row)
        self._any_decoder = msgspec.json.Decoder()
        self._retraction = _retraction_of(register)
        self._key = _key_of(register)
        self._stage = register.staged
        self._lists = _list_fields(register.row)

    def at(self, row_no: int) -> RowReader:
        """Return the reader, about to read a row of a number that its parser chose."""
        self.row_no = row_no - 1
        return self

    def lines(self, block: bytes) -> Parsed:
        """Read whole lines of NDJSON: all at once, and one by one when any of them is faulty."""
        try:
            rows = self._decoder.decode_lines(block)
        except _REFUSALS:
            return self._one_by_one(block)
        if len(rows) != block.count(b"\n") + (not block.endswith(b"\n")):
            return self._one_by_one(block)  # blank lines, or rows that share or split a line
        parsed = Parsed()
        stage, first = self._stage, self.row_no + 1
        try:
            parsed.staged = [(no, *stage(row)) for no, row in enumerate(rows, first)]
        except RowRefused:
            parsed.staged.clear()
            for row in rows:
                self._stage_row(row, parsed)
        else:
            self.row_no += len(rows)
        return parsed

    def line(self, raw: bytes, parsed: Parsed) -> None:
        """Read one row written as JSON."""
        try:
            row = self._decoder.decode(raw)
        except _REFUSALS as error:
            self._read_faulty(raw, error, parsed)
        else:
            self._stage_row(row, parsed)

    def cells(self, named: dict[str, Any], parsed: Parsed) -> None:
        """Read one row of text cells; an empty cell means that the field is absent."""
        for name in self._lists & named.keys():
            named[name] = named[name].split("|")
        self.fields(named, parsed)

    def fields(self, named: dict[str, Any], parsed: Parsed) -> None:
        """Read one row of named values, numbers and dates written as text."""
        try:
            row = msgspec.convert(named, self._register.row, strict=False)
        except _REFUSALS as error:
            self._refuse_or_retract(named, error, parsed)
        else:
            self._stage_row(row, parsed)

    def malformed(self, detail: str, parsed: Parsed) -> None:
        """Count a row that cannot be read at all."""
        self.row_no += 1
        parsed.errors.append(RowError(self.row_no, "malformed_row", detail))
        parsed.keyless += 1

    def _one_by_one(self, block: bytes) -> Parsed:
        parsed = Parsed()
        for raw in block.split(b"\n"):
            stripped = raw.strip()
            if stripped:
                self.line(stripped, parsed)
        return parsed

    def _stage_row(self, row: Row, parsed: Parsed) -> None:
        self.row_no += 1
        try:
            parsed.staged.append((self.row_no, *self._stage(row)))
        except RowRefused as refused:
            key = tuple(getattr(row, name) for name in self._register.key)
            found = FieldError(refused.field, refused.code, refused.detail)
            self._refuse(key, found, msgspec.to_builtins(row), parsed)

    def _read_faulty(self, raw: bytes, error: Exception, parsed: Parsed) -> None:
        try:
            named = self._any_decoder.decode(raw)
        except _REFUSALS:
            self.malformed(_MALFORMED, parsed)
            return
        if isinstance(named, dict):
            self._refuse_or_retract(named, error, parsed)
        else:
            self.malformed("A row is an object with named fields.", parsed)

    def _refuse_or_retract(self, named: dict[str, Any], error: Exception, parsed: Parsed) -> None:
        self.row_no += 1
        if named.get("op") == "retract":
            self._retract(named, parsed)
            return
        self._refuse(self._key_in(named), read_message(str(error)), named, parsed)

    def _retract(self, named: dict[str, Any], parsed: Parsed) -> None:
        key = self._key_in(named)
        if not self._retracts:
            detail = "Retractions are taken in delta deliveries of registers that know them."
            self._refuse(key, FieldError("op", "retraction_not_allowed", detail), named, parsed)
            return
        try:
            row = msgspec.convert(named, self._retraction, strict=False)
        except _REFUSALS as error:
            self._refuse(key, read_message(str(error)), named, parsed)
            return
        if has_form_of_identity_number(row.reason):
            self._refuse(key, _NAMES_SOMEBODY, named, parsed)
            return
        values = tuple(getattr(row, name) for name in self._register.key)
        parsed.retractions.append((self.row_no, *values, row.reason))

    def _key_in(self, named: dict[str, Any]) -> tuple[Any, ...] | None:
        """Return the key of a faulty row when that much of it can be read."""
        try:
            row = msgspec.convert(named, self._key, strict=False)
        except _REFUSALS:
            return None
        return msgspec.structs.astuple(row)

    def _refuse(
        self,
        key: tuple[Any, ...] | None,
        found: FieldError,
        named: dict[str, Any],
        parsed: Parsed,
    ) -> None:
        if key is None:
            parsed.keyless += 1
        else:
            parsed.refused_keys.append(key)
        subject, guarded = None, False
        if self._register.subject is not None:
            subject, guarded = self._register.subject.of(named)
        shown = None if key is None or guarded else self._register.key_text(key)
        parsed.errors.append(
            RowError(self.row_no, found.code, found.detail, found.field, shown, subject=subject)
        )


def column_names(register: Register) -> tuple[str, ...]:
    """Return the fields' names as senders write them (camelCase)."""
    return tuple(item.encode_name for item in msgspec.structs.fields(register.row))


def required_names(register: Register) -> tuple[str, ...]:
    """Return the names of the fields that every row must have."""
    return tuple(item.encode_name for item in msgspec.structs.fields(register.row) if item.required)


def key_names(register: Register) -> tuple[str, ...]:
    """Return the names of the fields that identify a record."""
    by_name = {item.name: item.encode_name for item in msgspec.structs.fields(register.row)}
    return tuple(by_name[name] for name in register.key)


def repeated(names: Iterable[str]) -> list[str]:
    """Return the names that occur more than once."""
    return [name for name, times in Counter(names).items() if times > 1]


def _key_fields(register: Register) -> list[tuple[str, Any]]:
    by_name = {item.name: item for item in msgspec.structs.fields(register.row)}
    return [(name, by_name[name].type) for name in register.key]


def _key_of(register: Register) -> type[msgspec.Struct]:
    return msgspec.defstruct(
        f"{register.row.__name__}Key", _key_fields(register), rename="camel", gc=False
    )


def _retraction_of(register: Register) -> Any:  # noqa: ANN401  a Struct made here, read by name
    """Return the shape of an ``op=retract`` row: its key, and why it never was true."""
    return msgspec.defstruct(
        f"{register.row.__name__}Retraction",
        [
            ("op", Literal["retract"]),
            *_key_fields(register),
            ("reason", Annotated[str, msgspec.Meta(min_length=1, max_length=500)]),
        ],
        rename="camel",
        kw_only=True,
    )


def _list_fields(row: type[Row]) -> frozenset[str]:
    """Return the fields that hold several values, which CSV writes as ``a|b``."""
    return frozenset(
        item.encode_name
        for item in msgspec.structs.fields(row)
        if isinstance(
            msgspec.inspect.type_info(item.type),
            (msgspec.inspect.ListType, msgspec.inspect.VarTupleType, msgspec.inspect.SetType),
        )
    )
