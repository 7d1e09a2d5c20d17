"""What a report of a period vouches for, as one canonical text that a hash can be taken of.

The text is JSON with sorted keys and nothing between them, amounts in whole öre: two reports
say the same if and only if their texts are equal (RFC 8785 in spirit; there are no floats).
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import sha256
from typing import TypeAlias

from services.budget.domain.appendix import Project
from services.budget.domain.deviations import Deviation
from services.budget.domain.periods import PeriodRange
from services.budget.domain.projects import Amount
from services.budget.domain.signed_formats import Form, Format
from services.budget.domain.statements import Statement
from services.budget.domain.ties import Checked

Leaf: TypeAlias = "str | int | bool | None"
Content: TypeAlias = "Leaf | Mapping[str, Content]"


@dataclass(frozen=True, slots=True)
class Difference:
    """A value that is not what it was: where it stands, then and now; None when it is absent."""

    place: str
    kept: str | None
    computed: str | None


def canonical(
    of: PeriodRange,
    statements: Iterable[Statement],
    ties: Iterable[Checked],
    deviations: Iterable[Deviation],
    projects: Iterable[Project],
    *,
    signed_in: Format,
) -> str:
    """Return the text of everything a report of a range vouches for in a format.

    Of the project appendix it holds what was decided about each project; its sums follow from
    that and, in kronor, from the day's exchange rates.
    """
    content: Content = {
        "period": str(of),
        "statements": {
            one.code: _statement(one, signed_in.forms[one.code])
            for one in statements
            if one.code in signed_in.forms
        },
        "ties": {one.tie.code: _tie(one) for one in ties if one.tie.code in signed_in.ties},
        "deviations": {
            f"{one.kind} {one.key}": _deviation(one) for one in deviations if signed_in.asks(one)
        },
        "projects": {one.number: _project(one) for one in projects},
    }
    return json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":"))


def hash_of(text: str) -> str:
    """Return the SHA-256 of a text as hexadecimal digits."""
    return sha256(text.encode()).hexdigest()


def differences(kept: str, computed: str) -> list[Difference]:
    """Return every value in which two texts differ, by its place."""
    before, after = dict(_leaves(json.loads(kept))), dict(_leaves(json.loads(computed)))
    return [
        Difference(place, before.get(place), after.get(place))
        for place in sorted({*before, *after})
        if before.get(place) != after.get(place)
    ]


def _statement(statement: Statement, form: Form) -> Content:
    return {
        "version": form.version,
        "rows": {
            row.code: {"label": row.label, **form.amounts(row)}
            for row in statement.rows
            if form.signs(row)
        },
    }


def _tie(checked: Checked) -> Content:
    return {"left": checked.left, "right": checked.right, "holds": checked.holds}


def _deviation(deviation: Deviation) -> Content:
    comment = deviation.comment
    return {
        "budget": deviation.budget,
        "compared": deviation.compared,
        "comparedWith": deviation.compared_with,
        "limit": deviation.limit,
        "state": deviation.state,
        "cause": comment.cause if comment else None,
        "action": comment.action if comment else None,
    }


def _project(project: Project) -> Content:
    terms = project.terms
    return {
        "name": project.name,
        "funder": project.funder,
        "role": project.role,
        "budget": _amount(terms.budget),
        "ownShare": _amount(terms.own_share),
        "cofinancing": _amount(terms.cofinancing),
        "note": project.budget_note,
        "start": str(project.start),
        "end": str(project.end),
    }


def _amount(amount: Amount | None) -> Content:
    return f"{amount.hundredths} {amount.currency}" if amount else None


def _leaves(content: Content, path: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(content, Mapping):
        for name, inner in content.items():
            yield from _leaves(inner, f"{path}/{name}" if path else name)
    else:
        yield path, json.dumps(content, ensure_ascii=False)
