"""Target groups through the API and the register, and the rules that are decided for them."""

# ruff: noqa: ANN401  JSON bodies and query parameters are whatever a test sends
from __future__ import annotations

from typing import Any

import asyncpg
import pytest

from tests.conftest import NewDatabase
from tests.participants.city import City, entry


async def test_groups_are_frozen_at_entry_with_their_rules_and_explained(city: City) -> None:
    person = await city.person(identityNumber=city.person_number(year=2000))
    stated = {"ground": "outreach", "circumstances": ["far_from_labour_market", "foreign_born"]}
    enrolled = await city.enrolment(person["id"], **stated)
    assert enrolled["targetGroups"] == ["foreign_born_women", "uvas"]
    assert {"uvas:2", "kaa:1", "disability:1"} <= set(enrolled["targetGroupRules"])
    path = f"/persons/{person['id']}/target-groups"
    told = await city.read(path, on="2024-11-01")
    verdicts = {each["targetGroup"]: each["verdict"] for each in told["groups"]}
    assert verdicts == {
        "disability": "not_known",
        "foreign_born_women": "met",
        "kaa": "not_met",
        "long_term_unemployed": "not_known",
        "newly_arrived": "not_known",
        "social_assistance": "not_known",
        "uvas": "met",
    }
    uvas = next(each for each in told["groups"] if each["targetGroup"] == "uvas")
    assert uvas["ruleVersion"] == 2
    assert uvas["conditions"][0]["explanation"] == (
        "Uppfyllt: ålder 19 till 29 år på dagen; personen är 24 år."
    )
    before = {
        each["targetGroup"]: each for each in (await city.read(path, on="2023-06-01"))["groups"]
    }
    assert (before["uvas"]["ruleVersion"], before["uvas"]["verdict"]) == (1, "not_known")
    elsewhere = {"units": ("jobbtorg-unga",)}
    assert await city.refused("GET", path, **elsewhere) == "404 person_not_found"
    body = {"protectedIdentity": "secrecy_marking", "reason": "Skyddad"}
    await city.call("PATCH", f"/persons/{person['id']}", body, version=person["version"])
    unseen = {"scopes": ("participants:read",)}
    assert await city.refused("GET", path, **unseen) == "404 person_not_found"


async def by_group(city: City, name: str, period: str, **query: Any) -> dict[str, int]:
    answer = await city.figure(name, period, by="targetGroup", **query)
    return {each["targetGroup"]: each["value"] for each in answer["rows"]}


async def test_correction_judges_anew_and_earlier_bases_stay(city: City) -> None:
    person = await city.person(identityNumber=city.person_number(year=2000))
    enrolled = await city.enrolment(person["id"])
    first = {"social_assistance": 1, "uvas": 1}
    before = await city.basis()
    assert await by_group(city, "persons-enrolled-by-target-group", "2024") == first
    body = {"statusAtEntry": "employed", "circumstances": ["disability_support"], "reason": "Fel"}
    corrected = await city.made(f"/enrolments/{enrolled['id']}/corrections", body, version=1)
    assert corrected["targetGroups"] == ["disability", "social_assistance"]
    second = {"disability": 1, "social_assistance": 1}
    assert await by_group(city, "persons-enrolled-by-target-group", "2024") == second
    assert await by_group(city, "enrolled-by-target-group", "2024-12-31") == second
    assert await by_group(city, "persons-enrolled-by-target-group", "2024", basis=before) == first
    assert (await city.figure("uvas-reached", "2024", basis=before))["total"] == 1
    reached = await city.figure("uvas-reached", "2023-07-01/2024-12-31")
    assert reached["total"] == 0
    assert [note["on"] for note in reached["notes"] if note["kind"] == "series-break"] == [
        "2024-01-01"
    ]
    answer = await city.figure("enrolled", "2024-12-31", by="status")
    assert answer["rows"] == [{"status": "employed", "value": 1}]
    assert (await city.figure("enrolled-during", "2024"))["total"] == 1


async def test_correction_of_the_person_judges_their_entries_anew(city: City) -> None:
    person = await city.person(identityNumber=city.person_number(year=2000))
    enrolled = await city.enrolment(person["id"], ground="voluntary")
    assert enrolled["targetGroups"] == ["uvas"]
    body = {"birthDate": "1990-01-01", "reason": "Fel födelsedag"}
    answer = await city.call("PATCH", f"/persons/{person['id']}", body, version=1)
    assert answer.status_code == 200
    held = await city.read(f"/enrolments/{enrolled['id']}")
    assert (held["targetGroups"], held["ageGroup"]) == ([], "30-39")
    assert (await city.figure("uvas-reached", "2024"))["total"] == 0


