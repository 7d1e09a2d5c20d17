"""People stay signed in for as long as the provider lets them, and no longer."""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import asynccontextmanager
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
from pydantic import SecretStr

from services.reports.main import create_app
from services.reports.sign_in import sessions
from shared.db import driver
from tests.reports.identity_provider import SECRET, IdentityProvider, serving

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable
    from contextlib import AbstractAsyncContextManager

    import httpx2

    from services.reports.settings import ReportsSettings
    from shared.db import Database
    from tests.conftest import Calling
    from tests.tokens import Issuer

    SignedIn = Callable[..., AbstractAsyncContextManager[tuple["Front", IdentityProvider]]]

SOON = sessions.EARLY.total_seconds() / 2
"""A token's life, in seconds, that is over soon from the beginning."""


class Front:
    """A browser at the front."""

    def __init__(self, browser: httpx2.AsyncClient) -> None:
        self.browser = browser

    async def sign_in(self, provider: IdentityProvider) -> int:
        sent = await self.browser.get("/logga-in")
        assert sent.status_code == 303, sent.text
        back = provider.code_for(sent.headers["location"])
        return (await self.browser.get("/inloggad", params=back)).status_code

    async def is_signed_in(self) -> bool:
        """Tell whether a page is shown, rather than the way to the provider."""
        answer = await self.browser.get("/")
        assert answer.status_code in {200, 303}, answer.text
        return answer.status_code == 200


@pytest.fixture
def front(calling: Calling, settings: ReportsSettings, issuer: Issuer) -> SignedIn:
    """Return what signs somebody in at a front with a provider of its own."""

    @asynccontextmanager
    async def front(
        secret: str | None = SECRET,
        **more: Any,  # noqa: ANN401  the provider's fields
    ) -> AsyncIterator[tuple[Front, IdentityProvider]]:
        async with serving(issuer, **more) as provider:
            own = settings.model_copy(
                update={
                    "auth_issuer": provider.issuer.name,
                    "public_url": "http://test",
                    "oidc_client_secret": None if secret is None else SecretStr(secret),
                }
            )
            async with calling(create_app(own)) as browser:
                yield Front(browser), provider

    return front


async def the_token_has_ended(db: Database) -> None:
    async with db.begin() as session:
        await (await driver(session)).execute(
            "update web_session set token_until = now() - interval '1 second'"
        )


async def count(db: Database) -> int:
    async with db.read() as session:
        return int(await (await driver(session)).fetchval("select count(*) from web_session"))


@pytest.mark.parametrize(
    ("methods", "secret", "shown"),
    [
        (("client_secret_basic",), SECRET, "client_secret_basic"),
        (("client_secret_post",), SECRET, "client_secret_post"),
        (("client_secret_post", "client_secret_basic"), SECRET, "client_secret_basic"),
        (None, SECRET, "client_secret_basic"),
        (("none",), None, "none"),
    ],
)
async def test_a_secret_is_shown_as_the_provider_says(
    front: SignedIn, methods: tuple[str, ...] | None, secret: str | None, shown: str
) -> None:
    async with front(secret, methods=methods) as (person, provider):
        assert await person.sign_in(provider) == 303
        assert await person.is_signed_in()
    assert provider.shown == [shown]


async def test_a_wrong_secret_signs_nobody_in(front: SignedIn) -> None:
    async with front("gissad") as (person, provider):
        assert await person.sign_in(provider) == 403
        assert not await person.is_signed_in()


async def test_a_session_outlives_its_token_where_the_provider_renews_it(
    front: SignedIn, reports_db: Database
) -> None:
    async with front() as (person, provider):
        await person.sign_in(provider)
        assert await person.is_signed_in()
        assert provider.grants == ["authorization_code"], "nothing is renewed before it must be"
        for times in (1, 2, 3):
            await the_token_has_ended(reports_db)
            assert await person.is_signed_in()
            assert provider.grants.count("refresh_token") == times
        assert await person.is_signed_in()
        assert provider.grants.count("refresh_token") == 3


