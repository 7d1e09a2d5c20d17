"""What can be known about events without sending one: their published schemas, and three checks.

- `free_text` finds the places in an event's data that could hold anything, and so a name or an
  identity number.
- `misrouted` finds routes without a handler and handlers without a route.
- `misread` finds what a consumer's model expects that the producer does not promise.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any

import msgspec

from shared.events import SPEC_VERSION, Event, Handlers, Message, Routes

_DIALECT = "https://json-schema.org/draft/2020-12/schema"

_PERSONAL = ("Anna Andersson", "Anna", "201902232391", "20190223-2391", "1902232391", "190223-2391")
"""What no pattern of a coded field may let through: a name, a test identity number's forms."""

_CLOSED_FORMATS = {"uuid", "date", "date-time", "time", "duration"}


def schema(event: type[Event]) -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of an event as its consumers get it."""
    data, definitions = _data_schema(event)
    made: dict[str, Any] = {
        "$schema": _DIALECT,
        "title": event.wire_type(),
        "description": (event.__doc__ or "").strip(),
        "type": "object",
        "properties": {
            "specversion": {"const": SPEC_VERSION},
            "id": {"type": "string", "format": "uuid", "description": "The same at each delivery"},
            "source": {"const": event.type.partition(".")[0]},
            "type": {"const": event.wire_type()},
            "subject": {"type": "string", "pattern": f"^{event.aggregate}/[^/]+$"},
            "aggregatesequence": {
                "type": "integer",
                "minimum": 1,
                "description": "1, 2, 3, ... for one subject and one consumer",
            },
            "time": {"type": "string", "format": "date-time"},
            "traceparent": {"type": ["string", "null"]},
            "datacontenttype": {"const": "application/json"},
            "data": data,
        },
        "required": [
            *("specversion", "id", "source", "type"),
            *("subject", "aggregatesequence", "time", "data"),
        ],
    }
    return made | ({"$defs": definitions} if definitions else {})


def schema_files(events: Iterable[type[Event]]) -> dict[str, str]:
    """Return the text of each event's schema by its file name, ``<type>.v<version>.json``."""
    return {
        f"{event.wire_type()}.json": msgspec.json.format(
            msgspec.json.encode(schema(event)), indent=2
        ).decode()
        + "\n"
        for event in events
    }


def write_schemas(directory: Path, events: Iterable[type[Event]]) -> None:
    """Write each event's schema, and remove those of events that are no more."""
    directory.mkdir(parents=True, exist_ok=True)
    files = schema_files(events)
    for stale in {path.name for path in directory.glob("*.json")} - files.keys():
        (directory / stale).unlink()
    for name, text in files.items():
        (directory / name).write_text(text, encoding="utf-8")


def _data_schema(model: type[Message]) -> tuple[dict[str, Any], dict[str, Any]]:
    """Return the schema of a message's own object, and the definitions it refers to."""
    (_,), definitions = msgspec.json.schema_components((model,), ref_template="#/$defs/{name}")
    own = definitions.pop(model.__name__)
    return own, definitions


# ------------------------------------------------------------------------------------- free text


def free_text(event: type[Event]) -> list[str]:
    """Return the fields whose values are not closed by a code, a format or a pattern.

    Fields that the event lists in its own ``free_text``, with a reason, are left out.
    """
    data, definitions = _data_schema(event)
    names = dict(zip(event.__struct_encode_fields__, event.__struct_fields__, strict=True))
    return [
        names[field]
        for field, node in data["properties"].items()
        if not event.free_text.get(names[field], "").strip() and _open(node, definitions)
    ]


def _open(node: Mapping[str, Any], definitions: Mapping[str, Any]) -> bool:
    """Tell whether some string inside could be anything."""
    return any(_could_be_anything(leaf) for leaf in _leaves(node, definitions))


def _leaves(node: Mapping[str, Any], definitions: Mapping[str, Any]) -> Iterator[Mapping[str, Any]]:
    """Return the schemas of the single values inside a value; of a mapping, the mapping's own."""
    if "$ref" in node:
        inner = [definitions[node["$ref"].rpartition("/")[2]]]
    elif "anyOf" in node:
        inner = node["anyOf"]
    elif node.get("type") == "array":
        rest = node.get("items", {})
        inner = [*node.get("prefixItems", ()), *([rest] if rest is not False else [])]
    elif node.get("type") == "object" and "additionalProperties" not in node:
        inner = list(node.get("properties", {}).values())
    else:
        yield node
        return
    for part in inner:
        yield from _leaves(part, definitions)


def _could_be_anything(leaf: Mapping[str, Any]) -> bool:
    if "enum" in leaf or "const" in leaf:
        return False
    if leaf.get("type") == "string":
        return leaf.get("format") not in _CLOSED_FORMATS and _lets_through(leaf.get("pattern"))
    # No type: any value. A mapping: its keys can be anything.
    return leaf.get("type") not in {"integer", "number", "boolean", "null"}


def _lets_through(pattern: str | None) -> bool:
    return pattern is None or any(re.search(pattern, value) for value in _PERSONAL)


# ---------------------------------------------------------------------------- routes and readers


def misrouted(routes: Mapping[str, Routes], handlers: Mapping[str, Handlers]) -> list[str]:
    """Return what does not fit between services' routes and services' handlers.

    Args:
        routes: each publishing service's routes.
        handlers: each consuming service's handlers.

    """
    sent = {
        (event.wire_type(), consumer)
        for by_event in routes.values()
        for event, consumers in by_event.items()
        for consumer in consumers
    }
    handled = {(wire_type, service) for service, own in handlers.items() for wire_type in own}
    return sorted(
        [
            f"{wire_type} is sent to {service}, which has no handler"
            for wire_type, service in sent - handled
        ]
        + [
            f"{wire_type} is handled by {service}, and not sent to it"
            for wire_type, service in handled - sent
        ]
    )


def misread(event: type[Event], reader: type[Message]) -> list[str]:
    """Return the fields that a consumer's model reads otherwise than the producer writes them."""
    written, _ = _data_schema(event)
    read, _ = _data_schema(reader)
    faults = []
    for field, node in read["properties"].items():
        promised = written["properties"].get(field)
        if promised is None:
            if field in read["required"]:
                faults.append(f"{field} is not written")
        elif field in read["required"] and field not in written["required"]:
            faults.append(f"{field} is not always written")
        elif _kind(node) != _kind(promised):
            faults.append(f"{field} is read as another type")
    return faults


def _kind(node: Mapping[str, Any]) -> object:
    """Return what must agree between writer and reader: the type and its format."""
    if "anyOf" in node:
        return frozenset(str(_kind(choice)) for choice in node["anyOf"])
    return node.get("$ref"), str(node.get("type")), node.get("format")
