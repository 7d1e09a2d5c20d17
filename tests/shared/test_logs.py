"""No personal data reaches a log line, however it was written or wherever it was put."""

from __future__ import annotations

import io
import json
import logging
import re
from datetime import date
from typing import TYPE_CHECKING, Any

import asyncpg
import pytest
import structlog
from hypothesis import given
from hypothesis import strategies as st
from pydantic import BaseModel, ValidationError

from shared import logs
from shared.redaction import MASK, redact, redact_text

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.shared.conftest import Sample

WRITTEN = [
    "202001012384",
    "20200101-2384",
    "20200101+2384",
    "20200101 2384",
    "20200101 - 2384",
    "20200101\u20132384",
    "20200101\u22122384",
    "20200101\u00a02384",
    "20200101\u2011 2384",
    "2001012384",
    "200101-2384",
    "200101+2384",
    "200101 2384",
    "2020-01-01-2384",
    "2020-01-01 2384",
    "2020 01 01 2384",
    "2020.01.01-2384",
    "2020/01/01-2384",
    "20200101%2D2384",
    "20200101%202384",
    "200101%2B2384",
    "20200161-2384",
    "200191-2384",
    "20200101-238 4",
    "20200101-T384",
    "20200101TF38",
    "\uff12\uff10\uff12\uff10\uff10\uff11\uff10\uff11\uff0d2384".replace("\uff0d", "-"),
    "19991231_2384",
]
"""The test number 20200101-2384 and its coordination-number kin, as people and systems write."""

HARMLESS = [
    "2026-11-22T02:31:49.123456Z",
    "0190a1b2-7c3d-7e4f-8a9b-0c1d2e3f4a5b",
    "893893158.03",
    "127.0.0.1:54321",
    "period 2024-09-01/2024-12-31",
    "participants.enrolment.started",
    "1 000 000 rows",
]


@pytest.fixture
def written() -> Iterator[io.StringIO]:
    stream = io.StringIO()
    root = logging.getLogger()
    before, level = root.handlers, root.level
    logs.configure("sample", "DEBUG", stream)
    yield stream
    structlog.reset_defaults()
    root.handlers, root.level = before, level
    logging.getLogger("uvicorn.access").disabled = False


def lines(stream: io.StringIO) -> list[dict[str, Any]]:
    return [json.loads(line) for line in stream.getvalue().splitlines()]


@pytest.mark.parametrize("number", WRITTEN)
def test_identity_number_is_redacted_in_every_form(number: str) -> None:
    for text in (number, f"pnr{number}", f"({number})", f"x {number}, y", f"a={number}&b=1"):
        shown = redact_text(text)
        assert MASK in shown
        assert "2384" not in shown
        assert number not in shown


@pytest.mark.parametrize("text", HARMLESS)
def test_other_numbers_stay(text: str) -> None:
    assert redact_text(text) == text


@given(
    st.dates(date(1900, 1, 1), date(2025, 12, 31)),
    st.integers(0, 9999),
    st.sampled_from(["", "-", "+", " "]),
    st.sampled_from([0, 60]),
    st.sampled_from([0, 2]),
)
def test_any_number_is_redacted(
    born: date, last: int, sign: str, coordination: int, cut: int
) -> None:
    day = f"{born:%Y%m}{born.day + coordination:02}"[cut:]
    text = f"{day}{sign}{last:04}"
    assert redact_text(f"before {text} after") == f"before {MASK} after"


def fail(error: Exception, instead: Exception | None = None) -> None:
    """Raise an error, or another because of it."""
    if instead is None:
        raise error
    try:
        raise error
    except type(error) as cause:
        raise instead from cause


@pytest.mark.parametrize("number", WRITTEN)
def test_no_way_into_the_log_leads_past_the_redaction(number: str, written: io.StringIO) -> None:
    log = structlog.get_logger("test")
    message = f"message {number}"
    log.info(message)
    log.info("arguments %s %s", number, {"a": [number]})
    log.info("field", note=number)
    log.info("nested", a={"b": [{"c": (number, {number})}]}, **{f"key {number}": 1})
    log.info("object", thing=type("Thing", (), {"__str__": lambda _: number})())
    log.info("bytes", raw=number.encode())
    structlog.contextvars.bind_contextvars(bound=number)
    log.info("context")
    structlog.contextvars.clear_contextvars()
    try:
        fail(KeyError(number), RuntimeError(f"about {number}"))
    except RuntimeError as error:
        log.exception("failed")
        log.warning("given", exc_info=error)
        log.warning("as a field", error=error)
    standard = logging.getLogger("some.library")
    standard.warning("message %s", number)
    standard.warning("mapping %(a)s", {"a": number})
    standard.warning(message)
    standard.warning("list %s", [number])
    try:
        fail(ValueError(number))
    except ValueError:
        standard.exception("failed %s", number)
    text = re.sub(r'"at":"[^"]+"', "", written.getvalue())  # microseconds may be any digits
    assert "2384" not in text
    assert number not in text
    assert number.encode("ascii", "backslashreplace").decode() not in text
    assert len(lines(written)) == 15


