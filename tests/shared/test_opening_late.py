"""A handler that asks others first holds no connection, and its key keeps one answer."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

from tests.shared.sample import until
from tests.shared.test_idempotency import count

if TYPE_CHECKING:
    from tests.shared.conftest import Sample


async def test_whoever_opens_late_holds_no_connection_while_others_are_asked(
    sample: Sample,
) -> None:
    state = sample.app.state
    pool = state.services.db.engine.pool
    many = 3 * pool.size()
    sent = [
        asyncio.create_task(
            sample.calls.post("/oddities/late-writes", headers={"Idempotency-Key": f"k{number}"})
        )
        for number in range(many)
    ]
    await until(lambda: state.asking == many)
    assert pool.checkedout() == 0
    state.let_go.set()
    assert {answer.status_code for answer in await asyncio.gather(*sent)} == {200}
    assert await count(sample) == many


async def test_twins_that_both_open_late_have_one_effect_and_one_answer(sample: Sample) -> None:
    state, headers = sample.app.state, {"Idempotency-Key": "k1"}
    sent = [
        asyncio.create_task(sample.calls.post("/oddities/late-writes", headers=headers))
        for _ in range(4)
    ]
    await until(lambda: state.asking == 4)
    state.let_go.set()
    answers = await asyncio.gather(*sent)
    assert len({answer.content for answer in answers}) == 1
    replayed = [answer.headers.get("idempotent-replayed", "") for answer in answers]
    assert sorted(replayed) == ["", "true", "true", "true"]
    assert await count(sample) == 1

    again = await sample.calls.post("/oddities/late-writes", headers=headers)
    assert (again.content, state.asking) == (answers[0].content, 4), "nobody is asked again"
    other = await sample.calls.post("/oddities/late-writes?x=1", headers=headers)
    assert other.json()["code"] == "idempotency_key_reused"


async def test_an_idempotent_route_that_never_opens_is_a_fault_of_ours(sample: Sample) -> None:
    """Negative control: its key would keep nothing, and a repeat have a second effect."""
    answer = await sample.calls.post(
        "/oddities/forgetful-writes", headers={"Idempotency-Key": "k1"}
    )
    assert (answer.status_code, answer.json()["code"]) == (500, "internal_error")
