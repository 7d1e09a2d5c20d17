"""Who signs a unit's concern reports, by dates."""

from __future__ import annotations

from tests.participants.city import City
from tests.participants.test_concern_reports import appointed


async def test_acting_manager_stands_in_and_the_other_comes_back(city: City) -> None:
    await appointed(city, "chief-1", "2024-01-01")
    await appointed(city, "acting", "2024-07-01", "2024-07-31")
    await appointed(city, "acting-2", "2024-07-01", "2024-07-31")
    listed = (await city.read("/unit-managers", unit="jobbtorg-vuxna"))["items"]
    assert [(m["manager"], m["validFrom"], m["validTo"]) for m in listed] == [
        ("chief-1", "2024-01-01", "2024-06-30"),
        ("acting-2", "2024-07-01", "2024-07-31"),
        ("chief-1", "2024-08-01", None),
    ]
    on = (await city.read("/unit-managers", on="2024-07-31"))["items"]
    assert [m["manager"] for m in on] == ["acting-2"]
    body = {"unit": "jobbtorg-vuxna", "manager": "chief-0", "reason": "Tillsatt"}
    for first, last, refusal in (
        ("2023-06-01", None, "409 managers_overlap"),
        ("2023-06-01", "2023-05-01", "422 closed_before_opened"),
    ):
        wrong = body | {"validFrom": first, "validTo": last}
        assert await city.refused("POST", "/unit-managers", wrong) == refusal
    own = {"units": ("jobbtorg-vuxna",)}
    fine = body | {"validFrom": "2023-06-01", "validTo": "2023-06-30"}
    assert await city.refused("POST", "/unit-managers", fine, **own) == "403 unit_not_allowed"
