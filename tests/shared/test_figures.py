from __future__ import annotations

from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from shared.clock import rfc3339
from shared.db import driver
from shared.errors import DomainError, Invalid
from shared.figures import (
    Figures,
    Query,
    SeriesBreak,
    answer,
)
from shared.figures.definitions import (
    Kind,
    MixedUnits,
    NotAdditive,
    UnknownCode,
    UnknownDimension,
    UnknownFigure,
)
from shared.figures.spans import span
from shared.periods import Period
from tests.shared.counting import FIGURES, JOURNAL, Stay, create, metadata, now, some_stay

if TYPE_CHECKING:
    from shared.db import Database
    from tests.conftest import ScratchDatabase
    from tests.servers import DatabaseUrls

NEVER = datetime(2000, 1, 1, tzinfo=UTC)
YEAR = Period.parse("2024")
BASE = FIGURES.named("entries")


@pytest.mark.parametrize(
    ("query", "error"),
    [
        (Query("entires", YEAR, NEVER), UnknownFigure),
        (Query("entries", YEAR, NEVER, by=("age",)), UnknownDimension),
        (Query("entries", YEAR, NEVER, where={"age": ("1",)}), UnknownDimension),
        (Query("entries", YEAR, NEVER, by=("sex", "sex")), Invalid),
        (Query("entries", YEAR, NEVER, where={"sex": ()}), Invalid),
        (Query("entries", YEAR, NEVER, where={"place": ("x",) * 501}), Invalid),
        (Query("entries", YEAR, NEVER, where={"place": ("x'; drop",)}), Invalid),
        (Query("entries", YEAR, NEVER, where={"place": ("x" * 81,)}), Invalid),
        (Query("entries", YEAR, NEVER, where={"sex": ("woman",)}), UnknownCode),
        (Query("present", YEAR, NEVER, by=("period",)), UnknownDimension),
        (Query("persons-entered", YEAR, NEVER, by=("period",)), UnknownDimension),
        (Query("entries", Period.parse("2024-01-02"), NEVER, by=("period",)), UnknownDimension),
        (Query("entries", YEAR, NEVER, where={"period": ("2024-01",)}), UnknownDimension),
        (Query("entries", YEAR, NEVER, plus=("cost",)), MixedUnits),
        (Query("entries", YEAR, NEVER, plus=("persons-entered",)), MixedUnits),
        (Query("entries", YEAR, NEVER, plus=("present",)), NotAdditive),
        (Query("persons-entered", YEAR, NEVER, plus=("persons-during",)), NotAdditive),
        (Query("entries", YEAR, NEVER, plus=("nothing",)), UnknownFigure),
    ],
)
def test_question_that_means_nothing_is_refused(query: Query, error: type[DomainError]) -> None:
    with pytest.raises(error):
        FIGURES.checked(query)


def test_mixed_units_are_named() -> None:
    with pytest.raises(MixedUnits) as refused:
        FIGURES.checked(Query("entries", YEAR, NEVER, plus=("cost",)))
    assert refused.value.extensions["units"] == {"entries": "stays", "cost": "SEK"}


def test_definition_with_a_dimension_its_journal_lacks_is_refused() -> None:
    with pytest.raises(ValueError, match="not in its journal"):
        replace(BASE, dimensions=("age",))
    with pytest.raises(ValueError, match="two figures have one name"):
        Figures((BASE, BASE))


KINDS: tuple[Kind, ...] = ("flow", "stock")
DAYS = st.dates(date(2019, 1, 1), date(2025, 12, 31))


@given(DAYS, st.integers(0, 800), st.sampled_from(KINDS))
def test_months_and_edges_hold_each_day_of_the_span_once(
    first: date, length: int, kind: Kind
) -> None:
    period = Period(first, first + timedelta(days=length), "range")
    found = span(kind, JOURNAL, period)
    start = first if kind == "flow" else date(2018, 1, 1)
    for offset in range(-40, length + 40):
        day = first + timedelta(days=offset)
        if day < date(2018, 1, 1):
            continue
        month = day.year * 100 + day.month
        in_months = found.months is not None and found.months[0] <= month <= found.months[1]
        in_edges = sum(a <= day <= b for a, b in found.edges)
        assert in_months + in_edges == (start <= day <= period.last)


@pytest.fixture
async def made(scratch_database: ScratchDatabase) -> tuple[Database, DatabaseUrls]:
    return await scratch_database(metadata)


@pytest.fixture
def db(made: tuple[Database, DatabaseUrls]) -> Database:
    return made[0]


async def _record(db: Database, *stays: Stay) -> None:
    async with db.begin() as session:
        await create(await driver(session), "h", list(stays))


async def _answered(db: Database, query: Query, figures: Figures = FIGURES) -> dict[str, Any]:
    async with db.read() as session:
        return await answer(await driver(session), figures, query)