async def test_register_judges_as_the_api_does(city: City) -> None:
    people = [city.person_number(year=year) for year in (1970, 1999, 2003, 2004)]
    rows = [
        {
            "sourceKey": f"t:{number[-6:]}",
            "identityNumber": number,
            "circumstances": ["kaa"],
            "unemployedSince": "2024-02-01",
            **{k: v for k, v in entry("", ground="outreach").items() if k != "personId"},
        }
        for number in people
    ]
    await city.delivered("enrolments", rows)
    delivered = sorted(
        (each["ageGroup"], each["targetGroups"])
        for each in (await city.read("/enrolments"))["items"]
    )
    stated = {"circumstances": ["kaa"], "unemployedSince": "2024-02-01", "ground": "outreach"}
    made = [
        await city.enrolment(
            (await city.person(identityNumber=city.person_number(year=year)))["id"], **stated
        )
        for year in (1970, 1999, 2003, 2004)
    ]
    assert delivered == sorted((each["ageGroup"], each["targetGroups"]) for each in made)
    assert len({str(groups) for _, groups in delivered}) > 1


RULE = {
    "targetGroup": "uvas",
    "validFrom": "2099-01-01",
    "title": "Unga som varken arbetar eller studerar, 18-29 år",
    "conditions": [
        {"kind": "age", "atLeast": 18, "atMost": 29},
        {
            "kind": "any",
            "alternatives": [
                {"kind": "not_in_work_or_studies"},
                {"kind": "stated", "values": ["not_in_work_or_studies"]},
            ],
        },
        {"kind": "kaa", "member": False},
    ],
}


async def test_new_version_begins_on_a_day_to_come_and_ends_the_one_before(city: City) -> None:
    person = await city.person(identityNumber=city.person_number(year=2000))
    later = await city.enrolment(person["id"], startedOn="2099-02-01")
    decided = await city.made("/target-group-rules", RULE)
    assert (decided["ruleVersion"], decided["validTo"]) == (3, None)
    assert decided["conditions"][1]["alternatives"][0]["kind"] == "not_in_work_or_studies"
    assert await city.read(f"/target-group-rules/{decided['id']}") == decided
    nowhere = "/target-group-rules/00000000-0000-7000-8000-000000000000"
    assert await city.refused("GET", nowhere) == "404 target_group_rule_not_found"
    versions = (await city.read("/target-group-rules", targetGroup="uvas"))["items"]
    assert [(each["ruleVersion"], each["validTo"]) for each in versions] == [
        (1, "2023-12-31"),
        (2, "2098-12-31"),
        (3, None),
    ]
    held = await city.read(f"/enrolments/{later['id']}")
    assert "uvas:3" in held["targetGroupRules"]  # registered ahead: judged by the new version
    on = (await city.read("/target-group-rules", on="2024-01-01", targetGroup="uvas"))["items"]
    assert [each["ruleVersion"] for each in on] == [2]
    refused: tuple[tuple[dict[str, Any], str], ...] = (
        ({"validFrom": "2024-01-01"}, "409 rule_in_the_past"),
        ({"validFrom": "2098-06-01"}, "409 rule_version_later"),
        ({"conditions": [{"kind": "age", "atLeast": 18}]}, "422 conditions_refused"),
        ({"conditions": []}, "422 invalid_request"),
    )
    for change, refusal in refused:
        assert await city.refused("POST", "/target-group-rules", RULE | change) == refusal, change
    mine = {"units": ("jobbtorg-unga",)}
    assert await city.refused("POST", "/target-group-rules", RULE, **mine) == "403 unit_not_allowed"


AGAINST_THE_PAST = (
    "update target_group_rule set title = 'x' where target_group = 'kaa'",
    "update target_group_rule set valid_to = '2024-01-01' where target_group = 'kaa'",
    "update target_group_rule set valid_to = null where rule_version = 1 and target_group = 'uvas'",
    "delete from target_group_rule",
    """insert into target_group_rule (target_group, rule_version, valid_from, title, conditions)
       select target_group, 9, '1950-01-01', title, conditions from target_group_rule
       where target_group = 'kaa'""",
)


async def test_database_lets_nobody_change_the_rules_of_the_past(new_database: NewDatabase) -> None:
    urls = await new_database("participants")
    owner = await asyncpg.connect(urls.owner)
    for statement in AGAINST_THE_PAST:
        with pytest.raises(asyncpg.CheckViolationError) as refused:
            await owner.execute(statement)
        assert refused.value.constraint_name == "target_group_rule_past", statement
    await owner.execute(
        "update target_group_rule set valid_to = '2099-01-01' where valid_to is null"
    )
    await owner.close()
