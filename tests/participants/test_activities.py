# ruff: noqa: ANN401  JSON bodies and query parameters are whatever a test sends
from __future__ import annotations

from typing import Any

from services.participants.figures import facts
from shared.db import driver
from shared.journal import drift
from tests.participants.city import City
from tests.participants.test_register_enrolments import row


async def begun(city: City, enrolment: dict[str, Any], **more: Any) -> dict[str, Any]:
    body = {"enrolmentId": enrolment["id"], "kind": "internship", "startedOn": "2024-11-01"}
    return await city.made("/activities", body | more)


async def counted(city: City, name: str, period: str, **query: Any) -> dict[str, int]:
    answer = await city.figure(name, period, by="activity", **query)
    return {each["activity"]: each["value"] for each in answer["rows"]}


async def test_activity_is_counted_while_it_goes_on(city: City) -> None:
    enrolled = await city.enrolment((await city.person())["id"])
    made = await begun(city, enrolled, provider="Rinkeby bibliotek", hoursPerMonth=80)
    await begun(city, enrolled, kind="sfi", startedOn="2024-11-15")
    assert (made["provider"], made["hoursPerMonth"], made["unit"], made["endedOn"]) == (
        "Rinkeby bibliotek",
        80,
        "jobbtorg-vuxna",
        None,
    )
    before = await city.basis()
    end = {"endedOn": "2024-12-15", "outcome": "work"}
    ended = await city.made(f"/activities/{made['id']}/endings", end)
    assert (ended["endedOn"], ended["outcome"], ended["version"]) == ("2024-12-15", "work", 2)
    assert await counted(city, "in-activity", "2024-12-14") == {"internship": 1, "sfi": 1}
    assert await counted(city, "in-activity", "2024-12-15") == {"sfi": 1}
    assert await counted(city, "in-activity", "2024-12-15", basis=before) == {
        "internship": 1,
        "sfi": 1,
    }
    assert (await city.figure("in-activity", "2024-12-14"))["total"] == 1  # one person
    assert await counted(city, "activities-started", "2024") == {"internship": 1, "sfi": 1}
    assert await counted(city, "activities-ended", "2024", outcome="work") == {"internship": 1}
    assert await counted(city, "activity-hours", "2024-11-30") == {"internship": 80}
    assert await counted(city, "activity-hours", "2024-12-31") == {}


REFUSED: tuple[tuple[dict[str, Any], str], ...] = (
    ({"startedOn": "2024-09-30", "kind": "osa"}, "409 activity_outside_enrolment"),
    ({"startedOn": "2024-12-20"}, "409 activity_overlap"),
    ({"kind": "curiosity"}, "422 invalid_request"),
    ({"hoursPerMonth": 404}, "422 invalid_request"),
    ({"enrolmentId": "00000000-0000-7000-8000-000000000000"}, "404 enrolment_not_found"),
)


async def test_each_rule_of_an_activity_has_its_refusal(city: City) -> None:
    enrolled = await city.enrolment((await city.person())["id"])
    held = await begun(city, enrolled)
    body = {"enrolmentId": enrolled["id"], "kind": "internship", "startedOn": "2024-12-01"}
    number = city.person_number()
    for change, refusal in (*REFUSED, ({"provider": f"Hos {number}"}, "422 invalid_request")):
        assert await city.refused("POST", "/activities", body | change) == refusal, change
    path = f"/activities/{held['id']}"
    early = {"endedOn": "2024-10-31", "outcome": "completed"}
    assert await city.refused("POST", f"{path}/endings", early) == "422 end_before_start"
    elsewhere = {"units": ("jobbtorg-unga",)}
    assert await city.refused("GET", path, **elsewhere) == "404 activity_not_found"
    ended = early | {"endedOn": "2024-12-01"}
    await city.made(f"{path}/endings", ended)
    assert await city.refused("POST", f"{path}/endings", ended) == "409 activity_ended"
    await city.made("/activities", body)  # the day of the end is free for the next
    late = {"startedOn": "2024-11-02", "reason": "Fel startdag"}
    assert await city.refused(
        "POST", f"/enrolments/{enrolled['id']}/corrections", late, version=1
    ) == ("409 activity_outside_enrolment")
    exit_ = {"exitedOn": "2024-11-20", "outcome": "work"}
    refused = await city.refused("POST", f"/enrolments/{enrolled['id']}/exits", exit_)
    assert refused == "409 activity_outside_enrolment"
    await city.made(f"{path}/retractions", {"reason": "Blev inte av"}, version=2)
    again = await city.refused("POST", f"{path}/retractions", {"reason": "Igen"}, version=3)
    assert again == "409 activity_retracted"
    listed = await city.read("/activities", enrolmentId=enrolled["id"], on="2024-12-01")
    assert [each["startedOn"] for each in listed["items"]] == ["2024-12-01"]
    assert (await city.figure("activities-started", "2024"))["total"] == 1


