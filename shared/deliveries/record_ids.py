"""Ids for a batch of new records: UUIDs of version 7 (RFC 9562), made from one random seed.

``uuidv7()`` asks the operating system for randomness row by row. Where PostgreSQL is built
without OpenSSL that costs 7-20 microseconds a row, as much as inserting it. Here a batch
draws 64 random bits once and its row numbers are hashed with them.

Between the instant and the hash stands the row's place in its batch (a counter, section 6.2), so
that rows are written at the right edge of every index on their ids, and so is what refers to
them. The ids are as unique and as ordered in time; they are names, not secrets: nobody may do
more for knowing one.
"""

from __future__ import annotations

import secrets
import time

ID_OF_ROW = """(
    $4::text || '7' || substr(h.place, 1, 3) || '8' || substr(h.place, 4, 1) || substr(h.hex, 3)
)::uuid"""
"""The id of the row ``d.row_no``; ``$3`` and ``$4`` are what `batch_seed` returns."""

HASHED = """cross join lateral (
    select lpad(to_hex(d.place), 4, '0') as place,
           encode(int8send(hashint8extended(d.row_no, $3::bigint)), 'hex') as hex
) h"""
"""Joins what `ID_OF_ROW` is cut from to a row of ``d``: its ``place`` has 16 bits."""


def batch_seed() -> tuple[int, str]:
    """Return 63 random bits, and the present instant as the 48 bits (in hex) an id begins with."""
    return secrets.randbits(63), f"{time.time_ns() // 1_000_000:012x}"