async def test_answer_holds_everything_needed_to_print_it(db: Database) -> None:
    await _record(db, some_stay(sex="women"), some_stay(sex="women"), some_stay(sex="men"))
    basis = await now(db)
    query = Query("entries", YEAR, basis, ("sex",), {"place": ("north", "south")})
    assert await _answered(db, query) == {
        "name": "entries",
        "version": 1,
        "unit": "stays",
        "kind": "flow",
        "title": "Entries",
        "definition": "Entries.",
        "period": "2024",
        "periodLabel": "2024",
        "state": "complete",
        "basis": rfc3339(basis),
        "by": ["sex"],
        "where": {"place": ["north", "south"]},
        "rows": [{"sex": "men", "value": 1}, {"sex": "women", "value": 2}],
        "total": 3,
        "notes": [],
        "breaks": [],
        "countingRules": [],
        "source": {"register": "stays", "lastDelivery": None},
    }


async def test_answer_says_zero_for_what_is_named_and_leaves_out_the_rest(db: Database) -> None:
    await _record(db, some_stay(sex="women"))
    basis = await now(db)
    query = Query("entries", YEAR, basis, ("sex",), {"sex": ("men", "women")})
    named = await _answered(db, query)
    assert named["rows"] == [{"sex": "men", "value": 0}, {"sex": "women", "value": 1}]
    open_ = await _answered(db, replace(query, where={}))
    assert open_["rows"] == [{"sex": "women", "value": 1}]
    nothing = await _answered(db, Query("entries", Period.parse("2023"), basis))
    assert (nothing["rows"], nothing["total"]) == ([{"value": 0}], 0)
    nobody = await _answered(db, Query("persons-entered", Period.parse("2023"), basis, ("sex",)))
    assert (nobody["rows"], nobody["total"]) == ([], 0)


async def test_answer_counts_a_person_once_in_each_cell_and_once_in_total(db: Database) -> None:
    person = uuid4()
    stays = [some_stay(person=person, place=place) for place in ("north", "north", "south")]
    await _record(db, *stays)
    got = await _answered(db, Query("persons-entered", YEAR, await now(db), ("place",)))
    assert got["rows"] == [{"place": "north", "value": 1}, {"place": "south", "value": 1}]
    assert got["total"] == 1


async def test_answer_in_kronor_is_a_decimal_string(db: Database) -> None:
    await _record(db, some_stay(cost=-12_345), some_stay(cost=10_000, sex="men"))
    got = await _answered(db, Query("cost", YEAR, await now(db), ("sex",)))
    assert got["rows"] == [{"sex": "men", "value": "100.00"}, {"sex": "women", "value": "-123.45"}]
    assert got["total"] == "-23.45"


async def test_answer_adds_figures_of_one_unit(db: Database) -> None:
    figures = Figures((BASE, replace(BASE, name="more", measure="cost", notes=("Obs.",))))
    await _record(db, some_stay(cost=100), some_stay(cost=20, sex="men"))
    query = Query("entries", YEAR, await now(db), ("sex",), plus=("more",))
    got = await _answered(db, query, figures)
    assert (got["name"], got["total"]) == ("entries+more", 122)
    assert got["rows"] == [{"sex": "men", "value": 21}, {"sex": "women", "value": 101}]
    assert got["notes"] == [{"kind": "definition", "text": "Obs.", "on": None}]


async def test_answer_carries_the_breaks_its_period_crosses(db: Database) -> None:
    break_ = SeriesBreak(date(2024, 1, 1), "Från 2024 räknas unga från 19 år.")
    figures = Figures((replace(BASE, breaks=(break_,)),))
    basis = await now(db)
    for text, crossed in (("2024", False), ("2023", False), ("2023-07-01/2024-06-30", True)):
        got = await _answered(db, Query("entries", Period.parse(text), basis), figures)
        noted = {"kind": "series-break", "text": break_.text, "on": "2024-01-01"}
        assert (noted in got["notes"]) is crossed
        assert got["breaks"] == [{"on": "2024-01-01", "text": break_.text}] * crossed


async def test_answer_says_when_the_period_was_not_over(db: Database) -> None:
    basis = await now(db)
    for year, state in ((-1, "complete"), (0, "open"), (1, "not_begun")):
        got = await _answered(db, Query("entries", Period.year(basis.year + year), basis))
        assert got["state"] == state
        noted = [] if state == "complete" else ["open-period"]
        assert [note["kind"] for note in got["notes"]] == noted


async def test_answer_names_the_last_delivery_applied_at_its_basis(db: Database) -> None:
    first = await _deliver(db)
    between = await now(db)
    await _deliver(db, dry_run=True)
    await _deliver(db, register="others")
    second = await _deliver(db)
    for basis, delivery in ((NEVER, None), (between, first), (await now(db), second)):
        got = await _answered(db, Query("entries", YEAR, basis))
        shown = got["source"]["lastDelivery"]
        assert (shown and shown["id"]) == (delivery and str(delivery))


async def _deliver(db: Database, *, register: str = "stays", dry_run: bool = False) -> UUID:
    async with db.begin() as session:
        made: UUID = await (await driver(session)).fetchval(
            "insert into delivery (register, mode, dry_run, atomic, day, content_type, "
            "idempotency_key, delivered_by, sha256, bytes, state, finished_at) values "
            "($1, 'delta', $2, false, '2024-01-01', 'text/csv', uuidv7()::text, 'source', '', 0, "
            "'applied', now()) returning id",
            register,
            dry_run,
        )
    return made
