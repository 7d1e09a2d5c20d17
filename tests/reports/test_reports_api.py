"""The reports service over HTTP: what it answers by itself and when others are away."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from services.reports.main import create_app
from services.reports.registers import REGISTERS
from shared.basis import wait_until_settled
from shared.deliveries.loop import DeliveryWorker

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    import httpx2

    from services.reports.settings import ReportsSettings
    from shared.db import Database
    from tests.conftest import Calling
    from tests.tokens import Issuer

SCHOOL = {
    "series": "komvux.students_per_school",
    "period": "2024",
    "label": "En skola",
    "value": 405,
    "unit": "persons",
    "approximate": True,
    "source": "Vuxenutbildningen",
    "vintage": "2025-03",
}


@pytest.fixture
async def client(
    calling: Calling, settings: ReportsSettings, issuer: Issuer
) -> AsyncIterator[httpx2.AsyncClient]:
    headers = issuer.headers(
        "reports:read", "reports:committee", "registers:push", "figures:read", "budget:read"
    )
    async with calling(create_app(settings), headers=headers) as client:
        yield client


async def push(client: httpx2.AsyncClient, db: Database, *rows: dict[str, Any]) -> dict[str, Any]:
    answer = await client.post(
        "/reports/v1/registers/reference-series/deliveries",
        json=list(rows),
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert answer.status_code == 202, answer.text
    await DeliveryWorker(db, REGISTERS).run_until_idle()
    await wait_until_settled(db)
    delivery: dict[str, Any] = (await client.get(answer.headers["Location"])).json()
    return delivery


async def references(client: httpx2.AsyncClient, **more: str) -> list[dict[str, Any]]:
    params = {"template": "tertialrapport", "period": "2020-T2"} | more
    answer = await client.get("/reports/v1/committee-report-data", params=params)
    assert answer.status_code == 200, answer.text
    items = [item for section in answer.json()["sections"] for item in section["items"]]
    return [item for item in items if item["kind"] == "reference"]


async def test_the_area_map_says_what_jarva_was_made_of(client: httpx2.AsyncClient) -> None:
    areas = (await client.get("/reports/v1/areas")).json()["areas"]
    jarva = next(area for area in areas if area["code"] == "jarva")
    assert jarva["validFrom"] == "2023-07-01"
    assert jarva["predecessors"] == ["rinkeby-kista", "spanga-tensta"]
    in_force_today = [area for area in areas if area["validTo"] is None]
    assert len(in_force_today) == 11


async def test_no_provider_at_all_is_an_error_not_an_empty_report(
    client: httpx2.AsyncClient,
) -> None:
    answer = await client.get(
        "/reports/v1/committee-report-data",
        params={"template": "fokus-jarva", "period": "2024", "area": "jarva"},
    )
    assert answer.status_code == 503
    assert answer.json()["code"] == "no_provider_answers"


async def test_providers_that_are_away_leave_what_we_hold_ourselves(
    client: httpx2.AsyncClient, reports_db: Database
) -> None:
    delivery = await push(client, reports_db, SCHOOL)
    assert delivery["counts"]["created"] == 1
    basis = (await wait_until_settled(reports_db)).isoformat()
    answer = await client.get(
        "/reports/v1/committee-report-data",
        params={"template": "fokus-jarva", "period": "2024", "area": "jarva", "basis": basis},
    )
    report = answer.json()
    assert report["status"] == "partial"
    assert {source["status"] for source in report["sources"]} == {"unavailable"}
    assert answer.headers["Cache-Control"] == "no-store"
    items = {item["key"]: item for section in report["sections"] for item in section["items"]}
    assert items["komvux.students_per_school"]["rows"][0]["low"] == 405
    assert items["guidance.visits"]["status"] == "unavailable"
    assert "values" not in items["guidance.visits"], "nothing is shown as zero"


async def test_a_corrected_reference_value_leaves_the_old_basis_as_it_was(
    client: httpx2.AsyncClient, reports_db: Database
) -> None:
    row = SCHOOL | {"series": "projects.active", "period": "2020-08-31", "label": "", "value": 60}
    await push(client, reports_db, row)
    before = (await wait_until_settled(reports_db)).isoformat()
    await push(client, reports_db, row | {"value": 61})
    after = (await wait_until_settled(reports_db)).isoformat()
    assert [
        item["rows"][0]["low"]
        for item in await references(client, basis=before)
        if item["status"] == "ok"
    ] == [60]
    assert [
        item["rows"][0]["low"]
        for item in await references(client, basis=after)
        if item["status"] == "ok"
    ] == [61]


async def test_a_row_without_a_value_is_refused_by_number_and_field(
    client: httpx2.AsyncClient, reports_db: Database
) -> None:
    bad = {name: value for name, value in SCHOOL.items() if name != "value"}
    delivery = await push(client, reports_db, SCHOOL, bad | {"label": "B"})
    assert delivery["counts"]["rejected"] == 1
    errors = (
        await client.get(
            f"/reports/v1/registers/reference-series/deliveries/{delivery['id']}/errors"
        )
    ).json()
    rows = errors["items"]
    assert (rows[0]["rowNumber"], rows[0]["field"], rows[0]["code"]) == (
        2,
        "value",
        "value_missing",
    )


async def test_what_could_only_be_stored_rounded_is_refused_and_the_rest_compares_equal(
    client: httpx2.AsyncClient, reports_db: Database
) -> None:
    fine, coarse = SCHOOL | {"label": "A", "value": 0.1255}, SCHOOL | {"value": 0.125}
    first = await push(client, reports_db, fine, coarse)
    assert (first["counts"]["rejected"], first["counts"]["created"]) == (1, 1)
    again = await push(client, reports_db, fine, coarse)
    assert (again["counts"]["rejected"], again["counts"]["unchanged"]) == (1, 1)


@pytest.mark.parametrize(
    ("params", "status", "code"),
    [
        ({"template": "okand", "period": "2024"}, 404, "template_not_found"),
        ({"template": "fokus-jarva", "period": "i fjol"}, 422, "not_a_period"),
        ({"template": "fokus-jarva", "period": "2024"}, 422, "area_needed"),
        ({"template": "esf-indicators", "period": "2024"}, 422, "programme_needed"),
        ({"template": "projektbilaga", "period": "2024-03"}, 422, "period_of_wrong_kind"),
        (
            {"template": "fokus-jarva", "period": "2024-T1", "area": "jarva"},
            422,
            "period_of_wrong_kind",
        ),
        ({"template": "fokus-jarva", "period": "2024", "area": "mars"}, 404, "area_not_found"),
        ({"template": "fokus-jarva", "period": "2020", "area": "jarva"}, 404, "area_not_found"),
    ],
)
async def test_a_question_that_cannot_be_answered_says_why(
    client: httpx2.AsyncClient, params: dict[str, str], status: int, code: str
) -> None:
    answer = await client.get("/reports/v1/committee-report-data", params=params)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert answer.headers["Content-Type"] == "application/problem+json"


async def test_a_basis_in_the_future_is_refused(client: httpx2.AsyncClient) -> None:
    answer = await client.get(
        "/reports/v1/committee-report-data",
        params={"template": "tertialrapport", "period": "2020-T2", "basis": "2999-01-01T00:00:00Z"},
    )
    assert (answer.status_code, answer.json()["code"]) == (409, "basis_not_settled")


async def test_the_page_says_what_is_missing_in_swedish(
    client: httpx2.AsyncClient, reports_db: Database
) -> None:
    await push(client, reports_db, SCHOOL)
    basis = (await wait_until_settled(reports_db)).isoformat()
    answer = await client.get(
        "/reports/v1/committee-report-pages",
        params={"template": "fokus-jarva", "period": "2024", "area": "jarva", "basis": basis},
    )
    assert answer.status_code == 200
    assert answer.headers["Content-Type"].startswith("text/html")
    assert "Rapporten är ofullständig" in answer.text
    assert "cirka 405" in answer.text


async def test_every_template_says_what_must_be_given(client: httpx2.AsyncClient) -> None:
    answer = await client.get("/reports/v1/templates")
    needs = {
        each["name"]: (each["periodKind"], each["needsArea"], each["needsProgramme"])
        for each in answer.json()["templates"]
    }
    assert needs == {
        "esf-indicators": ("year_or_tertial", False, True),
        "fokus-jarva": ("year", True, False),
        "projektbilaga": ("year_or_tertial", False, False),
        "tertialrapport": ("tertial", False, False),
    }
