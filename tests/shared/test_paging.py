"""Pages of a list, and the addresses of their neighbours."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from hypothesis import given
from hypothesis import strategies as st

from shared.paging import PageRequest

if TYPE_CHECKING:
    from tests.shared.conftest import Sample


async def test_pages_follow_their_links(sample: Sample) -> None:
    for number in range(7):
        headers = {"Idempotency-Key": str(number)}
        await sample.calls.post("/things", json={"name": f"t{number}"}, headers=headers)
    seen: list[str] = []
    address = "/things?limit=3&sort=a%C3%A5&empty="
    page: dict[str, Any] = {}
    while address:
        page = (await sample.calls.get(address)).json()
        seen += [item["name"] for item in page["items"]]
        address = page["_links"]["next"]
    assert seen == [f"t{number}" for number in range(7)]
    assert page["_meta"] == {"totalRecords": 7, "page": 3, "offset": 6, "limit": 3, "count": 1}
    assert page["_links"]["last"] == page["_links"]["self"]
    query = parse_qs(urlsplit(page["_links"]["prev"]).query, keep_blank_values=True)
    assert query == {"limit": ["3"], "page": ["2"], "sort": ["aå"], "empty": [""]}
    assert page["_links"]["self"].startswith("http://test/sample/v1/things?")


async def test_defaults_and_pages_beyond_the_last(sample: Sample) -> None:
    page = (await sample.calls.get("/things")).json()
    assert page["_meta"] == {"totalRecords": 0, "page": 1, "offset": 0, "limit": 20, "count": 0}
    assert page["_links"]["next"] is None
    assert page["_links"]["prev"] is None
    beyond = await sample.calls.get("/things", params={"page": "99"})
    assert (beyond.status_code, beyond.json()["items"]) == (200, [])


@given(st.integers(0, 10_000), st.integers(1, 200), st.integers(1, 500))
def test_links_are_within_the_list(total: int, limit: int, page: int) -> None:
    links = PageRequest(limit, page, "http://x/y").links(total)

    def number(address: str) -> int:
        return int(parse_qs(urlsplit(address).query)["page"][0])

    last = number(links.last)
    assert (last - 1) * limit <= max(0, total - 1) < max(1, last * limit)
    assert (links.next is None) is (page >= last)
    assert links.next is None or number(links.next) == page + 1
    assert (links.prev is None) is (page == 1)
    assert links.prev is None or number(links.prev) <= last
