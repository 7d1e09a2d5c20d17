"""What follows from what was told: a linear program over the unknowns."""

from __future__ import annotations

from math import inf
from typing import TYPE_CHECKING, TypeAlias

import highspy
import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from services.reports.domain.disclosure.space import Bits

Numbers: TypeAlias = "np.ndarray[tuple[int, ...], np.dtype[np.float64]]"
Interval: TypeAlias = tuple[float, float]

NOISE = 1e-6
AMPLE = 1_000
"""An unknown is at most the greatest known number times this: in effect without limit."""

_BINDING = 1e-7

_PRIMAL = 4
"""The solver's number of the primal simplex method.

From one question to the next only what is asked for differs, so that the last solution is one of
the next program too. The dual method, the solver's own choice, would begin anew.
"""


class Program:
    """What is known of cells, and what follows.

    Args:
        rows: which unknowns each cell counts; no unknown is negative.
        known: for each, the least and the greatest it is known to be.

    """

    def __init__(self, rows: Bits, known: Sequence[Interval]) -> None:
        self._solver = highspy.Highs()  # type: ignore[no-untyped-call]  # its stubs leave it out
        self._solver.setOptionValue("output_flag", False)  # noqa: FBT003  the library's own way
        self._solver.setOptionValue("threads", 1)
        self._solver.setOptionValue("simplex_strategy", _PRIMAL)
        self._columns = np.arange(rows.shape[1], dtype=np.int32)
        self._solver.passModel(_model(rows, known))

    def know(self, row: int, known: Interval) -> None:
        """Change what is known of a cell."""
        self._solver.changeRowBounds(row, known[0], min(known[1], highspy.kHighsInf))

    def feasible(self) -> bool:
        """Return whether anything at all is as it is known to be."""
        return self._solved(np.zeros(len(self._columns)))

    def least(self, wanted: Numbers) -> tuple[float, Numbers, list[int]]:
        """Return the least that weighted unknowns sum to, unknowns that do, and the rows' pull.

        A row without pull could be forgotten without making less of the sum.
        """
        if not self._solved(wanted):
            raise ArithmeticError("a linear program has no solution, though the truth is one")
        solution = self._solver.getSolution()
        value = self._solver.getInfo().objective_function_value
        pulling = [i for i, pull in enumerate(solution.row_dual) if abs(pull) > _BINDING]
        return value, np.array(solution.col_value), pulling

    def _solved(self, wanted: Numbers) -> bool:
        self._solver.changeColsCost(len(self._columns), self._columns, wanted)
        self._solver.run()
        if self._solver.getModelStatus() != highspy.HighsModelStatus.kOptimal:
            self._solver.clearSolver()
            self._solver.run()
        return bool(self._solver.getModelStatus() == highspy.HighsModelStatus.kOptimal)


def _model(rows: Bits, known: Sequence[Interval]) -> highspy.HighsLp:
    held, columns = np.nonzero(rows)
    model = highspy.HighsLp()
    model.num_row_, model.num_col_ = rows.shape
    highest = max((high for _, high in known if high < inf), default=0)
    model.col_cost_ = np.zeros(rows.shape[1])
    model.col_lower_ = np.zeros(rows.shape[1])
    model.col_upper_ = np.full(rows.shape[1], AMPLE * (highest + 1.0))
    model.row_lower_ = np.array([low for low, _ in known], dtype=float)
    model.row_upper_ = np.array([min(high, highspy.kHighsInf) for _, high in known], dtype=float)
    model.a_matrix_.format_ = highspy.MatrixFormat.kRowwise
    model.a_matrix_.start_ = np.searchsorted(held, np.arange(rows.shape[0] + 1)).astype(np.int32)
    model.a_matrix_.index_ = columns.astype(np.int32)
    model.a_matrix_.value_ = np.ones(len(columns))
    return model
