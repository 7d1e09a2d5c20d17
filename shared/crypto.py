"""Sealing of values that must not be readable at rest, and finding them again.

`Sealer` encrypts (AES-256-GCM, random 96-bit nonce, key version in front); `BlindIndex`
gives the same keyed hash for the same value so that equality can be looked up. Their keys
are separate, come from the settings as base64 by version, and rotate by adding a version.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import os
from typing import TYPE_CHECKING

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

if TYPE_CHECKING:
    from collections.abc import Mapping

KEY_BYTES = 32
_NONCE_BYTES = 12
_VERSION_BYTES = 2


class KeysUnusable(ValueError):
    """The keys in the settings cannot be used; the process must not start."""


class SealBroken(ValueError):
    """A sealed value cannot be opened: wrong place, wrong key, or changed bytes."""


def read_keys(encoded: Mapping[int, str]) -> dict[int, bytes]:
    """Decode keys given as ``{version: base64 of 32 bytes}``.

    Raises:
        KeysUnusable: no key, a version outside 1-65535, or a key of another length.

    """
    keys: dict[int, bytes] = {}
    for version, text in encoded.items():
        if not 0 < version < 2 ** (8 * _VERSION_BYTES):
            raise KeysUnusable(f"key version {version} is outside 1-65535")
        try:
            keys[version] = base64.b64decode(text, validate=True)
        except ValueError as error:
            raise KeysUnusable(f"key {version} is not base64") from error
        if len(keys[version]) != KEY_BYTES:
            raise KeysUnusable(f"key {version} is not {KEY_BYTES} bytes")
    if not keys:
        raise KeysUnusable("there is no key")
    return keys


class Sealer:
    """Encrypts with the newest key, decrypts with the key a value names.

    Args:
        keys: raw 32-byte keys by version (`read_keys`).

    """

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        self._ciphers = {version: AESGCM(key) for version, key in keys.items()}
        self.version = max(self._ciphers)

    def seal(self, plaintext: bytes, *, place: str) -> bytes:
        """Return version, nonce and ciphertext.

        ``place`` says where the value lives (``person|identity_number|<row id>``) and is
        authenticated: a sealed value moved to another row or column does not open there.
        """
        version = self.version.to_bytes(_VERSION_BYTES)
        nonce = os.urandom(_NONCE_BYTES)
        sealed = self._ciphers[self.version].encrypt(nonce, plaintext, _bound(version, place))
        return version + nonce + sealed

    def open(self, sealed: bytes, *, place: str) -> bytes:
        """Return what was sealed for this place.

        Raises:
            SealBroken: another place, an unknown key version, or altered bytes.

        """
        version, rest = sealed[:_VERSION_BYTES], sealed[_VERSION_BYTES:]
        cipher = self._ciphers.get(int.from_bytes(version))
        if cipher is None or len(rest) <= _NONCE_BYTES:
            raise SealBroken("the value names no known key")
        try:
            return cipher.decrypt(rest[:_NONCE_BYTES], rest[_NONCE_BYTES:], _bound(version, place))
        except InvalidTag as error:
            raise SealBroken("the value does not belong here or was altered") from error

    @staticmethod
    def version_of(sealed: bytes) -> int:
        """Return the version of the key a value was sealed with (for rotation)."""
        return int.from_bytes(sealed[:_VERSION_BYTES])


class BlindIndex:
    """HMAC-SHA-256 of a normalised value: equal values meet, nothing else can be read off it."""

    def __init__(self, keys: Mapping[int, bytes]) -> None:
        self._keys = dict(keys)
        self.version = max(self._keys)

    def of(self, value: str, *, version: int | None = None) -> bytes:
        """Return the 32-byte index of a value under a key version (the newest by default)."""
        key = self._keys[self.version if version is None else version]
        return hmac.digest(key, value.encode(), hashlib.sha256)

    def candidates(self, value: str) -> list[bytes]:
        """Return the value's index under every live key, newest first (look-ups in a rotation)."""
        return [self.of(value, version=version) for version in sorted(self._keys, reverse=True)]


def _bound(version: bytes, place: str) -> bytes:
    return version + b"|" + place.encode()
