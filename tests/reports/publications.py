"""A publication of everything that a report can hold, and the document that it shows.

Names and amounts are chosen to be difficult: letters outside ASCII, signs that typesetters and
workbooks take for code, amounts beyond what binary fractions hold, and tables wider than paper.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from services.reports.publication.cells import held, valued, words
from services.reports.publication.model import (
    Cell,
    Chart,
    Column,
    Fact,
    Imprint,
    Item,
    Kind,
    Mark,
    Point,
    Publication,
    Row,
    RowRole,
    Section,
    Source,
    Table,
    Text,
    Tone,
)

if TYPE_CHECKING:
    from services.reports.publication.model import Value

HASH = "5f" * 32
BASIS = "2026-03-01T08:30:00Z"

IMPRINT = Imprint(
    basis=BASIS,
    attestation="Utkast, inte attesterad",
    content_hash=HASH,
    audience="Nämnden; exakta uppgifter",
    sources=(Source("Deltagare", "hämtad"), Source("Ekonomi", "svarade inte i tid")),
    address="/committee-report-data?template=fokus-jarva&period=2024&area=jarva",
)


class Sample:
    """Puts values in a document and gives the cells that show them."""

    def __init__(self) -> None:
        self.document: dict[str, Any] = {"values": []}

    def cell(self, value: Value, kind: Kind = Kind.COUNT) -> Cell:
        return valued(value, kind, self._kept({"value": value}) + "/value")

    def day(self, value: str) -> Cell:
        return Cell(value, value, Kind.DATE, path=self._kept({"value": value}) + "/value")

    def withheld(self) -> Cell:
        hidden = {"value": None, "withheld": True}
        return held(hidden, Kind.COUNT, self._kept(hidden))

    def money(self, *amounts: str | None) -> tuple[Cell, ...]:
        return tuple(self.cell(amount, Kind.MONEY) for amount in amounts)

    def _kept(self, holder: dict[str, Any]) -> str:
        self.document["values"].append(holder)
        return f"/values/{len(self.document['values']) - 1}"


def sample() -> tuple[dict[str, Any], Publication]:
    """Return a document and the publication that shows all of it."""
    made = Sample()
    publication = Publication(
        title="Fokus Järva – rapport för 2024",  # noqa: RUF001  a dash, as in the city's titles
        subtitle="Avser 2024 · Järva",
        language="sv",
        imprint=IMPRINT,
        warnings=(Text("Rapporten är ofullständig: Ekonomi svarade inte i tid.", Tone.WARNING),),
        sections=(
            Section("people", "Människor & möten", (_kinds(made), _people(made), _texts())),
            Section("money", "Ekonomi", (_settlement(made), _form(made), _long(made))),
        ),
    )
    return made.document, publication


def _kinds(made: Sample) -> Item:
    """One of every kind, each beside its sign of being withheld or unknown."""
    approximate = replace(made.cell(3500), text="cirka 3\N{NO-BREAK SPACE}500", approximate=True)
    table = Table(
        key="kinds",
        caption="Alla slags värden: antal/andel [prov] med en rubrik som är längre än ett blad",
        columns=(Column("Slag"), Column("Värde", Kind.NUMBER), Column("Som saknas", Kind.NUMBER)),
        rows=(
            Row((words("Antal"), made.cell(1234567), made.withheld())),
            Row((words("Tal"), made.cell(12.5, Kind.NUMBER), made.cell(None))),
            Row((words("Per cent"), made.cell(34.5, Kind.PERCENT), made.withheld())),
            Row((words("Helt per cent"), made.cell(34, Kind.PERCENT), made.cell(None))),
            Row((words("Miljoner"), made.cell("67250000.00", Kind.MILLIONS), made.cell(None))),
            Row((words("Dag"), made.day("2024-12-31"), made.cell(None))),
            Row((words("Månad"), made.day("2024-12"), made.withheld())),
            Row((words("Noll"), made.cell(0), made.cell("0.00", Kind.MONEY))),
            Row((words("Ungefär"), approximate, made.cell(None))),
            Row((words("=SUM(A1) #let x = 1 _kursiv_ $5 @namn \\u"), made.cell(1), made.cell(2))),
        ),
    )
    fact = Fact(made.cell(729), "besök", "2024")
    note = Text("Antal under fem visas inte.", Tone.NOTE)
    return Item(
        "kinds", "Besök på Jobbtorg", (fact, Fact(made.withheld(), "", "2023"), table, note)
    )


def _people(made: Sample) -> Item:
    points = (
        Point("2021", "Kvinnor", 0, 120.0),
        Point("2022", "Kvinnor", 0, None),
        Point("2023", "Kvinnor", 1, 90.0),
        Point("2024", "Kvinnor", 1, 95.0),
    )
    chart = Chart(
        key="people:chart",
        title="Inskrivna kvinnor per år",
        description="Linje: 120 år 2021; värdet för 2022 visas inte; nytt sätt att räkna 2023.",
        mark=Mark.LINE,
        unit="personer",
        points=points,
        table="people",
    )
    table = Table(
        key="people",
        caption="Inskrivna kvinnor per år",
        columns=(Column("Kön"), Column("År"), Column("Personer", Kind.COUNT)),
        rows=tuple(
            Row(
                (
                    words("Kvinnor"),
                    words(point.category),
                    made.withheld() if point.value is None else made.cell(int(point.value)),
                )
            )
            for point in points
        ),
        headers=2,
    )
    return Item("people", "Inskrivna", (chart, table), lineage="/lineage/people")


def _texts() -> Item:
    return Item(
        "text",
        "Läsanvisning",
        (
            Text("Rapporten beskriver Järva. Ändrad räkneregel: tecknet < betyder mindre än."),
            Text("Källa: deltagarregistret.", Tone.SOURCE),
        ),
    )


def _settlement(made: Sample) -> Item:
    rows = (
        ("Verksamhet", RowRole.SECTION, (None, None, None)),
        (
            "Drift och underhåll",
            RowRole.PLAIN,
            ("1294000000.00", "890546416.46", "-403453583.54"),
        ),
        ("Avskrivningar", RowRole.PLAIN, ("0.00", "3324728.72", "-0.01")),
        ("Större än något tal", RowRole.PLAIN, ("90071992547409.93", "-123456789012345.67", None)),
        ("Summa drift", RowRole.SUM, ("805200000.00", "558655127.57", "246544872.43")),
    )
    table = Table(
        key="settlement",
        caption="Budgetavräkning (kr)",
        columns=(
            Column("Rad"),
            *(Column(name, Kind.MONEY) for name in ("Budget", "Utfall", "Avvikelse")),
        ),
        rows=tuple(
            Row((words(label), *made.money(*amounts)), role) for label, role, amounts in rows
        ),
        form="budget-settlement",
    )
    return Item("settlement", "", (table, Text("Stämmer inte: tillgångar.", Tone.WARNING)))


def _form(made: Sample) -> Item:
    """The form of the strategic projects, as its columns come from the ledger."""
    pairs = ["Ack. t.o.m. 2019", "Budget 2020", "Prognos 2020"]
    for year in range(2021, 2025):
        pairs += [f"Plan {year}", f"Prognos {year}"]
    pairs += ["Totalt beslutad", "Total prognos"]
    flows = ("kostnad", "intäkt (-)")
    columns = [Column(f"{pair}, {flow}", Kind.MONEY) for pair in pairs for flow in flows]
    rows = []
    for number, label in enumerate(("6. YFI – yngre", "5. Vux 2.0", "Summa")):  # noqa: RUF001
        amounts = [
            None if place == 3 else f"{(-1) ** place * (67_200_000 + 1000 * number + place)}.00"
            for place in range(len(columns))
        ]
        role = RowRole.SUM if label == "Summa" else RowRole.PLAIN
        rows.append(Row((words(label), *made.money(*amounts)), role))
    table = Table(
        key="strategic",
        caption="Strategiskt viktiga projekt (kr)",
        columns=(Column("Projekt"), *columns),
        rows=tuple(rows),
        form="strategic-projects",
    )
    return Item("strategic", "", (table,))


def _long(made: Sample) -> Item:
    """A table of several pages, with groups of columns and a caption that another has."""
    rows = [
        Row((words(f"{number}. Västerort å ä ö"), made.cell(number), made.cell(number / 3)))
        for number in range(1, 121)
    ]
    table = Table(
        key="long",
        caption="Budgetavräkning (kr)",
        columns=(
            Column("Enhet"),
            Column("Antal", Kind.COUNT, ("2024", "Utfall")),
            Column("Medel", Kind.NUMBER, ("2024",)),
        ),
        rows=tuple(rows),
    )
    return Item("long", "Lång tabell", (table,))
