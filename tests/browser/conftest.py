"""The front as a person meets it: a real browser, a real city, no mouse.

Run by ``make browser``, which names the browser in ``JARVA_BROWSER``; without one, nothing here
is collected, so that ``make test`` needs no browser.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from jarva.demo import DATA
from jarva.demo.demonstration import SCOPES
from jarva.demo.loading import Target
from jarva.demo.steps import STEPS
from jarva.layout import PROJECT
from jarva.running import Running
from tests.browser.keyboard import Keyboard

if TYPE_CHECKING:
    from playwright.sync_api import ViewportSize

BROWSER = os.environ.get("JARVA_BROWSER")
if BROWSER is None:
    collect_ignore_glob = ["test_*.py"]

FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
PHONE: ViewportSize = {"width": 390, "height": 844}
NARROW: ViewportSize = {"width": 320, "height": 640}
DESK: ViewportSize = {"width": 1280, "height": 900}
SIZES = {"phone": PHONE, "desk": DESK}

SCREENSHOTS = Path(os.environ.get("JARVA_SCREENSHOTS", PROJECT / "var" / "screenshots"))

Open = Callable[..., Page]


@pytest.fixture(scope="session")
def city(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Running]:
    """A running installation with the demonstration's data."""
    running = Running(tmp_path_factory.mktemp("city") / "var")
    running.start()
    try:
        target = Target(running.urls, running.token(SCOPES, subject="browser"))
        for _, step in STEPS:
            step(target, DATA)
        yield running
    finally:
        running.stop()


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=BROWSER, args=FLAGS)
        yield launched
        launched.close()


@pytest.fixture
def open_page(browser: Browser, city: Running) -> Iterator[Open]:
    """Return what opens a page of a person of their own; nothing but this machine answers."""
    opened = []

    def open_page(size: ViewportSize = DESK, scheme: str = "light") -> Page:
        options: dict[str, Any] = {"viewport": size, "color_scheme": scheme, "locale": "sv-SE"}
        context = browser.new_context(base_url=city.urls["reports"], **options)
        opened.append(context)
        context.route(
            lambda url: not url.startswith("http://127.0.0.1:"), lambda route: route.abort()
        )
        return context.new_page()

    yield open_page
    for context in opened:
        context.close()


@pytest.fixture
def clerk(open_page: Open) -> Keyboard:
    return Keyboard(open_page()).sign_in("Handläggare")
