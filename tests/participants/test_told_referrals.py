"""Both services: a referral says of its enrolment what participants does, whoever changed it."""

# ruff: noqa: ANN401  JSON bodies and query parameters are whatever a test sends

from __future__ import annotations

import random
from typing import Any
from uuid import UUID

from services.outreach.facts import Kind, settle
from services.participants.handlers import ReferralMade
from shared.db import Database, driver
from tests.participants.city import City
from tests.participants.telling import deliver, fetched, merged, tell

PROGRAMME = "stockholmskraften"
ENTRY = {"ground": "outreach", "statusAtEntry": "inactive", "startedOn": "2024-10-01"}
CHANCE = random.Random(11)

REFER = """
    insert into referral (person_id, referring_unit, unit, programme, referred_on, recorded_by,
                          answer_due_on)
    values ($1, 'jobbtorg-vuxna', 'jobbtorg-vuxna', $2, '2024-09-20', 'test', '2024-10-04')
    returning id, person_id, unit, programme, referred_on, answer_due_on
"""
TOLD = """
    select type, (data ->> 'versionAfter')::int from outbox
    where subject like any(array['referral/%', 'enrolment/%']) order by position
"""
TRUTH = """
    select p.referral_id, coalesce(e.id, p.enrolment_id), e.started_on, e.exited_on, e.outcome,
           p.reason,
           case when e.exited_on is not null then 'exited' when e.id is not null then 'enrolled'
                when p.state = 'pending' then 'received' else p.state end
    from pending_enrolment p
    left join enrolment e on e.referral_id = p.referral_id and e.retracted_at is null
    order by 1
"""
SAID = """
    select id, enrolment_id, enrolled_on, exited_on, exit_outcome, decline_reason, state
    from referral order by 1
"""


class Referred:
    """A referral of a person, in both services."""

    def __init__(self, city: City, referral: UUID, pending: str) -> None:
        self.city, self.id = city, referral
        self.path = f"/pending-enrolments/{pending}"

    @classmethod
    async def of(cls, city: City, outreach: Database, person: str) -> Referred:
        async with outreach.begin() as session:
            conn = await driver(session)
            row = await conn.fetchrow(REFER, person, PROGRAMME)
            assert row is not None
            await settle(conn, Kind.REFERRAL, [row["id"]], reason="recorded", fresh=True)
        await city.told(ReferralMade(referral_id=row["id"], **dict(list(row.items())[1:])))
        pending = await city.read("/pending-enrolments", limit=200)
        ids = {each["referralId"]: each["id"] for each in pending["items"]}
        return cls(city, row["id"], ids[str(row["id"])])

    async def accepted(self, **more: Any) -> dict[str, Any]:
        return await self.city.made(f"{self.path}/acceptances", ENTRY | more)


async def corrected(city: City, enrolment: dict[str, Any], **changes: Any) -> dict[str, Any]:
    path, said = f"/enrolments/{enrolment['id']}/corrections", {"reason": "Fel uppgift", **changes}
    return await city.made(path, said, version=enrolment["version"])


async def retracted(city: City, enrolment: dict[str, Any]) -> None:
    path = f"/enrolments/{enrolment['id']}/retractions"
    await city.made(path, {"reason": "Fel person"}, version=enrolment["version"])


async def agreed(city: City, outreach: Database) -> dict[UUID, str]:
    """Let outreach hear everything, twice and shuffled; return the states that both agree on."""
    await tell(city)
    await deliver(city, outreach, CHANCE)
    said = await fetched(outreach, SAID)
    assert said == await fetched(city.db, TRUTH)
    assert await fetched(outreach, "select type from inbox where dead_at is not null") == []
    return {row[0]: row[-1] for row in said}


async def test_corrections_by_hand_are_told_and_a_retraction_lets_the_unit_answer_anew(
    city: City, outreach_db: Database
) -> None:
    referred = await Referred.of(city, outreach_db, (await city.person())["id"])
    enrolment = await referred.accepted(externalReference="vera:1")
    path = f"/enrolments/{enrolment['id']}"
    await city.made(f"{path}/exits", {"exitedOn": "2024-12-01", "outcome": "work"})
    enrolment = await city.read(path)
    assert await agreed(city, outreach_db) == {referred.id: "exited"}
    left = {"exitedOn": "2024-12-09", "outcome": "studies"}
    enrolment = await corrected(city, enrolment, exit=left)
    assert await agreed(city, outreach_db) == {referred.id: "exited"}
    enrolment = await corrected(city, enrolment, exit=None)
    enrolment = await corrected(city, enrolment, startedOn="2024-10-03")
    assert await agreed(city, outreach_db) == {referred.id: "enrolled"}

    await retracted(city, enrolment)
    waits = await city.read(referred.path)
    assert (waits["state"], waits["decidedOn"], waits["enrolmentId"]) == ("pending", None, None)
    assert await agreed(city, outreach_db) == {referred.id: "received"}
    assert [(type_.split(".")[2], version) for type_, version in await fetched(city.db, TOLD)] == [
        ("received", 1),
        ("started", 1),
        ("accepted", 2),
        ("exited", 2),
        ("exited", 3),
        ("corrected", 4),
        ("corrected", 5),
        ("corrected", 6),
        ("received", 3),
    ]

    # What the register calls the one that never was, it calls no other.
    same = ENTRY | {"externalReference": "vera:1"}
    refused = await city.refused("POST", f"{referred.path}/acceptances", same)
    assert refused == "409 source_key_taken"
    anew = await referred.accepted()
    assert anew["id"] != enrolment["id"]
    assert (await city.read(path))["referralId"] == str(referred.id)
    assert await agreed(city, outreach_db) == {referred.id: "enrolled"}
    await retracted(city, anew)
    await city.made(f"{referred.path}/refusals", {"reason": "declined_by_person"})
    assert await agreed(city, outreach_db) == {referred.id: "declined"}


