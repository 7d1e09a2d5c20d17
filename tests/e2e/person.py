"""A person at the front, without scripts."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

import httpx2

if TYPE_CHECKING:
    from tests.e2e.conftest import City


class Person:
    """A browser without scripts: follows links and sends forms, as a person would."""

    def __init__(self, city: City) -> None:
        self.root = city.running.urls["reports"]
        self.browser = httpx2.Client(base_url=self.root, follow_redirects=False, timeout=20)
        self.page = ""
        self.status = 0
        self.address = ""
        self.cookies: list[str] = []

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_exc: object) -> None:
        self.browser.close()

    def go(self, address: str) -> Person:
        return self._arrived(self.browser.get(address))

    def send(self, action: str, **fields: str) -> Person:
        """Send the page's form with an action, its hidden fields included."""
        form = re.search(
            rf'<form[^>]*action="{re.escape(action)}[^"]*".*?</form>', self.page, re.DOTALL
        )
        assert form, f"no form {action} on {self.address}"
        target = re.search(r'action="([^"]*)"', form[0])
        hidden = dict(re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', form[0]))
        data = {name: unescape(value) for name, value in hidden.items()} | fields
        assert target
        return self._arrived(self.browser.post(unescape(target[1]), data=data))

    def sign_in(self, role: str, back_to: str = "/") -> Person:
        self.go(back_to)
        assert "Vem vill du vara?" in self.page
        form = dict(re.findall(r'type="hidden" name="([^"]*)" value="([^"]*)"', self.page))
        data = {name: unescape(value) for name, value in form.items()} | {"role": role}
        parts = urlsplit(self.address)
        return self._arrived(
            self.browser.post(f"{parts.scheme}://{parts.netloc}/authorize", data=data)
        )

    def _arrived(self, answer: httpx2.Response) -> Person:
        while answer.is_redirect:
            self.cookies += answer.headers.get_list("set-cookie")
            answer = self.browser.get(answer.headers["location"])
        self.page, self.status, self.address = answer.text, answer.status_code, str(answer.url)
        return self
