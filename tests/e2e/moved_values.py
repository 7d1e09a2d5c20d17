"""The values of a report and of its changes, each read by its own form, to be held together."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from decimal import ROUND_HALF_EVEN, Decimal
from typing import Any

from shared.figures.steps_sql import KINDS

Body = dict[str, Any]
Place = tuple[str, str, str, str]
"""Period, breakdown values, row and column of a value."""


def checked(item: Body, ends: list[dict[str, Body]]) -> Counter[str]:
    """See that every value of an item is explained; return which parts moved how many.

    Args:
        item: of the changes.
        ends: the report's items by key, before and after.

    """
    before, after = (values_of(end[item["key"]]) for end in ends)
    changes = explained(item)
    for place in {*before, *after}:
        check(item, place, changes.get(place), (before.get(place), after.get(place)))
    return sum((add_up(change) for change in changes.values()), Counter[str]())


def check(item: Body, place: Place, change: Body | None, ends: tuple[Any, Any]) -> None:
    if change is None:
        assert ends == (None, None), (item["key"], place)
        return
    for name, value in zip(("before", "after"), ends, strict=True):
        if value is not None:
            assert same(change[name], value), (item["key"], place, name, change, value)
        else:
            assert change[name] is None or not Decimal(change[name]), (item["key"], place, change)


def add_up(change: Body) -> Counter[str]:
    """See that the parts sum to the difference; return which of them moved."""
    if change["before"] is None or change["after"] is None:
        assert change["difference"] is change["parts"] is None
        return Counter()
    difference = Decimal(change["after"]) - Decimal(change["before"])
    assert Decimal(change["difference"]) == difference
    parts = {name: Decimal(part) for name, part in change["parts"].items()}
    assert len(parts) == len(KINDS)
    assert sum(parts.values()) == difference, change
    return Counter(name for name, part in parts.items() if part)


def same(shown: Any, value: Any) -> bool:  # noqa: ANN401  values of a document
    """Tell whether a value is the report's own, shown with as many decimals."""
    places = Decimal(1).scaleb(Decimal(shown).as_tuple().exponent)  # type: ignore[arg-type]  # finite
    return Decimal(shown) == Decimal(str(value)).quantize(places, ROUND_HALF_EVEN)


def items_of(document: Body) -> list[Body]:
    """Return the items that have values."""
    return [
        item
        for section in document["sections"]
        for item in section["items"]
        if item["kind"] != "text"
    ]


def explained(item: Body) -> dict[Place, Body]:
    """Return the change of every value of an item."""
    return {
        (table["period"], named(row["names"]), row["label"], column): change
        for table in item["tables"]
        for row in table["rows"]
        for column, change in row["cells"].items()
    }


def values_of(item: Body) -> dict[Place, Any]:
    """Return the values of a report's item, found by the item's own form."""
    of = {
        "figure": of_figure,
        "ratio": of_figure,
        "reference": of_series,
        "statement": of_statement,
        "table": of_table,
    }
    return dict(of[item["kind"]](item))


def of_figure(item: Body) -> Iterator[tuple[Place, Any]]:
    for value in item["values"]:
        yield (value["period"], "", "", "value"), value["value"]
        for table in value["tables"]:
            for row in table["rows"]:
                by = named({name: row[name] for name in table["by"]})
                yield (value["period"], by, "", "value"), row["value"]


def of_series(item: Body) -> Iterator[tuple[Place, Any]]:
    ranges = any(row["low"] != row["high"] for row in item["rows"])
    for row in item["rows"]:
        by = named({item["by"]: row["label"]}) if item["by"] and row["label"] else ""
        about = (item["period"], by, "" if by else row["label"])
        if ranges:
            yield (*about, "low"), row["low"]
            yield (*about, "high"), row["high"]
        else:
            yield (*about, "value"), row["low"]


def of_statement(item: Body) -> Iterator[tuple[Place, Any]]:
    for row in item["statement"]["rows"]:
        for column, amount in row["amounts"].items():
            yield ("", f"row={row['code']}", row["label"], column), amount


def of_table(item: Body) -> Iterator[tuple[Place, Any]]:
    for row in item["rows"]:
        for column in item["columns"]:
            if column["unit"] != "text":
                place = (row["period"], named(row["by"]), row["label"], column["code"])
                yield place, row["cells"][column["code"]]["value"]


def named(names: Body) -> str:
    """Return breakdown values as one text."""
    return "&".join(f"{name}={value}" for name, value in sorted(names.items()))
