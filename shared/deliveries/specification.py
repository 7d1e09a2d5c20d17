"""What the published specification says of bodies that are more than one JSON object."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from shared.deliveries.register import PLAIN_TYPES
from shared.deliveries.resource import csv_head

if TYPE_CHECKING:
    from shared.deliveries.work import Registers

_PLAIN: dict[str, Any] = {
    "application/json": {
        "schema": {"type": "array", "items": {"type": "object"}},
        "example": [{"visitId": "B-17", "women": 3}],
    },
    "application/x-ndjson": {
        "schema": {"type": "string"},
        "example": '{"visitId":"B-17","women":3}\n',
    },
    "text/csv": {"schema": {"type": "string"}, "example": "visitId;women\nB-17;3\n"},
}


def body_of(registers: Registers) -> dict[str, Any]:
    """Return what the route's specification says of its body: every form that a register takes."""
    takers = {
        media_type: [
            name for name, one in registers.by_name.items() if media_type in one.media_types
        ]
        for media_type in registers.media_types
    }
    own = "".join(
        f" `{media_type}` is taken by the register {', '.join(names)}."
        for media_type, names in takers.items()
        if media_type not in PLAIN_TYPES
    )
    without = [name for name, one in registers.by_name.items() if not one.plain]
    only = f" The register {', '.join(without)} takes no other form." if without else ""
    return {
        "requestBody": {
            "required": True,
            "description": "The rows: one JSON object a line; CSV with a header of field names and"
            f" ; or , between cells; or a JSON list, bare or under `rows`.{own}{only}",
            "content": {
                media_type: _PLAIN.get(media_type, _binary(media_type)) for media_type in takers
            },
        }
    }


def _binary(media_type: str) -> dict[str, Any]:
    return {
        "schema": {"type": "string", "format": "binary", "contentMediaType": media_type},
        "example": "",
    }


ERROR_LIST: dict[str, Any] = {
    "responses": {
        "200": {
            "description": "The refused rows",
            "content": {"text/csv": {"schema": {"type": "string"}, "example": csv_head()}},
        }
    }
}
