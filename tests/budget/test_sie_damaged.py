"""Damaged files, through the register: a clear refusal, or a ledger that adds up. Never neither."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.budget.sie_books import Books
from tests.budget.sie_files import LEDGER, REAL, needs_real, records_in, stated_in

if TYPE_CHECKING:
    from shared.db import Database
    from shared.deliveries.resource import DeliveryOut

YEAR = 2031


@pytest.fixture
async def books(budget_db: Database) -> Books:
    books = Books(budget_db)
    for year in (2010, 2011, 2021, YEAR):
        await books.open_year(year)
    return books


@st.composite
def _damaged(draw: st.DrawFn) -> bytes:
    """Return a ledger file with bytes changed, lines lost, doubled or moved, or its tail cut."""
    lines = LEDGER.encode("cp437").split(b"\n")
    for _ in range(draw(st.integers(1, 3))):
        at = draw(st.integers(0, len(lines) - 1))
        match draw(st.sampled_from(("lose", "double", "move", "digit", "byte", "cut the tail"))):
            case "lose":
                del lines[at]
            case "double":
                lines.insert(at, lines[at])
            case "move":
                lines.insert(draw(st.integers(0, len(lines) - 1)), lines.pop(at))
            case "digit":
                digit = str(draw(st.integers(0, 9))).encode()
                lines[at] = lines[at].replace(b"1", digit, 1)
            case "byte":
                where = draw(st.integers(0, len(lines[at])))
                lines[at] = lines[at][:where] + draw(st.binary(max_size=2)) + lines[at][where + 1 :]
            case _:
                lines = lines[: max(at, 1)]
        if not lines:
            return b"\n"
    return b"\n".join(lines) or b"\n"


async def _decided(books: Books, content: bytes) -> DeliveryOut:
    """Push a file; it is booked or refused, and says why it is refused."""
    delivery = await books.deliver(content)
    assert delivery.state in {"applied", "rejected"}, await books.told(delivery)
    if delivery.state == "rejected":
        assert delivery.explanation is not None
        assert delivery.explanation.code != "processing_failed"
    return delivery


async def _adds_up(books: Books, content: bytes) -> None:
    """The register's vouchers of the year come to what an accepted file of it states."""
    expected = stated_in(content)
    if expected:
        booked = await books.balances(YEAR)
        equity = expected.get("20", 0) - booked.get("20", 0)  # took what an opening lacked
        assert {a: ore for a, ore in booked.items() if a != "20"} == {
            a: ore for a, ore in expected.items() if a != "20"
        }
        assert sum(expected.values()) == equity or not equity


@given(content=_damaged())
@settings(
    max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_damaged_file_is_refused_or_adds_up(books: Books, content: bytes) -> None:
    delivery = await _decided(books, content)
    if delivery.state == "applied":
        await _adds_up(books, content)


@given(content=st.one_of(st.binary(min_size=1, max_size=300), st.text(min_size=1).map(str.encode)))
@settings(
    max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
async def test_any_bytes_are_refused(books: Books, content: bytes) -> None:
    delivery = await _decided(books, content)
    assert delivery.state == "rejected"


async def test_undamaged_file_is_booked(books: Books) -> None:
    """The control of both."""
    delivery = await _decided(books, LEDGER.encode("cp437"))
    assert delivery.state == "applied"
    await _adds_up(books, LEDGER.encode("cp437"))


CHECKED = REAL / "sie4_with_checksum.se"


@needs_real
async def test_one_changed_amount_in_a_real_file_breaks_its_checksum(books: Books) -> None:
    content = CHECKED.read_bytes()
    row = b"#TRANS\t1930\t{}\t"
    at = content.index(row) + len(row)
    delivery = await _decided(books, content[:at] + b"9" + content[at + 1 :])
    assert delivery.explanation is not None
    assert delivery.explanation.code == "checksum_mismatch"


@needs_real
async def test_changed_checksum_of_a_real_file_refuses_it_with_both_numbers(books: Books) -> None:
    content = CHECKED.read_bytes()
    stated = content.rsplit(b" ", 1)[-1] if b"#KSUMMA " in content else content.split(b"\t")[-1]
    number = stated.strip()
    other = str(int(number) ^ 1).encode()
    delivery = await _decided(books, content[: content.rindex(number)] + other + b"\n")
    assert delivery.explanation is not None
    assert delivery.explanation.code == "checksum_mismatch"
    assert number.decode() in delivery.explanation.detail
    assert other.decode() in delivery.explanation.detail


@needs_real
@pytest.mark.parametrize("share", [0.3, 0.6, 0.95])
async def test_real_file_without_its_tail_is_refused(books: Books, share: float) -> None:
    for name, code in (
        ("sie4_with_checksum.se", "file_truncated"),
        ("transaktioner_ovnbolag.se", None),
        ("SIE4_Exempelfil_med_underdim.SE", None),
    ):
        content = (REAL / name).read_bytes()
        delivery = await _decided(books, content[: int(len(content) * share)])
        assert delivery.state == "rejected"
        assert code in {None, delivery.explanation and delivery.explanation.code}


@needs_real
async def test_one_changed_amount_in_a_real_file_names_its_voucher(books: Books) -> None:
    content = (REAL / "transaktioner_ovnbolag.se").read_bytes()
    row = b"#TRANS  2440 {} "
    at = content.index(row) + len(row)
    at += content[at : at + 1] == b"-"
    changed = content[:at] + b"7" + content[at:]
    delivery = await _decided(books, changed)
    errors = await books.errors(delivery)
    assert [error["code"] for error in errors] == ["voucher_unbalanced"]
    _, faults, _ = records_in(changed)
    assert errors[0]["key"] == faults[0].key
