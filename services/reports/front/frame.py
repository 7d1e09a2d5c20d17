"""What every page stands in: heading, menu, style, and the headers that keep it safe."""

from __future__ import annotations

from functools import cache
from hashlib import sha256
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from starlette.responses import HTMLResponse, Response

from services.reports.front.once import new_key
from services.reports.publication import numbers, page
from services.reports.publication.wording import word

if TYPE_CHECKING:
    from datetime import datetime

    from services.reports.sign_in import Session

FOLDER = page.PAGES / "front"
STYLE_PATH = "/stil.css"

MENU = (
    ("/", "Välj rapport", "reports:read"),
    ("/rapporter", "Sparade rapporter", "reports:committee"),
    ("/datakvalitet", "Datakvalitet", "operations:read"),
)
"""The menu's pages, each shown to whoever has its scope."""

STATES = {"draft": "utkast", "frozen": "fryst", "attested": "attesterad"}
"""What the state of a kept report is called."""

_POLICY = (
    "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; "
    "frame-ancestors 'none'; base-uri 'none'"
)
_HEADERS = {
    "Content-Security-Policy": _POLICY,
    "Referrer-Policy": "same-origin",
    "Cache-Control": "no-store",
}


def shown(
    file: str,
    session: Session | None,
    *,
    title: str,
    status: int = 200,
    **data: Any,  # noqa: ANN401  whatever the template shows
) -> Response:
    """Return a page.

    Args:
        file: the template's.
        session: whose page it is; None before anybody is signed in.
        title: of the page, Swedish.
        status: HTTP status.
        data: what the template shows.

    """
    menu = [
        (path, text)
        for path, text, scope in MENU
        if session is not None and scope in session.caller.scopes
    ]
    text = (
        _environment()
        .get_template(file)
        .render(session=session, menu=menu, title=title, style=style_address(), **data)
    )
    return HTMLResponse(text, status_code=status, headers=_HEADERS)


def style_address() -> str:
    """Return the stylesheet's address, which changes with it."""
    return f"{STYLE_PATH}?v={sha256(stylesheet().encode()).hexdigest()[:12]}"


@cache
def stylesheet() -> str:
    """Return the style of the frame and of the reports in it."""
    return page.stylesheet() + (FOLDER / "front.css").read_text("utf-8")


def query(**params: str | None) -> str:
    """Return a query string of what is given."""
    return urlencode({name: value for name, value in params.items() if value})


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader([FOLDER, page.PAGES]),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"word": word, "moment": _moment, "state": STATES.__getitem__}
    environment.filters |= {"kronor": numbers.kronor}
    environment.globals |= {"query": query, "Markup": Markup, "new_key": new_key}
    environment.globals["headed"] = page.headed
    return environment


def _moment(instant: datetime) -> str:
    return numbers.instant(instant.isoformat())
