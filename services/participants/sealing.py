"""How identity numbers and names are sealed, opened and found again."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

import msgspec

from shared.crypto import BlindIndex, Sealer, read_keys

Detail = TypeVar("Detail", bound=msgspec.Struct)

if TYPE_CHECKING:
    from uuid import UUID

    from services.participants.settings import Settings


class Name(msgspec.Struct, frozen=True):
    """A person's name as it is sealed."""

    given: str
    family: str


class Contact(msgspec.Struct, frozen=True):
    """How to reach a person, as it is sealed."""

    phone: str | None = None
    email: str | None = None


class Address(msgspec.Struct, frozen=True):
    """A postal address as it is sealed."""

    street: str
    postal_code: str
    city: str
    care_of: str | None = None


class KaaContact(msgspec.Struct, frozen=True):
    """Contact details that the register of the responsibility for activity may hold."""

    home_address: str | None = None
    email: str | None = None
    phone: str | None = None


SEALED_BY_NUMBER = (
    "name_sealed",
    "contact_sealed",
    "postal_address_sealed",
    "forwarding_address_sealed",
)
"""Columns of a person that are bound to the number's hash: they move with it."""

_NAMES = msgspec.json.Decoder(Name)
_KAA_CONTACTS = msgspec.json.Decoder(KaaContact)


@dataclass(frozen=True, slots=True)
class Seals:
    """Both kinds of keys.

    A value is bound to its person through the number's hash, which is known before the person
    has an id: a sealed value moved to another person's row does not open there.
    """

    sealer: Sealer
    index: BlindIndex
    index_versions: tuple[int, ...]

    @classmethod
    def of(cls, settings: Settings) -> Seals:
        """Build from the settings; raises `KeysUnusable`, so that the process does not start."""
        seal = {v: key.get_secret_value() for v, key in settings.seal_keys.items()}
        index = {v: key.get_secret_value() for v, key in settings.index_keys.items()}
        versions = tuple(sorted(index, reverse=True))
        return cls(Sealer(read_keys(seal)), BlindIndex(read_keys(index)), versions)

    def hash_of(self, digits: str) -> bytes:
        """Return the hash under which twelve digits are stored: key version, then HMAC."""
        return self._hash(digits, self.index.version)

    def hashes_of(self, digits: str) -> list[bytes]:
        """Return the hashes under which twelve digits may be found while keys rotate."""
        return [self._hash(digits, version) for version in self.index_versions]

    def _hash(self, digits: str, version: int) -> bytes:
        return version.to_bytes(2) + self.index.of(digits, version=version)

    def seal_number(self, digits: str, number_hash: bytes) -> bytes:
        return self.sealer.seal(digits.encode(), place=_place("identity_number", number_hash))

    def open_number(self, sealed: bytes, number_hash: bytes) -> str:
        return self.sealer.open(sealed, place=_place("identity_number", number_hash)).decode()

    def seal_name(self, name: Name, number_hash: bytes) -> bytes:
        return self.sealer.seal(msgspec.json.encode(name), place=_place("name", number_hash))

    def open_name(self, sealed: bytes, number_hash: bytes) -> Name:
        return _NAMES.decode(self.sealer.open(sealed, place=_place("name", number_hash)))

    def seal_detail(self, detail: msgspec.Struct, column: str, number_hash: bytes) -> bytes:
        """Seal what one of `SEALED_BY_NUMBER` holds."""
        place = _place(column.removesuffix("_sealed"), number_hash)
        return self.sealer.seal(msgspec.json.encode(detail), place=place)

    def open_detail(
        self, sealed: bytes, kind: type[Detail], column: str, number_hash: bytes
    ) -> Detail:
        place = _place(column.removesuffix("_sealed"), number_hash)
        return msgspec.json.decode(self.sealer.open(sealed, place=place), type=kind)

    def moved(self, sealed: bytes | None, column: str, *, old: bytes, new: bytes) -> bytes | None:
        """Return a sealed value as it is bound to another hash of its person's number."""
        if sealed is None:
            return None
        name = column.removesuffix("_sealed")
        plain = self.sealer.open(sealed, place=_place(name, old))
        return self.sealer.seal(plain, place=_place(name, new))

    def seal_content(self, content: bytes, *, table: str, record_id: UUID) -> bytes:
        """Seal what a record of a table says; it opens in that record only."""
        return self.sealer.seal(content, place=f"{table}|content|{record_id}")

    def open_content(self, sealed: bytes, *, table: str, record_id: UUID) -> bytes:
        return self.sealer.open(sealed, place=f"{table}|content|{record_id}")

    def seal_kaa_contact(self, contact: KaaContact, source_key: str) -> bytes:
        return self.sealer.seal(msgspec.json.encode(contact), place=_kaa_place(source_key))

    def open_kaa_contact(self, sealed: bytes, source_key: str) -> KaaContact:
        return _KAA_CONTACTS.decode(self.sealer.open(sealed, place=_kaa_place(source_key)))

    def hash_of_contact(self, contact: KaaContact) -> bytes:
        """Return what shows that contact details have changed, and nothing else about them."""
        return self._hash(msgspec.json.encode(contact).decode(), self.index.version)


def _kaa_place(source_key: str) -> str:
    return f"kaa_membership|contact|{source_key}"


def _place(column: str, number_hash: bytes) -> str:
    return f"person|{column}|{number_hash.hex()}"
