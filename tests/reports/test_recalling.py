"""A report that was just given is given again to who may see the same, and to nobody else."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from services.reports.api.recalling import Given, Recalled
from services.reports.domain.audience import Audience, Protection
from services.reports.reporting import Request
from shared.auth import ALL, Caller

BASIS = datetime(2024, 3, 1, 12, tzinfo=UTC)
ASKED = Request("fokus-jarva", "2024", area="jarva")
AT_BASIS = replace(ASKED, basis=BASIS)
SCOPES = frozenset({"reports:read", "reports:committee"})
CLERK = Caller("clerk", SCOPES, ALL)
GIVEN = Given({"status": "complete", "basis": "2024-03-01T12:00:00Z"}, b"a report")


def test_a_report_is_found_under_the_basis_that_it_was_given() -> None:
    recalled = Recalled()
    recalled.keep(ASKED, CLERK, GIVEN)
    assert recalled.find(AT_BASIS, CLERK) is GIVEN
    assert recalled.find(AT_BASIS, replace(CLERK, subject="another")) is GIVEN
    assert recalled.find(ASKED, CLERK) is None, "now is always asked anew"
    assert recalled.find(replace(AT_BASIS, period="2023"), CLERK) is None
    assert recalled.find(replace(AT_BASIS, basis=BASIS.replace(microsecond=1)), CLERK) is None


def test_a_report_is_not_recalled_for_who_may_see_something_else() -> None:
    recalled = Recalled()
    recalled.keep(ASKED, CLERK, GIVEN)
    assert recalled.find(AT_BASIS, replace(CLERK, scopes=SCOPES | {"participants:kaa"})) is None
    of_a_unit = replace(CLERK, units=frozenset({"jobbtorg-kista"}))
    assert recalled.find(AT_BASIS, of_a_unit) is None
    recalled.keep(ASKED, of_a_unit, replace(GIVEN, body=b"of a unit"))
    assert recalled.find(AT_BASIS, CLERK) is GIVEN


def test_what_the_public_was_told_is_another_report_than_the_committees() -> None:
    recalled = Recalled()
    recalled.keep(ASKED, CLERK, GIVEN)
    told = replace(AT_BASIS, audience=Audience.PUBLIC)
    assert recalled.find(told, CLERK) is None
    recalled.keep(replace(told, basis=None), CLERK, replace(GIVEN, body=b"a release"))
    assert recalled.find(told, CLERK) == replace(GIVEN, body=b"a release")
    assert recalled.find(replace(told, protection=Protection.ROUNDING), CLERK) is None
    assert recalled.find(AT_BASIS, CLERK) is GIVEN


def test_a_partial_report_is_asked_for_again() -> None:
    recalled = Recalled()
    recalled.keep(ASKED, CLERK, replace(GIVEN, document={**GIVEN.document, "status": "partial"}))
    assert recalled.find(AT_BASIS, CLERK) is None


def test_the_oldest_goes_when_there_is_no_room() -> None:
    recalled = Recalled(most_bytes=20)
    for period in ("2021", "2022"):
        recalled.keep(replace(ASKED, period=period), CLERK, GIVEN)
    assert recalled.find(replace(AT_BASIS, period="2021"), CLERK), "now 2022 is the oldest"
    recalled.keep(replace(ASKED, period="2021"), CLERK, GIVEN)
    recalled.keep(replace(ASKED, period="2023"), CLERK, GIVEN)
    held = [bool(recalled.find(replace(AT_BASIS, period=year), CLERK)) for year in ("2021", "2022")]
    assert held == [True, False]
    assert recalled.find(replace(AT_BASIS, period="2023"), CLERK)

    recalled.keep(ASKED, CLERK, replace(GIVEN, body=b"larger than all the room there is"))
    assert recalled.find(AT_BASIS, CLERK) is None