async def test_a_session_without_a_refresh_token_ends_with_its_token(
    front: SignedIn, reports_db: Database
) -> None:
    async with front(refreshes=False, seconds=2) as (person, provider):
        await person.sign_in(provider)
        async with reports_db.read() as session:
            row = await (await driver(session)).fetchrow(
                "select expires_at - now() as left, sealed_refresh from web_session"
            )
        assert row is not None
        assert row["left"] <= timedelta(seconds=2)
        assert row["sealed_refresh"] is None
    assert provider.grants == ["authorization_code"]


async def test_pages_opened_at_once_renew_a_session_once(
    front: SignedIn, reports_db: Database
) -> None:
    async with front() as (person, provider):
        await person.sign_in(provider)
        await the_token_has_ended(reports_db)
        shown = await asyncio.gather(*(person.is_signed_in() for _ in range(12)))
        assert Counter(shown) == {True: 12}
        assert provider.grants.count("refresh_token") == 1


async def test_while_a_token_lasts_nobody_waits_for_its_renewal(front: SignedIn) -> None:
    async with front(seconds=SOON) as (person, provider):
        await person.sign_in(provider)
        shown = await asyncio.gather(*(person.is_signed_in() for _ in range(6)))
        assert Counter(shown) == {True: 6}
        assert provider.grants.count("refresh_token") >= 1


async def test_without_the_lease_a_refresh_token_is_shown_twice_and_the_person_is_out(
    front: SignedIn, reports_db: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Negative control: the provider takes each once, as theirs may."""
    unguarded = "select true from web_session where $2::bytea is not null and $3::interval <> '0'"
    monkeypatch.setattr(sessions, "_TAKEN", f"{unguarded} and id_hash = $1")
    async with front() as (person, provider):
        await person.sign_in(provider)
        await the_token_has_ended(reports_db)
        shown = await asyncio.gather(*(person.is_signed_in() for _ in range(6)))
        assert not all(shown)


async def test_what_the_provider_refuses_to_renew_is_over(
    front: SignedIn, reports_db: Database
) -> None:
    async with front() as (person, provider):
        await person.sign_in(provider)
        provider._refresh.clear()
        await the_token_has_ended(reports_db)
        assert not await person.is_signed_in()
        assert await count(reports_db) == 0


async def test_a_provider_that_is_away_ends_no_session_whose_token_lasts(
    front: SignedIn,
) -> None:
    async with front(seconds=SOON) as (person, provider):
        await person.sign_in(provider)
        provider.away = True
        assert await person.is_signed_in()
        provider.away = False
        assert await person.is_signed_in()
        assert provider.grants[-1] == "refresh_token"


async def test_a_token_of_somebody_else_opens_nothing(
    front: SignedIn, reports_db: Database
) -> None:
    async with front() as (person, provider):
        await person.sign_in(provider)
        provider.subject = "eva"
        await the_token_has_ended(reports_db)
        assert not await person.is_signed_in()


async def test_neither_token_lies_open_in_the_database(
    front: SignedIn, reports_db: Database
) -> None:
    async with front() as (person, provider):
        await person.sign_in(provider)
        (refresh,) = provider._refresh
        async with reports_db.read() as session:
            row = await (await driver(session)).fetchrow("select * from web_session")
        assert row is not None
        kept = row["sealed_refresh"] + row["sealed_token"]
    assert refresh.encode() not in kept
    assert b"anna" not in kept


async def test_whoever_may_read_nothing_may_still_sign_out(
    front: SignedIn, reports_db: Database
) -> None:
    async with front(scopes=("participants:read",)) as (person, provider):
        await person.sign_in(provider)
        refused = await person.browser.get("/")
        assert (refused.status_code, "insufficient_scope" in refused.text) == (403, True)
        token = refused.text.partition('name="form_token" value="')[2].partition('"')[0]
        out = await person.browser.post("/logga-ut", data={"form_token": token})
        assert "Du är utloggad" in out.text
        assert await count(reports_db) == 0
