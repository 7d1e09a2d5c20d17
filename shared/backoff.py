"""How long to wait before trying again: exponential, capped, spread by chance."""

from __future__ import annotations

import random
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Backoff:
    """Seconds before the next try: ``first`` doubled each time up to ``cap``, minus up to half.

    The random part keeps many that failed together from coming back together.
    """

    first: float = 1.0
    cap: float = 600.0

    def delay(self, failures: int) -> float:
        """Return the seconds to wait after the given number of failures in a row (1, 2, ...)."""
        doubled = self.first * 2.0 ** min(failures - 1, 32)
        return min(self.cap, doubled) * random.uniform(0.5, 1.0)  # noqa: S311  not a secret
