"""One example for every model of a specification, composed from its fields.

Dates, identifiers, numbers, booleans and enumerations have an obvious example; a free text
field must bring its own, and `missing` names those that do not.
"""

from __future__ import annotations

from typing import Any

_BY_FORMAT = {
    "date-time": "2026-03-01T09:30:00Z",
    "date": "2026-03-01",
    "time": "09:30:00",
    "uuid": "01956f2c-5a2e-7c1b-9d3e-8f4a6b2c1d0e",
    "uri": "https://api.example.se/",
    "email": "jobbtorg@example.se",
}
_DEEPEST = 12


class ExampleMissing(LookupError):
    """A field has no example and none can be composed."""


def add_examples(document: dict[str, Any]) -> None:
    """Write a singular ``example`` on each schema and each field that can have one."""
    schemas = document.get("components", {}).get("schemas", {})
    for schema in schemas.values():
        _mark_fields(schema)
    for schema in schemas.values():
        if "example" not in schema:
            try:
                schema["example"] = compose(schema, schemas)
            except ExampleMissing:
                continue


def missing(document: dict[str, Any]) -> list[str]:
    """Return ``Model.field`` for each field that keeps its model from having an example."""
    schemas = document.get("components", {}).get("schemas", {})
    found: list[str] = []
    for name, schema in schemas.items():
        for field, rules in schema.get("properties", {}).items():
            try:
                compose(rules, schemas)
            except ExampleMissing:
                found.append(f"{name}.{field}")
    return found


def compose(schema: dict[str, Any], schemas: dict[str, Any], depth: int = 0) -> Any:  # noqa: ANN401, PLR0911  JSON; one return a kind
    """Return an example that the schema accepts.

    Raises:
        ExampleMissing: a free text field without one, or a model that contains itself.

    """
    if depth > _DEEPEST:
        raise ExampleMissing("recursion")
    if "example" in schema:
        return schema["example"]
    if schema.get("examples"):
        return schema["examples"][0]
    if "const" in schema:
        return schema["const"]
    if "enum" in schema:
        return schema["enum"][0]
    if "$ref" in schema:
        return compose(schemas[schema["$ref"].rpartition("/")[2]], schemas, depth + 1)
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return compose(_first_real(schema[choice]), schemas, depth + 1)
    return _by_type(schema, schemas, depth)


def _by_type(schema: dict[str, Any], schemas: dict[str, Any], depth: int) -> Any:  # noqa: ANN401
    match schema.get("type"):
        case "object":
            return _object(schema, schemas, depth)
        case "array":
            items = schema.get("prefixItems") or [schema.get("items", {})]
            return [compose(item, schemas, depth + 1) for item in items]
        case "boolean":
            return True
        case "integer" | "number":
            return schema.get("minimum", schema.get("default", 1))
        case "null":
            return None
        case "string" if schema.get("format") in _BY_FORMAT:
            return _BY_FORMAT[schema["format"]]
        case _:
            raise ExampleMissing(str(schema.get("title", "field")))


def _object(schema: dict[str, Any], schemas: dict[str, Any], depth: int) -> dict[str, Any]:
    properties = schema.get("properties")
    if properties:
        return {name: compose(rules, schemas, depth + 1) for name, rules in properties.items()}
    values = schema.get("additionalProperties")
    if isinstance(values, dict):
        return {"key": compose(values, schemas, depth + 1)}
    return {}


def _first_real(choices: list[dict[str, Any]]) -> dict[str, Any]:
    return next((choice for choice in choices if choice.get("type") != "null"), choices[0])


def _mark_fields(schema: dict[str, Any]) -> None:
    """Turn each field's ``examples`` into the singular the profile's checker reads."""
    for rules in schema.get("properties", {}).values():
        if "example" in rules:
            continue
        if rules.get("examples"):
            rules["example"] = rules.pop("examples")[0]
        elif rules.get("format") in ("date", "date-time"):
            rules["example"] = _BY_FORMAT[rules["format"]]
