"""What probes are told."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import sqlalchemy as sa

from shared import health
from tests.servers import DatabaseUrls
from tests.shared.sample import owner, sample_app

if TYPE_CHECKING:
    from tests.conftest import Calling
    from tests.shared.conftest import Sample

LIVE, READY, METRICS = "http://test/live", "http://test/ready", "http://test/metrics"


@pytest.fixture(autouse=True)
def patient(monkeypatch: pytest.MonkeyPatch) -> None:
    """Wait longer than probes do: what is there answers late when the machine stands still."""
    monkeypatch.setattr(health, "DATABASE_WITHIN", 30.0)
    monkeypatch.setattr(health, "REDIS_WITHIN", 30.0)


async def test_live_depends_on_nothing(sample: Sample, calling: Calling) -> None:
    nowhere = DatabaseUrls(app="postgresql://a:b@127.0.0.1:1/x", owner="")
    app = sample_app(nowhere, sample.issuer)
    async with calling(app) as calls:
        assert (await calls.get(LIVE)).status_code == 200
        ready = await calls.get(READY)
    assert ready.status_code == 503
    assert ready.json()["database"] == "unreachable"


async def test_database_that_takes_longer_than_the_limit_is_unreachable(
    sample: Sample, monkeypatch: pytest.MonkeyPatch
) -> None:
    """It is there and well: only the probe's own limit, which nothing meets, says otherwise."""
    monkeypatch.setattr(health, "DATABASE_WITHIN", 0.0)
    answer = await sample.calls.get(READY)
    assert (answer.status_code, answer.json()["database"]) == (503, "unreachable")


async def test_redis_away_is_degraded_and_still_ready(sample: Sample) -> None:
    answer = await sample.calls.get(READY)
    assert answer.status_code == 200
    assert answer.json() == {
        "status": "degraded",
        "database": "ok",
        "queue": "unreachable",
        "draining": False,
    }


async def test_everything_there_is_ready(sample: Sample, calling: Calling, redis_url: str) -> None:
    app = sample_app(sample.urls, sample.issuer, redis_url=redis_url)
    async with calling(app) as calls:
        answer = await calls.get(READY)
    assert (answer.status_code, answer.json()["status"]) == (200, "ready")


async def test_schema_of_another_revision_is_not_ready(sample: Sample) -> None:
    context = sample.app.state.services
    context.schema_head = "2026-11-22-0300"
    assert (await sample.calls.get(READY)).json()["database"] == "schema_missing"
    conn = await owner(sample.urls)
    await conn.execute(
        "create table alembic_version (version_num text); grant select on alembic_version to"
        " scratch; insert into alembic_version values ('2026-11-21-0100')"
    )
    answer = await sample.calls.get(READY)
    assert (answer.status_code, answer.json()["database"]) == (503, "schema_not_at_head")
    await conn.execute("update alembic_version set version_num = '2026-11-22-0300'")
    await conn.close()
    assert (await sample.calls.get(READY)).status_code == 200


async def test_draining_process_is_not_ready(sample: Sample, calling: Calling) -> None:
    app = sample_app(sample.urls, sample.issuer)
    async with calling(app) as calls:
        assert (await calls.get(READY)).status_code == 200
        app.state.services.draining = True
        answer = await calls.get(READY)
        assert (answer.status_code, answer.json()["status"]) == (503, "not_ready")
        assert (await calls.get("/sample/v1/api-info")).status_code == 200
    assert app.state.services.draining


async def test_shutdown_turns_readiness_off(sample: Sample, calling: Calling) -> None:
    app = sample_app(sample.urls, sample.issuer)
    async with calling(app):
        assert not app.state.services.draining
    assert app.state.services.draining


async def test_metrics_name_routes_and_never_values(sample: Sample) -> None:
    await sample.calls.get("/things/0190a1b2-7c3d-7e4f-8a9b-0c1d2e3f4a5b")
    await sample.calls.get("/things/20200101-2384")
    await sample.calls.get("/20200101-2384")
    text = (await sample.calls.get(METRICS)).text
    assert 'route="GET /things/{thingId}",service="sample",status="404"' in text
    assert 'route="unmatched"' in text
    assert "http_request_duration_seconds_bucket" in text
    assert "2384" not in text
    assert "0190a1b2" not in text
    assert "test-clerk" not in text


async def test_connections_in_use_are_those_of_the_pool(sample: Sample) -> None:
    context = sample.app.state.services
    async with context.db.read() as session:
        await session.execute(sa.text("select 1"))
        # rendered at once: the process itself takes a connection now and then, for its backlogs
        text = context.metrics.render().decode()
        in_use = context.db.engine.pool.checkedout()
    assert in_use >= 1
    assert f'database_connections_in_use{{service="sample"}} {in_use:.1f}' in text


async def test_watched_value_is_read_when_asked(sample: Sample) -> None:
    sample.app.state.services.metrics.watch("pool_in_use", "Connections in use", lambda: 7.0)
    assert 'pool_in_use{service="sample"} 7.0' in (await sample.calls.get(METRICS)).text
