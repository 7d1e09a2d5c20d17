"""Pages of a list: ``limit`` (20, at most 200) and ``page`` (from 1), with `_meta` and `_links`.

A route takes `Paging` and returns ``Page.of(...)``::

    @router.get("", scope="participants:read")
    async def list_units(paging: Paging, session: Reading) -> Page[UnitOut]:
        units, total = await queries.units(session, limit=paging.limit, offset=paging.offset)
        return Page.of([UnitOut.of(unit) for unit in units], total=total, paging=paging)

A page beyond the last answers 200 with an empty list; ``page=0`` is refused (profile FNS.14
wants an empty list there too, FNS.08 a first page of 1: the stricter reading catches slips).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Annotated, Generic, TypeVar
from urllib.parse import parse_qsl, urlencode

from fastapi import Depends, Query, Request
from pydantic import Field

from shared.models import ApiModel

DEFAULT_LIMIT = 20
MAX_LIMIT = 200
MAX_PAGE = 10_000_000

Item = TypeVar("Item")


class PageMeta(ApiModel):
    total_records: int = Field(description="Records in the whole list", examples=[231])
    page: int = Field(description="This page, the first being 1", examples=[3])
    offset: int = Field(description="Records before this page", examples=[40])
    limit: int = Field(description="Records a page holds at most", examples=[20])
    count: int = Field(description="Records on this page", examples=[20])


_LINK = "https://api.example.se/participants/v1/units?limit=20&page="


class PageLinks(ApiModel):
    """Addresses of neighbouring pages, with every other query parameter kept."""

    self: str = Field(examples=[_LINK + "3"])
    first: str = Field(examples=[_LINK + "1"])
    last: str = Field(examples=[_LINK + "12"])
    next: str | None = Field(description="Null on the last page", examples=[_LINK + "4"])
    prev: str | None = Field(description="Null on the first page", examples=[_LINK + "2"])


class Page(ApiModel, Generic[Item]):
    """One page of a list."""

    items: list[Item]
    meta: PageMeta = Field(alias="_meta")
    links: PageLinks = Field(alias="_links")

    @classmethod
    def of(cls, items: list[Item], *, total: int, paging: PageRequest) -> Page[Item]:
        """Return the page that `paging` asked for, out of `total` records."""
        return cls(items=items, meta=paging.meta(len(items), total), links=paging.links(total))


@dataclass(frozen=True, slots=True)
class PageRequest:
    """Which page was asked for, and where, so that its neighbours can be linked."""

    limit: int
    page: int
    url: str
    query: tuple[tuple[str, str], ...] = ()

    @property
    def offset(self) -> int:
        """Records to pass over."""
        return (self.page - 1) * self.limit

    def meta(self, count: int, total: int) -> PageMeta:
        """Return the numbers of this page."""
        return PageMeta(
            total_records=total,
            page=self.page,
            offset=self.offset,
            limit=self.limit,
            count=count,
        )

    def links(self, total: int) -> PageLinks:
        """Return the addresses of this page and its neighbours."""
        last = max(1, -(-total // self.limit))
        return PageLinks(
            self=self._link(self.page),
            first=self._link(1),
            last=self._link(last),
            next=self._link(self.page + 1) if self.page < last else None,
            prev=self._link(min(self.page - 1, last)) if self.page > 1 else None,
        )

    def _link(self, page: int) -> str:
        query = [pair for pair in self.query if pair[0] not in ("limit", "page")]
        return f"{self.url}?{urlencode([*query, ('limit', self.limit), ('page', page)])}"


# async although it awaits nothing: FastAPI sends plain functions to a thread, request by request
async def page_request(
    request: Request,
    limit: Annotated[
        int, Query(ge=1, le=MAX_LIMIT, description="Records a page holds at most")
    ] = DEFAULT_LIMIT,
    page: Annotated[int, Query(ge=1, le=MAX_PAGE, description="The page, from 1")] = 1,
) -> PageRequest:
    """Read the paging parameters of a request."""
    url = str(request.url.replace(query=""))
    query = tuple(parse_qsl(request.url.query, keep_blank_values=True))
    return PageRequest(limit, page, url, query)


Paging = Annotated[PageRequest, Depends(page_request)]
