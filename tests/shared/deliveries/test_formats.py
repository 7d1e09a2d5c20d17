"""Bodies in every form, cut into pieces anywhere, and what is wrong with them."""

from __future__ import annotations

import csv
import io
import itertools
import json
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from shared.deliveries import formats
from shared.deliveries.formats import BodyRefused
from shared.deliveries.rows import Parsed, RowReader
from shared.deliveries.work import parser_of
from tests.shared.deliveries.conftest import item, ndjson
from tests.shared.deliveries.items import ITEMS

if TYPE_CHECKING:
    from collections.abc import Iterable

NDJSON, CSV, JSON = "application/x-ndjson", "text/csv", "application/json"


def read(content_type: str, pieces: Iterable[bytes], *, retracts: bool = True) -> Parsed:
    parser = parser_of(content_type, RowReader(ITEMS, retracts=retracts), ITEMS)
    whole = Parsed()
    parsed = [parser.feed(piece) for piece in pieces]
    for part in [*parsed, parser.finish()]:
        whole.staged += part.staged
        whole.retractions += part.retractions
        whole.errors += part.errors
        whole.refused_keys += part.refused_keys
        whole.keyless += part.keyless
    return whole


def as_csv(rows: list[dict[str, Any]], delimiter: str = ";", *, bom: bool = False) -> bytes:
    out = io.StringIO()
    writer = csv.DictWriter(out, list(rows[0]), delimiter=delimiter)
    writer.writeheader()
    writer.writerows(rows)
    return out.getvalue().encode("utf-8-sig" if bom else "utf-8")


def cut(body: bytes, places: list[int]) -> list[bytes]:
    edges = [0, *sorted(place % (len(body) + 1) for place in places), len(body)]
    return [body[start:end] for start, end in itertools.pairwise(edges)]


ROWS = [item(n) for n in range(6)] + [item(6, women=-1), item(7, place='Spånga; "Tensta"\nC')]
BODIES = {
    "ndjson": (NDJSON, ndjson(ROWS)),
    "ndjson without a last newline": (NDJSON, ndjson(ROWS)[:-1]),
    "ndjson with a byte order mark": (NDJSON, b"\xef\xbb\xbf" + ndjson(ROWS)),
    "ndjson with carriage returns": (NDJSON, ndjson(ROWS).replace(b"\n", b"\r\n")),
    "ndjson with blank lines": (NDJSON, ndjson(ROWS).replace(b"\n", b"\n\n  \n")),
    "csv with semicolons": (CSV, as_csv(ROWS)),
    "csv with commas": (CSV, as_csv(ROWS, ",")),
    "csv with a byte order mark": (CSV, as_csv(ROWS, bom=True)),
    "csv with plain newlines": (CSV, as_csv(ROWS).replace(b"\r\n", b"\n")),
    "json list": (JSON, json.dumps(ROWS).encode()),
    "json list, indented": (JSON, json.dumps(ROWS, indent=2, ensure_ascii=False).encode()),
    "json object": (JSON, json.dumps({"rows": ROWS}).encode()),
    "json object, indented": (JSON, json.dumps({"rows": ROWS}, indent="\t").encode()),
}
EXPECTED = read(NDJSON, [ndjson(ROWS)])


@pytest.mark.parametrize("name", BODIES)
@settings(max_examples=60, deadline=None)
@given(places=st.lists(st.integers(0, 5000), max_size=12))
def test_every_form_gives_the_same_rows_however_it_is_cut(name: str, places: list[int]) -> None:
    content_type, body = BODIES[name]
    assert read(content_type, cut(body, places)) == EXPECTED


def test_expected_rows_are_the_rows_sent() -> None:
    assert [row[1] for row in EXPECTED.staged] == [f"B-{n}" for n in (0, 1, 2, 3, 4, 5, 7)]
    assert [row[0] for row in EXPECTED.staged] == [1, 2, 3, 4, 5, 6, 8]
    assert [(e.row_no, e.field, e.code) for e in EXPECTED.errors] == [(7, "women", "out_of_range")]
    assert EXPECTED.refused_keys == [("B-6",)]