def test_without_the_redaction_the_number_is_there(written: io.StringIO) -> None:
    """Negative control: the same line through a chain without its redaction shows the number."""
    chain = [step for step in logs.processors("sample") if step is not logs._redacted]
    structlog.configure(processors=chain)
    structlog.get_logger("test").info("message", note="20200101-2384")
    assert "20200101-2384" in written.getvalue()


@pytest.mark.parametrize(
    "name",
    [
        "identity_number", "personnummer", "pnr", "first_name", "lastName", "email", "phone",
        "street_address", "birth_date", "authorization", "token", "password", "database_url",
    ],
)  # fmt: skip
def test_fields_named_after_personal_data_lose_their_value(name: str, written: io.StringIO) -> None:
    structlog.get_logger("test").info("x", **{name: "Anna Andersson", "deep": {name: "Anna"}})
    line = lines(written)[0]
    assert line[name] == MASK
    assert line["deep"] == {name: MASK}


def test_errors_that_quote_values_keep_their_kind_only(written: io.StringIO) -> None:
    class Person(BaseModel):
        age: int

    log = structlog.get_logger("test")
    try:
        Person.model_validate({"age": "Anna Andersson"})
    except ValidationError:
        log.exception("invalid")
    violated = asyncpg.UniqueViolationError("Key (name)=(Anna Andersson) already exists")
    log.error("violated", exc_info=violated)
    assert "Anna" not in written.getvalue()
    assert lines(written)[1]["error"] == ["asyncpg.exceptions.UniqueViolationError sqlstate=23505"]


def test_line_has_instant_service_level_and_trace(written: io.StringIO) -> None:
    from shared.trace import leave_trace, resume_trace  # noqa: PLC0415  only here

    trace, token = resume_trace()
    structlog.get_logger("test").warning("something", rows=3, share=0.5, done=True, nothing=None)
    leave_trace(token)
    logging.getLogger("library").info("said")
    first, second = lines(written)
    assert first["trace_id"] == trace.trace_id
    assert (first["service"], first["level"], first["event"]) == ("sample", "warning", "something")
    assert (first["rows"], first["share"], first["done"], first["nothing"]) == (3, 0.5, True, None)
    assert first["at"].endswith("Z")
    assert (second["level"], second["event"], second["logger"]) == ("info", "said", "library")
    assert "trace_id" not in second


def test_error_says_where_and_why(written: io.StringIO) -> None:
    try:
        fail(LookupError("no such unit"))
    except LookupError:
        structlog.get_logger("test").exception("failed")
    line = lines(written)[0]
    assert line["error"] == ["LookupError: no such unit"]
    assert line["at_frames"][-1].startswith("test_logs.py:")


def test_the_servers_own_access_log_is_off(written: io.StringIO) -> None:
    logging.getLogger("uvicorn.access").info('"GET /persons/20200101-2384 HTTP/1.1"')
    logging.getLogger("httpx2").info("HTTP Request: GET http://x/20200101-2384")
    assert written.getvalue() == ""


def test_depth_is_bounded() -> None:
    deep: Any = "x"
    for _ in range(50):
        deep = [deep]
    assert MASK in str(redact(deep))


async def test_request_line_names_the_template_and_no_value(
    sample: Sample, written: io.StringIO
) -> None:
    await sample.calls.get("/things/0190a1b2-7c3d-7e4f-8a9b-0c1d2e3f4a5b?q=20200101-2384")
    await sample.calls.get("/things/20200101-2384")
    await sample.calls.get("/20200101-2384")
    await sample.calls.get("/oddities/failures")
    text = re.sub(r'"(at|trace_id)":"[^"]+"', "", written.getvalue())
    assert "2384" not in text
    assert "0190a1b2" not in text
    requests = [line for line in lines(written) if line["event"] == "request"]
    assert [(line["route"], line["status"]) for line in requests] == [
        ("GET /things/{thingId}", 404),
        ("GET /things/{thingId}", 422),
        ("unmatched", 404),
        ("GET /oddities/failures", 500),
    ]
    failure = next(line for line in lines(written) if line["event"] == "request_failed")
    assert failure["error"] == [f"RuntimeError: no place for {MASK} here"]
    assert failure["trace_id"] == requests[3]["trace_id"]
