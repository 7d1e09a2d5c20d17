"""The services' events: published as they are, without free text, and each with its handler."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module
from importlib.util import find_spec
from pathlib import Path

import pytest

from shared.event_schemas import free_text, misread, misrouted, schema_files, write_schemas
from shared.events import Event, Handlers, Routes, published
from tests.repo.services import SERVICES

PUBLISHED = Path(__file__).parents[2] / "docs" / "events"


def publishers() -> list[str]:
    """Return the services that publish events."""
    return [service for service in SERVICES if find_spec(f"services.{service}.events")]


def events_of(service: str) -> tuple[type[Event], ...]:
    return published(import_module(f"services.{service}.events"))


def every_event() -> Iterator[type[Event]]:
    for service in publishers():
        yield from events_of(service)


def routes() -> dict[str, Routes]:
    return {service: import_module(f"services.{service}.events").ROUTES for service in publishers()}


def handlers() -> dict[str, Handlers]:
    return {
        service: import_module(f"services.{service}.handlers").HANDLERS
        for service in SERVICES
        if find_spec(f"services.{service}.handlers")
    }


def test_published_schemas_are_those_of_the_code() -> None:
    """When this fails: ``python -m tests.repo.test_event_schemas`` writes them anew."""
    written = {path.name: path.read_text("utf-8") for path in PUBLISHED.glob("*.json")}
    assert written == schema_files(every_event())
    assert written


@pytest.mark.parametrize("event", list(every_event()), ids=lambda event: event.wire_type())
def test_an_event_can_hold_no_personal_data(event: type[Event]) -> None:
    assert free_text(event) == []
    assert set(event.free_text) <= set(event.__struct_fields__)


@pytest.mark.parametrize("service", publishers())
def test_every_event_is_the_services_own_and_has_its_routes(service: str) -> None:
    events = events_of(service)
    assert {event.type.partition(".")[0] for event in events} == {service}
    assert set(routes()[service]) == set(events)
    assert len({event.wire_type() for event in events}) == len(events)


@pytest.mark.parametrize("event", list(every_event()), ids=lambda event: event.wire_type())
def test_an_events_key_is_one_of_its_fields(event: type[Event]) -> None:
    assert event.key in event.__struct_fields__
    assert "/" not in event.aggregate


def test_every_route_has_a_handler_and_every_handler_a_route() -> None:
    assert misrouted(routes(), handlers()) == []


def test_every_reader_reads_what_is_written() -> None:
    by_type = {event.wire_type(): event for event in every_event()}
    faults = {
        (service, wire_type): misread(by_type[wire_type], handler.model)
        for service, own in handlers().items()
        for wire_type, handler in own.items()
    }
    assert {reader: found for reader, found in faults.items() if found} == {}


def test_every_consumer_is_a_service() -> None:
    consumers = {
        consumer for own in routes().values() for names in own.values() for consumer in names
    }
    assert consumers <= set(SERVICES)


if __name__ == "__main__":
    write_schemas(PUBLISHED, every_event())
