"""What the public is told is protected everywhere, recorded, and never taken back."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeAlias

import asyncpg
import msgspec
import pytest

from services.reports.domain.assembly import Assembly
from services.reports.domain.audience import Audience, Protection
from services.reports.domain.disclosure.regions import Record, Region, Shown
from services.reports.domain.planning import FigureQuery
from services.reports.errors import PublicNeedsEveryUnit
from services.reports.gathering import Gathered
from services.reports.main import create_app
from services.reports.publication import page
from services.reports.publication.compose import compose
from services.reports.publication.imprints import imprint
from services.reports.releasing import Release, release
from services.reports.reporting import Request, encode
from services.reports.templates.declaration import FigureItem, RatioItem, Section, Template
from shared.auth import ALL, Caller
from shared.db import driver
from shared.periods import Period

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from services.reports.settings import ReportsSettings
    from shared.db import Database
    from tests.conftest import Calling
    from tests.tokens import Issuer

FIRST = datetime(2025, 3, 1, tzinfo=UTC)
LATER = datetime(2025, 4, 1, tzinfo=UTC)
EXITS = {
    ("work", "women"): 3,
    ("work", "men"): 41,
    ("studies", "women"): 52,
    ("studies", "men"): 63,
    ("other", "women"): 77,
    ("other", "men"): 88,
}
TEMPLATE = Template(
    name="prov",
    title="Prov {year}",
    period_kind="year",
    needs_area=False,
    sections=(
        Section(
            "s",
            "Avsnitt",
            (
                FigureItem(
                    "exits",
                    "Avslut",
                    "participants",
                    "exits",
                    ("{year}",),
                    tables=(("outcome",), ("sex",), ("outcome", "sex")),
                ),
                FigureItem(
                    "women",
                    "Kvinnor till arbete",
                    "participants",
                    "exits",
                    ("{year}",),
                    {"outcome": "work", "sex": "women"},
                ),
                FigureItem("cost", "Kostnad", "budget", "outcome", ("{year}",)),
                RatioItem("each", "Kostnad per avslut", "SEK", "cost", "women"),
                FigureItem("teams", "Team", "participants", "teams", ("{year}",)),
            ),
        ),
    ),
)


def report(exits: dict[tuple[str, str], int], basis: datetime) -> dict[str, Any]:
    """Assemble a report of exits by outcome and sex, of money by head, and of teams."""

    def answered(unit: str, total: int | str, by: tuple[str, ...] = ()) -> dict[str, Any]:
        counted: dict[tuple[str, ...], int] = {}
        for (outcome, sex), count in exits.items():
            row = tuple({"outcome": outcome, "sex": sex}[name] for name in by)
            counted[row] = counted.get(row, 0) + count
        rows = [
            dict(zip(by, row, strict=True)) | {"value": n} for row, n in counted.items() if by and n
        ]
        return _FIXED | {"unit": unit, "total": total, "by": list(by), "rows": rows}

    total = sum(exits.values())
    women = answered("exits", exits["work", "women"])
    women["where"] = {"outcome": ["work"], "sex": ["women"]}
    figures = {
        ("participants", FigureQuery("exits", "2024", by, ())): answered("exits", total, by)
        for by in ((), ("outcome",), ("sex",), ("outcome", "sex"))
    }
    of_women = (("outcome", ("work",)), ("sex", ("women",)))
    figures |= {
        ("participants", FigureQuery("exits", "2024", (), of_women)): women,
        ("budget", FigureQuery("outcome", "2024", (), ())): answered("SEK", "3141.00")
        | {"name": "outcome"},
        ("participants", FigureQuery("teams", "2024", (), ())): answered("teams", 2)
        | {"name": "teams"},
    }
    gathered = Gathered(basis=basis, figures=figures)
    return Assembly(TEMPLATE, Period.parse("2024"), None, gathered, {}).document()


_FIXED: dict[str, Any] = {
    "name": "exits",
    "version": 1,
    "kind": "flow",
    "title": "Titel",
    "definition": "Definition.",
    "period": "2024",
    "periodLabel": "2024",
    "state": "complete",
    "where": {},
    "notes": [],
    "breaks": [],
    "source": {"register": None, "lastDelivery": None},
}


STILL = {FIRST: EXITS, LATER: EXITS}

QUESTION = Request("prov", "2024", None, None, FIRST, Audience.PUBLIC)


Exits: TypeAlias = dict[tuple[str, str], int]


@dataclass
class City:
    """The city as a release asks it: a report, and what its cells counted at other bases."""

    document: dict[str, Any]
    then: Mapping[datetime, Exits]

    async def assemble(self) -> dict[str, Any]:
        return deepcopy(self.document)

    async def counted(self, wanted: Mapping[datetime, Sequence[Region]]) -> list[Record]:
        return [
            Record(region, counted(self.then[basis], region), Shown.UNTOLD, basis)
            for basis, regions in wanted.items()
            for region in regions
            if basis in self.then
        ]


def counted(exits: Exits, region: Region) -> int:
    where = dict(region.where)
    return sum(
        count
        for (outcome, sex), count in exits.items()
        if outcome in where.get("outcome", (outcome,)) and sex in where.get("sex", (sex,))
    )


async def released(
    db: Database,
    document: dict[str, Any],
    *,
    protection: Protection = Protection.SUPPRESSION,
    units: Any = ALL,  # noqa: ANN401  what a token may say
    then: Mapping[datetime, Exits] = STILL,
) -> Release:
    basis = datetime.fromisoformat(document["basis"])
    asked = Request("prov", "2024", None, None, basis, Audience.PUBLIC, protection)
    by = Caller("anna", frozenset({"reports:read"}), units, token="")
    return await release(db, asked, City(document, then), threshold=5, by=by)


def items(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {item["key"]: item for item in document["sections"][0]["items"]}


def rows(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    by_both = items(document)["exits"]["values"][0]["tables"][2]
    return {(row["outcome"], row["sex"]): row for row in by_both["rows"]}


async def test_a_small_count_is_told_nowhere_and_nothing_gives_it_away(
    reports_db: Database,
) -> None:
    public = (await released(reports_db, report(EXITS, FIRST))).document
    shown = items(public)
    told = {key: row["value"] for key, row in rows(public).items()}
    assert ("work", "women") not in told, "a row that is left out does not tell that it is not zero"
    assert shown["women"]["values"][0] | {"tables": []} == {
        **shown["women"]["values"][0],
        "value": None,
        "withheld": True,
        "tables": [],
    }
    assert shown["each"]["values"][0]["value"] is None, "the cost of each gives their number away"
    assert shown["each"]["base"] == {"key": "women", "value": None, "withheld": True}
    outcomes, sexes = (
        {row[name]: row["value"] for row in shown["exits"]["values"][0]["tables"][at]["rows"]}
        for at, name in enumerate(("outcome", "sex"))
    )
    assert not {("work", "men")} <= told.keys() or "work" not in outcomes, "the row would tell"
    assert not {("studies", "women"), ("other", "women")} <= told.keys() or "women" not in sexes, (
        "the column would tell"
    )
    assert all(table["incomplete"] for table in shown["exits"]["values"][0]["tables"])
    assert shown["cost"]["values"][0]["value"] == "3141.00"
    assert shown["teams"]["values"][0]["value"] == 2, "teams are not people"
    assert any("utelämnade" in note for note in shown["exits"]["notes"])
    text = page.write(compose(public, imprint(public, b"", QUESTION))).decode()
    assert ">.. <" in text
    assert ">3<" not in text
    assert (public["audience"], public["protection"]) == ("public", "suppression")


async def test_the_citys_rounding_says_what_is_rounded(reports_db: Database) -> None:
    made = await released(reports_db, report(EXITS, FIRST), protection=Protection.ROUNDING)
    assert rows(made.document)["work", "women"] == {
        "outcome": "work",
        "sex": "women",
        "value": 5,
        "rounded": True,
    }
    few = EXITS | {("work", "women"): 2}
    made = await released(reports_db, report(few, LATER), protection=Protection.ROUNDING)
    assert ("work", "women") not in rows(made.document), "a row of 0 tells that it is not zero"
    assert items(made.document)["each"]["values"][0]["value"] is None


async def test_the_committees_document_is_not_touched(reports_db: Database) -> None:
    exact = report(EXITS, FIRST)
    before = encode(exact)
    await released(reports_db, exact)
    assert encode(exact) == before


@pytest.mark.parametrize("protection", list(Protection))
async def test_the_same_question_has_the_same_bytes_for_ever(
    reports_db: Database, protection: Protection
) -> None:
    grown = EXITS | {("work", "women"): 9}
    then = {FIRST: EXITS, LATER: grown}
    once = await released(reports_db, report(EXITS, FIRST), protection=protection)
    await released(reports_db, report(grown, LATER), protection=protection, then=then)
    again = await released(reports_db, report(grown, FIRST), protection=protection)
    assert again.body == once.body
    assert msgspec.json.decode(again.body) == again.document


async def test_what_was_not_told_is_not_told_later_where_it_would_still_tell(
    reports_db: Database,
) -> None:
    first = rows((await released(reports_db, report(EXITS, FIRST))).document)
    untold = EXITS.keys() - first.keys()
    assert len(untold) > 1
    grown = EXITS | {("work", "women"): 30}
    then = {FIRST: EXITS, LATER: grown}
    later = rows((await released(reports_db, report(grown, LATER), then=then)).document)
    assert ("work", "women") in later, "it is not small any more"
    assert not (untold - {("work", "women")}) & later.keys(), "they would give the three away"


async def test_nothing_is_told_of_a_figure_whose_past_cannot_be_asked(
    reports_db: Database,
) -> None:
    await released(reports_db, report(EXITS, FIRST))
    grown = EXITS | {("internship", "men"): 90}
    made = await released(reports_db, report(grown, LATER), then={})
    assert rows(made.document) == {}
    assert items(made.document)["exits"]["values"][0]["value"] is None
    assert items(made.document)["teams"]["values"][0]["value"] == 2


async def test_what_was_looked_up_is_kept(reports_db: Database) -> None:
    await released(reports_db, report(EXITS, FIRST))
    grown = EXITS | {("internship", "men"): 90}
    then = {FIRST: EXITS, LATER: grown}
    await released(reports_db, report(grown, LATER), then=then)
    later = LATER + timedelta(days=1)
    made = await released(reports_db, report(grown, later), then={later: grown})
    assert rows(made.document), "nothing about the first two bases is asked again"


async def test_a_release_needs_every_unit(reports_db: Database) -> None:
    with pytest.raises(PublicNeedsEveryUnit):
        await released(reports_db, report(EXITS, FIRST), units=frozenset({"kista"}))


async def test_every_cell_is_recorded_and_no_record_changes(reports_db: Database) -> None:
    await released(reports_db, report(EXITS, FIRST))
    async with reports_db.read() as session:
        kept = await (await driver(session)).fetch("select value, shown from released_cell")
    assert (3, "untold") in {(row["value"], row["shown"]) for row in kept}
    assert len(kept) == 1 + 3 + 2 + 6, "one of each region"
    changes = ("update release set status = 'partial'", "delete from released_cell")
    for change in (*changes, "update counted_cell set value = 0"):
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            async with reports_db.begin() as session:
                await (await driver(session)).execute(change)


async def test_the_public_is_answered_without_the_scope_of_exact_numbers(
    calling: Calling, settings: ReportsSettings, issuer: Issuer
) -> None:
    params = {"template": "tertialrapport", "period": "2020-T2", "audience": "public"}
    headers = issuer.headers("reports:read")
    async with calling(create_app(settings), headers=headers) as client:
        for route in ("committee-report-data", "committee-report-pages"):
            address = f"/reports/v1/{route}"
            public = await client.get(address, params=params)
            exact = await client.get(address, params=params | {"audience": "committee"})
            assert public.status_code == 503, "everybody is away, but the question is allowed"
            assert (exact.status_code, exact.json()["code"]) == (403, "insufficient_scope")