async def test_activity_ends_with_the_exit_and_moves_with_it(city: City) -> None:
    enrolled = await city.enrolment((await city.person())["id"])
    path = f"/enrolments/{enrolled['id']}"
    made = await begun(city, enrolled, kind="stockholmsjobb", hoursPerMonth=120)

    async def now() -> tuple[Any, ...]:
        held = await city.read(f"/activities/{made['id']}")
        return held["endedOn"], held["outcome"], held["endedByExit"]

    await city.made(f"{path}/exits", {"exitedOn": "2024-12-01", "outcome": "studies"})
    assert await now() == ("2024-12-01", "studies", True)
    moved = {"exit": {"exitedOn": "2024-12-10", "outcome": "moved"}, "reason": "Fel dag"}
    await city.made(f"{path}/corrections", moved, version=2)
    assert await now() == ("2024-12-10", "interrupted", True)
    back = await city.made(f"{path}/corrections", {"exit": None, "reason": "Kvar"}, version=3)
    assert await now() == (None, None, False)
    gone = {"reason": "Fel person"}
    await city.made(f"{path}/retractions", gone, version=back["version"])
    assert (await city.figure("activities-started", "2024"))["total"] == 0
    assert (await city.figure("activity-hours", "2024-12-31"))["total"] == 0
    body = {"kind": "sfi", "reason": "Fel slag"}
    assert await city.refused("POST", f"/activities/{made['id']}/corrections", body, version=4) == (
        "409 enrolment_retracted"
    )


async def test_correction_of_the_enrolment_moves_its_activities_figures(city: City) -> None:
    enrolled = await city.enrolment((await city.person())["id"])
    made = await begun(city, enrolled)
    body = {"unit": "jobbtorg-unga", "reason": "Fel enhet"}
    await city.made(f"/enrolments/{enrolled['id']}/corrections", body, version=1)
    answer = await city.figure("activities-started", "2024", by="unit")
    assert answer["rows"] == [{"unit": "jobbtorg-unga", "value": 1}]
    changed = {"kind": "osa", "hoursPerMonth": 60, "reason": "Fel slag"}
    corrected = await city.made(f"/activities/{made['id']}/corrections", changed, version=1)
    assert (corrected["kind"], corrected["hoursPerMonth"]) == ("osa", 60)
    assert await counted(city, "activity-hours", "2024-12-31") == {"osa": 60}


async def test_register_ends_activities_with_its_exits_and_refuses_what_leaves_them_out(
    city: City,
) -> None:
    sent = row(city.person_number())
    await city.delivered("enrolments", [sent])
    enrolled = (await city.read("/enrolments"))["items"][0]
    first = await begun(city, enrolled)
    await city.made(
        f"/activities/{first['id']}/endings", {"endedOn": "2024-11-20", "outcome": "completed"}
    )
    second = await begun(city, enrolled, startedOn="2024-11-20")
    early = sent | {"exitedOn": "2024-11-10", "outcome": "work"}
    done = await city.delivered("enrolments", [early])
    assert done.refusals == [(1, "exitedOn", "activity_outside_enrolment")]
    await city.delivered("enrolments", [sent | {"exitedOn": "2024-12-10", "outcome": "work"}])
    held = await city.read(f"/activities/{second['id']}")
    assert (held["endedOn"], held["outcome"]) == ("2024-12-10", "work")
    async with city.db.read() as session:
        conn = await driver(session)
        ids = [each["id"] for each in await conn.fetch("select id from activity")]
        apart = await drift(conn, facts.JOURNAL, "activity", ids, wanted_sql=facts.ACTIVITY)
    assert (len(ids), apart) == (2, [])
