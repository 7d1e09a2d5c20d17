"""What the violation of a constraint means."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeAlias

from shared.errors import DomainError

Meanings: TypeAlias = dict[str, Callable[[], DomainError]]
"""A refusal by the name of the constraint that calls for it."""
