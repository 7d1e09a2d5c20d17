"""Shapes on the wire."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta, timezone

import pytest
from pydantic import Field, ValidationError

from shared.examples import add_examples, missing
from shared.models import ApiModel, Instant, LocalDate


class Visit(ApiModel):
    held_at: Instant
    held_on: LocalDate
    visitor_count: int = 0


GOOD = {"heldAt": "2024-03-31T03:30:00+02:00", "heldOn": "2024-03-31"}


def test_names_are_camel_case_and_instants_utc() -> None:
    visit = Visit.model_validate(GOOD)
    assert visit.held_at == datetime(2024, 3, 31, 1, 30, tzinfo=UTC)
    assert visit.to_json() == (
        b'{"heldAt":"2024-03-31T01:30:00Z","heldOn":"2024-03-31","visitorCount":0}'
    )
    assert Visit(held_at=visit.held_at, held_on=date(2024, 3, 31)) == visit


@pytest.mark.parametrize(
    "text",
    ["2024-03-31T03:30:00Z", "2024-03-31t03:30:00.123456z", "2024-03-31T03:30:00-11:00"],
)
def test_every_rfc3339_offset_is_taken(text: str) -> None:
    assert Visit.model_validate(GOOD | {"heldAt": text}).held_at.tzinfo is UTC


@pytest.mark.parametrize(
    "value",
    [0, 1700000000, "1700000000", 1.5, True, None, "2024-03-31", "2024-03-31T03:30:00", "now",
     "2024-03-31 03:30:00Z", "2024-02-30T00:00:00Z", "٢٠٢٤-03-31T03:30:00Z", ["2024"],
     "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-14:00",
     "0001-01-01T00:00:00Z", "9999-12-31T23:59:59.999999Z"],
)  # fmt: skip
def test_nothing_else_is_an_instant(value: object) -> None:
    with pytest.raises(ValidationError):
        Visit.model_validate(GOOD | {"heldAt": value})


@pytest.mark.parametrize(
    "value",
    [0, 19800, "0", 1.5, True, None, "20240331", "2024-3-31", "2024-02-30",
     "2024-03-31T00:00:00Z", "2024-03-31T00:00:00", datetime(2024, 3, 31, tzinfo=UTC),
     "0001-01-01", "9999-12-31"],
)  # fmt: skip
def test_nothing_else_is_a_date(value: object) -> None:
    with pytest.raises(ValidationError):
        Visit.model_validate(GOOD | {"heldOn": value})


def test_naive_instants_of_our_own_are_refused() -> None:
    with pytest.raises(ValidationError):
        Visit(held_at=datetime(2024, 1, 1), held_on=date(2024, 1, 1))  # noqa: DTZ001  the point
    east = timezone(timedelta(hours=2))
    visit = Visit(held_at=datetime(2024, 1, 1, tzinfo=east), held_on=date(2024, 1, 1))
    assert visit.held_at == datetime(2023, 12, 31, 22, tzinfo=UTC)


def test_unknown_fields_are_refused() -> None:
    with pytest.raises(ValidationError, match="extra_forbidden"):
        Visit.model_validate(GOOD | {"visitors": 3})


def test_errors_do_not_quote_the_input() -> None:
    with pytest.raises(ValidationError) as refused:
        Visit.model_validate(GOOD | {"visitorCount": "20200101-2384"})
    assert "2384" not in str(refused.value)


def document(model: type[ApiModel]) -> dict[str, object]:
    schema = model.model_json_schema(ref_template="#/components/schemas/{model}")
    schemas = schema.pop("$defs", {}) | {model.__name__: schema}
    found: dict[str, object] = {"components": {"schemas": schemas}}
    add_examples(found)
    return found


def test_example_is_composed_from_fields() -> None:
    class Place(ApiModel):
        name: str = Field(examples=["Rinkeby bibliotek"])
        last_visit: Visit | None
        tags: list[str] = Field(examples=[["a"]])

    found = document(Place)
    schemas = found["components"]["schemas"]  # type: ignore[index]  # JSON
    assert schemas["Place"]["example"] == {
        "name": "Rinkeby bibliotek",
        "lastVisit": {
            "heldAt": "2026-03-01T09:30:00Z",
            "heldOn": "2026-03-01",
            "visitorCount": 0,
        },
        "tags": ["a"],
    }
    assert schemas["Place"]["properties"]["name"]["example"] == "Rinkeby bibliotek"
    assert schemas["Visit"]["properties"]["heldOn"]["example"] == "2026-03-01"
    assert missing(found) == []


def test_free_text_without_example_is_named() -> None:
    class Place(ApiModel):
        name: str

    assert missing(document(Place)) == ["Place.name"]
