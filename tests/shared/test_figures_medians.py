from __future__ import annotations

from dataclasses import replace
from statistics import median
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.basis import reading_at, wait_until_settled
from shared.db import driver
from shared.figures import FigureDefinition, Figures, Query, answer, figures_router
from shared.figures.definitions import NotAdditive
from shared.figures.medians import doubled_median, shown_median
from shared.periods import Period
from tests.shared.counting import FIGURES, change, create, metadata, snapshot, some_stay
from tests.shared.test_figures_http import _app

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from shared.db import Database
    from tests.conftest import Calling, ScratchDatabase
    from tests.servers import DatabaseUrls
    from tests.shared.counting import Stay
    from tests.tokens import Issuer

ENTRIES = FIGURES.named("entries")
YEAR = Period.parse("2024")


def middle(value: str | None = "place") -> FigureDefinition:
    """Return a median of the numbers that stand where a stay's place usually does."""
    return replace(ENTRIES, name="middle", kind="median", value=value, dimensions=("sex",))


@given(st.lists(st.integers(0, 400), max_size=12))
def test_median_is_that_of_the_numbers_written_out(numbers: list[int]) -> None:
    counted = {number: numbers.count(number) for number in numbers}
    doubled = doubled_median(counted)
    assert doubled == (2 * median(numbers) if numbers else None)


def test_median_is_shown_with_one_decimal() -> None:
    shown = [shown_median(doubled, 1) for doubled in (0, 5, 14)]
    assert shown == ["0.0", "2.5", "7.0"]
    hours = [shown_median(doubled, 60) for doubled in (150, 5, 6, 119)]
    assert hours == ["1.3", "0.0", "0.1", "1.0"]


def test_median_without_its_numbers_is_refused() -> None:
    with pytest.raises(ValueError, match="names its value"):
        middle(None)
    with pytest.raises(ValueError, match="names its value"):
        replace(ENTRIES, value="place")
    with pytest.raises(ValueError, match="not in its journal"):
        middle("days")
    both = Figures((middle(), replace(middle(), name="other")))
    with pytest.raises(NotAdditive):
        both.checked(Query("middle", YEAR, None, plus=("other",)))  # type: ignore[arg-type]


@pytest.fixture
async def made(scratch_database: ScratchDatabase) -> tuple[Database, DatabaseUrls]:
    return await scratch_database(metadata)


async def _middle(
    db: Database,
    basis: datetime,
    **more: Any,  # noqa: ANN401  of a query
) -> tuple[list[Any], Any, list[str]]:
    query = Query("middle", YEAR, basis, **more)
    async with reading_at(db, basis) as (session, _):
        answered = await answer(await driver(session), Figures((middle(),)), query)
    notes = [note["text"] for note in answered["notes"] if note["kind"] == "base"]
    return answered["rows"], answered["total"], notes


async def _record(db: Database, stays: Sequence[Stay]) -> datetime:
    async with db.begin() as session:
        await create(await driver(session), "h", stays)
    return await wait_until_settled(db)


async def test_median_is_exact_at_any_basis_through_corrections_and_snapshots(
    made: tuple[Database, DatabaseUrls],
) -> None:
    db, _urls = made
    nothing = await wait_until_settled(db)
    numbers = (("women", 0), ("women", 3), ("men", 4), ("men", 11), ("men", 11))
    stays = [some_stay(sex=sex, place=str(days)) for sex, days in numbers]
    first = await _record(db, stays)
    assert await snapshot(db) is not None
    corrected = [
        replace(stays[0], place="40"),
        replace(stays[2], sex="women"),
        replace(stays[4], retracted=True),
    ]
    async with db.begin() as session:
        await change(await driver(session), corrected)
    second = await wait_until_settled(db)

    assert await _middle(db, nothing) == ([], None, ["Medianen är beräknad på 0 värden."])
    assert await _middle(db, first) == (
        [{"value": "4.0", "base": 5}],
        "4.0",
        ["Medianen är beräknad på 5 värden."],
    )
    assert await _middle(db, second, by=("sex",)) == (
        [
            {"sex": "men", "value": "11.0", "base": 1},
            {"sex": "women", "value": "4.0", "base": 3},
        ],
        "7.5",
        ["Medianen är beräknad på 4 värden."],
    )
    unknown = {"by": ("sex",), "where": {"sex": ("unknown", "women")}}
    assert (await _middle(db, first, **unknown))[0] == [{"sex": "women", "value": "1.5", "base": 2}]


async def test_breakdown_with_a_scope_of_its_own_is_for_those_who_have_it(
    made: tuple[Database, DatabaseUrls], issuer: Issuer, calling: Calling
) -> None:
    await _record(made[0], [some_stay(place="north"), some_stay(place="south")])
    guarded = replace(ENTRIES, dimensions=("sex", "place"), scopes={"place": "sample:places"})
    app = _app(made[1], issuer, figures_router(Figures((guarded,)), restricted_by="place"))
    asked = (
        ("", ("*",), 200, 200),
        ("?by=sex", ("*",), 200, 200),
        ("?by=place", ("*",), 403, 200),
        ("?place=north", ("*",), 403, 200),
        ("", ("north",), 403, 200),
        ("/rows", ("*",), 403, 200),
        ("/rows?sex=men", ("north",), 403, 200),
    )
    for scope, column in ((), 0), (("sample:places",), 1):
        for path, units, *statuses in asked:
            headers = issuer.headers(
                "figures:read", "figures:rows", *scope, audience=("sample",), units=units
            )
            async with calling(app, headers=headers) as client:
                join = "&" if "?" in path else "?"
                url = f"http://test/sample/v1/figures/entries{path}{join}period=2024"
                got = await client.get(url)
                assert got.status_code == statuses[column], (path, units, scope, got.text)
                if got.status_code == 403:
                    assert got.json()["scope"] == "sample:places"
