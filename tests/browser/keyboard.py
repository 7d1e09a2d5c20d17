"""A person who uses the keyboard alone, and sees where the focus is."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Page

MANY = 600
"""More steps than any page has; whoever needs them is lost."""

_FOCUSED = """() => {
    const at = document.activeElement;
    if (!at || at === document.body) return null;
    const style = getComputedStyle(at);
    const label = at.labels && at.labels.length ? at.labels[0].innerText : "";
    const box = at.getBoundingClientRect();
    return {
        text: (label || at.textContent || at.getAttribute("aria-label") || "").trim(),
        name: at.getAttribute("name") || at.id || "",
        seen: style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0,
        there: box.width > 0 && box.height > 0,
    };
}"""


class Keyboard:
    """The keyboard of one page."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def sign_in(self, role: str, address: str = "/") -> Keyboard:
        """Open an address, and choose at the identity provider who to be."""
        self.page.goto(address)
        return self.press_on(role)

    def to(self, text: str) -> Keyboard:
        """Move the focus with Tab until it is on something that begins with a text.

        Fails when it is never there, or when nothing shows where the focus is.
        """
        met: list[str] = []
        for _ in range(MANY):
            self.page.keyboard.press("Tab")
            at = self.page.evaluate(_FOCUSED)
            if at is None:
                continue
            assert at["seen"], f"nothing shows that the focus is on {at['text']!r}"
            assert at["there"], f"the focus is on something without a size: {at['text']!r}"
            met.append(at["text"])
            if at["text"].startswith(text):
                return self
        raise AssertionError(f"{text!r} is not reached by Tab on {self.page.url}: {met[:40]}")

    def press_on(self, text: str) -> Keyboard:
        """Go to a link or button and press Enter; return when the next page is there."""
        self.to(text)
        with self.page.expect_navigation():
            self.page.keyboard.press("Enter")
        return self

    def choose(self, label: str, value: str) -> Keyboard:
        """Choose in a list by typing what the choice begins with."""
        self.to(label)
        self.page.keyboard.type(value)
        return self

    def write(self, label: str, text: str) -> Keyboard:
        """Write in a field."""
        self.to(label)
        self.page.keyboard.type(text)
        return self

    def reads(self, text: str) -> bool:
        """Tell whether the page shows a text."""
        return text in self.page.inner_text("body")
