"""What the published specification says of bodies that are more than one JSON object."""

from __future__ import annotations

from typing import Any

from shared.deliveries.resource import csv_head

BODY: dict[str, Any] = {
    "requestBody": {
        "required": True,
        "description": "The rows: one JSON object a line; CSV with a header of field names and"
        " ; or , between cells; or a JSON list, bare or under `rows`.",
        "content": {
            "application/json": {
                "schema": {"type": "array", "items": {"type": "object"}},
                "example": [{"visitId": "B-17", "women": 3}],
            },
            "application/x-ndjson": {
                "schema": {"type": "string"},
                "example": '{"visitId":"B-17","women":3}\n',
            },
            "text/csv": {"schema": {"type": "string"}, "example": "visitId;women\nB-17;3\n"},
        },
    }
}

ERROR_LIST: dict[str, Any] = {
    "responses": {
        "200": {
            "description": "The refused rows",
            "content": {"text/csv": {"schema": {"type": "string"}, "example": csv_head()}},
        }
    }
}
