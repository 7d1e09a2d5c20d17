"""What sources deliver about enrolments, what ESF+ asks, and what is decided."""

from __future__ import annotations

from datetime import date

from services.participants.handlers import ProjectChanged
from tests.participants.city import City
from tests.participants.deeds import Story, entered
from tests.participants.following import exited
from tests.participants.invented import ESF
from tests.participants.test_esf_indicators import enrolled, left, said
from tests.participants.test_register_enrolments import row
from tests.participants.test_target_group_rules import RULE

# What a register of enrolments says.


async def delivers_enrolment(city: City) -> Story:
    told = row(city.person_number())
    yield
    await city.delivered("enrolments", [told])


async def delivers_exit(city: City) -> Story:
    told = row(city.person_number())
    await city.delivered("enrolments", [told])
    yield
    await city.delivered("enrolments", [told | {"exitedOn": "2024-11-30", "outcome": "work"}])


async def delivers_correction(city: City) -> Story:
    told = row(city.person_number(), exitedOn="2024-11-30", outcome="work")
    await city.delivered("enrolments", [told])
    yield
    await city.delivered("enrolments", [told | {"unit": "jobbtorg-unga", "outcome": "studies"}])


async def delivers_retraction(city: City) -> Story:
    told = row(city.person_number(), exitedOn="2024-11-30", outcome="work")
    await city.delivered("enrolments", [told])
    yield
    gone = {"op": "retract", "sourceKey": told["sourceKey"], "reason": "Aldrig sant"}
    await city.delivered("enrolments", [gone])


async def leaves_enrolment_out(city: City) -> Story:
    stays, goes = row(city.person_number()), row(city.person_number())
    await city.delivered("enrolments", [stays, goes])
    yield
    await city.delivered("enrolments", [stays], mode="snapshot", deliveryDate="2024-12-15")


# ESF+, and the rules.


async def _funded(city: City) -> None:
    funding = {"esfFrom": "2024-01-01", "reason": "Beslut om stöd"}
    await city.made(f"/programmes/{ESF}/esf-fundings", funding)


async def funds_programme(city: City) -> Story:
    await exited(city, educationAtEntry="compulsory")
    yield
    await _funded(city)


async def states_circumstances(city: City) -> Story:
    await _funded(city)
    made = await enrolled(city)
    yield
    await said(city, made, "esf-statements", _STATED)


async def withdraws_consent(city: City) -> Story:
    await _funded(city)
    made = await enrolled(city)
    await said(city, made, "esf-statements", _STATED)
    yield
    nothing = {"circumstances": None, "consentedOn": None, "reason": "Samtycke återtaget"}
    await said(city, made, "esf-statements", nothing)


_STATED = {"circumstances": ["disability"], "consentedOn": "2024-02-01", "reason": "Samtycke"}


async def comes_back(city: City) -> Story:
    """Enrol ahead somebody who has left: that exit of long ago is none for ESF+ any more."""
    await _funded(city)
    made = await enrolled(city)
    await left(city, made, "2024-06-30")
    person = (await city.read(f"/enrolments/{made}"))["personId"]
    yield
    await city.enrolment(person, startedOn="2099-02-01", educationAtEntry="compulsory")


async def decides_rule(city: City) -> Story:
    await entered(city, startedOn="2099-02-01", ground="voluntary")
    yield
    ages = {"kind": "age", "atLeast": 18, "atMost": 120}
    rule = RULE | {"conditions": [ages, *RULE["conditions"][1:]]}
    await city.made("/target-group-rules", rule)


async def closes_unit(city: City) -> Story:
    yield
    body = {"lastDay": "2025-06-30", "reason": "Flyttar ihop"}
    await city.made("/units/jobbtorg-unga/closures", body)


async def prolongs_unit(city: City) -> Story:
    closing = closes_unit(city)
    await anext(closing)
    await anext(closing, None)
    yield
    body = {"lastDay": "2025-12-31", "reason": "Fel dag"}
    await city.made("/units/jobbtorg-unga/closures", body)


async def tells_results(city: City) -> Story:
    await _funded(city)
    made = await enrolled(city)
    await left(city, made, "2024-06-30")
    yield
    await said(city, made, "esf-results", _RESULTS)


async def tells_other_results(city: City) -> Story:
    telling = tells_results(city)
    await anext(telling)
    await anext(telling, None)
    made = (await city.read("/enrolments"))["items"][0]["id"]
    yield
    await said(city, made, "esf-results", _RESULTS | {"results": ["qualification"]})


_RESULTS = {"results": ["education"], "observedOn": "2024-07-01", "reason": "Uppgift vid avslut"}


async def delivers_answers(city: City) -> Story:
    await _funded(city)
    told = row(city.person_number(), educationAtEntry="compulsory")
    await city.delivered("enrolments", [told])
    yield
    stated = {"esfCircumstances": ["disability"], "esfConsentedOn": "2024-10-01"}
    await city.delivered("enrolments", [told | stated])


async def delivers_exit_with_results(city: City) -> Story:
    await _funded(city)
    told = row(city.person_number(), educationAtEntry="compulsory")
    await city.delivered("enrolments", [told])
    yield
    gone = {"exitedOn": "2024-11-30", "outcome": "studies"}
    results = {"esfResults": ["education"], "esfResultsOn": "2024-12-01"}
    await city.delivered("enrolments", [told | gone | results])


async def delivers_again_what_was_retracted(city: City) -> Story:
    told = row(city.person_number())
    await city.delivered("enrolments", [told])
    gone = {"op": "retract", "sourceKey": told["sourceKey"], "reason": "Aldrig sant"}
    await city.delivered("enrolments", [gone])
    yield
    await city.delivered("enrolments", [told])


async def closes_unit_earlier(city: City) -> Story:
    closing = closes_unit(city)
    await anext(closing)
    await anext(closing, None)
    yield
    body = {"lastDay": "2024-06-30", "reason": "Fel dag"}
    await city.made("/units/jobbtorg-unga/closures", body)


def _project(ends_on: date) -> ProjectChanged:
    return ProjectChanged(number="P-1", name="Projekt", starts_on=date(2024, 1, 1), ends_on=ends_on)


async def prolongs_project(city: City) -> Story:
    await city.told(_project(date(2025, 6, 30)), source="budget")
    yield
    await city.told(_project(date(2025, 12, 31)), source="budget")


async def shortens_project(city: City) -> Story:
    await city.told(_project(date(2025, 12, 31)), source="budget")
    yield
    await city.told(_project(date(2025, 6, 30)), source="budget")
