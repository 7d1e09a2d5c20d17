"""What a reader must know about a figure besides its value: series breaks, and why it is zero."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from services.outreach.domain.counting import break_note, series_breaks
from services.outreach.figures.known import RULED, Known, known_operations
from services.outreach.figures.uvas_remarks import uvas_remarks
from shared.db import Connection
from shared.figures import FigureDefinition, Query, Remark
from shared.figures.answers import BREAK
from shared.figures.definitions import UnknownCode


async def remarks(
    conn: Connection, definitions: tuple[FigureDefinition, ...], query: Query
) -> Sequence[Remark]:
    """Return the notes of a figure that is counted by operation.

    An operation that was not run during the period has zero of everything: that is a fact and
    gets a note. An operation that nobody has opened has no figures at all: that is refused.

    Raises:
        UnknownCode: the question names an operation that was not known at the basis.

    """
    if not any("operation" in definition.dimensions for definition in definitions):
        return ()
    known = await known_operations(conn, query.basis)
    asked = query.where.get("operation")
    if asked is not None:
        require_known(known, asked)
    chosen = [each for each in known if asked is None or each.code in asked]
    breaks = breaks_of(chosen, query) if RULED & {each.measure for each in definitions} else []
    breaks += await uvas_remarks(conn, definitions, query)
    return [*breaks, *(absences(chosen, query) if asked is not None else ())]


def breaks_of(operations: Iterable[Known], query: Query) -> list[Remark]:
    """Return a break for each change of an operation's rule within the period of a question."""
    period = query.period
    return [
        Remark(BREAK, break_note(each.name, old, new), new.valid_from)
        for each in operations
        for old, new in series_breaks(each.rules, period.first, period.last)
    ]


def absences(operations: Iterable[Known], query: Query) -> Iterable[Remark]:
    """Yield a note for each operation that was not run all of the period."""
    for each in operations:
        if each.valid_to is not None and each.valid_to < query.period.last:
            text = f"{each.name} drevs till och med {each.valid_to.isoformat()}."
            yield Remark("operation-ended", text, each.valid_to)
        if each.valid_from > query.period.first:
            text = f"{each.name} drevs från och med {each.valid_from.isoformat()}."
            yield Remark("operation-begun", text, each.valid_from)


def require_known(known: Sequence[Known], asked: Sequence[str]) -> None:
    """Refuse a question that names an operation that was not known at its basis.

    Raises:
        UnknownCode: with the operations that were.

    """
    codes = {each.code for each in known}
    for code in asked:
        if code not in codes:
            raise UnknownCode(f"There is no operation {code!r}.", values=sorted(codes))
