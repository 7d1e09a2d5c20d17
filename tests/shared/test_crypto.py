"""Sealed values open only in their place, and equal values meet in the blind index only."""

from __future__ import annotations

import base64
import os

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.crypto import BlindIndex, KeysUnusable, SealBroken, Sealer, read_keys

ONE, TWO = bytes(range(32)), bytes(range(32, 64))
PLACE = "person|identity_number|0190a1b2"


@given(st.binary(max_size=200), st.text(max_size=50))
def test_sealed_value_opens_in_its_place(plaintext: bytes, place: str) -> None:
    sealer = Sealer({1: ONE})
    assert sealer.open(sealer.seal(plaintext, place=place), place=place) == plaintext


def test_sealed_value_opens_nowhere_else() -> None:
    sealer = Sealer({1: ONE})
    sealed = sealer.seal(b"202001012384", place=PLACE)
    for place in ("", "person|name|0190a1b2", "person|identity_number|0190a1b3"):
        with pytest.raises(SealBroken):
            sealer.open(sealed, place=place)


def test_altered_bytes_do_not_open() -> None:
    sealer = Sealer({1: ONE, 2: TWO})
    sealed = sealer.seal(b"202001012384", place=PLACE)
    for position in range(len(sealed)):
        altered = bytearray(sealed)
        altered[position] ^= 1
        with pytest.raises(SealBroken):
            sealer.open(bytes(altered), place=PLACE)
    for cut in (b"", sealed[:1], sealed[:13], sealed[:-1]):
        with pytest.raises(SealBroken):
            sealer.open(cut, place=PLACE)


def test_equal_values_are_sealed_differently() -> None:
    sealer = Sealer({1: ONE})
    assert len({sealer.seal(b"x", place=PLACE) for _ in range(1000)}) == 1000
    assert b"202001012384" not in sealer.seal(b"202001012384", place=PLACE)


def test_keys_rotate() -> None:
    old = Sealer({1: ONE})
    sealed = old.seal(b"x", place=PLACE)
    rotated = Sealer({1: ONE, 2: TWO})
    assert rotated.open(sealed, place=PLACE) == b"x"
    assert Sealer.version_of(sealed) == 1
    assert Sealer.version_of(rotated.seal(b"x", place=PLACE)) == 2
    with pytest.raises(SealBroken):
        Sealer({2: TWO}).open(sealed, place=PLACE)
    with pytest.raises(SealBroken):
        Sealer({1: TWO}).open(sealed, place=PLACE)


def test_blind_index_meets_equal_values_only() -> None:
    index = BlindIndex({1: ONE})
    assert index.of("202001012384") == index.of("202001012384")
    assert index.of("202001012384") != index.of("202001012392")
    assert len(index.of("x")) == 32
    assert index.of("x") != BlindIndex({1: TWO}).of("x")


def test_blind_index_finds_values_of_every_live_key() -> None:
    old, both = BlindIndex({1: ONE}), BlindIndex({1: ONE, 2: TWO})
    assert both.candidates("x") == [both.of("x"), old.of("x")]
    assert both.version == 2


@pytest.mark.parametrize(
    "encoded",
    [
        {},
        {0: base64.b64encode(ONE).decode()},
        {70000: base64.b64encode(ONE).decode()},
        {1: "not base64!"},
        {1: base64.b64encode(os.urandom(16)).decode()},
    ],
)
def test_unusable_keys_stop_the_start(encoded: dict[int, str]) -> None:
    with pytest.raises(KeysUnusable):
        read_keys(encoded)


def test_keys_are_read() -> None:
    assert read_keys({1: base64.b64encode(ONE).decode()}) == {1: ONE}
