"""What a clerk should know of the data before reporting it, asked of every service at once.

Late, held and refused deliveries, dead letters, ties that do not hold, deviations without a
comment, follow-ups, referrals and routine documents that are overdue. A service that is away,
or that does not show the caller something, is said to be so.
"""

from __future__ import annotations

import asyncio
from collections.abc import Awaitable, Callable
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec

from services.reports.domain.attesting import unexplained
from services.reports.gathering import ProviderFailed, RowKeeper
from services.reports.publication.numbers import kronor
from shared import dead_letters
from shared.db import driver
from shared.dead_letters import DeadLetterOut
from shared.deliveries.standing import standings
from shared.periods import Period

if TYPE_CHECKING:
    from collections.abc import Sequence

    from shared.db import Database
    from shared.deliveries.work import Registers
    from shared.models import ApiModel

SERVICES = ("participants", "outreach", "budget", "reports")
_REFUSED = frozenset({"insufficient_scope", "unit_not_allowed"})

Page = dict[str, Any]


class Own:
    """The reports service itself, as one that is asked for what it holds."""

    def __init__(self, db: Database, registers: Registers) -> None:
        self._db = db
        self._registers = registers

    async def rows(self, path: str, params: Sequence[tuple[str, str]]) -> Page:
        """Return what the service's own API says at a path."""
        async with self._db.read() as session:
            conn = await driver(session)
            if path == "/registers":
                return plain(await standings(conn, self._registers))
            limit = int(dict(params)["limit"])
            letters, _ = await dead_letters.listed(conn, limit=limit, offset=0)
            return {"items": [plain(DeadLetterOut.of(letter)) for letter in letters]}


class Verdict(StrEnum):
    """How a check ended."""

    GOOD = "good"
    ATTENTION = "attention"
    AWAY = "away"
    NOT_SHOWN = "not_shown"


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes:
        service: who was asked.
        title: what was looked at (Swedish).
        verdict: how it ended.
        findings: one line each (Swedish).
        advice: what to do about them (Swedish).

    """

    service: str
    title: str
    verdict: Verdict
    findings: tuple[str, ...] = ()
    advice: str = ""


@dataclass(frozen=True, slots=True)
class _Asked:
    service: str
    title: str
    advice: str
    path: str
    params: tuple[tuple[str, str], ...]
    read: Callable[[Page], list[str]]


async def checks(
    keeper_of: Callable[[str], RowKeeper], today: Period, month: Period
) -> list[Check]:
    """Return every check, in the order a reader should see them.

    Args:
        keeper_of: gives the service of a name, asked on behalf of the caller.
        today: the day that things are overdue on.
        month: up to which the money of its year is looked at.

    """
    asked = [*_everywhere(), *_of_budget(month), *_overdue(today)]
    return list(await asyncio.gather(*(_checked(keeper_of, one) for one in asked)))


async def _checked(keeper_of: Callable[[str], RowKeeper], asked: _Asked) -> Check:
    answer: Awaitable[Page] = keeper_of(asked.service).rows(asked.path, asked.params)
    try:
        findings = asked.read(await answer)
    except ProviderFailed as failed:
        verdict = Verdict.NOT_SHOWN if failed.reason in _REFUSED else Verdict.AWAY
        return Check(asked.service, asked.title, verdict)
    if not findings:
        return Check(asked.service, asked.title, Verdict.GOOD)
    return Check(asked.service, asked.title, Verdict.ATTENTION, tuple(findings), asked.advice)


def _everywhere() -> list[_Asked]:
    letters = (("limit", "50"),)
    return [
        one
        for service in SERVICES
        for one in (
            _Asked(
                service,
                "Leveranser",
                "Fråga den som levererar registret, och släpp eller avbryt det som väntar.",
                "/registers",
                (),
                _of_registers,
            ),
            _Asked(
                service,
                "Meddelanden som inte kom fram",
                "Rätta orsaken och spela upp meddelandet igen.",
                "/dead-letters",
                letters,
                _of_letters,
            ),
        )
    ]


def _of_budget(month: Period) -> list[_Asked]:
    so_far = (("period", str(month)),)
    return [
        _Asked(
            "budget",
            "Samband mellan uppställningarna",
            "Sök verifikationerna som sambandet pekar ut.",
            "/ties",
            so_far,
            lambda page: [
                f"{tie['title']}: skillnad {kronor(tie['difference'])} kr"
                for tie in page["ties"]
                if not tie["holds"]
            ],
        ),
        _Asked(
            "budget",
            "Avvikelser utan kommentar",
            "Skriv orsak och åtgärd innan rapporten attesteras.",
            "/deviations",
            so_far,
            lambda page: [
                f"{one['label']}: {kronor(one['deviation'])} kr"
                for one in unexplained(page["items"])
            ],
        ),
    ]


def _overdue(today: Period) -> list[_Asked]:
    day = (("period", str(today)),)
    return [
        _Asked(
            "participants",
            "Försenade uppföljningar",
            "Ta kontakt med dem som ska följas upp: listan finns i uppföljningarna.",
            "/figures/follow-ups-overdue",
            day,
            _counted("uppföljningar är försenade"),
        ),
        _Asked(
            "participants",
            "Rutiner vars översyn är försenad",
            "Den som äger rutinen ska se över den.",
            "/figures/routine-documents-overdue",
            day,
            _counted("rutiner skulle ha setts över"),
        ),
        _Asked(
            "outreach",
            "Hänvisningar utan svar i tid",
            "Påminn den enhet som ska svara.",
            "/referrals",
            (("overdue", "true"), ("limit", "1")),
            lambda page: (
                [f"{page['_meta']['totalRecords']} hänvisningar väntar på svar"]
                if page["_meta"]["totalRecords"]
                else []
            ),
        ),
    ]


def plain(model: ApiModel) -> Page:
    """Return a model as the JSON that a service would send."""
    decoded: Page = msgspec.json.decode(model.to_json())
    return decoded


def _of_registers(page: Page) -> list[str]:
    found = []
    for register in page["items"]:
        said = [
            text
            for wrong, text in (
                (register["late"], f"försenat, väntades senast {register['expectedBy']}"),
                (register["held"], f"{register['held']} leveranser väntar på att släppas"),
                (register["refused"], f"{register['refused']} leveranser avvisade"),
                (register["rowsRejected"], f"{register['rowsRejected']} rader avvisade"),
            )
            if wrong
        ]
        if said:
            found.append(f"{register['title']}: {'; '.join(said)}")
    return found


def _of_letters(page: Page) -> list[str]:
    return [f"{letter['type']} från {letter['occurredAt']}" for letter in page["items"]]


def _counted(what: str) -> Callable[[Page], list[str]]:
    def read(page: Page) -> list[str]:
        return [f"{page['total']} {what}"] if page["total"] else []

    return read
