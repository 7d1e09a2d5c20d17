"""Several reports to the public, one after the other, of facts that grow in between."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tests.e2e.conftest import report

if TYPE_CHECKING:
    from tests.e2e.conftest import City

TERTIAL = {"template": "tertialrapport", "period": "2020-T2"}
FIRST_TERTIAL = {"template": "tertialrapport", "period": "2020-T1"}


def told(document: dict[str, Any]) -> dict[str, Any]:
    """Return every number of a figure that a document shows, by where it stands."""
    found = {}
    for section in document["sections"]:
        for item in section["items"]:
            for value in item["values"] if item["kind"] == "figure" else ():
                whole = (item["key"], value["period"])
                found[str(whole)] = value["value"]
                for table in value["tables"]:
                    for row in table["rows"]:
                        named = tuple(row[name] for name in table["by"])
                        found[str((*whole, *table["by"], *named))] = row["value"]
    return {where: value for where, value in found.items() if value is not None}


def public_and_exact(city: City, question: dict[str, str]) -> tuple[dict[str, Any], dict[str, Any]]:
    public = report(city, **question, audience="public").json()
    exact = report(city, **question, basis=public["basis"]).json()
    return told(public), told(exact)


async def looked_up(city: City) -> int:
    conn = await city.database("reports")
    try:
        return int(await conn.fetchval("select count(*) from counted_cell"))
    finally:
        await conn.close()


async def test_a_later_report_is_told_and_what_was_told_is_looked_up_at_its_basis(
    with_ledger: City,
) -> None:
    first, exact = public_and_exact(with_ledger, TERTIAL)
    assert len(first) > len(exact) / 2
    assert first.items() <= exact.items()
    before = await looked_up(with_ledger)
    second, exact = public_and_exact(with_ledger, FIRST_TERTIAL)
    assert len(second) > len(exact) / 2, "what services count at other bases can be asked"
    assert second.items() <= exact.items()
    assert await looked_up(with_ledger) > before
