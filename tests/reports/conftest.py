"""The reports service as it runs, and its worker, on a fresh database."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from pydantic import SecretStr

from services.reports.settings import ReportsSettings

if TYPE_CHECKING:
    from tests.servers import DatabaseUrls
    from tests.tokens import Issuer

NOBODY = "http://127.0.0.1:9"
"""Port 9 (discard) is never ours: a provider that is away."""


@pytest.fixture
def settings(reports_urls: DatabaseUrls, redis_url: str, issuer: Issuer) -> ReportsSettings:
    return ReportsSettings(
        database_url=SecretStr(reports_urls.app),
        redis_url=SecretStr(redis_url),
        auth_issuer=issuer.name,
        auth_jwks_url=issuer.jwks_url,
        participants_url=NOBODY,
        outreach_url=NOBODY,
        budget_url=NOBODY,
        time_budget=2.0,
        session_keys={1: SecretStr("AgICAgICAgICAgICAgICAgICAgICAgICAgICAgICAgI=")},
    )
