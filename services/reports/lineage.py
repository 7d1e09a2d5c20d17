"""The rows behind a cell of a report, asked for with the caller's own token."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from services.reports.domain.tracing import rows_behind
from services.reports.errors import RowsNotShown, RowsUnavailable
from services.reports.gathering import ProviderFailed

if TYPE_CHECKING:
    from collections.abc import Callable

    from services.reports.domain.assembly import Document
    from services.reports.gathering import RowKeeper

_NOT_SHOWN = frozenset({"insufficient_scope", "unit_not_allowed"})


async def rows(
    document: Document,
    key: str,
    cell: str,
    keeper_of: Callable[[str], RowKeeper],
    *,
    limit: int,
    page: int,
) -> dict[str, Any]:
    """Return a page of the rows behind a cell, as the service that keeps them shows them.

    Args:
        document: the report.
        key: the item.
        cell: where the value stands in the item (JSON Pointer).
        keeper_of: gives the service of a name, asked on behalf of the caller.
        limit: rows of a page.
        page: from 1.

    Raises:
        ItemNotFound, CellNotFound, RowsNotKept: see `services.reports.domain.tracing`.
        RowsNotShown: the caller may not see single rows there.
        RowsUnavailable: the service does not answer as it should.

    """
    asked = rows_behind(document, key, cell)
    params = [*asked.params, ("limit", str(limit)), ("page", str(page))]
    try:
        return await keeper_of(asked.service).rows(asked.path, params)
    except ProviderFailed as failed:
        if failed.reason in _NOT_SHOWN:
            raise RowsNotShown from failed
        raise RowsUnavailable(reason=failed.reason) from failed
