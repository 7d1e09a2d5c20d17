"""Kept reports at the front: made once, attested knowingly, replaced when they must be."""

from __future__ import annotations

import re
from concurrent.futures import ThreadPoolExecutor
from html import unescape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from uuid import uuid4

import httpx2
import pytest

from tests.e2e.conftest import eventually
from tests.e2e.person import Person
from tests.e2e.series import deliver_series

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.e2e.conftest import City

QUESTION = "template=fokus-jarva&period=2024&area=jarva"
FARSTA = "template=fokus-jarva&period=2024&area=farsta"
"""A district that no other test attests a report of."""
TERTIAL = "template=tertialrapport&period=2020-T1"


@pytest.fixture
def clerk(loaded: City) -> Iterator[Person]:
    with Person(loaded) as person:
        yield person.sign_in("handlaggare")


@pytest.fixture
def director(loaded: City) -> Iterator[Person]:
    with Person(loaded) as person:
        yield person.sign_in("direktor")


def kept(person: Person) -> str:
    """Return the address of the kept report that a person looks at."""
    path = urlsplit(person.address).path
    assert re.fullmatch(r"/rapporter/[0-9a-f-]{36}", path), (person.status, person.page[:2000])
    return path


async def count(city: City) -> int:
    conn = await city.database("reports")
    try:
        return int(await conn.fetchval("select count(*) from committee_report"))
    finally:
        await conn.close()


def form_of(person: Person, action: str) -> tuple[str, dict[str, str]]:
    """Return where a page's form goes, and its hidden fields."""
    form = re.search(
        rf'<form[^>]*action="({re.escape(action)}[^"]*)".*?</form>', person.page, re.DOTALL
    )
    assert form, action
    hidden = re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', form[0])
    return unescape(form[1]), {name: unescape(value) for name, value in hidden}


async def test_a_double_click_makes_one_draft(loaded: City, clerk: Person) -> None:
    clerk.go(f"/rapport?{QUESTION}")
    target, fields = form_of(clerk, "/rapporter")
    before = await count(loaded)

    def click(_: int) -> httpx2.Response:
        with httpx2.Client(
            base_url=clerk.root, cookies=dict(clerk.browser.cookies), timeout=20
        ) as browser:
            return browser.post(target, data=fields)

    with ThreadPoolExecutor(4) as clicks:
        answers = list(clicks.map(click, range(4)))
    assert {answer.status_code for answer in answers} == {303}
    assert len({answer.headers["location"] for answer in answers}) == 1
    assert await count(loaded) == before + 1

    again = click(0)
    assert again.headers["location"] == answers[0].headers["location"], "gone back, and sent again"
    clerk.go(f"/rapport?{QUESTION}").send("/rapporter")
    assert kept(clerk) != answers[0].headers["location"], "the page read anew has a key of its own"
    assert await count(loaded) == before + 2


def test_a_key_is_of_one_form_and_never_left_out(clerk: Person) -> None:
    clerk.go(f"/rapport?{QUESTION}")
    target, fields = form_of(clerk, "/rapporter")
    token = {"form_token": fields["form_token"]}
    assert "idempotency_key_missing" in clerk.browser.post(target, data=token).text
    assert clerk.browser.post(target, data=fields).status_code == 303
    other = clerk.browser.post(target.replace("2024", "2023"), data=fields)
    assert (other.status_code, "idempotency_key_reused" in other.text) == (422, True)


