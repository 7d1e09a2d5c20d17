"""A committee report is the same again at its basis, and says what it lacks."""

from __future__ import annotations

import os
import signal
import time
from typing import TYPE_CHECKING, Any

from jarva.demo.demonstration import REPORTS
from jarva.demo.loading import push
from tests.e2e.conftest import QUESTION, TIME_BUDGET, City, eventually, report

if TYPE_CHECKING:
    from pathlib import Path

    import httpx2

PROGRAMME = REPORTS["esf-indicators"]["programme"]
MANY = 10_000


def figure(document: dict[str, Any], key: str) -> Any:  # noqa: ANN401  a JSON value
    items = {item["key"]: item for part in document["sections"] for item in part["items"]}
    return items[key]["values"][-1]["value"]


def many_visits(folder: Path) -> Path:
    file = folder / "visits.csv"
    rows = [f"e2e:{number},guidance,vagledning-jarva,2024-06-03,1,0" for number in range(MANY)]
    file.write_text("\n".join(["sourceKey,operation,unit,heldOn,women,men", *rows, ""]), "utf-8")
    return file


async def test_the_same_basis_gives_the_same_bytes_whatever_is_recorded_in_between(
    loaded: City, tmp_path: Path
) -> None:
    slow = await loaded.database("outreach")
    writer = slow.transaction()
    await writer.start()
    await slow.execute(
        "insert into outreach_fact (measure, happened_on, amount, record_kind, record_id, "
        "reason, operation, sex) values ('visits', '2024-05-02', 1000000, 'visit', uuidv7(), "
        "'a slow writer', 'guidance', 'women')"
    )

    first = report(loaded)
    basis = first.json()["basis"]
    with loaded.client("outreach") as client:
        assert push(client, "visits", many_visits(tmp_path))["created"] == MANY
    await writer.commit()
    await slow.close()
    second = report(loaded, basis=basis)

    assert second.content == first.content
    assert second.headers["ETag"] == first.headers["ETag"]
    assert first.json()["status"] == "complete"
    before = figure(first.json(), "guidance.visits")
    after = eventually(
        lambda: figure(report(loaded).json(), "guidance.visits") == before + MANY + 1_000_000
    )
    assert after, "a basis after all of it counts the slow writer too"
    assert report(loaded, basis=basis).content == first.content


def test_a_reader_who_has_the_report_gets_304(loaded: City) -> None:
    first = report(loaded)
    with loaded.client("reports") as client:
        again = client.get(
            "/committee-report-data",
            params=QUESTION | {"basis": first.json()["basis"]},
            headers={"If-None-Match": first.headers["ETag"]},
        )
    assert (again.status_code, again.content) == (304, b"")


def test_a_provider_that_hangs_leaves_the_rest_within_the_time_budget(outreach_hangs: City) -> None:
    began = time.monotonic()
    document = report(outreach_hangs).json()
    assert time.monotonic() - began < TIME_BUDGET + 2.0
    assert document["status"] == "partial"
    assert {"name": "outreach", "status": "unavailable", "reason": "timeout"} in document["sources"]
    for section in document["sections"]:
        for item in section["items"]:
            if item["status"] == "unavailable":
                assert item["reason"] == "outreach: timeout"
                assert "values" not in item, "never shown as zero"
    assert figure(document, "stockholmskraften.enrolled") == 135


def test_a_provider_that_is_killed_is_missing_until_it_is_back(loaded: City) -> None:
    os.kill(loaded.running.pids["outreach-api"], signal.SIGKILL)
    eventually(lambda: report(loaded).json()["status"] == "complete", within=60)


def test_a_caller_without_the_right_to_figures_gets_none(loaded: City) -> None:
    with loaded.client("reports", "reports:read", "reports:committee") as client:
        answer = client.get("/committee-report-data", params=QUESTION)
    assert answer.status_code == 503, "every provider refuses the caller's own token"
    assert answer.json()["code"] == "no_provider_answers"


def test_a_mistyped_programme_is_no_report_of_zeros_for_who_reads_figures_alone(
    loaded: City,
) -> None:
    def asked(*scopes: str, programme: str) -> httpx2.Response:
        params = {"template": "esf-indicators", "period": "2024", "programme": programme}
        with loaded.client("reports", "reports:read", "reports:committee", *scopes) as client:
            return client.get("/committee-report-data", params=params)

    of_figures = ("figures:read", "budget:read")
    real = asked(*of_figures, programme=PROGRAMME)
    assert (real.status_code, real.json()["status"]) == (200, "partial")  # the project is hidden
    assert figure(real.json(), "participants.during") > 0
    mistyped = asked(*of_figures, programme=f"{PROGRAMME}x")
    assert (mistyped.status_code, mistyped.json()["code"]) == (404, "programme_not_known")
    assert "participants:read" in mistyped.json()["detail"]
    known = asked(*of_figures, "participants:read", programme=f"{PROGRAMME}x")
    assert (known.status_code, known.json()["code"]) == (404, "programme_not_found")
