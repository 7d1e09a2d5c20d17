"""People with protected identity whose every field holds a canary, and a record of each kind.

Whoever adds a route with a new path parameter, or a register, adds to the tables at the end:
`PLANTERS` make a record about a person and say which path parameters it answers to, `ROWS` (in
`canary_rows`) are what a register's source would send about them, and `READING_POSTS` ask
without changing anything. `tests.participants.test_canaries` crawls every route by them and
fails, by name, on a route that it has no values for.
"""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any, TypeAlias
from uuid import UUID, uuid4

from services.participants.domain.identity import parse_identity_number
from services.participants.handlers import ProjectDecided, ReferralMade
from tests.participants.canary_children import plant_checklist, plant_concern
from tests.participants.city import City, number_of
from tests.participants.youths import map_codes, open_unit

MARK = "kanarie"
"""Stands in every canary that is text, in lower or upper case; nothing else says it."""

PHONE = "070-1740605"
PROJECT = "P-2024-77"


@dataclass(frozen=True)
class Canary:
    """A person to protect, young enough for the responsibility for activity in 2024.

    Attributes:
        name: tells canaries apart, and stands in every text about this one.
        born: the birth date, a canary too.
        protected_first: protected when registered; otherwise once everything is recorded.
        id: the person's own.

    """

    name: str
    born: date
    protected_first: bool
    id: str = ""

    @property
    def number(self) -> str:
        return number_of(self.born, 238)

    @property
    def key(self) -> str:
        """The beginning of every key of a source that is about this person."""
        return f"{MARK}-{self.name}:"

    @property
    def district(self) -> str:
        return f"{MARK}-{self.name}-omrade"

    @property
    def protection(self) -> str:
        return "protected_registration" if self.protected_first else "secrecy_marking"

    def secrets(self) -> set[str]:
        """Return what must be nowhere, in lower case: number and birth date as anybody writes."""
        number, reference = parse_identity_number(self.number, reference=TODAY), TODAY
        short, long = (number.written(century=it, reference=reference) for it in (False, True))
        return {
            MARK,
            PHONE,
            self.number,
            self.number[2:],
            short,
            long,
            self.born.isoformat(),
            f"{self.born:%Y%m%d}",
        }


TODAY = date(2026, 11, 25)
CANARIES = (
    Canary("forst", date(2006, 3, 4), protected_first=True),
    Canary("sedan", date(2007, 5, 6), protected_first=False),
)

Ids: TypeAlias = Mapping[str, str]
Planter: TypeAlias = Callable[[City, Canary, dict[str, str]], Awaitable[Ids]]
"""Records something about the person; is given the ids planted before, returns its own."""


async def registered(city: City, canary: Canary) -> str:
    """Register the person with a canary in every field that the protection allows."""
    body: dict[str, Any] = {
        "identityNumber": canary.number,
        "name": {"given": f"{MARK.title()}{canary.name}", "family": f"{MARK.upper()}SSON"},
        "guardianOfChildren": True,
        "education": "post_secondary",
        "unit": "jobbtorg-vuxna",
        "contact": {"phone": PHONE, "email": f"{MARK}@example.se"},
    }
    address = {"street": f"{MARK.title()}gatan 1", "postalCode": "163 74", "city": MARK.title()}
    if canary.protected_first:
        body["protectedIdentity"] = canary.protection
        body["forwardingAddress"] = address
    else:
        body["postalAddress"] = address
        body["residence"] = {"district": canary.district, "validFrom": "2020-01-01"}
    return str((await city.made("/persons", body))["id"])


async def protect(city: City, canary: Canary) -> None:
    """Let the population register tell of the protection."""
    path = f"/persons/{canary.id}"
    version = (await city.read(path))["version"]
    body = {"protectedIdentity": canary.protection, "reason": "Aviserad"}
    assert (await city.call("PATCH", path, body, version=version)).status_code == 200


async def open_places(city: City) -> None:
    """Open the unit of the responsibility for activity, and a project that hours pay for."""
    await open_unit(city)
    project = ProjectDecided(
        number=PROJECT, name="Projekt", starts_on=date(2023, 1, 1), ends_on=date(2026, 12, 31)
    )
    await city.told(project, source="budget")
    await city.until("/programmes", lambda page: PROJECT.lower() in str(page), limit=200)


async def plant_enrolment(city: City, canary: Canary, _ids: dict[str, str]) -> Ids:
    """Enrol, attest hours, exit, and have it followed up."""
    enrolled = await city.enrolment(
        canary.id,
        programme=f"project-{PROJECT.lower()}",
        startedOn="2024-01-15",
        externalReference=f"{canary.key}inskrivning",
    )
    hours = await city.made(
        "/hour-attestations",
        {"enrolmentId": enrolled["id"], "month": "2024-02", "hours": "12:00"},
    )
    await city.made(
        f"/enrolments/{enrolled['id']}/exits", {"exitedOn": "2024-05-31", "outcome": "work"}
    )
    due = await city.until(
        "/follow-ups",
        lambda page: enrolled["id"] in {item["enrolmentId"] for item in page["items"]},
        limit=200,
    )
    (follow_up,) = [
        it["id"]
        for it in due["items"]
        if (it["enrolmentId"], it["kind"]) == (enrolled["id"], "exit")
    ]
    await city.made(
        f"/follow-ups/{follow_up}/results", {"result": "work", "answeredOn": "2024-09-02"}
    )
    return {
        "enrolmentId": enrolled["id"],
        "attestationId": hours["id"],
        "followUpId": follow_up,
    }