def row(key: str, number: str, **more: Any) -> dict[str, Any]:
    held = {"unit": "jobbtorg-vuxna", "programme": PROGRAMME, **ENTRY}
    return {"sourceKey": key, "identityNumber": number, **held, **more}


async def test_what_a_register_changes_is_told_too(city: City, outreach_db: Database) -> None:
    keys = [f"vera:{n}" for n in range(6)]
    numbers = {key: city.person_number() for key in [*keys, "vera:own"]}
    rows = {key: row(key, number) for key, number in numbers.items()}
    referred = {}
    for key in keys:
        person = await city.person(identityNumber=numbers[key])
        referred[key] = await Referred.of(city, outreach_db, person["id"])
        await referred[key].accepted(externalReference=key)
    await city.delivered("enrolments", [rows["vera:own"]])
    assert await agreed(city, outreach_db) == dict.fromkeys(
        (each.id for each in referred.values()), "enrolled"
    )
    before = len(await fetched(city.db, TOLD))

    exit_ = {"exitedOn": "2024-12-01", "outcome": "work"}
    gone = [{"op": "retract", "sourceKey": key, "reason": "Fel"} for key in ("vera:2", "vera:3")]
    done = await city.delivered(
        "enrolments",
        [
            rows["vera:0"] | {"startedOn": "2024-10-07"},
            rows["vera:1"] | exit_,
            rows["vera:own"] | exit_,
            *gone,
        ],
    )
    assert done.counts == {"rows": 5, "changed": 3, "retracted": 2}
    states = await agreed(city, outreach_db)
    assert [states[referred[key].id] for key in keys] == [
        "enrolled",
        "exited",
        "received",
        "received",
        "enrolled",
        "enrolled",
    ]
    # Four changes and two referrals that wait again; nothing of the enrolment nobody referred.
    assert len(await fetched(city.db, TOLD)) == before + 6

    # One comes back as it was, another after its unit has answered with a new enrolment.
    other = await referred["vera:3"].accepted()
    await city.made(
        f"/enrolments/{other['id']}/exits", {"exitedOn": "2024-10-02", "outcome": "moved"}
    )
    back = rows["vera:3"] | {"startedOn": "2024-10-02"}
    await city.delivered("enrolments", [rows["vera:1"], rows["vera:2"], back])
    states = await agreed(city, outreach_db)
    assert [states[referred[key].id] for key in keys[:4]] == ["enrolled"] * 3 + ["exited"]
    assert (await city.read(referred["vera:2"].path))["state"] == "accepted"

    # A snapshot ends what it does not hold.
    kept = [rows["vera:0"], rows["vera:1"], rows["vera:2"], back, rows["vera:own"], rows["vera:4"]]
    await city.delivered("enrolments", kept, mode="snapshot", deliveryDate="2024-12-15")
    await agreed(city, outreach_db)
    ended = await fetched(
        outreach_db, "select exited_on::text, exit_outcome from referral where state = 'exited'"
    )
    assert sorted(ended) == [("2024-10-02", "moved"), ("2024-12-15", "other")]


async def test_a_referral_of_an_absorbed_record_is_accepted_and_counts_as_the_survivor(
    city: City, outreach_db: Database
) -> None:
    absorbed, survivor = await city.person(), await city.person()
    referred = await Referred.of(city, outreach_db, absorbed["id"])
    await merged(city, absorbed, survivor)
    enrolment = await referred.accepted()
    assert await agreed(city, outreach_db) == {referred.id: "enrolled"}
    subjects = "select distinct subject from {} where record_kind = '{}'"
    counted = await fetched(city.db, subjects.format("participant_fact", "enrolment"))
    assert counted == [(UUID(survivor["id"]),)]
    net = """select subject from outreach_fact where record_kind = 'referral'
             group by subject having sum(amount) <> 0"""
    assert await fetched(outreach_db, net) == [(UUID(survivor["id"]),)]
    assert enrolment["personId"] == absorbed["id"]