MALFORMED: dict[str, tuple[bytes, str | None, str]] = {
    "cut off": (b'{"code": "B-1", "pl', None, "malformed_row"),
    "no json": (b"B-1;here;2024-01-01;1;2", None, "malformed_row"),
    "a list": (b"[1, 2]", None, "malformed_row"),
    "null": (b"null", None, "malformed_row"),
    "not utf-8": (b'{"code": "B-\xff\xfe", "place": "here"}', None, "malformed_row"),
    "deep": (b'{"a":' + b"[" * 5000 + b"]" * 5000 + b"}", None, "malformed_row"),
    "two rows on a line": (b'{"code":"a"} {"code":"b"}', None, "malformed_row"),
    "missing": (b'{"code": "B-1", "place": "p", "women": 1}', "heldOn", "missing"),
    "unknown": (ndjson([item(1, colour="red")])[:-1], "colour", "unknown_field"),
    "type": (ndjson([item(1, women="7")])[:-1], "women", "wrong_type"),
    "float": (ndjson([item(1, women=1.5)])[:-1], "women", "wrong_type"),
    "range": (ndjson([item(1, men=100_001)])[:-1], "men", "out_of_range"),
    "huge": (
        b'{"code":"B","place":"p","heldOn":"2024-01-01","women":1000000000000000000000000}',
        "women",
        "out_of_range",
    ),
    "length": (ndjson([item(1, place="x" * 41)])[:-1], "place", "wrong_length"),
    "date": (ndjson([item(1, heldOn="2024-02-30")])[:-1], "heldOn", "invalid_date"),
    "element": (ndjson([item(1, tags=["a", 7])])[:-1], "tags[1]", "wrong_type"),
    "operation": (ndjson([item(1, op="delete")])[:-1], "op", "not_allowed"),
    "rule": (ndjson([item(1, place="nowhere")])[:-1], "place", "closed_place"),
}


@pytest.mark.parametrize("name", MALFORMED)
def test_faulty_line_is_an_error_of_that_row_alone(name: str) -> None:
    line, field, code = MALFORMED[name]
    parsed = read(NDJSON, [ndjson([item(10)]) + line + b"\n" + ndjson([item(11)])])
    assert [(e.row_no, e.field, e.code) for e in parsed.errors] == [(2, field, code)]
    assert [(row[0], row[1]) for row in parsed.staged] == [(1, "B-10"), (3, "B-11")]


def test_errors_never_repeat_what_was_sent() -> None:
    secret = "200101012384"
    faults = [
        item(1, women=secret),
        item(1, heldOn=secret),
        item(1, op=secret),
        {secret + "=" + secret: 1},
        item(1, place=secret * 9),
        item(1, tags={secret: secret}),
        item(1, **{"p" + secret: 1}),
        item(1, code=secret, women=-1),
        item(1, code=secret, place="nowhere"),
    ]
    parsed = read(NDJSON, [ndjson(faults) + secret.encode() + b"\n"])
    assert len(parsed.errors) == 10
    assert all(secret not in f"{e.detail}{e.field}{e.code}{e.key}" for e in parsed.errors)


def test_endless_line_is_refused_in_constant_memory() -> None:
    endless = (b"x" * formats.MAX_ROW for _ in range(20))
    pieces = [ndjson([item(1)]), *endless, b"x\n", ndjson([item(2)])]
    parsed = read(NDJSON, pieces)
    assert [(e.row_no, e.code) for e in parsed.errors] == [(2, "malformed_row")]
    assert [(row[0], row[1]) for row in parsed.staged] == [(1, "B-1"), (3, "B-2")]


@pytest.mark.parametrize("content_type", [NDJSON, CSV, JSON])
@pytest.mark.parametrize(
    "body",
    [
        b"PK\x03\x04" + bytes(200),
        b"\x1f\x8b\x08" + bytes(range(128, 256)) * 4,
        "code;place\n".encode("utf-16"),
    ],
)
def test_body_that_is_no_text_is_refused_as_a_whole(content_type: str, body: bytes) -> None:
    with pytest.raises(BodyRefused) as refused:
        read(content_type, [body])
    assert refused.value.code == "not_text"


