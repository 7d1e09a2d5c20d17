"""What the public is told is protected everywhere, recorded, and never taken back."""

from __future__ import annotations

from copy import deepcopy
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

import asyncpg
import msgspec
import pytest

from services.reports.domain.assembly import Assembly
from services.reports.domain.audience import Audience, Protection
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


QUESTION = Request("prov", "2024", None, None, FIRST, Audience.PUBLIC)


async def released(
    db: Database,
    document: dict[str, Any],
    *,
    protection: Protection = Protection.SUPPRESSION,
    units: Any = ALL,  # noqa: ANN401  what a token may say
) -> Release:
    async def assemble() -> dict[str, Any]:
        return deepcopy(document)

    basis = datetime.fromisoformat(document["basis"])
    asked = Request("prov", "2024", None, None, basis, Audience.PUBLIC, protection)
    by = Caller("anna", frozenset({"reports:read"}), units, token="")
    return await release(db, asked, assemble, threshold=5, by=by)


def items(document: dict[str, Any]) -> dict[str, dict[str, Any]]:
    return {item["key"]: item for item in document["sections"][0]["items"]}


def rows(document: dict[str, Any]) -> dict[tuple[str, str], dict[str, Any]]:
    by_both = items(document)["exits"]["values"][0]["tables"][2]
    return {(row["outcome"], row["sex"]): row for row in by_both["rows"]}


async def test_a_small_count_is_withheld_wherever_it_stands_and_whatever_gives_it_away(
    reports_db: Database,
) -> None:
    public = (await released(reports_db, report(EXITS, FIRST))).document
    shown = items(public)
    table = rows(public)
    told = {key: row["value"] for key, row in table.items()}
    assert table["work", "women"] == {
        "outcome": "work",
        "sex": "women",
        "value": None,
        "withheld": True,
    }
    assert shown["women"]["values"][0]["value"] is None
    assert shown["each"]["values"][0]["value"] is None, "the cost of each gives their number away"
    assert shown["each"]["base"] == {"key": "women", "value": None, "withheld": True}
    outcomes, sexes = (
        {row[name]: row["value"] for row in shown["exits"]["values"][0]["tables"][at]["rows"]}
        for at, name in enumerate(("outcome", "sex"))
    )
    # a row that is left out tells as little as one that is withheld
    assert None in (told.get(("work", "men")), outcomes["work"]), "the row would tell"
    assert None in (
        told.get(("studies", "women")),
        told.get(("other", "women")),
        sexes["women"],
    ), "the column would tell"
    assert shown["cost"]["values"][0]["value"] == "3141.00"
    assert shown["teams"]["values"][0]["value"] == 2, "teams are not people"
    assert any("utelämnade" in note for note in shown["exits"]["notes"])
    text = page.write(compose(public, imprint(public, b"", QUESTION))).decode()
    assert ">..<" in text
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
    once = await released(reports_db, report(EXITS, FIRST), protection=protection)
    grown = EXITS | {("work", "women"): 9}
    await released(reports_db, report(grown, LATER), protection=protection)
    again = await released(reports_db, report(grown, FIRST), protection=protection)
    assert again.body == once.body
    assert msgspec.json.decode(again.body) == again.document


async def test_what_was_withheld_stays_withheld_while_it_is_the_same(
    reports_db: Database,
) -> None:
    first = (await released(reports_db, report(EXITS, FIRST))).document
    withheld = {key for key, row in rows(first).items() if row["value"] is None}
    assert len(withheld) > 1
    grown = EXITS | {("work", "women"): 30}
    later = rows((await released(reports_db, report(grown, LATER))).document)
    others = withheld - {("work", "women")}
    assert all(later[key]["value"] is None for key in others)


async def test_a_release_needs_every_unit(reports_db: Database) -> None:
    with pytest.raises(PublicNeedsEveryUnit):
        await released(reports_db, report(EXITS, FIRST), units=frozenset({"kista"}))


async def test_every_cell_is_recorded_and_no_record_changes(reports_db: Database) -> None:
    await released(reports_db, report(EXITS, FIRST))
    async with reports_db.read() as session:
        kept = await (await driver(session)).fetch("select value, shown from released_cell")
    assert (3, "withheld") in {(row["value"], row["shown"]) for row in kept}
    assert len(kept) == 1 + 3 + 2 + 6 + 3, "one of each region, and what each table leaves out"
    for change in ("update release set status = 'partial'", "delete from released_cell"):
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
