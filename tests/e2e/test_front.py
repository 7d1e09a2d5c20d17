"""A person signs in, reads a report, follows a number, keeps it, and another one attests it."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

import httpx2
import pytest

from services.reports.front.mounting import declared
from services.reports.front.wording import TITLES
from tests.e2e.conftest import City, eventually
from tests.e2e.person import Person
from tests.e2e.series import deliver_series

if TYPE_CHECKING:
    from collections.abc import Iterator

QUESTION = "template=fokus-jarva&period=2024&area=jarva"


@pytest.fixture
def clerk(loaded: City) -> Iterator[Person]:
    with Person(loaded) as person:
        yield person.sign_in("handlaggare")


@pytest.fixture
def director(loaded: City) -> Iterator[Person]:
    with Person(loaded) as person:
        yield person.sign_in("direktor")


def test_from_choice_to_attestation(loaded: City, clerk: Person, director: Person) -> None:
    assert "<h1>Välj rapport</h1>" in clerk.page
    clerk.go("/valj?template=fokus-jarva")
    assert 'name="period"' in clerk.page
    assert 'value="jarva" selected' in clerk.page
    clerk.go(f"/rapport?{QUESTION}")
    assert "Studie- och yrkesvägledning" in clerk.page
    link = re.search(r'href="(/rapport/ursprung\?[^"]*uppgift=guidance.visits)"', clerk.page)
    assert link
    clerk.go(unescape(link[1]))
    assert "/outreach/v1/figures/visits?" in clerk.page

    # a district that no other test attests a report of
    deliver_series(loaded, template="fokus-jarva", period="2024", area="bromma")
    clerk.go("/rapport?template=fokus-jarva&period=2024&area=bromma").send("/rapporter")
    kept = urlsplit(clerk.address).path
    assert kept.startswith("/rapporter/")
    assert "Utkast, inte attesterad" in clerk.page
    clerk.send(f"{kept}/frys")
    assert "Fryst utkast" in clerk.page

    director.go(f"{kept}/attestera").send(f"{kept}/attestera", name="Karin Ek, direktör")
    assert "Attesterad av Karin Ek, direktör den" in director.page
    for wanted in ("html", "xlsx", "docx", "pdf"):
        taken = director.browser.get(f"{kept}/fil?format={wanted}")
        assert taken.status_code == 200
        assert taken.headers["Content-Disposition"].endswith(f'.{wanted}"')


def test_a_kept_report_says_that_a_period_it_used_was_reopened(
    with_ledger: City, clerk: Person
) -> None:
    clerk.go("/rapport?template=tertialrapport&period=2020-T2").send("/rapporter")
    kept = urlsplit(clerk.address).path
    assert "Återöppnad period" not in clerk.page
    for step, body in (("closures", {}), ("reopenings", {"reason": "En faktura kom sent"})):
        with_ledger.post("budget", f"/periods/202001/{step}", body)
    eventually(lambda: "Återöppnad period:</strong> 202001 " in clerk.go(kept).page)
    assert "Perioden 2020-01 öppnades igen" in clerk.go(f"{kept}/fil?format=html").page


def test_rows_behind_a_value_are_listed_for_who_may_see_them(clerk: Person) -> None:
    clerk.go(f"/rapport?{QUESTION}").send("/rapporter")
    kept = urlsplit(clerk.address).path
    clerk.go(f"{kept}/ursprung?uppgift=stockholmskraften.exits")
    link = re.search(r'href="(\?uppgift=[^"]*varde=/values/0)"', clerk.page)
    assert link
    clerk.go(f"{kept}/ursprung{unescape(link[1])}")
    assert "Rader bakom värdet: 7 i allt" in clerk.page


def with_an_id(path: str) -> str:
    """Return a page's address with the id of what there is not."""
    return re.sub(r"\{\w+Id\}", "0198c1de-0000-7000-8000-000000000000", path)


def test_without_a_session_every_page_leads_to_signing_in(loaded: City) -> None:
    with httpx2.Client(base_url=loaded.running.urls["reports"]) as stranger:
        for page in declared():
            path = with_an_id(page.path)
            answer = stranger.request(page.method, path)
            assert answer.status_code == 303, page.label
            assert answer.headers["location"].startswith("/logga-in?tillbaka="), page.label


