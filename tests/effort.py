"""How much random tests and crashes try: what the suite can afford, a multiple for `make soak`."""

from __future__ import annotations

import os

EFFORT = float(os.environ.get("JARVA_EFFORT", "1"))


def effort(suite: int) -> int:
    """Return how many of something to try, from how many the suite tries."""
    return max(1, round(suite * EFFORT))
