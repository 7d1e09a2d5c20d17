"""Refusals by name, whether a use case said them first or the database did."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from services.budget.errors import CONSTRAINTS
from shared.database_errors import DATABASE_ERRORS, postgres_error
from shared.errors import DomainError


@contextmanager
def refused(*kinds: type[DomainError]) -> Iterator[None]:
    """Expect a refusal by name, whether we or the database said it first."""
    with pytest.raises((DomainError, *DATABASE_ERRORS)) as caught:
        yield
    assert meaning(caught.value) in kinds


def meaning(error: BaseException) -> type[DomainError] | None:
    """Return the refusal that an error stands for."""
    if isinstance(error, DomainError):
        return type(error)
    constraint = getattr(postgres_error(error), "constraint_name", None)
    return CONSTRAINTS.get(constraint or "")
