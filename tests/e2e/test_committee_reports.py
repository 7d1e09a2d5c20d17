"""A report is made, frozen and attested by a person, and stands from then on."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING, Any
from uuid import uuid4

import asyncpg
import pytest

from jarva.demo.demonstration import SCOPES
from tests.e2e.conftest import QUESTION, City, eventually, report
from tests.e2e.series import deliver_series, missing_series

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx2

CLERK = (*SCOPES, "reports:write", "reports:attest")
TERTIAL = {"template": "tertialrapport", "period": "2020-T2"}

ADDED = """insert into committee_report_content
    (report_id, number, basis, status, content, content_hash, by)
    values ($1, 99, now(), 'complete', ''::bytea, encode(sha256(''::bytea), 'hex'), 'x')"""

Body = dict[str, Any]


@pytest.fixture
def clerk(loaded: City) -> Iterator[httpx2.Client]:
    with loaded.client("reports", *CLERK, subject="clerk") as client:
        yield client


@pytest.fixture
def manager(loaded: City) -> Iterator[httpx2.Client]:
    with loaded.client("reports", *CLERK, subject="manager") as client:
        yield client


def made(client: httpx2.Client, **question: Any) -> Body:  # noqa: ANN401  JSON
    answer = client.post(
        "/committee-reports", json=question, headers={"Idempotency-Key": str(uuid4())}
    )
    assert answer.status_code == 201, answer.text
    assert answer.headers["ETag"] == '"v1"'
    draft: Body = answer.json()
    return draft


def done(client: httpx2.Client, kept: Body, step: str, **body: Any) -> httpx2.Response:  # noqa: ANN401
    headers = {"If-Match": f'"v{kept["version"]}"'}
    address = f"/committee-reports/{kept['id']}/{step}"
    if step == "freezes":
        return client.post(address, headers=headers)
    return client.post(address, headers=headers, json=body)


def frozen(client: httpx2.Client, **question: Any) -> Body:  # noqa: ANN401  JSON
    answer = done(client, made(client, **question), "freezes")
    assert answer.status_code == 200, answer.text
    kept: Body = answer.json()
    return kept


def attested(client: httpx2.Client, kept: Body, **changed: str) -> httpx2.Response:
    body = {"name": "Karin Ek, direktör", "contentHash": kept["contentHash"]} | changed
    return done(client, kept, "attestations", **body)


def code(answer: httpx2.Response) -> str:
    return str(answer.json()["code"])


def test_a_draft_keeps_the_very_bytes_of_its_basis(loaded: City, clerk: httpx2.Client) -> None:
    draft = made(clerk, **QUESTION)
    kept = clerk.get(f"/committee-reports/{draft['id']}/contents")
    assert kept.json()["notesWritten"] is True
    assert kept.content == report(loaded, basis=draft["basis"]).content
    assert sha256(kept.content).hexdigest() == draft["contentHash"]
    assert (draft["state"], draft["status"]) == ("draft", "complete")

    refreshed = done(clerk, draft, "refreshments").json()
    assert refreshed["contentNumber"] == 2
    assert refreshed["basis"] > draft["basis"]
    first = clerk.get(f"/committee-reports/{draft['id']}/contents", params={"number": 1})
    assert first.content == kept.content
    history = clerk.get(f"/committee-reports/{draft['id']}/steps").json()
    assert [step["step"] for step in history["steps"]] == ["made", "refreshed"]
    assert [one["number"] for one in history["contents"]] == [1, 2]


def test_a_report_that_misses_a_published_series_is_never_attested(
    loaded: City, clerk: httpx2.Client, manager: httpx2.Client
) -> None:
    question = QUESTION | {"area": "skarpnack"}
    kept = frozen(clerk, **question)
    assert kept["status"] == "partial"
    refused = attested(manager, kept)
    assert code(refused) == "report_partial"
    assert "reports: no_series_delivered" in {one["reason"] for one in refused.json()["missing"]}
    shown = clerk.get(f"/committee-reports/{kept['id']}/contents").json()
    assert {"name": "reports", "status": "unavailable", "reason": "series_missing"} in shown[
        "sources"
    ]
    assert missing_series(loaded, **question)

    deliver_series(loaded, **question)
    assert attested(manager, frozen(clerk, **question)).status_code == 200


def test_attesting_binds_what_was_read_to_a_name_and_another_person(
    loaded: City, clerk: httpx2.Client, manager: httpx2.Client
) -> None:
    deliver_series(loaded, **QUESTION | {"period": "2023"})
    draft = made(clerk, **QUESTION | {"period": "2023"})
    assert code(attested(manager, draft)) == "report_not_frozen"
    kept = done(clerk, draft, "freezes").json()
    assert code(attested(clerk, kept)) == "same_person"
    assert code(attested(manager, kept, contentHash="0" * 64)) == "content_changed"
    assert attested(manager, draft).status_code == 412
    assert attested(manager, kept).status_code == 200


def test_a_report_with_something_missing_is_never_attested(
    outreach_hangs: City, clerk: httpx2.Client, manager: httpx2.Client
) -> None:
    refused = attested(manager, frozen(clerk, **QUESTION | {"period": "2025"}))
    assert code(refused) == "report_partial"
    assert "outreach: timeout" in {one["reason"] for one in refused.json()["missing"]}


def test_an_attested_report_never_changes(
    loaded: City, clerk: httpx2.Client, manager: httpx2.Client
) -> None:
    kept = frozen(clerk, **QUESTION)
    answer = attested(manager, kept)
    assert answer.status_code == 200, answer.text
    signed = answer.json()
    assert signed["state"] == "attested"
    assert signed["attestation"]["name"] == "Karin Ek, direktör"
    assert signed["attestation"]["by"] == "manager"
    before = clerk.get(f"/committee-reports/{kept['id']}/contents").content

    assert code(done(clerk, signed, "refreshments")) == "report_not_draft"
    assert code(done(clerk, signed, "thaws", reason="Ändrat mig")) == "report_not_frozen"
    assert code(attested(manager, signed)) == "report_not_frozen"

    again = frozen(clerk, **QUESTION)
    refused = attested(manager, again)
    assert code(refused) == "already_attested"
    assert refused.json()["attested"] == kept["id"]

    replaces = {"reportId": kept["id"], "reason": "Sena leveranser"}
    other = clerk.post(
        "/committee-reports",
        json=QUESTION | {"period": "2023", "replaces": replaces},
        headers={"Idempotency-Key": str(uuid4())},
    )
    assert code(other) == "not_replaceable", "a report of another year"
    newer = attested(manager, frozen(clerk, **QUESTION, replaces=replaces))
    assert newer.status_code == 200, newer.text
    replaced = clerk.get(f"/committee-reports/{kept['id']}").json()
    assert replaced["supersededBy"] == newer.json()["id"]
    assert clerk.get(f"/committee-reports/{kept['id']}/contents").content == before


async def test_the_database_refuses_to_change_what_is_attested(
    loaded: City, clerk: httpx2.Client, manager: httpx2.Client
) -> None:
    found = clerk.get("/committee-reports", params={"state": "attested"}).json()["items"]
    kept = found[0] if found else attested(manager, frozen(clerk, **QUESTION)).json()
    urls = [loaded.running.database_url("reports"), loaded.running.owner_database_url("reports")]
    for url in urls:
        conn = await asyncpg.connect(url)
        try:
            for statement in (
                "update committee_report set state = 'draft' where id = $1",
                "update committee_report_content set content = ''::bytea where report_id = $1",
                "delete from attestation where report_id = $1",
                ADDED,
            ):
                with pytest.raises(
                    (asyncpg.CheckViolationError, asyncpg.InsufficientPrivilegeError)
                ):
                    await conn.execute(statement, kept["id"])
        finally:
            await conn.close()


def test_deviations_without_a_comment_stand_in_the_way(
    with_ledger: City, clerk: httpx2.Client, manager: httpx2.Client
) -> None:
    refused = attested(manager, frozen(clerk, **TERTIAL))
    assert code(refused) == "deviations_uncommented"
    missing = refused.json()["uncommentedDeviations"]
    assert {"operations", "revenue"} <= {one["subjectKey"] for one in missing}

    with with_ledger.client("budget") as budget:
        for one in missing:
            commented = budget.post(
                "/deviation-comments",
                json={
                    "period": 202008,
                    "subjectKind": one["subjectKind"],
                    "subjectKey": one["subjectKey"],
                    "cause": "Färre deltagare under våren",
                    "action": "Platserna fylls under hösten",
                },
                headers={"Idempotency-Key": str(uuid4())},
            )
            assert commented.status_code == 201, commented.text
    # the comments count once the basis has passed them, which takes moments
    eventually(lambda: attested(manager, frozen(clerk, **TERTIAL)).status_code == 200)


def test_a_report_of_some_units_cannot_be_made(loaded: City) -> None:
    token = loaded.running.token(CLERK, subject="clerk", units=["jobbtorg-unga-jarva"])
    with loaded.client("reports") as client:
        answer = client.post(
            "/committee-reports",
            json=QUESTION,
            headers={"Idempotency-Key": str(uuid4()), "Authorization": f"Bearer {token}"},
        )
    assert (answer.status_code, code(answer)) == (403, "partial_figures")


@pytest.mark.parametrize("wanted", ["html", "xlsx", "pdf"])
def test_a_report_can_be_taken_home_in_every_format(
    wanted: str, loaded: City, clerk: httpx2.Client
) -> None:
    basis = report(loaded).json()["basis"]
    address = f"/committee-report-files/{wanted}"
    answer = clerk.get(address, params=QUESTION | {"basis": basis})
    assert answer.status_code == 200, answer.text
    name = f'filename="fokus-jarva-2024-jarva.{wanted}"'
    assert answer.headers["Content-Disposition"].endswith(name)
    again = clerk.get(address, params=QUESTION | {"basis": basis})
    assert again.content == answer.content, "the same bytes for the same basis"
    draft = made(clerk, **QUESTION)
    kept = clerk.get(f"/committee-reports/{draft['id']}/files/{wanted}")
    assert kept.status_code == 200, kept.text


def test_a_reopened_period_is_seen_at_the_report_that_used_it(
    with_ledger: City, clerk: httpx2.Client
) -> None:
    kept = made(clerk, **TERTIAL)
    assert kept["reopenedPeriods"] == []
    for step, body in (("closures", {}), ("reopenings", {"reason": "En faktura kom sent"})):
        with_ledger.post("budget", f"/periods/202001/{step}", body)

    def reopened() -> list[int]:
        shown: Body = clerk.get(f"/committee-reports/{kept['id']}").json()
        return list(shown["reopenedPeriods"])

    assert eventually(reopened) == [202001]
    tertials = clerk.get("/ready-periods", params={"year": "2020"}).json()["items"]
    assert tertials[0]["reopenedPeriods"] == [202001]
    assert not any(tertial["ready"] for tertial in tertials)