CSV_REFUSALS = {
    "no header": (b"\n\n", "missing_header"),
    "lines of carriage returns": (b"code;place\rB-1;here\rB-2;there\r", "malformed_header"),
    "data instead of a header": (b"B-1;here;2024-01-01;1;2\n", "unknown_column"),
    "unknown column": (b"code;place;heldOn;women;colour\n", "unknown_column"),
    "missing column": (b"code;place;women\n", "missing_column"),
    "repeated column": (b"code;place;heldOn;women;women\n", "repeated_column"),
}


@pytest.mark.parametrize("name", CSV_REFUSALS)
def test_header_that_does_not_fit_refuses_the_body(name: str) -> None:
    body, code = CSV_REFUSALS[name]
    with pytest.raises(BodyRefused) as refused:
        read(CSV, [body])
    assert refused.value.code == code
    assert "B-1" not in refused.value.detail


def test_csv_records_that_do_not_fit_are_row_errors() -> None:
    body = (
        "code;place;heldOn;women;men\r\n"
        "B-1;här;2024-01-01;1;2\r\n"
        "B-2;here;2024-01-01;1\r\n"
        "B-3;here;01/02/2024;1;2\r\n"
        "B-4;here;2024-01-01;one;2\r\n"
        "B-5;here;2024-01-01;;2\r\n"
        "B-6;here;2024-01-01;3;\r\n"
    ).encode()
    parsed = read(CSV, [body, b"B-7;sp\xe5nga;2024-01-01;3;1\r\n"])
    assert [(row[0], row[1], row[4], row[5]) for row in parsed.staged] == [
        (1, "B-1", 1, 2),
        (6, "B-6", 3, 0),
    ]
    assert [(e.row_no, e.field, e.code) for e in parsed.errors] == [
        (2, None, "malformed_row"),
        (3, "heldOn", "invalid_date"),
        (4, "women", "wrong_type"),
        (5, "women", "missing"),
        (7, None, "malformed_row"),
    ]


def test_csv_quote_that_never_closes_ends_as_row_errors() -> None:
    body = as_csv([item(1)]) + b'B-2;"open;2024-01-01;1;2\n' + as_csv([item(3)]) * 30_000
    parsed = read(CSV, cut(body, list(range(0, len(body), 100_000))))
    assert parsed.errors
    assert {e.code for e in parsed.errors} <= {"malformed_row", "invalid_date", "wrong_type"}
    assert parsed.staged[0][1] == "B-1"


def test_csv_lists_and_retractions() -> None:
    body = b"op;code;reason\nretract;B-1;double\nretract;B-2;\n"
    parsed = read(CSV, [body])
    assert parsed.retractions == [(1, "B-1", "double")]
    assert [(e.row_no, e.field) for e in parsed.errors] == [(2, "reason")]
    tagged = read(CSV, [as_csv([item(1, tags="a|b"), item(2, tags="")])])
    assert len(tagged.staged) == 2


JSON_REFUSALS = {
    "number": b"17",
    "text": b"rows",
    "other name": b'{"items": []}',
    "cut off": b'[{"code": "B-1"}',
    "after the end": b"[] []",
    "missing comma": b'[{"a": 1} {"a": 2}]',
    "trailing comma": b'[{"a": 1},]',
    "second name": b'{"rows": [], "more": 1}',
    "open object": b'{"rows": []',
    "deep": b"[" * 200_000,
    "not json inside": b"[{code: 1}]",
}


@pytest.mark.parametrize("name", JSON_REFUSALS)
def test_document_that_breaks_is_refused_with_its_place(name: str) -> None:
    with pytest.raises(BodyRefused) as refused:
        read(JSON, [JSON_REFUSALS[name]])
    assert refused.value.code == "malformed_json"


def test_empty_documents_hold_no_rows() -> None:
    assert read(JSON, [b"[]"]) == Parsed()
    assert read(JSON, [b' { "rows" : [ ] } ']) == Parsed()


def test_json_elements_of_the_wrong_kind_are_row_errors() -> None:
    parsed = read(JSON, [json.dumps([item(1), 17, "x", None, [1], item(2)]).encode()])
    assert [row[0] for row in parsed.staged] == [1, 6]
    assert [e.row_no for e in parsed.errors] == [2, 3, 4, 5]
