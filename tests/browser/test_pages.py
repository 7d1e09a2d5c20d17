"""Every page, at phone and desk width, light and dark: nothing that axe finds, nothing cut off."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import (  # type: ignore[import-untyped]  # has no types
    Axe,
)

from tests.browser.conftest import DESK, NARROW, SCREENSHOTS, SIZES, Open
from tests.browser.keyboard import Keyboard

if TYPE_CHECKING:
    from playwright.sync_api import Page

FOKUS = "/rapport?template=fokus-jarva&period=2024&area=jarva"
ESF = "/rapport?template=esf-indicators&period=2024&programme=stockholmskraften"
FAILED = "fel"
"""The page that is asked for what there is not."""

PAGES = {
    "start": "/",
    "val": "/valj?template=fokus-jarva",
    "fokus-jarva": FOKUS,
    "tertialrapport": "/rapport?template=tertialrapport&period=2020-T2",
    "projektbilaga": "/rapport?template=projektbilaga&period=2020-T2",
    "esf-indikatorer": ESF,
    "ursprung": FOKUS.replace("/rapport?", "/rapport/ursprung?") + "&uppgift=guidance.visits",
    "andringar-val": FOKUS.replace("/rapport?", "/rapport/andringar?"),
    "andringar": ESF.replace("/rapport?", "/rapport/andringar?") + "&tidpunkt=2020-01-01",
    "publicera": f"{FOKUS}&audience=public",
    "sparade": "/rapporter",
    "datakvalitet": "/datakvalitet?manad=2020-08",
    FAILED: "/rapport?template=finns-inte&period=2024",
}


def found_by_axe(page: Page) -> list[str]:
    """Return what the accessibility engine finds, one line each."""
    return [
        f"{one['id']}: {node['html'][:160]}"
        for one in Axe().run(page).response["violations"]
        for node in one["nodes"]
    ]


def width_beyond_the_window(page: Page) -> int:
    """Return by how many pixels the page itself scrolls sideways."""
    beyond: int = page.evaluate(
        "document.documentElement.scrollWidth - document.documentElement.clientWidth"
    )
    return beyond


# Whichever comes first also loads the city, and all of them look at every page.
@pytest.mark.timeout(300)
@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_every_page_is_accessible_and_fits(open_page: Open, size: str, scheme: str) -> None:
    SCREENSHOTS.mkdir(parents=True, exist_ok=True)
    page = open_page(SIZES[size], scheme)
    Keyboard(page).sign_in("Handläggare")
    for name, address in PAGES.items():
        answer = page.goto(address)
        assert answer is not None
        assert answer.ok is (name != FAILED), (name, answer.status)
        assert page.locator("h1").count() == 1, name
        assert found_by_axe(page) == [], (name, size, scheme)
        assert width_beyond_the_window(page) == 0, (name, size)
        picture = SCREENSHOTS / f"{name}-{size}-{scheme}.png"
        page.screenshot(path=picture, full_page=True)
        print(picture)  # noqa: T201  the list of what can be looked at


def test_no_page_scrolls_sideways_on_the_narrowest_phone(open_page: Open) -> None:
    page = open_page(NARROW)
    Keyboard(page).sign_in("Handläggare")
    for name, address in PAGES.items():
        page.goto(address)
        assert width_beyond_the_window(page) == 0, name


def test_what_is_published_is_accessible_and_fits(open_page: Open) -> None:
    page = open_page(NARROW)
    Keyboard(page).sign_in("Ledamot", PAGES["publicera"]).press_on("Publicera")
    assert page.locator("h1").count() == 1
    assert found_by_axe(page) == []
    assert width_beyond_the_window(page) == 0
    page.goto(PAGES["publicera"])
    assert page.locator("h2", has_text="Redan publicerat").count() == 1
    assert found_by_axe(page) == []


def test_a_kept_report_and_its_attestation_are_accessible(open_page: Open) -> None:
    page = open_page()
    clerk = Keyboard(page).sign_in("Handläggare", PAGES["tertialrapport"])
    clerk.press_on("Spara som utkast").press_on("Frys för attest")
    assert found_by_axe(page) == []
    other = open_page()
    Keyboard(other).sign_in("Direktör", f"{urlsplit(page.url).path}/attestera")
    assert found_by_axe(other) == []
    assert other.locator("h2", has_text="Avvikelser").count() == 1
    other.set_viewport_size(NARROW)
    assert width_beyond_the_window(other) == 0
    other.set_viewport_size(DESK)
    other.screenshot(path=SCREENSHOTS / "attestera-desk-light.png", full_page=True)


def test_a_page_with_faults_is_found_out(open_page: Open) -> None:
    """Negative control: a field without a label, pale text, and a page wider than the window."""
    page = open_page(NARROW)
    page.set_content(
        '<html lang="sv"><title>Fel</title><body><main><h1>Fel</h1>'
        '<input type="text"><p style="color:#bbb;background:#fff">Blekt</p>'
        '<div style="width:900px">bred</div></main></body></html>'
    )
    found = " ".join(found_by_axe(page))
    assert "label" in found
    assert "color-contrast" in found
    assert width_beyond_the_window(page) > 0