def test_every_page_needs_its_scope(loaded: City) -> None:
    """Whoever lacks the scope is told so, whatever the page; a form is judged before it acts."""
    with Person(loaded) as person:
        person.sign_in("drift")
        held = {"reports:read", "figures:read", "budget:read", "outreach:read", "operations:read"}
        for page in declared():
            path = with_an_id(page.path)
            answer = person.browser.request(page.method, path)
            # a report is exact unless the address says otherwise
            lacking = page.scope not in {None, *held} or page.path in {"/rapport", "/rapport/fil"}
            assert ("insufficient_scope" in answer.text) is lacking, page.label


def test_a_form_without_the_sessions_token_does_nothing(clerk: Person) -> None:
    answer = clerk.browser.post(f"/rapporter?{QUESTION}")
    assert (answer.status_code, "form_stale" in answer.text) == (403, True)
    answer = clerk.browser.post(f"/rapporter?{QUESTION}", data={"form_token": "0" * 64})
    assert answer.status_code == 403
    answer = clerk.browser.post(f"/rapporter?{QUESTION}", data={"form_token": "å"})
    assert (answer.status_code, "form_stale" in answer.text) == (403, True)


def test_nobody_is_sent_elsewhere_after_signing_in(loaded: City) -> None:
    for asked in ("https://example.se/", "//example.se/", "/\\example.se", "example.se"):
        with Person(loaded) as person:
            person.go(f"/logga-in?tillbaka={asked}")
            state = dict(parse_qsl(urlsplit(person.address).query))["state"]
            assert state
            form = dict(re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', person.page))
            data = {name: unescape(value) for name, value in form.items()} | {"role": "ledamot"}
            parts = urlsplit(person.address)
            person._arrived(
                person.browser.post(f"{parts.scheme}://{parts.netloc}/authorize", data=data)
            )
            assert person.address == f"{person.root}/"


def test_an_answer_that_belongs_to_no_flow_opens_no_session(loaded: City) -> None:
    with Person(loaded) as person:
        answer = person.browser.get("/inloggad?code=x&state=y")
        assert (answer.status_code, "sign_in_failed" in answer.text) == (403, True)
        person.go("/logga-in")
        answer = person.browser.get("/inloggad?code=x&state=tampered")
        assert (answer.status_code, "sign_in_failed" in answer.text) == (403, True)
        answer = person.browser.get("/inloggad?code=x&state=å")
        assert (answer.status_code, "sign_in_failed" in answer.text) == (403, True)
        assert "session" not in person.browser.cookies


def test_signing_out_ends_the_session_for_whoever_kept_the_cookie(clerk: Person) -> None:
    kept = dict(clerk.browser.cookies)
    clerk.go("/").send("/logga-ut")
    assert "Du är utloggad" in clerk.page
    assert "Logga ut" not in clerk.page
    with httpx2.Client(base_url=clerk.root, cookies=kept) as thief:
        assert thief.get("/").status_code == 303


def test_what_is_asked_is_shown_as_text(clerk: Person) -> None:
    clerk.go("/rapport?template=<script>alert(1)</script>&period=2024")
    assert clerk.status == 404
    assert "<script>" not in clerk.page
    clerk.go('/rapport?template=fokus-jarva&period=2024&area="><script>')
    assert "<script>" not in clerk.page


@pytest.mark.parametrize(
    ("address", "code"),
    [
        (f"/rapport?{QUESTION}&basis=0001-01-01T00:00:00%2B14:00", "basis_unreadable"),
        (f"/rapport?{QUESTION}&basis=2024-01-01T00:00:00", "basis_unreadable"),
        ("/rapport?template=fokus-jarva&period=2024&area=%00", "value_refused"),
        (f"/rapport?{QUESTION}&audience=publik", "choice_unknown"),
        (f"/rapport/fil?{QUESTION}&audience=publik&format=html", "choice_unknown"),
        ("/publicera?template=fokus-jarva&period=2024&area=mars", "area_not_found"),
        ("/publicera?template=fokus-jarva&period=2024", "area_needed"),
        (f"/publicera?{QUESTION}&basis=2999-01-01T00:00:00Z", "basis_not_settled"),
        ("/rapport?template=esf-indicators&period=2024&programme=..%2Fx", "programme_not_found"),
    ],
)
def test_whatever_cannot_be_asked_is_refused_in_swedish(
    clerk: Person, address: str, code: str
) -> None:
    clerk.go(address)
    assert clerk.status >= 400
    assert f"<code>{code}</code>" in clerk.page
    assert f"<h1>{TITLES[code]}</h1>" in clerk.page


def test_a_form_of_an_unreadable_version_changes_nothing(clerk: Person) -> None:
    clerk.go(f"/rapport?{QUESTION}").send("/rapporter")
    kept = urlsplit(clerk.address).path
    clerk.send(f"{kept}/frys", version="9" * 5000)
    assert (clerk.status, "precondition_failed" in clerk.page) == (412, True)
    assert "Utkast, inte attesterad" in clerk.go(kept).page


def test_who_attests_reads_what_is_missing_by_its_name(clerk: Person, director: Person) -> None:
    clerk.go("/rapport?template=fokus-jarva&period=2022&area=bromma").send("/rapporter")
    director.go(f"{urlsplit(clerk.address).path}/attestera")
    missing = re.search(r"<dt>Saknas något\?</dt><dd>(.*?)</dd>", director.page)
    assert missing
    assert missing[1] != "Nej"
    assert not re.search(r"\b[a-z_]+\.[a-z_]+\b", missing[1])


def test_pages_carry_what_keeps_them_safe(clerk: Person) -> None:
    headers = clerk.browser.get("/").headers
    assert "default-src 'none'" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert headers["cache-control"] == "no-store"
    (kept,) = [cookie for cookie in clerk.cookies if cookie.startswith("session=")]
    assert {"HttpOnly", "SameSite=lax", "Path=/"} <= set(kept.split("; "))


def test_what_must_be_seen_to_is_listed_with_what_to_do(with_ledger: City) -> None:
    with with_ledger.client("outreach") as sender:
        refused = sender.post(
            "/registers/visits/deliveries",
            content="sourceKey,operation,unit,heldOn,women,men\ne2e:x,nowhere,x,2024-06-03,1,0\n",
            params={"mode": "delta"},
            headers={"Content-Type": "text/csv", "Idempotency-Key": "quality"},
        )
        assert refused.status_code == 202, refused.text
    with Person(with_ledger) as person:
        person.sign_in("drift")

        def seen() -> bool:
            return "Besök: 1 rader avvisade" in person.go("/datakvalitet").page

        eventually(seen)
        assert person.page.count("Tjänsten svarar inte") == 0
        person.go("/datakvalitet?manad=2020-04")
        assert "Drift och underhåll: " in person.page, "a deviation without a comment"
        assert "Skriv orsak och åtgärd" in person.page


def test_a_service_that_is_away_is_said_to_be(outreach_hangs: City) -> None:
    with Person(outreach_hangs) as person:
        page = person.sign_in("drift").go("/datakvalitet").page
    assert "Tjänsten svarar inte" in page
    assert "<h1>Datakvalitet</h1>" in page


def test_what_stands_in_the_way_of_attesting_is_told_in_swedish(
    with_ledger: City, clerk: Person, director: Person
) -> None:
    deliver_series(with_ledger, template="tertialrapport", period="2020-T1")
    clerk.go("/rapport?template=tertialrapport&period=2020-T1").send("/rapporter")
    kept = urlsplit(clerk.address).path
    clerk.send(f"{kept}/frys")
    director.go(f"{kept}/attestera").send(f"{kept}/attestera", name="Karin Ek, direktör")
    assert director.status == httpx2.codes.CONFLICT
    assert "<h1>Avvikelser saknar kommentar</h1>" in director.page
    assert re.search(
        r"<li>Drift och underhåll: [-\d\s]+,\d\d kr, kommentar saknas</li>", director.page
    )
    assert "settlement-row" not in director.page
