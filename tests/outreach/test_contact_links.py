"""Contacts that turn into people later: linked, unlinked, and never counted twice."""

from __future__ import annotations

import asyncio
from typing import Any
from uuid import uuid4

from tests.outreach.arena import Arena, contact_body, contact_row


async def linked(arena: Arena, contact: dict[str, Any], person: str) -> dict[str, Any]:
    path = f"/contacts/{contact['id']}/person-links"
    return await arena.made(path, {"personId": person})


async def test_a_linked_contact_is_still_one_and_its_person_reached_once(arena: Arena) -> None:
    person = str(uuid4())
    contacts = [await arena.contact() for _ in range(3)]
    old = await arena.basis()
    for contact in contacts:
        shown = await linked(arena, contact, person)
        assert (shown["personId"], shown["version"]) == (person, 2)
        assert shown["linkedAt"] is not None
    assert await arena.total("contacts", "2024") == 3
    assert await arena.total("contacts-reached", "2024") == 3
    assert await arena.total("persons-reached", "2024") == 1
    assert await arena.total("persons-reached", "2024", basis=old) == 0

    path = f"/contacts/{contacts[0]['id']}"
    await arena.call("POST", f"{path}/person-unlinks", {"reason": "Det var grannen"}, version=2)
    assert (await arena.read(path))["personId"] is None
    assert await arena.total("persons-reached", "2024") == 1
    other = str(uuid4())
    await linked(arena, contacts[0], other)
    assert await arena.total("persons-reached", "2024") == 2
    assert await arena.total("contacts", "2024") == 3
    assert await arena.drifting() == {}


async def test_a_link_sent_three_times_is_one_and_another_is_refused(arena: Arena) -> None:
    contact, person = await arena.contact(), str(uuid4())
    path = f"/contacts/{contact['id']}/person-links"
    answers = await asyncio.gather(
        *(arena.call("POST", path, {"personId": person, "reason": "Kom igen"}) for _ in range(3))
    )
    assert sorted(answer.status_code for answer in answers) == [200, 200, 201]
    assert (await arena.read(f"/contacts/{contact['id']}"))["version"] == 2

    another = {"personId": str(uuid4())}
    assert await arena.refused("POST", path, another) == "409 linked_to_another"
    elsewhere = ("jobbtorg-vuxna-jarva",)
    assert await arena.refused("POST", path, another, units=elsewhere) == "404 not_found"
    patch = {"personId": person, "reason": "Samma väg"}
    assert await arena.refused("PATCH", f"/contacts/{contact['id']}", patch, version=2) == (
        "422 invalid_request"
    )


async def test_only_what_is_linked_is_unlinked_and_what_never_was_is_not_linked(
    arena: Arena,
) -> None:
    contact = await arena.contact()
    path, reason = f"/contacts/{contact['id']}", {"reason": "Fel person"}
    assert await arena.refused("POST", f"{path}/person-unlinks", reason, version=1) == (
        "409 not_linked"
    )
    assert await arena.refused("POST", f"{path}/person-unlinks", reason) == (
        "428 precondition_required"
    )
    await arena.call("POST", f"{path}/retractions", reason, version=1)
    link = {"personId": str(uuid4())}
    assert await arena.refused("POST", f"{path}/person-links", link) == "409 already_retracted"


async def test_a_person_named_from_the_start_can_be_taken_back_too(arena: Arena) -> None:
    contact = await arena.contact(personId=str(uuid4()))
    assert contact["linkedAt"] is None
    path = f"/contacts/{contact['id']}"
    await arena.call("POST", f"{path}/person-unlinks", {"reason": "Fel person"}, version=1)
    assert await arena.total("persons-reached", "2024") == 0
    assert await arena.total("contacts-reached", "2024") == 1


async def test_a_register_that_does_not_know_leaves_the_link_alone(arena: Arena) -> None:
    await arena.push("contacts", [contact_row("vera:1")])
    (contact,) = (await arena.read("/contacts"))["items"]
    path, person = f"/contacts/{contact['id']}", str(uuid4())
    await linked(arena, contact, person)
    again = await arena.push("contacts", [contact_row("vera:1")])
    assert again["counts"]["unchanged"] == 1
    assert (await arena.read(path))["personId"] == person
    unlinked = await arena.call(
        "POST", f"{path}/person-unlinks", {"reason": "Fel person"}, version=2
    )
    assert unlinked.status_code == 201

    # The source goes first when it says who it was, and takes it back itself.
    other = str(uuid4())
    await linked(arena, contact, person)
    await arena.push("contacts", [contact_row("vera:1", personId=other)])
    named = await arena.read(path)
    assert (named["personId"], named["linkedAt"]) == (other, None)
    refused = await arena.refused(
        "POST", f"{path}/person-unlinks", {"reason": "Fel person"}, version=named["version"]
    )
    assert refused == "409 owned_by_source"
    await arena.push("contacts", [contact_row("vera:1")])
    assert (await arena.read(path))["personId"] is None
    assert await arena.total("contacts", "2024") == 1
    assert await arena.total("persons-reached", "2024") == 0
    assert await arena.drifting() == {}


async def test_a_link_and_a_retraction_at_once_leave_no_person_behind(arena: Arena) -> None:
    for _ in range(5):
        contact = await arena.contact()
        path = f"/contacts/{contact['id']}"
        await asyncio.gather(
            arena.call("POST", f"{path}/person-links", {"personId": str(uuid4())}),
            arena.call("POST", f"{path}/retractions", {"reason": "Fanns inte"}, version=1),
        )
        shown = await arena.read(path)
        assert (shown["retractedAt"] is None) or (shown["personId"] is None)
    assert await arena.drifting() == {}


NUMBER = "200109-2382"


async def test_texts_hold_no_identity_numbers(arena: Arena) -> None:
    contact = await arena.contact()
    link = {"personId": str(uuid4()), "reason": f"Uppgav {NUMBER}"}
    answer = await arena.call("POST", f"/contacts/{contact['id']}/person-links", link)
    assert answer.status_code == 422
    (entry,) = answer.json()["invalid-parameters"]
    assert (entry["property"], entry["code"]) == ("reason", "identity_number_in_text")
    assert "2382" not in answer.text

    await arena.push("contacts", [contact_row("vera:1")])
    retraction = {"op": "retract", "sourceKey": "vera:1", "reason": f"Var {NUMBER}"}
    delivery = await arena.push("contacts", [retraction])
    assert await arena.row_errors(delivery) == [(1, "reason", "identity_number_in_text")]
    assert (await arena.call("POST", "/contacts", contact_body())).status_code == 201
