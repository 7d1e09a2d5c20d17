"""Ties: what must hold between the statements, each checked at every call and shown.

A tie that breaks is shown with its difference; nothing is adjusted to make it hold.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field

from services.budget.domain.chart import YEARS_RESULT, is_result_group
from services.budget.domain.layouts import CHANGE, INTERNAL, OPENING, TOTAL
from services.budget.domain.ledger_sums import LedgerSums
from services.budget.domain.settlement import BUDGET, OUTCOME
from services.budget.domain.statements import RowKind, Statement


@dataclass(frozen=True, slots=True)
class Imbalance:
    """A voucher whose postings do not sum to zero, by öre."""

    voucher: str
    amount: int


@dataclass(frozen=True, slots=True)
class Disagreement:
    """A row of a delivered trial balance or ledger file that the ledger no longer says, by öre."""

    statement: str
    row: str
    column: str
    delivered: int
    computed: int


@dataclass(frozen=True, slots=True)
class Evidence:
    """Everything the ties look at; all of one range and one basis."""

    sums: LedgerSums
    income: Statement
    balance: Statement
    settlement: Statement
    investments: Statement
    investment_precision: int = 1
    imbalances: Sequence[Imbalance] = ()
    disagreements: Sequence[Disagreement] = ()


@dataclass(frozen=True, slots=True)
class Sides:
    """The two amounts of a tie in öre; ``tolerance`` is for amounts that a source rounded."""

    left: int
    right: int
    tolerance: int = 0
    named: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Tie:
    """One declared rule: what is compared with what."""

    code: str
    title: str
    left: str
    right: str
    sides: Callable[[Evidence], Sides]


@dataclass(frozen=True, slots=True)
class Checked:
    """A tie with its amounts; ``named`` says which vouchers or rows stand behind a difference."""

    tie: Tie
    left: int
    right: int
    holds: bool
    named: tuple[str, ...] = field(default=())

    @property
    def difference(self) -> int:
        return self.left - self.right


def check(evidence: Evidence) -> list[Checked]:
    """Return every tie, holding or not, in the order they are declared."""
    return [_checked(tie, tie.sides(evidence)) for tie in TIES]


def _checked(tie: Tie, sides: Sides) -> Checked:
    holds = abs(sides.left - sides.right) <= sides.tolerance and not sides.named
    return Checked(tie, sides.left, sides.right, holds, sides.named)


def _income_of(evidence: Evidence, rows: Iterable[str]) -> int:
    return sum(evidence.income.amount(row, TOTAL) for row in rows)


def _costs(e: Evidence) -> Sides:
    rows = ("costs", "depreciation", "financial-costs", "extraordinary")
    return Sides(e.settlement.amount("costs", OUTCOME), _income_of(e, rows))


def _revenue(e: Evidence) -> Sides:
    rows = ("revenue", "tax-revenue", "general-grants", "financial-income")
    return Sides(e.settlement.amount("revenues", OUTCOME), _income_of(e, rows))


def _result(e: Evidence) -> Sides:
    return Sides(e.settlement.amount("net-operations", OUTCOME), e.income.amount("result", TOTAL))


def _internal_interest(e: Evidence) -> Sides:
    return Sides(
        e.settlement.amount("internal-interest", OUTCOME),
        e.income.amount("financial-costs", INTERNAL),
    )


def _result_is_balance_change(e: Evidence) -> Sides:
    """Compare the result with what the balance accounts moved.

    The account that closes the year moves the result to equity and earns none, so that it
    belongs to the balance side: a year that has been closed still ties.
    """
    balance = e.sums.add(
        lambda cell: cell.movement,
        where=lambda cell: not is_result_group(cell.group) or cell.group == YEARS_RESULT,
    )
    result = e.income.amount("result", TOTAL)
    return Sides(result, -balance, named=_unprinted(e) if result != -balance else ())


def _unprinted(e: Evidence) -> tuple[str, ...]:
    """Return the result groups that stand in the ledger and on no form, the likeliest culprits."""
    printed = {row.code for row in e.income.rows if row.kind is RowKind.GROUP} | {YEARS_RESULT}
    moved: dict[str, int] = {}
    for cell in e.sums.cells:
        if is_result_group(cell.group) and cell.group not in printed:
            moved[cell.group] = moved.get(cell.group, 0) + cell.movement
    return tuple(e.sums.label(group) for group, amount in sorted(moved.items()) if amount)


def _balances(column: str) -> Callable[[Evidence], Sides]:
    return lambda e: Sides(
        e.balance.amount("assets", column), -e.balance.amount("liabilities-and-equity", column)
    )


def _rolls_forward(e: Evidence) -> Sides:
    broken = tuple(
        row.label
        for row in e.balance.rows
        if row.kind is RowKind.GROUP
        and row.amounts[OPENING] + row.amounts[CHANGE] != row.amounts[TOTAL]
    )
    opening = sum(e.balance.amount(r, OPENING) for r in ("assets", "liabilities-and-equity"))
    change = sum(e.balance.amount(r, CHANGE) for r in ("assets", "liabilities-and-equity"))
    closing = sum(e.balance.amount(r, TOTAL) for r in ("assets", "liabilities-and-equity"))
    return Sides(opening + change, closing, named=broken)


def _vouchers(e: Evidence) -> Sides:
    return Sides(
        sum(abs(found.amount) for found in e.imbalances),
        0,
        named=tuple(found.voucher for found in e.imbalances),
    )


def _delivered(e: Evidence) -> Sides:
    return Sides(
        sum(found.computed for found in e.disagreements),
        sum(found.delivered for found in e.disagreements),
        named=tuple(f"{d.statement} {d.row} {d.column}" for d in e.disagreements),
    )


def _investment_plan(e: Evidence) -> Sides:
    return Sides(
        e.settlement.amount("investment-expenditure", BUDGET),
        e.investments.amount("total", "plan"),
        tolerance=e.investment_precision // 2,
    )


TIES: tuple[Tie, ...] = (
    Tie(
        "settlement-result",
        "Budgetavräkningens summa drift är resultaträkningens resultat",
        "Summa drift, utfall",
        "Årets resultat",
        _result,
    ),
    Tie(
        "settlement-costs",
        "Budgetavräkningens kostnader är resultaträkningens kostnader, avskrivningar och "
        "finansiella kostnader",
        "Kostnader, utfall",
        "Verksamhetens kostnader, avskrivningar, finansiella kostnader, extraordinära poster",
        _costs,
    ),
    Tie(
        "settlement-revenue",
        "Budgetavräkningens intäkter är resultaträkningens intäkter och finansiella intäkter",
        "Intäkter, utfall",
        "Verksamhetens intäkter, skatt, bidrag, finansiella intäkter",
        _revenue,
    ),
    Tie(
        "settlement-internal-interest",
        "Internräntan är resultaträkningens interna finansiella kostnader",
        "Internränta, utfall",
        "Finansiella kostnader, internt",
        _internal_interest,
    ),
    Tie(
        "result-is-balance-change",
        "Periodens resultat motsvaras av balanskontonas förändring",
        "Årets resultat",
        "Balanskontonas förändring med omvänt tecken",
        _result_is_balance_change,
    ),
    Tie(
        "balance-opening",
        "Ingående balans: tillgångar motsvarar skulder och eget kapital",
        "Summa tillgångar, IB",
        "Summa skulder & eget kapital, IB, med omvänt tecken",
        _balances(OPENING),
    ),
    Tie(
        "balance-closing",
        "Utgående balans: tillgångar motsvarar skulder och eget kapital",
        "Summa tillgångar, UB",
        "Summa skulder & eget kapital, UB, med omvänt tecken",
        _balances(TOTAL),
    ),
    Tie(
        "balance-rolls-forward",
        "Ingående balans och förändring ger utgående balans på varje rad",
        "IB och förändring",
        "UB",
        _rolls_forward,
    ),
    Tie(
        "vouchers-balance",
        "Varje verifikation summerar till noll",
        "Obalanserade verifikationer",
        "Noll",
        _vouchers,
    ),
    Tie(
        "ledger-is-as-delivered",
        "Redovisningen säger detsamma som levererade saldobalanser och SIE-filer",
        "Redovisningen",
        "Leveransen",
        _delivered,
    ),
    Tie(
        "investment-plan",
        "Budgetavräkningens investeringsutgifter är investeringsplanens belopp",
        "Utgifter, budget",
        "Summa VP",
        _investment_plan,
    ),
)
