"""What the public reads is published by a person who has read what that means."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import httpx2

from tests.e2e.person import Person

if TYPE_CHECKING:
    from tests.e2e.conftest import City

QUESTION = "template=fokus-jarva&period=2024&area=jarva"


def published(person: Person, question: str) -> str:
    """Choose what the public reads, confirm, and return the address of what was published."""
    person.go(f"/rapport?{question}")
    assert urlsplit(person.address).path == "/publicera"
    person.send("/publiceringar")
    assert person.status == httpx2.codes.OK
    return urlsplit(person.address).path


async def releases(city: City) -> int:
    conn = await city.database("reports")
    try:
        return int(await conn.fetchval("select count(*) from release"))
    finally:
        await conn.close()


async def test_only_a_confirmed_form_publishes(loaded: City) -> None:
    before = await releases(loaded)
    with Person(loaded) as person:
        person.sign_in("drift")
        question = f"{QUESTION}&audience=public"
        person.go(f"/rapport?{question}")
        assert "Publiceringen registreras" in person.page
        assert "Senare publiceringar skyddas mot den här" in person.page
        for address in ("/rapport", "/rapport/fil", "/publicera", "/publiceringar"):
            person.go(f"{address}?{question}&format=pdf")
        assert await releases(loaded) == before, "a reader records nothing"
        answer = person.browser.post(f"/publiceringar?{question}")
        assert "form_stale" in answer.text
        assert await releases(loaded) == before, "nor does another site"

        person.go(f"/rapport?{question}")
        form = person.page
        person.send("/publiceringar")
        told = urlsplit(person.address).path
        assert await releases(loaded) == before + 1
        first = person.browser.get(f"{told}/fil?format=html").content

        person.page = form
        person.send("/publiceringar")
        assert urlsplit(person.address).path == told, "the same form again leads to the same"
        assert person.browser.get(f"{told}/fil?format=html").content == first
        assert f'href="{told}"' in person.go(f"/publicera?{question}").page
        person.go(told)
        assert "Läge:</strong> publicerad för allmänheten" in person.page
        assert await releases(loaded) == before + 1


def test_what_was_never_published_is_not_found(loaded: City) -> None:
    with Person(loaded) as person:
        person.sign_in("ledamot")
        for wrong in ("0198c1de-0000-7000-8000-000000000000", "x"):
            assert "release_not_found" in person.go(f"/publiceringar/{wrong}").page
            assert person.status == httpx2.codes.NOT_FOUND


def test_the_public_reads_what_is_protected_and_leads_to_no_exact_number(loaded: City) -> None:
    with Person(loaded) as person:
        person.sign_in("drift")
        assert person.go(f"/rapport?{QUESTION}").status == httpx2.codes.FORBIDDEN
        person.go("/valj?template=fokus-jarva")
        assert "Nämnden: exakta" not in person.page
        published(person, f"{QUESTION}&audience=public")
        assert "Allmänheten; små antal visas inte" in person.page
        assert ">..<" in person.page, "something is withheld"
        assert "/rapport/ursprung" not in person.page
        assert "Spara som utkast" not in person.page
