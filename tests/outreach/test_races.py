"""Changes that meet: the journal agrees with the records afterwards, and nobody's word is lost."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from datetime import date, timedelta
from functools import partial
from itertools import count, permutations
from typing import Any, TypeAlias
from uuid import UUID, uuid4

import pytest

from services.outreach import (
    contact_links,
    contacts,
    employers,
    groups,
    internships,
    keeping,
    operations,
    referral_news,
    referrals,
    sessions,
    uvas_rules,
    venues,
    visits,
)
from services.outreach.domain.counting import Counts
from services.outreach.facts import Kind, settling
from services.outreach.queries import CONTACTS, TALLIES
from services.outreach.schemas.referral import ReferralIn
from shared.db import Connection
from tests.outreach.arena import UNIT, Arena, referral_body
from tests.outreach.meeting import CLERK, Deed, meet

WHERE = "tensta-library"
WHAT = "jobbtorg-outreach"
WITH = "yalla-rinkeby"
AT = {"operation": WHAT, "venue": WHERE}


class Town:
    """What is recorded at one venue, of one operation and with one employer, and who changes it."""

    def __init__(self, arena: Arena) -> None:
        self.arena = arena
        self.numbers = count(1)
        self.group = ""
        self.evening = UUID(int=0)
        self.visits = UUID(int=0)

    async def opened(self) -> Town:
        """Record what meetings share."""
        employer = {"code": WITH, "name": "Yalla Rinkeby", "sector": "care"}
        await self.arena.made("/employers", employer)
        group = {"operation": "sff", "venue": WHERE, "unit": UNIT, "name": "Svenska"}
        made = await self.arena.made("/groups", {**group, "startsOn": "2019-01-01"})
        self.group = made["id"]
        self.evening, self.visits = await self.tally()
        return self

    async def said(self, table: str, key: str | UUID, by: str = "id") -> dict[str, Any]:
        """Return what a change of the record as it is now says besides what changes."""
        sql = f"select version from {table} where {by}::text = $1::text"
        version = await self.arena.scalar(sql, str(key))
        return {"version": version, "reason": "Rättat", "by": CLERK}

    async def contact(self) -> UUID:
        return UUID((await self.arena.contact(**AT))["id"])

    async def tally(self) -> tuple[UUID, UUID]:
        held = (await self.arena.session(venue=WHERE))["id"]
        counted = {"ageGroup": "20-24", "women": 5, "men": 2}
        tally = await self.arena.made(f"/sessions/{held}/visit-tallies", counted)
        return UUID(held), UUID(tally["id"])


async def district_moved(town: Town) -> Deed:
    values = {"district": f"district-{next(town.numbers)}"}
    said = await town.said("venue", WHERE, "code")
    return partial(venues.change_venue, code=WHERE, values=values, **said)


async def sector_moved(town: Town) -> Deed:
    values = {"sector": f"sector-{next(town.numbers)}"}
    said = await town.said("employer", WITH, "code")
    return partial(employers.change_employer, code=WITH, values=values, **said)


async def counted_otherwise(town: Town) -> Deed:
    n = next(town.numbers)
    held = await town.arena.scalar(
        "select counts from counting_rule where operation = $1 order by version desc limit 1", WHAT
    )
    counts = Counts.VISITORS if held == Counts.TWO_WAY_CONTACTS else Counts.TWO_WAY_CONTACTS
    day = date(2020, 1, 1) + timedelta(days=n)
    return partial(
        operations.add_counting_rule, code=WHAT, valid_from=day, counts=counts, note="", by=CLERK
    )


async def uvas_otherwise(town: Town) -> Deed:
    n = next(town.numbers)
    oldest = 19 if n % 2 else 29
    day = date(2024, 1, 1) + timedelta(days=n)
    return partial(
        uvas_rules.add,
        valid_from=day,
        youngest=16 + n % 3,
        oldest=oldest,
        without_kaa=True,
        note="",
        by=CLERK,
    )


async def contact_retracted(town: Town) -> Deed:
    contact = await town.contact()
    return partial(
        keeping.retract, noun=CONTACTS, record_id=contact, **await town.said("contact", contact)
    )


async def contact_linked(town: Town) -> Deed:
    contact = await town.contact()
    return partial(contact_links.link, contact_id=contact, person_id=uuid4(), reason=None, by=CLERK)


async def contact_corrected(town: Town) -> Deed:
    contact = await town.contact()
    said = await town.said("contact", contact)
    values = {"sex": "men"}
    return partial(contacts.correct, contact_id=contact, values=values, **said)


async def tally_corrected(town: Town) -> Deed:
    _, tally = await town.tally()
    said = await town.said("visit_tally", tally)
    return partial(visits.correct, tally_id=tally, values={"women": 6}, **said)


async def tally_retracted(town: Town) -> Deed:
    _, tally = await town.tally()
    said = await town.said("visit_tally", tally)
    return partial(keeping.retract, noun=TALLIES, record_id=tally, **said)


async def session_moved_away(town: Town) -> Deed:
    held, _ = await town.tally()
    values = {"venue": "bla-huset"}
    said = await town.said("session", held)
    return partial(sessions.change, session_id=held, values=values, **said)


async def evening_named_otherwise(town: Town) -> Deed:
    values = {"kind": ("fair", "drop_in")[next(town.numbers) % 2], "title": str(uuid4())}
    said = await town.said("session", town.evening)
    return partial(sessions.change, session_id=town.evening, values=values, **said)


async def visits_of_evening_corrected(town: Town) -> Deed:
    said = await town.said("visit_tally", town.visits)
    values = {"women": 10 + next(town.numbers)}
    return partial(visits.correct, tally_id=town.visits, values=values, **said)


def _referral(town: Town) -> dict[str, Any]:
    return referral_body(sessionId=str(town.evening))


async def referral_made(town: Town) -> Deed:
    values = ReferralIn.model_validate(_referral(town)).values()
    return partial(referrals.make, values=values, answer_days=14, by=CLERK)


async def referral_answered(town: Town) -> Deed:
    made = UUID((await town.arena.made("/referrals", _referral(town)))["id"])
    return partial(
        referral_news.note_reception, referral_id=made, received_on=date(2024, 3, 9), version=1
    )


async def students_corrected(town: Town) -> Deed:
    counted = {"year": 2030 + next(town.numbers), "women": 4, "men": 3}
    made = await town.arena.made(f"/groups/{town.group}/student-counts", counted)
    said = await town.said("student_count", made["id"])
    values = {"women": 1}
    return partial(groups.correct_students, count_id=UUID(made["id"]), values=values, **said)


async def group_moved(town: Town) -> Deed:
    values = {"venue": ("bla-huset", WHERE)[next(town.numbers) % 2], "name": str(uuid4())}
    said = await town.said("study_group", town.group)
    return partial(groups.change_group, group_id=UUID(town.group), values=values, **said)


async def hire_retracted(town: Town) -> Deed:
    hired = {"employer": WITH, "unit": UNIT, "hiredOn": "2024-03-05", "women": 1, "men": 1}
    made = await town.arena.made("/hires", hired)
    said = await town.said("hire", made["id"])
    return partial(employers.retract_hire, hire_id=UUID(made["id"]), **said)


async def internship_changed(town: Town) -> Deed:
    offered = {"employer": WITH, "unit": UNIT, "offeredOn": "2024-03-05", "places": 3}
    made = await town.arena.made("/internships", offered)
    said = await town.said("internship", made["id"])
    values = {"women": 2}
    return partial(internships.change, internship_id=UUID(made["id"]), values=values, **said)


Prepared: TypeAlias = "Callable[[Town], Awaitable[Deed]]"
MEETINGS: tuple[tuple[Kind, Prepared, Prepared], ...] = (
    (Kind.TALLY, district_moved, tally_corrected),
    (Kind.TALLY, district_moved, tally_retracted),
    (Kind.TALLY, district_moved, session_moved_away),
    (Kind.TALLY, evening_named_otherwise, visits_of_evening_corrected),
    (Kind.SESSION, district_moved, session_moved_away),
    (Kind.REFERRAL, district_moved, referral_made),
    (Kind.REFERRAL, district_moved, referral_answered),
    (Kind.REFERRAL, evening_named_otherwise, referral_made),
    (Kind.REFERRAL, evening_named_otherwise, referral_answered),
    (Kind.STUDENTS, district_moved, students_corrected),
    (Kind.GROUP, district_moved, group_moved),
    (Kind.CONTACT, district_moved, contact_linked),
    (Kind.CONTACT, district_moved, counted_otherwise),
    (Kind.CONTACT, counted_otherwise, contact_linked),
    (Kind.CONTACT, counted_otherwise, contact_retracted),
    (Kind.CONTACT, counted_otherwise, contact_corrected),
    (Kind.CONTACT, counted_otherwise, uvas_otherwise),
    (Kind.CONTACT, uvas_otherwise, contact_linked),
    (Kind.CONTACT, uvas_otherwise, contact_retracted),
    (Kind.CONTACT, uvas_otherwise, contact_corrected),
    (Kind.STUDENTS, group_moved, students_corrected),
    (Kind.HIRE, sector_moved, hire_retracted),
    (Kind.INTERNSHIP, sector_moved, internship_changed),
)
"""Two changes of which one decides how the other's record is counted, and that record's kind."""


async def test_both_changes_count_whichever_comes_first(
    arena: Arena, monkeypatch: pytest.MonkeyPatch
) -> None:
    town = await Town(arena).opened()
    went_wrong: dict[str, Any] = {}
    for kind, *pair in MEETINGS:
        for first, second in permutations(pair):
            refused = await meet(arena, await first(town), await second(town))
            # Now, as a later change of what they are counted by would heal it.
            if refused or await arena.drifting(kind):
                went_wrong[f"{first.__name__}, {second.__name__}"] = refused or kind
    assert went_wrong == {}
    assert await arena.drifting() == {}

    async def hold_nothing(_conn: Connection) -> None:
        """The control: changed records do not hold what they are counted by."""

    monkeypatch.setattr(settling, "hold_catalogues", hold_nothing)
    await meet(arena, await district_moved(town), await tally_corrected(town))
    assert await arena.drifting() == {"visit_tally": 1}
