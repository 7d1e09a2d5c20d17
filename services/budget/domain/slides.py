"""Columns that slid a row when a table was copied: found by moving them back and looking.

Each column may have slid over a range of its own. The cheapest story wins: a row that does not
foot costs much, so does every column said to have slid, and most of all an amount that the
story throws away (a zero may go). Between stories of one price wins the one that needs no amount
to be guessed. It is offered only when it explains nearly every row that fails.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import product

from services.budget.domain.footing import foots
from services.budget.domain.layouts import Rule
from services.budget.domain.tables import Table, TableRow

MIN_EXPLAINED = 3
"""Fewer rows than this can be put right by chance; no slide is offered for them."""
MAX_ROWS = 200
"""Failures spread over more rows than this have no one reason worth looking for."""
MAX_LEFT_SHARE = 4
"""At most one row in so many explained ones may still fail (a cell lost at the edge)."""

_FAILS, _SLID, _THROWN_AWAY, _GUESSED, _STEP = 1000, 1000, 2500, 10, 1
_BEFORE, _IN, _AFTER = 0, 1, 2
_MARGIN = 5
_NEXT = {_BEFORE: (_BEFORE, _IN), _IN: (_IN, _AFTER), _AFTER: (_AFTER,)}

_States = tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Slide:
    """One story: ``rows`` holds the cells of each row when they are moved back."""

    cost: int
    direction: str
    columns: Mapping[str, tuple[str, str]]
    explained: tuple[str, ...]
    left: tuple[str, ...]
    rows: Mapping[str, Mapping[str, int]]


def find_slide(table: Table) -> Slide | None:
    """Return the slide that explains most rows of a table, or None."""
    columns = [c for c in table.layout.column_codes if any(c in r.cells for r in table.accounts)]
    rows = _around_failures(table)
    stories = [
        _Search(rows, columns, table.layout.rules, "down").story(),
        _Search(rows[::-1], columns, table.layout.rules, "up").story(),
    ]
    found = [story for story in stories if story is not None]
    return min(found, key=lambda story: story.cost, default=None)


def _around_failures(table: Table) -> list[TableRow]:
    """Return the rows that a slide could be about; a large table is mostly in order."""
    rows, rules = table.accounts, table.layout.rules
    failing = [at for at, row in enumerate(rows) if not foots(row, rules)]
    if not failing:
        return []
    return rows[max(0, failing[0] - _MARGIN) : failing[-1] + _MARGIN + 1]


class _Search:
    """The cheapest path through the rows, where each column is before, in or after its slide.

    In the slide, a row's cell is the one printed at the next row; at the first row after it the
    row's own cell was overwritten and is unknown.
    """

    def __init__(
        self, rows: Sequence[TableRow], columns: list[str], rules: tuple[Rule, ...], direction: str
    ) -> None:
        self._rows, self._columns, self._rules = rows, columns, rules
        self._direction = direction
        self._plain = [self._foots(self._cells(i, (_BEFORE,) * len(columns))) for i in self._range]

    @property
    def _range(self) -> range:
        return range(len(self._rows))

    def story(self) -> Slide | None:
        failing = len(self._plain) - sum(self._plain)
        if failing < MIN_EXPLAINED or len(self._rows) > MAX_ROWS:
            return None
        cost, path = self._cheapest_path(below=failing * _FAILS)
        cells = [self._cells(i, path[i], path[i - 1] if i else None) for i in self._range]
        left = [i for i in self._range if not self._foots(cells[i])]
        explained = [i for i in self._range if not self._plain[i] and i not in left]
        if len(explained) < MIN_EXPLAINED or len(left) * MAX_LEFT_SHARE > len(explained):
            return None
        ranges = {
            column: self._shown([i for i in self._range if path[i][at] == _IN])
            for at, column in enumerate(self._columns)
            if any(states[at] == _IN for states in path)
        }
        return Slide(
            cost=cost,
            direction=self._direction,
            columns=ranges,
            explained=self._codes(explained),
            left=self._codes(left),
            rows={self._rows[i].label.code: self._solved(cells[i]) for i in self._range},
        )

    def _codes(self, indexes: list[int]) -> tuple[str, ...]:
        in_print = indexes if self._direction == "down" else indexes[::-1]
        return tuple(self._rows[i].label.code for i in in_print)

    def _shown(self, slid: list[int]) -> tuple[str, str]:
        """Return the first and last row, as printed, that show a neighbour's cell."""
        ends = self._codes([slid[0] + 1, slid[-1] + 1])
        return ends[0], ends[1]

    def _cheapest_path(self, *, below: int) -> tuple[int, list[_States]]:
        """Return the cheapest story; the story that nothing slid costs ``below``."""
        start = (_BEFORE,) * len(self._columns)
        best: dict[_States, tuple[int, list[_States]]] = {start: (0, [])}
        for i in self._range:
            reached: dict[_States, tuple[int, list[_States]]] = {}
            for before, (spent, path) in best.items():
                for after in product(*(_NEXT[state] for state in before)):
                    if i == len(self._rows) - 1 and _IN in after:
                        continue
                    cost = spent + self._cost(i, before, after)
                    if cost <= below and (after not in reached or cost < reached[after][0]):
                        reached[after] = (cost, [*path, after])
            best = reached
        return min(best.values(), key=lambda found: found[0])

    def _cost(self, i: int, before: _States, after: _States) -> int:
        cells = self._cells(i, after, before)
        cost = (0 if self._foots(cells) else _FAILS) + self._guessed(cells) * _GUESSED
        for column, old, new in zip(self._columns, before, after, strict=True):
            if new == _IN:
                cost += _STEP
                if old == _BEFORE:
                    cost += _SLID + (_THROWN_AWAY if self._rows[i].value(column) else 0)
        return cost

    def _cells(
        self, i: int, states: _States, previous: _States | None = None
    ) -> dict[str, int | None]:
        """Return a row's cells under the story; None is a cell that was overwritten."""
        earlier = previous or states
        cells: dict[str, int | None] = {}
        for column, old, new in zip(self._columns, earlier, states, strict=True):
            if new == _IN:
                cells[column] = self._rows[i + 1].value(column)
            elif old == _IN:
                cells[column] = None
            else:
                cells[column] = self._rows[i].value(column)
        return cells

    def _guessed(self, cells: dict[str, int | None]) -> int:
        """Count the parts that were overwritten and cannot have been zero."""
        solved = self._solved(dict(cells))
        wholes = {rule.whole for rule in self._rules}
        unknown = [c for c, ore in cells.items() if ore is None and c not in wholes]
        return sum(1 for column in unknown if solved.get(column))

    def _foots(self, cells: Mapping[str, int | None]) -> bool:
        return all(self._holds(rule, cells) for rule in self._rules)

    @staticmethod
    def _holds(rule: Rule, cells: Mapping[str, int | None]) -> bool:
        named = [cells[column] for column in (*rule.parts, rule.whole) if column in cells]
        if None in named or not rule.applies(cells):
            return True
        return _missing(rule, cells) == 0

    def _solved(self, cells: dict[str, int | None]) -> dict[str, int]:
        """Fill the one unknown cell of a rule from the others; two unknowns stay unknown."""
        for rule in self._rules:
            unknown = [c for c in (*rule.parts, rule.whole) if c in cells and cells[c] is None]
            if len(unknown) == 1 and rule.applies(cells):
                missing = _missing(rule, cells)
                cells[unknown[0]] = -missing if unknown[0] == rule.whole else missing
        return {column: ore for column, ore in cells.items() if ore is not None}


def _missing(rule: Rule, cells: Mapping[str, int | None]) -> int:
    return (cells[rule.whole] or 0) - sum(cells.get(part) or 0 for part in rule.parts)