async def plant_advice(city: City, canary: Canary, _ids: dict[str, str]) -> Ids:
    """Advise before any enrolment."""
    session = await city.made(
        "/advisory-sessions",
        {
            "personId": canary.id,
            "unit": "jobbtorg-vuxna",
            "heldOn": "2023-11-01",
            "externalReference": f"{canary.key}samtal",
        },
    )
    return {"advisorySessionId": session["id"]}


async def plant_referral(city: City, canary: Canary, _ids: dict[str, str]) -> Ids:
    """Refer to a programme; the referral waits."""
    referral = uuid4()
    made = ReferralMade(
        referral_id=referral,
        person_id=UUID(canary.id),
        unit="jobbtorg-unga",
        programme="kvinnors-etablering",
        referred_on=date(2024, 8, 1),
    )
    await city.told(made)
    # The worker beside the test may be the one that applies it.
    waiting = await city.until(
        "/pending-enrolments", lambda page: str(referral) in str(page), limit=200
    )
    pending = [it["id"] for it in waiting["items"] if it["referralId"] == str(referral)]
    return {"pendingEnrolmentId": pending[0]}


async def plant_work(city: City, canary: Canary, ids: dict[str, str]) -> Ids:
    """Record an activity of the enrolment, and a plan that says what nobody may read."""
    activity = await city.made(
        "/activities",
        {
            "enrolmentId": ids["enrolmentId"],
            "kind": "internship",
            "provider": f"{MARK.title()} AB",
            "startedOn": "2024-02-01",
        },
    )
    plan = await city.made(
        "/plans",
        {
            "personId": canary.id,
            "unit": "jobbtorg-vuxna",
            "drawnUpOn": "2024-02-02",
            "reviewOn": "2024-08-02",
            "goal": f"{MARK} vill ha arbete",
            "steps": [{"what": f"{MARK} läser svenska", "by": None}],
        },
    )
    rules = (await city.read("/target-group-rules"))["items"]
    return {"activityId": activity["id"], "planId": plan["id"], "ruleId": rules[0]["id"]}


async def plant_kaa(city: City, canary: Canary, _ids: dict[str, str]) -> Ids:
    """Reach the youth of the delivered membership, and begin a measure with a goal."""
    found = await city.read("/kaa-memberships", personId=canary.id)
    membership = found["items"][0]["id"]
    contact = await city.made(
        "/kaa-contacts",
        {
            "membershipId": membership,
            "heldOn": "2024-09-02",
            "channel": "phone",
            "twoWay": True,
            "occupation": "none",
        },
    )
    measure = await city.made(
        "/kaa-measures",
        {
            "membershipId": membership,
            "kind": "study_guidance",
            "responsible": "municipality",
            "startedOn": "2024-09-03",
            "goal": f"{MARK} ska börja i skolan",
        },
    )
    await map_codes(
        city,
        ("join_reason", "never_started"),
        ("channel", "phone"),
        ("two_way", "yes"),
        ("occupation", "none"),
        ("measure_kind", "study_guidance"),
        ("responsible", "municipality"),
    )
    asked = {"halfYear": REQUIRED_QUERY["halfYear"], "includeProtected": True}
    return {
        "membershipId": membership,
        "kaaContactId": contact["id"],
        "kaaMeasureId": measure["id"],
        "kaaFileId": (await city.made("/kaa-files", asked))["id"],
    }


async def plant_file(city: City, _canary: Canary, _ids: dict[str, str]) -> Ids:
    """Issue the participant files of the project once ESF+ pays for it."""
    programme = f"project-{PROJECT.lower()}"
    funding = {"esfFrom": "2023-01-01", "reason": "Beslut om stöd"}
    await city.made(f"/programmes/{programme}/esf-fundings", funding)
    await city.basis()
    wanted = {"programme": programme, "through": "2024-05", "reason": "Månadsrapport"}
    await city.made("/participant-files", wanted)
    listed = await city.read("/participant-files", programme=programme)
    return {"fileId": listed["items"][0]["id"]}


async def plant_merge(city: City, canary: Canary, _ids: dict[str, str]) -> Ids:
    """Merge another record of the person into theirs."""
    other = await city.person(name={"given": MARK.title(), "family": MARK.upper()})
    merge = await city.made(
        "/person-merges",
        {"absorbedId": other["id"], "survivorId": canary.id, "reason": "Samma person"},
    )
    return {"mergeId": merge["id"]}


PLANTERS: tuple[Planter, ...] = (
    plant_advice,
    plant_enrolment,
    plant_work,
    plant_checklist,
    plant_concern,
    plant_referral,
    plant_kaa,
    plant_file,
    plant_merge,
)
"""In order; each is called for each canary when `ROWS` are delivered and nobody turned yet."""

COMMON: dict[str, str] = {
    "unitCode": "jobbtorg-vuxna",
    "programmeCode": "stockholmskraften",
    "teamCode": "late",
}
"""Path parameters that are about nobody."""

REQUIRED_QUERY: dict[str, str] = {"halfYear": "2024-H2", "period": "2024", "step": "month"}
"""Values of query parameters that a route insists on."""


READING_POSTS: dict[str, Callable[[Canary], Any]] = {
    "/person-lookups": lambda canary: {"identityNumber": canary.number},
}
"""Bodies of POST routes that change nothing, by path."""

NOT_READING: frozenset[str] = frozenset(
    {
        # answers the delivery itself, which is crawled by its own address
        "/registers/{register}/deliveries/{deliveryId}/cancellations",
    }
)
"""POST routes that answer 200 and change something."""
