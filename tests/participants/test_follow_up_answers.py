from __future__ import annotations

from datetime import timedelta

from shared.clock import today
from tests.participants.city import City
from tests.participants.following import agree, esf_pays, exited, the_one


async def test_answer_is_kept_while_the_exit_stands_before_it(city: City) -> None:
    enrolment = await exited(city)
    given = {"result": "studies", "answeredOn": "2025-03-03"}
    opened = await the_one(city, enrolment)
    await city.made(f"/follow-ups/{opened['id']}/results", given)
    path = f"/enrolments/{enrolment}/corrections"
    moved = {"exit": {"exitedOn": "2024-12-05", "outcome": "work"}, "reason": "Fel dag"}
    await city.made(path, moved, version=2)
    held = await the_one(city, enrolment)
    assert (held["state"], held["dueOn"], held["result"]) == ("answered", "2025-03-05", "studies")
    later = {"exit": {"exitedOn": "2025-05-02", "outcome": "work"}, "reason": "Fel dag"}
    await city.made(path, later, version=3)
    held = await the_one(city, enrolment)
    assert (held["state"], held["dueOn"], held["result"]) == ("open", "2025-08-02", None)
    assert await agree(city)


async def test_answer_is_given_once_and_counted_where_it_is_due(city: City) -> None:
    opened = await the_one(city, await exited(city))
    path = f"/follow-ups/{opened['id']}/results"
    for day, refusal in (
        ("2024-11-29", "answered_before_exit"),
        ("2025-02-27", "answered_before_due"),
        ((today() + timedelta(days=1)).isoformat(), "answered_in_future"),
    ):
        early = {"result": "work", "answeredOn": day}
        assert await city.refused("POST", path, early) == f"422 {refusal}"
    esf = {"result": "work", "answeredOn": "2025-03-03", "employmentStatus": "employed"}
    assert await city.refused("POST", path, esf) == "422 employment_status_not_asked"
    given = {"result": "studies", "answeredOn": "2025-03-03"}
    answered = await city.made(path, given)
    assert (answered["state"], answered["result"], answered["version"], answered["late"]) == (
        "answered",
        "studies",
        2,
        False,
    )
    assert await city.refused("POST", path, given) == "409 follow_up_closed"
    figure = await city.figure("follow-up-answers", "2025-02", by="outcome")
    assert figure["rows"] == [{"outcome": "studies", "value": 1}]
    assert (await city.read("/follow-ups", dueBefore="2025-12-31"))["items"] == []


async def test_answers_are_corrected_and_taken_back(city: City) -> None:
    opened = await the_one(city, await exited(city))
    path = f"/follow-ups/{opened['id']}"
    none = {"answer": None, "reason": "Inget svar"}
    assert await city.refused("POST", f"{path}/corrections", none, version=1) == (
        "409 follow_up_not_answered"
    )
    await city.made(f"{path}/results", {"result": "unknown", "answeredOn": "2025-03-03"})
    before = await city.basis()
    late = {"result": "work", "answeredOn": "2025-04-01"}
    change = {"answer": late, "reason": "Personen hörde av sig"}
    corrected = await city.made(f"{path}/corrections", change, version=2)
    assert (corrected["result"], corrected["late"], corrected["version"]) == ("work", True, 3)
    stale = await city.refused("POST", f"{path}/corrections", change, version=2)
    assert stale == "412 precondition_failed"
    now = await city.figure("follow-up-answers", "2025", by="outcome")
    assert now["rows"] == [{"outcome": "work", "value": 1}]
    then = await city.figure("follow-up-answers", "2025", by="outcome", basis=before)
    assert then["rows"] == [{"outcome": "unknown", "value": 1}]
    await city.made(f"{path}/corrections", none, version=3)
    assert (await city.read(path))["state"] == "open"
    assert (await city.figure("follow-up-answers", "2025"))["total"] == 0
    assert (await city.figure("follow-ups-overdue", "2025-03-01"))["total"] == 1
    assert await agree(city)


async def test_answers_for_esf_say_what_its_indicators_need(city: City) -> None:
    await esf_pays(city)
    unemployed = await exited(city, on="2024-12-01")
    at_work = await exited(city, on="2024-12-01", statusAtEntry="employed")
    day = {"answeredOn": "2025-06-10"}
    path = f"/follow-ups/{(await the_one(city, unemployed, kind='esf'))['id']}/results"
    for body, refusal in (
        ({"result": "work"}, "employment_status_needed"),
        ({"result": "work", "employmentStatus": "inactive"}, "status_contradicts_result"),
        ({"result": "unknown", "employmentStatus": "employed"}, "status_contradicts_result"),
        (
            {"result": "work", "employmentStatus": "employed", "improvement": "none"},
            "improvement_not_asked",
        ),
    ):
        assert await city.refused("POST", path, body | day) == f"422 {refusal}"
    given = {"result": "work", "employmentStatus": "self_employed"} | day
    assert (await city.made(path, given))["employmentStatus"] == "self_employed"
    path = f"/follow-ups/{(await the_one(city, at_work, kind='esf'))['id']}/results"
    given = {"result": "work", "employmentStatus": "employed"} | day
    assert await city.refused("POST", path, given) == "422 improvement_needed"
    better = given | {"improvement": "stable_employment"}
    assert (await city.made(path, better))["improvement"] == "stable_employment"
    answers = await city.figure("esf-follow-up-answers", "2025", by="outcome")
    assert answers["rows"] == [{"outcome": "work", "value": 2}]
