"""The committee's forms as data: which rows they print, what each sums, what each is called.

The codes are ours and stable; the labels are the names of the rows on the city's forms.
"""

from __future__ import annotations

from collections.abc import Container, Iterator
from dataclasses import dataclass

from services.budget.domain.counterparts import CounterpartClass

EXTERNAL = CounterpartClass.EXTERNAL.value
COMPANIES = CounterpartClass.MUNICIPAL_COMPANY.value
INTERNAL = CounterpartClass.INTERNAL.value
UNDIVIDED = CounterpartClass.UNDIVIDED.value
CLASSES = (EXTERNAL, COMPANIES, INTERNAL, UNDIVIDED)
TOTAL, OPENING, CHANGE = "total", "opening", "change"


@dataclass(frozen=True, slots=True)
class Groups:
    """Account groups ``first`` to ``last``, both included, as two-digit codes."""

    first: str
    last: str

    def __contains__(self, group: str) -> bool:
        return self.first <= group <= self.last


@dataclass(frozen=True, slots=True)
class Section:
    """A row that sums account groups, with each of them printed below it."""

    code: str
    label: str
    groups: Groups
    also: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Sum:
    """A row that sums other rows; ``of`` names them by code and may name other sums."""

    code: str
    label: str
    of: tuple[str, ...]
    also: tuple[str, ...] = ()


Line = Section | Sum


@dataclass(frozen=True, slots=True)
class Rule:
    """In every row the cells ``parts`` sum to the cell ``whole``.

    A class that a table has no column for is zero in it. The parts of a ``complete`` rule must
    all be there for the rule to say anything.
    """

    name: str
    parts: tuple[str, ...]
    whole: str
    complete: bool = False

    def applies(self, columns: Container[str]) -> bool:
        """Say whether a row with these columns can keep or break the rule."""
        present = [part in columns for part in self.parts]
        return self.whole in columns and (all(present) if self.complete else any(present))


@dataclass(frozen=True, slots=True)
class Layout:
    """One form of account groups: its columns, its rows, and what must hold in each row.

    ``zero`` names rows that together are zero in the columns ``zero_columns``: a balance sheet
    balances. ``also`` of a line holds other spellings of its label seen in deliveries.
    """

    code: str
    title: str
    version: int
    columns: tuple[tuple[str, str], ...]
    lines: tuple[Line, ...]
    rules: tuple[Rule, ...]
    zero: tuple[str, ...] = ()
    zero_columns: tuple[str, ...] = ()

    @property
    def column_codes(self) -> tuple[str, ...]:
        return tuple(code for code, _ in self.columns)

    def sections(self) -> Iterator[Section]:
        return (line for line in self.lines if isinstance(line, Section))

    def section_of(self, group: str) -> Section | None:
        """Return the section that prints a group, or None for a group of the other form."""
        return next((line for line in self.sections() if group in line.groups), None)


_DIVIDED = Rule("classes_sum_to_total", CLASSES, TOTAL)

INCOME_STATEMENT = Layout(
    code="income-statement",
    title="Resultaträkning",
    version=1,
    columns=(
        (EXTERNAL, "Externt"),
        (COMPANIES, "Stadens bolag"),
        (INTERNAL, "Internt"),
        (UNDIVIDED, "Ej uppdelat"),
        (TOTAL, "Totalt"),
    ),
    lines=(
        Section("revenue", "Verksamhetens intäkter (-)", Groups("30", "39")),
        Section("costs", "Verksamhetens kostnader (+)", Groups("40", "78")),
        Sum("net-cost", "Verksamhetens nettokostnader", ("revenue", "costs")),
        Section("depreciation", "Avskrivningar (+)", Groups("79", "79")),
        Section("tax-revenue", "Skatteintäkter (-)", Groups("80", "81")),
        Section(
            "general-grants",
            "Generella statsbidrag och utjämning (-)",
            Groups("82", "83"),
            also=("Generella stadsbidrag och utjämnning (-)",),
        ),
        Sum(
            "operating-result",
            "Verksamhetens resultat",
            ("net-cost", "depreciation", "tax-revenue", "general-grants"),
        ),
        Section("financial-income", "Finansiella intäkter (-)", Groups("84", "84")),
        Section("financial-costs", "Finansiella kostnader (+)", Groups("85", "86")),
        Sum(
            "result-after-financial",
            "Resultat efter finansiella poster",
            ("operating-result", "financial-income", "financial-costs"),
        ),
        Section("extraordinary", "Extraordinära poster", Groups("87", "88")),
        Sum("result", "Årets resultat", ("result-after-financial", "extraordinary")),
    ),
    rules=(_DIVIDED,),
)

BALANCE_SHEET = Layout(
    code="balance-sheet",
    title="Balansräkning",
    version=1,
    columns=(
        (CHANGE, "Förändring"),
        (OPENING, "IB"),
        (EXTERNAL, "UB Extern"),
        (COMPANIES, "UB Stadens bolag"),
        (INTERNAL, "UB Internt"),
        (UNDIVIDED, "UB Ej uppdelat"),
        (TOTAL, "UB Totalt"),
    ),
    lines=(
        Section("fixed-assets", "Anläggningstillgångar", Groups("10", "13")),
        Section("current-assets", "Omsättningstillgångar", Groups("14", "19")),
        Sum("assets", "Summa tillgångar", ("fixed-assets", "current-assets")),
        Section("equity", "Eget kapital", Groups("20", "20")),
        Section("provisions", "Avsättningar", Groups("21", "22")),
        Section("long-term-debt", "Långfristiga skulder", Groups("23", "23")),
        Section("short-term-debt", "Kortfristiga skulder", Groups("24", "29")),
        Sum(
            "liabilities-and-equity",
            "Summa skulder & eget kapital",
            ("equity", "provisions", "long-term-debt", "short-term-debt"),
        ),
    ),
    rules=(
        _DIVIDED,
        Rule("opening_and_change_make_closing", (OPENING, CHANGE), TOTAL, complete=True),
    ),
    zero=("assets", "liabilities-and-equity"),
    zero_columns=(CHANGE, OPENING, TOTAL),
)

LAYOUTS = {layout.code: layout for layout in (INCOME_STATEMENT, BALANCE_SHEET)}
