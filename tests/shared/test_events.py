"""Events: their envelopes, schemas and checks, each check against what it must refuse."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from enum import Enum
from pathlib import Path
from types import ModuleType
from typing import Annotated, Any, Literal
from uuid import RFC_4122, UUID

import jsonschema  # type: ignore[import-untyped]
import msgspec
import pytest

from shared.clock import utcnow
from shared.db import WriteSession
from shared.event_schemas import free_text, misread, misrouted, schema, write_schemas
from shared.events import (
    AlreadyHandled,
    Code,
    Event,
    Handlers,
    Instant,
    Message,
    Received,
    new_id,
    published,
)
from tests.shared.messages import ROUTES, Counted, CountedRead, Whispered, envelope


class Sex(Enum):
    """A closed set of codes."""

    WOMEN = "women"
    MEN = "men"


class Place(msgspec.Struct):
    """A part of an event's data."""

    unit: Code


class Closed(Event):
    """Every kind of field that can hold nothing personal."""

    type = "alpha.thing.closed"
    aggregate = "thing"
    key = "thing_id"

    thing_id: UUID
    on_day: date
    at: Instant
    unit: Code
    sex: Sex
    side: Literal["left", "right"]
    count: int
    share: float
    paid: bool
    place: Place
    units: list[Code]
    pair: tuple[Code, int]
    maybe: Code | None = None


def test_an_event_is_a_cloud_event_that_its_schema_describes() -> None:
    sent = msgspec.json.encode(envelope(new_id(), 3))
    validator = jsonschema.Draft202012Validator(schema(Counted), format_checker=FORMATS)
    validator.validate(json.loads(sent))
    assert json.loads(sent)["specversion"] == "1.0"


FORMATS = jsonschema.Draft202012Validator.FORMAT_CHECKER


@pytest.mark.parametrize(
    "change",
    [
        {"specversion": "0.3"},
        {"id": "17"},
        {"type": "alpha.counter.raised.v2"},
        {"source": "beta"},
        {"subject": "thing/1"},
        {"aggregatesequence": 0},
        {"data": {"number": "three", "counterId": str(new_id())}},
        {"data": {"number": 3}},
    ],
)
def test_a_schema_refuses_what_is_not_its_event(change: dict[str, Any]) -> None:
    sent = json.loads(msgspec.json.encode(envelope(new_id(), 3))) | change
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(sent, schema(Counted), format_checker=FORMATS)


def test_schemas_are_written_and_those_of_former_events_removed(tmp_path: Path) -> None:
    (tmp_path / "alpha.gone.event.v1.json").write_text("{}")
    write_schemas(tmp_path, [Counted, Closed])
    names = sorted(path.name for path in tmp_path.iterdir())
    assert names == ["alpha.counter.raised.v1.json", "alpha.thing.closed.v1.json"]
    kept = json.loads((tmp_path / names[1]).read_text())
    jsonschema.Draft202012Validator.check_schema(kept)
    assert kept["properties"]["data"]["properties"]["onDay"]["format"] == "date"


def test_closed_fields_are_no_free_text() -> None:
    assert free_text(Closed) == []


def event_with(annotation: Any, *, reasons: dict[str, str] | None = None) -> type[Event]:  # noqa: ANN401
    """Return an event with one more field of the given type."""
    return type(
        "Suspicious",
        (Closed,),
        {
            "__annotations__": {"a_field": annotation | None},
            "a_field": None,
            "free_text": reasons or {},
        },
    )


@pytest.mark.parametrize(
    "annotation",
    [
        str,
        Annotated[str, msgspec.Meta(max_length=10)],
        Annotated[str, msgspec.Meta(pattern=r"^[0-9-]+$")],
        Annotated[str, msgspec.Meta(pattern=r"^[A-Za-z0-9]+$")],
        Annotated[str, msgspec.Meta(pattern=r"[a-z]")],
        list[str],
        tuple[Code, str],
        dict[str, int],
        dict[Code, str],
        bytes,
    ],
)
def test_open_fields_are_free_text_unless_there_is_a_reason(annotation: object) -> None:
    assert free_text(event_with(annotation)) == ["a_field"]
    assert free_text(event_with(annotation, reasons={"a_field": "the title of a law"})) == []
    assert free_text(event_with(annotation, reasons={"a_field": " "})) == ["a_field"]


async def nothing(_session: WriteSession, _event: Received[Any]) -> None: ...


def handlers_of(*models: type[Message]) -> Handlers:
    made = Handlers()
    for model in models:
        made.on(model)(nothing)
    return made


def test_routes_and_handlers_that_fit_are_fine() -> None:
    assert misrouted({"alpha": ROUTES}, {"omega": handlers_of(CountedRead)}) == []


def test_a_route_without_handler_and_a_handler_without_route_are_found() -> None:
    assert misrouted({"alpha": ROUTES}, {"omega": handlers_of(Whispered)}) == [
        "alpha.counter.raised.v1 is sent to omega, which has no handler",
        "alpha.whisper.heard.v1 is handled by omega, and not sent to it",
    ]


def test_two_handlers_for_one_event_are_refused() -> None:
    with pytest.raises(AlreadyHandled):
        handlers_of(CountedRead, CountedRead)


class ReadsMore(Message):
    """Expects what nobody writes, and reads the rest as something else."""

    type = "alpha.counter.raised"

    colour: str
    number: str
    counter_id: str


def test_a_reader_that_expects_too_much_is_found() -> None:
    assert misread(Counted, CountedRead) == []
    assert misread(Counted, ReadsMore) == [
        "colour is not written",
        "number is read as another type",
        "counterId is read as another type",
    ]


def test_published_are_the_events_a_module_declares_itself() -> None:
    module = ModuleType(Counted.__module__)
    vars(module).update({"Counted": Counted, "Event": Event, "Closed": Closed, "Read": CountedRead})
    assert published(module) == (Counted,)


def test_new_ids_are_version_7_and_ordered_in_time() -> None:
    before = utcnow()
    made = [new_id() for _ in range(1000)]
    assert {one.version for one in made} == {7}
    assert {one.variant for one in made} == {RFC_4122}
    assert len(set(made)) == 1000
    seconds = (made[-1].int >> 80) / 1000
    assert abs(datetime.fromtimestamp(seconds, UTC) - before).total_seconds() < 5
