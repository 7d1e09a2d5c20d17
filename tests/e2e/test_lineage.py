"""From a number of a report back to the questions asked and the rows behind it."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import pytest

from jarva.demo.demonstration import REPORTS, SCOPES
from tests.e2e.conftest import QUESTION, City, eventually, report

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx2

TERTIAL = {"template": "tertialrapport", "period": "2020-T2"}
Body = dict[str, Any]


@pytest.fixture
def auditor(with_ledger: City) -> Iterator[httpx2.Client]:
    scopes = (*SCOPES, "reports:write", "figures:rows")
    with with_ledger.client("reports", *scopes, subject="auditor") as client:
        yield client


@pytest.fixture
def kept(auditor: httpx2.Client) -> str:
    return made(auditor, **QUESTION)


def made(client: httpx2.Client, **question: str) -> str:
    """Keep a whole report; one that a slow moment left partial is made again."""

    def whole() -> str | None:
        answer = client.post(
            "/committee-reports", json=question, headers={"Idempotency-Key": str(uuid4())}
        )
        assert answer.status_code == 201, answer.text
        return str(answer.json()["id"]) if answer.json()["status"] == "complete" else None

    return str(eventually(whole))


def item_of(client: httpx2.Client, report_id: str, key: str) -> Body:
    document = client.get(f"/committee-reports/{report_id}/contents").json()
    found: Body = next(
        item for part in document["sections"] for item in part["items"] if item["key"] == key
    )
    return found


def rows_of(client: httpx2.Client, report_id: str, key: str, cell: str) -> list[Body]:
    address = f"/committee-reports/{report_id}/lineages/{key}/rows"
    answer = client.get(address, params={"cell": cell, "limit": "200"})
    assert answer.status_code == 200, answer.text
    assert answer.json()["_links"]["next"] is None
    items: list[Body] = answer.json()["items"]
    return items


def test_every_question_gives_the_number_again(
    with_ledger: City, auditor: httpx2.Client, kept: str
) -> None:
    shown = item_of(auditor, kept, "guidance.visits")
    told = auditor.get(f"/committee-reports/{kept}/lineages/guidance.visits").json()
    assert told["definition"]["figure"] == "visits"
    assert told["source"]["registerName"] == "visits"
    assert told["source"]["lastDelivery"]["id"]
    asked = [
        (value["value"] if table is None else sum(row["value"] for row in table["rows"]))
        for value in shown["values"]
        for table in [None, *value["tables"]]
    ]
    answers = []
    for question in told["questions"]:
        root, _, path = question["address"].partition("/v1")
        with with_ledger.client(root.strip("/")) as client:
            answers.append(client.get(path).json()["total"])
    assert answers == asked
    assert asked[0] >= 729, "at least what was loaded: other tests of the city add visits"


@pytest.mark.parametrize("template", REPORTS)
def test_every_question_of_every_report_can_be_asked_again(
    with_ledger: City, auditor: httpx2.Client, template: str
) -> None:
    made_of = made(auditor, **REPORTS[template])
    document = auditor.get(f"/committee-reports/{made_of}/contents").json()
    addresses = set()
    for item in (item for part in document["sections"] for item in part["items"]):
        told = auditor.get(f"/committee-reports/{made_of}/lineages/{item['key']}")
        assert told.status_code == 200, item["key"]
        questions = told.json()["questions"]
        asks = item["kind"] in {"figure", "table", "statement"} and item["status"] == "ok"
        assert bool(questions) is (asks and item.get("rows") != []), item["key"]
        addresses |= {(one["service"], one["address"]) for one in questions}
    for service, address in sorted(addresses):
        with with_ledger.client(service) as client:
            answer = client.get(address.partition("/v1")[2])
        assert answer.status_code == 200, (address, answer.text)


@pytest.mark.parametrize(
    "cell", ["/values/0", "/values/0/tables/0/rows/0", "/values/0/tables/0/rows/1"]
)
def test_the_rows_behind_a_cell_add_up_to_it(auditor: httpx2.Client, kept: str, cell: str) -> None:
    holder: Any = item_of(auditor, kept, "stockholmskraften.exits")
    for step in cell.strip("/").split("/"):
        holder = holder[int(step)] if step.isdecimal() else holder[step]
    rows = rows_of(auditor, kept, "stockholmskraften.exits", cell)
    assert sum(row["amount"] for row in rows) == holder["value"]
    assert {row["recordKind"] for row in rows} == {"enrolment"}


def test_the_postings_behind_an_account_group_add_up_to_the_ore(auditor: httpx2.Client) -> None:
    tertial = made(auditor, **TERTIAL)
    rows = item_of(auditor, tertial, "income_statement")["statement"]["rows"]
    number = next(n for n, row in enumerate(rows) if row["code"] == "35")
    cell = f"/statement/rows/{number}/amounts"
    for column in ("external", "total"):
        behind = rows_of(auditor, tertial, "income_statement", f"{cell}/{column}")
        total = sum((Decimal(row["amount"]) for row in behind), Decimal(0))
        assert f"{total:.2f}" == rows[number]["amounts"][column]


def test_a_ratio_says_what_it_divides(auditor: httpx2.Client) -> None:
    address = "/committee-report-lineages/drop_in.enrolled_share"
    told = auditor.get(address, params=TERTIAL).json()
    assert [part["key"] for part in told["parts"]] == ["drop_in.enrolled", "drop_in.visitors"]
    assert all(part["questions"] for part in told["parts"])


def test_what_is_no_sum_of_rows_or_not_there_is_refused_by_name(
    auditor: httpx2.Client, kept: str
) -> None:
    root = f"/committee-reports/{kept}/lineages"
    for key, cell, code in (
        ("komvux.students", "/rows/0", "rows_not_kept"),
        ("guidance.visits", "/values/7", "cell_not_found"),
        ("guidance.visits", "/values/0/tables/0/rows/99", "cell_not_found"),
        ("guidance.visits", "/definition/text", "cell_not_found"),
        ("no.such.item", "/values/0", "item_not_found"),
    ):
        answer = auditor.get(f"{root}/{key}/rows", params={"cell": cell})
        assert answer.json()["code"] == code, (key, cell)


def test_single_rows_need_a_scope_of_their_own(with_ledger: City, kept: str) -> None:
    address = f"/committee-reports/{kept}/lineages/guidance.visits"
    with with_ledger.client("reports") as client:
        assert client.get(address).status_code == 200
        answer = client.get(f"{address}/rows", params={"cell": "/values/0"})
    assert (answer.status_code, answer.json()["code"]) == (403, "rows_not_shown")


def test_lineage_is_that_of_the_kept_report(with_ledger: City, kept: str) -> None:
    later = report(with_ledger).json()["basis"]
    with with_ledger.client("reports") as client:
        told = client.get(f"/committee-reports/{kept}/lineages/guidance.visits").json()
    assert told["basis"] < later
