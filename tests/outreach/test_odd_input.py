"""What cannot be recorded is refused, and the answer says where it stood; nothing breaks."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from uuid import uuid4

from services.outreach.main import create_app
from services.outreach.settings import Settings
from shared.app import ServiceApp
from tests.outreach.arena import EVERYTHING, Arena, contact_body
from tests.repo.services import example, operations

NUL = "a\0b"
"""Text that PostgreSQL cannot hold."""
ENDS = ("0001-01-01", "9999-12-31")
"""The ends of the calendar, which the database driver takes for infinities."""


def odd(app: ServiceApp) -> Iterator[tuple[str, str, str, dict[str, Any]]]:
    """Yield for each member of each body something that it cannot be: method, path, member, body.

    The rest of the body is the specification's own example.
    """
    document = app.api.openapi()
    for method, path, operation in operations(document):
        body = example(document, operation)
        concrete = "/".join(
            str(uuid4()) if part.endswith("Id}") else part.strip("{}").lower()
            for part in path.split("/")
        )
        for member, shown in (body or {}).items():
            if isinstance(shown, str) and member not in RULED:
                for value in ENDS if member.endswith("On") else (NUL,):
                    yield method, concrete, member, {**(body or {}), member: value}


RULED = {"rule", "organisationNumber"}
"""Members that are refused by rules of their own, whatever they hold that is wrong."""


async def test_what_cannot_be_recorded_is_refused_by_name(arena: Arena, settings: Settings) -> None:
    went_wrong = []
    tried = set()
    for method, path, member, body in odd(create_app(settings)):
        tried.add(member)
        answer = await arena.call(method, path, body, version=1, scopes=SCOPES)
        if answer.status_code != 422 or f'"property":"{member}"' not in answer.text:
            went_wrong.append((method, path, member, body[member], answer.text))
    assert went_wrong == []
    assert tried > {"name", "purpose", "note", "reason", "title", "address", "startsOn", "personId"}
    long = await arena.call("POST", "/contacts", contact_body(sourceKey="x" * 10_000_000))
    assert (long.status_code, long.json()["code"]) == (413, "content_too_large")


SCOPES = (*EVERYTHING, "operations:write")