def test_who_attests_reads_which_deviations_are_explained_and_which_are_not(
    with_ledger: City, clerk: Person, director: Person
) -> None:
    clerk.go(f"/rapport?{TERTIAL}").send("/rapporter")
    page = director.go(f"{kept(clerk)}/attestera").page
    standing, _, explained = page.partition("<h2>Kommenterade avvikelser</h2>")
    assert "<h2>Avvikelser som hindrar attest</h2>" in standing
    assert re.search(
        r"Drift och underhåll</th><td class=\"n\">[-\d\s]+,\d\d</td><td>Kommentar saknas", standing
    )
    assert explained == ""

    deviations: list[dict[str, Any]] = with_ledger.get("budget", "/deviations", period="2020-T1")[
        "items"
    ]
    one = next(
        each
        for each in deviations
        if each["commentState"] == "missing" and each["subjectKey"] != "operations"
    )
    with_ledger.post(
        "budget",
        "/deviation-comments",
        {
            "period": 202004,
            "subjectKind": one["subjectKind"],
            "subjectKey": one["subjectKey"],
            "cause": "Färre deltagare än <planerat>",
            "action": "Platserna fylls under hösten",
        },
    )

    def told() -> bool:
        clerk.go(f"/rapport?{TERTIAL}").send("/rapporter")
        return "<h2>Kommenterade avvikelser</h2>" in director.go(f"{kept(clerk)}/attestera").page

    eventually(told)
    explained = director.page.partition("<h2>Kommenterade avvikelser</h2>")[2]
    assert one["label"] in unescape(explained)
    assert "<td>Färre deltagare än &lt;planerat&gt;</td>" in explained
    assert "<td>Platserna fylls under hösten</td>" in explained


def test_an_attested_report_is_replaced_with_a_reason(
    loaded: City, clerk: Person, director: Person
) -> None:
    deliver_series(loaded, template="fokus-jarva", period="2024", area="farsta")
    clerk.go(f"/rapport?{FARSTA}").send("/rapporter")
    first = kept(clerk)
    clerk.send(f"{first}/frys")
    director.go(f"{first}/attestera").send(f"{first}/attestera", name="Karin Ek, direktör")
    assert "Läge:</strong> attesterad" in director.page
    assert "ersatt" not in director.page, "who may not write is not asked to"

    clerk.go(first).send(f"{first}/ersatt", reason="  ")
    assert "reason_needed" in clerk.page
    clerk.go(first).send(f"{first}/ersatt", reason="Stadsdelens siffror kom sent")
    second = kept(clerk)
    assert second != first
    assert "Orsak: Stadsdelens siffror kom sent" in clerk.page
    assert f'href="{second}">Ett utkast</a> ska ersätta' in clerk.go(first).page
    assert f'action="{first}/ersatt"' not in clerk.page, "one replaces it, not two"

    clerk.go(second).send(f"{second}/frys")
    director.go(f"{second}/attestera").send(f"{second}/attestera", name="Karin Ek, direktör")
    assert "Läge:</strong> attesterad" in director.page
    assert f'ersatt av <a href="{second}">en nyare</a>' in clerk.go(first).page
    assert "; ersatt av en nyare rapport" in clerk.go(f"{first}/fil?format=html").page


def test_an_unknown_address_is_a_page_to_a_browser_and_a_problem_to_a_program(
    clerk: Person,
) -> None:
    browser = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}
    for path, method, title in (
        ("/finns-inte", "GET", "Sidan finns inte"),
        ("/rapporter/a/b/c", "GET", "Sidan finns inte"),
        ("/publiceringar", "GET", "Sidan kan inte öppnas på det sättet"),
    ):
        shown = clerk.browser.request(method, path, headers=browser)
        assert shown.headers["Content-Type"] == "text/html; charset=utf-8"
        assert f"<h1>{title}</h1>" in shown.text
        assert 'lang="sv"' in shown.text
        assert "Logga ut" in shown.text, "whoever is signed in still is"
        assert "default-src 'none'" in shown.headers["Content-Security-Policy"]
        told = clerk.browser.request(method, path, headers={"Accept": "application/json"})
        assert told.headers["Content-Type"] == "application/problem+json"
        assert told.status_code == shown.status_code
    with httpx2.Client(base_url=clerk.root, headers=browser) as stranger:
        answer = stranger.get("/finns-inte")
        assert (answer.status_code, "Logga ut" in answer.text) == (404, False)
        answer = stranger.get(f"/reports/v1/{uuid4()}")
        assert answer.headers["Content-Type"] == "application/problem+json", "the API's own"
