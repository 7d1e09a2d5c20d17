"""Registers whose senders have a format of their own: numbers are lines, counts are records."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from tests.shared.deliveries.items import CARDS, ITEMS

if TYPE_CHECKING:
    from tests.shared.deliveries.conftest import Pushing
    from tests.shared.deliveries.test_api import Service

pytest_plugins = ["tests.shared.deliveries.test_api"]

BODY = b"""@B-1
place Kista
heldOn 2024-01-02
women 3

@B-2
place Kista
heldOn 2024-01-32
women 3
colour red
@B-3
women 1
heldOn 2024-02-03
place Sp\xe5nga
@B-1
place Rinkeby
heldOn 2024-01-02
women 4
@B-4
place atlantis
heldOn 2024-01-02
women 4
"""
"""Two good cards and three bad ones, and a line that belongs to no card's fields."""


async def test_records_are_counted_and_errors_name_their_lines(pushing: Pushing) -> None:
    delivery = await pushing.push(BODY, register="carded", content_type=CARDS)
    errors = await pushing.errors(delivery.id)
    assert [(error["row_no"], error["code"]) for error in errors] == [
        (6, "invalid_date"),
        (10, "stray_line"),
        (15, "duplicate_key"),
        (19, "unknown_place"),
    ]
    counts = delivery.counts
    assert (delivery.state, counts.rows, counts.created, counts.rejected) == ("applied", 6, 2, 4)
    assert counts.remaining == 0
    places = await pushing.rows("select code, place from item order by code")
    assert [tuple(row) for row in places] == [("B-1", "Kista"), ("B-3", "Spånga")]


async def test_same_records_again_write_nothing(pushing: Pushing) -> None:
    for unchanged in (0, 2):
        delivery = await pushing.push(BODY, register="carded", content_type=CARDS)
        assert delivery.counts.unchanged == unchanged
    retraction = b"\n\n@B-3\nop retract\nreason Fel dag\n"
    delivery = await pushing.push(retraction, register="carded", content_type=CARDS)
    assert (delivery.counts.rows, delivery.counts.retracted) == (1, 1)


@pytest.mark.parametrize(
    ("body", "state", "code", "rows"),
    [
        (BODY, "rejected", "atomic_rows_refused", 6),
        (BODY[: BODY.index(b"@B-2")], "applied", None, 1),
    ],
)
async def test_atomic_delivery_of_own_format_is_whole_or_nothing(
    pushing: Pushing, body: bytes, state: str, code: str | None, rows: int
) -> None:
    delivery = await pushing.push(body, register="only-carded", content_type=CARDS, atomic=True)
    explained = delivery.explanation.code if delivery.explanation else None
    assert (delivery.state, explained, delivery.counts.rows) == (state, code, rows)
    assert delivery.counts.remaining == 0


async def test_more_records_than_a_batch_build_up_in_one_transaction(pushing: Pushing) -> None:
    card = "@B-{0}\nplace Kista\nheldOn 2024-01-02\nwomen 3\n"
    body = "".join(card.format(number) for number in range(25_000)).encode()
    delivery = await pushing.push(body, register="only-carded", content_type=CARDS, atomic=True)
    assert (delivery.state, delivery.counts.created) == ("applied", 25_000)


async def test_warning_is_kept_on_the_delivery_and_refuses_nothing(pushing: Pushing) -> None:
    rows = [{"code": "B-1", "place": "Kista", "heldOn": "2024-01-02", "women": 1}]
    delivery = await pushing.push(rows, register="warned", atomic=True)
    assert delivery.state == "applied"
    assert delivery.explanation is not None
    assert delivery.explanation.code == "odd"


async def test_rows_are_completed_from_what_is_held_before_rules_see_them(
    pushing: Pushing,
) -> None:
    row = {"code": "B-1", "place": "Kista", "heldOn": "2024-01-02", "women": 1}
    await pushing.push([row], register="items")
    await pushing.push([row | {"code": "B-2", "place": "Same"}], register="completed")
    assert await pushing.value("select place from item where code = 'B-2'") == "Kista"
    delivery = await pushing.push([row | {"place": "Same"}], register="completed")
    assert delivery.counts.unchanged == 1


@pytest.mark.parametrize(
    ("register", "content_type", "status"),
    [
        ("carded", CARDS, 202),
        ("carded", f"{CARDS}; charset=iso-8859-1", 202),
        ("carded", "application/x-ndjson", 202),
        ("carded", "application/x-ndjson; charset=iso-8859-1", 415),
        ("only-carded", CARDS, 202),
        ("only-carded", "application/x-ndjson", 415),
        ("items", CARDS, 415),
    ],
)
async def test_register_names_the_media_types_that_it_takes(
    service: Service, register: str, content_type: str, status: int
) -> None:
    answer = await service.send(BODY, register=register, **{"Content-Type": content_type})
    assert answer.status_code == status, answer.text
    if status == 415 and "charset" not in content_type:
        taken = [CARDS] if register == "only-carded" else [*_PLAIN]
        assert answer.json()["accepts"] == taken
        assert answer.headers["accept"] == ", ".join(taken)


_PLAIN = ("application/x-ndjson", "text/csv", "application/json")


def test_register_that_reads_nothing_is_refused_when_the_service_starts() -> None:
    with pytest.raises(ValueError, match="no body can be read"):
        replace(ITEMS, plain=False)
