"""From choice to attestation with the keyboard alone."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from tests.browser.keyboard import Keyboard

if TYPE_CHECKING:
    from tests.browser.conftest import Open


def test_from_choice_to_attestation_without_a_mouse(clerk: Keyboard, open_page: Open) -> None:
    clerk.press_on("Fokus-rapport")
    clerk.choose("Period", "2024").choose("Område", "Järva").press_on("Visa rapporten")
    assert clerk.reads("Arbetsmarknadsnämndens bidrag till Fokus Järva 2024")

    clerk.press_on("Så kom uppgiften till: Besök under året")
    assert clerk.reads("Så här ställdes frågorna")
    clerk.press_on("Tillbaka till rapporten")
    clerk.press_on("Spara som utkast")
    assert clerk.reads("Läge: utkast")
    address = urlsplit(clerk.page.url).path
    clerk.press_on("Uppdatera till nu").press_on("Varför ändrades det?")
    assert clerk.reads("Så delas skillnaden upp")
    clerk.press_on("Jämför med rapporten")
    assert clerk.reads("0 värden har ändrats")
    clerk.press_on("Visa alla värden")
    assert clerk.reads("Besök under året")
    clerk.write("En tidpunkt", "2020-01-01 08:00").press_on("Jämför med tidpunkten")
    assert clerk.reads("1 januari 2020 kl. 08.00")
    clerk.press_on("Tillbaka till rapporten").press_on("Frys för attest")
    assert clerk.reads("Läge: fryst")

    director = Keyboard(open_page()).sign_in("Direktör", address)
    director.press_on("Attestera")
    assert director.reads("Den attesterade rapporten ändras aldrig")
    director.write("Namn och titel", "Karin Ek, direktör").press_on("Attestera")
    assert director.reads("Läge: attesterad")
    assert director.reads("Attesterad av Karin Ek, direktör den")

    director.to("XLSX")
    with director.page.expect_download() as download:
        director.page.keyboard.press("Enter")
    assert download.value.suggested_filename == "fokus-jarva-2024-jarva.xlsx"

    director.press_on("Sparade rapporter")
    assert director.reads("Karin Ek, direktör")
    director.press_on("Logga ut")
    assert director.reads("Du är utloggad")


def test_publishing_without_a_mouse(open_page: Open) -> None:
    member = Keyboard(open_page()).sign_in("Ledamot")
    member.press_on("Fokus-rapport")
    member.choose("Period", "2023").choose("Läsare", "Allmänheten").press_on("Visa rapporten")
    assert member.reads("Publiceringen registreras")
    member.press_on("Publicera")
    assert member.reads("Läge: publicerad för allmänheten")
    told = member.page.url
    member.page.goto(told)
    assert member.reads("Läge: publicerad för allmänheten")


def test_the_first_stop_leads_past_the_menu(clerk: Keyboard) -> None:
    clerk.to("Hoppa till innehållet")
    clerk.page.keyboard.press("Enter")
    assert clerk.page.evaluate("document.activeElement.id") == "innehall"


def test_a_focus_that_nobody_sees_is_noticed(clerk: Keyboard) -> None:
    """Negative control."""
    clerk.page.evaluate(
        "for (const one of document.querySelectorAll('*'))"
        " one.style.setProperty('outline', 'none', 'important')"
    )
    with pytest.raises(AssertionError, match="nothing shows"):
        clerk.to("Fokus-rapport")
