"""Stockholmsjobb, projects of ESF+, and two records of one person."""

from __future__ import annotations

from tests.participants.city import City
from tests.participants.following import agree, asked, esf_pays, exited, the_one


async def test_leaving_a_project_of_esf_is_followed_up_after_six_months_too(city: City) -> None:
    enrolment = await exited(city, on="2024-08-31", startedOn="2024-02-01")
    assert await asked(city, enrolment) == [("exit", "2024-11-30", "open")]
    early = {"esfFrom": None, "esfTo": "2024-12-31", "reason": "Stöd"}
    path = "/programmes/stockholmskraften/esf-fundings"
    assert await city.refused("POST", path, early) == "422 esf_end_before_start"
    await esf_pays(city, esfTo="2024-08-30")
    both = [("exit", "2024-11-30", "open"), ("esf", "2025-02-28", "open")]
    assert await asked(city, enrolment) == both
    await esf_pays(city, esfTo="2024-08-29")
    assert await asked(city, enrolment) == [both[0], ("esf", "2025-02-28", "cancelled")]
    assert (await city.figure("esf-follow-ups", "2025"))["total"] == 0
    assert (await city.figure("follow-ups", "2024"))["total"] == 1
    await esf_pays(city)
    assert (await city.figure("esf-follow-ups", "2025", by="kind"))["rows"] == [
        {"kind": "esf", "value": 1}
    ]
    assert await agree(city)


async def test_esf_asks_about_the_last_exit_from_a_project(city: City) -> None:
    await esf_pays(city, "2023-01-01")
    person = (await city.person())["id"]
    first = await exited(
        city, on="2023-03-31", person=person, startedOn="2023-01-01", statusAtEntry="employed"
    )
    again = await city.enrolment(person, startedOn="2024-06-01", statusAtEntry="unemployed")
    assert ("esf", "2023-09-30", "cancelled") in await asked(city, first)
    exit_ = {"exitedOn": "2024-12-01", "outcome": "work"}
    await city.made(f"/enrolments/{again['id']}/exits", exit_)
    last = await the_one(city, again["id"], kind="esf")
    assert (last["dueOn"], last["asksEmploymentStatus"], last["asksImprovement"]) == (
        "2025-06-01",
        True,
        True,  # employed at the first entry, which is the one that counts
    )


async def stockholmsjobb(city: City, enrolment: str, ended_on: str) -> str:
    begun = {"enrolmentId": enrolment, "kind": "stockholmsjobb", "startedOn": "2024-10-02"}
    made: str = (await city.made("/activities", begun))["id"]
    ended = {"endedOn": ended_on, "outcome": "completed"}
    await city.made(f"/activities/{made}/endings", ended)
    return made


async def test_stockholmsjobb_that_ends_is_followed_up_while_the_enrolment_goes_on(
    city: City,
) -> None:
    enrolment = (await city.enrolment((await city.person())["id"]))["id"]
    activity = await stockholmsjobb(city, enrolment, "2025-01-31")
    followed = await the_one(city, enrolment)
    assert (followed["kind"], followed["dueOn"], followed["activityId"]) == (
        "stockholmsjobb",
        "2025-04-30",
        activity,
    )
    path = f"/enrolments/{enrolment}"
    await city.made(f"{path}/exits", {"exitedOn": "2025-01-31", "outcome": "work"})
    assert sorted(await asked(city, enrolment)) == [
        ("exit", "2025-04-30", "open"),  # both ended that day: one question
        ("stockholmsjobb", "2025-04-30", "cancelled"),
    ]
    later = {"exit": {"exitedOn": "2025-06-30", "outcome": "work"}, "reason": "Fel dag"}
    await city.made(f"{path}/corrections", later, version=2)
    assert (await the_one(city, enrolment, kind="stockholmsjobb"))["dueOn"] == "2025-04-30"
    assert (await the_one(city, enrolment, kind="exit"))["dueOn"] == "2025-09-30"
    assert (await city.figure("follow-ups", "2025", by="kind"))["rows"] == [
        {"kind": "exit", "value": 1},
        {"kind": "stockholmsjobb", "value": 1},
    ]
    gone = {"reason": "Var ett annat jobb"}
    await city.made(f"/activities/{activity}/retractions", gone, version=2)
    assert (await city.figure("follow-ups", "2025", by="kind"))["rows"] == [
        {"kind": "exit", "value": 1}
    ]
    assert await agree(city)


async def test_programme_of_stockholmsjobb_is_followed_up_as_such(city: City) -> None:
    programme = {"code": "stockholmsjobb", "name": "Stockholmsjobb", "kind": "employment"}
    await city.made("/programmes", programme | {"validFrom": "2020-01-01"})
    enrolment = await exited(city, programme="stockholmsjobb")
    assert await asked(city, enrolment) == [("stockholmsjobb", "2025-02-28", "open")]


async def test_merge_of_two_records_follows_up_one_person_and_its_reversal_two(city: City) -> None:
    """What is known of one record holds for both: a death, and coming back to a project."""
    await esf_pays(city)
    first, second = await city.person(), await city.person()
    left = await exited(city, on="2024-10-31", person=first["id"])
    back = await exited(city, on="2025-01-31", person=second["id"], startedOn="2024-12-01")
    dead = await exited(
        city,
        on="2025-03-01",
        outcome="deceased",
        person=second["id"],
        programme="kvinnors-etablering",
    )
    apart = [("exit", "2025-01-31", "open"), ("esf", "2025-04-30", "open")]
    assert await asked(city, left) == apart
    assert {state for _, _, state in await asked(city, back)} == {"cancelled"}
    assert await asked(city, dead) == []
    before = await city.basis()
    merge = await city.made(
        "/person-merges",
        {"absorbedId": first["id"], "survivorId": second["id"], "reason": "Samma person"},
    )
    assert await asked(city, left) == [apart[0], ("esf", "2025-04-30", "cancelled")]
    assert (await city.figure("esf-follow-ups", "2025"))["total"] == 0
    assert (await city.figure("esf-follow-ups", "2025", basis=before))["total"] == 1
    await city.made(f"/person-merges/{merge['id']}/reversals", {"reason": "Två personer"})
    assert sorted(await asked(city, left)) == sorted([*apart, ("esf", "2025-04-30", "cancelled")])
    assert (await city.figure("esf-follow-ups", "2025"))["total"] == 1
    assert await agree(city)
