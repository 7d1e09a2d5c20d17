"""Lines of vouchers, cut into pieces anywhere, read as the same vouchers in JSON are."""

from __future__ import annotations

import csv
import io
import itertools
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from services.budget.registers.vouchers import VOUCHERS
from shared.deliveries.formats import BodyRefused
from shared.deliveries.rows import Parsed, RowReader
from shared.deliveries.work import parser_of

CSV, NDJSON = "text/csv", "application/x-ndjson"
FIELDS = (
    *("key", "period", "happenedOn", "text", "account", "counterpart", "amount"),
    *("project", "responsibility", "activity", "objects", "postingText"),
)


def read(content_type: str, *pieces: bytes) -> Parsed:
    parser = parser_of(content_type, RowReader(VOUCHERS, retracts=True), VOUCHERS)
    whole = Parsed()
    for part in [*map(parser.feed, pieces), parser.finish()]:
        whole.staged += part.staged
        whole.retractions += part.retractions
        whole.errors += part.errors
        whole.refused_keys += part.refused_keys
        whole.keyless += part.keyless
    return whole


_CODES = st.sampled_from(["", "A1", "Å-ö 2", '7"x', "a;b,c"])
_POSTINGS = st.fixed_dictionaries(
    {
        "account": st.sampled_from(["1510", "5010", "999999"]),
        "amount": st.sampled_from(["1.00", "-0.05", "1", "-12345.6", "9999999999999.99"]),
        "counterpart": st.sampled_from(["", "0", "87"]),
        "project": _CODES,
        "responsibility": _CODES,
        "objects": st.dictionaries(st.sampled_from(["7", "61", "8"]), st.just("K-1"), max_size=2),
        "text": st.sampled_from(["", "Rest", "två\nrader"]),
    }
)
_VOUCHERS = st.lists(
    st.fixed_dictionaries(
        {
            "text": st.sampled_from(["Hyra", 'Hyra; "mars", Järva', "två\nrader"]),
            "period": st.sampled_from([None, 203103, 203113]),
            "postings": st.lists(_POSTINGS, min_size=1, max_size=4),
        }
    ),
    min_size=1,
    max_size=6,
)


def as_csv(vouchers: list[dict[str, Any]], *, repeated: bool, delimiter: str) -> bytes:
    """Write a line for each posting; what is the voucher's own on the first or on every one."""
    out = io.StringIO()
    writer = csv.DictWriter(out, FIELDS, delimiter=delimiter, lineterminator="\n", restval="")
    writer.writeheader()
    for at, voucher in enumerate(vouchers):
        head = {"happenedOn": "2031-03-15", "text": voucher["text"], "period": voucher["period"]}
        for number, posting in enumerate(voucher["postings"]):
            objects = "|".join(f"{n}={code}" for n, code in posting["objects"].items())
            own = {k: v for k, v in posting.items() if k not in {"objects", "text"}}
            row = {"key": f"K{at}", "objects": objects, "postingText": posting["text"]} | own
            writer.writerow(row | (head if repeated or not number else {}))
    return out.getvalue().encode()


def as_ndjson(vouchers: list[dict[str, Any]]) -> bytes:
    rows = [
        {"key": f"K{at}", "happenedOn": "2031-03-15", "text": voucher["text"]}
        | {"period": voucher["period"]}
        | {"postings": [{k: v for k, v in p.items() if v != ""} for p in voucher["postings"]]}
        for at, voucher in enumerate(vouchers)
    ]
    return b"".join(json.dumps(row).encode() + b"\n" for row in rows)


@settings(max_examples=150, deadline=None)
@given(
    vouchers=_VOUCHERS,
    places=st.lists(st.integers(0, 3000), max_size=6),
    repeated=st.booleans(),
    delimiter=st.sampled_from(";,"),
)
def test_lines_stage_what_json_stages_however_they_are_cut(
    vouchers: list[dict[str, Any]],
    places: list[int],
    *,
    repeated: bool,
    delimiter: str,
) -> None:
    body = as_csv(vouchers, repeated=repeated, delimiter=delimiter)
    edges = [0, *sorted(place % (len(body) + 1) for place in places), len(body)]
    lines = read(CSV, *(body[start:end] for start, end in itertools.pairwise(edges)))
    rows = read(NDJSON, as_ndjson(vouchers))
    assert lines.errors == rows.errors == []
    assert [row[1:] for row in lines.staged] == [row[1:] for row in rows.staged]
    starts = [row[0] for row in lines.staged]
    assert starts == sorted(set(starts))
    assert starts[0] == 2


@pytest.mark.parametrize(
    "amount", ["+5.00", "1_0.00", " 5.00", "5.", ".5", "5,00", "\u0665.00", ""]
)
def test_amount_that_is_none_is_refused_with_its_line(amount: str) -> None:
    good = "K1;2031-03-15;Hyra;5010;5.00\nK1;;;1510;-5.00\n"
    body = f"key;happenedOn;text;account;amount\n{good}K2;2031-03-15;Hyra;5010;{amount}\nK2;;;1510;-5.00\n"  # noqa: E501  the lines as they are sent
    found = read(CSV, body.encode())
    assert [row[1] for row in found.staged] == ["K1"]
    assert [(e.row_no, e.field, e.key) for e in found.errors] == [(4, "postings[0].amount", "K2")]
    assert "Line 4" in found.errors[0].detail


@pytest.mark.parametrize(
    ("header", "code"),
    [
        ("key;happenedOn;text;account", "missing_column"),
        ("key;happenedOn;text;account;amount;colour", "unknown_column"),
        ("key;key;happenedOn;text;account;amount", "repeated_column"),
        ("", "missing_header"),
    ],
)
def test_header_that_is_none_refuses_the_body(header: str, code: str) -> None:
    with pytest.raises(BodyRefused) as refused:
        read(CSV, f"{header}\n".encode())
    assert refused.value.code == code


def test_bytes_that_are_no_text_refuse_their_voucher_alone() -> None:
    head = b"key;happenedOn;text;account;amount\n"
    lines = b"K1;2031-03-15;Hyra;5010;5.00\nK1;;;1510;-5.00\nK2;2031-03-15;J\xe4rva;5010;5.00\n"
    found = read(CSV, head + lines + b"K2;;;1510;-5.00\nK3;2031-03-15;Hyra;5010;5.00\n")
    assert [row[1] for row in found.staged] == ["K1", "K3"]
    assert [(e.row_no, e.code, e.key) for e in found.errors] == [(4, "malformed_row", "K2")]


def test_whole_json_document_is_taken_too() -> None:
    row = {"key": "K1", "happenedOn": "2031-03-15", "text": "Hyra", "postings": []}
    found = read("application/json", json.dumps({"rows": [row, row | {"key": "K2"}]}).encode())
    assert [staged[1] for staged in found.staged] == ["K1", "K2"]
