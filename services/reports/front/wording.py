"""What refusals are called on a page, by the code that the API gives too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from services.reports.publication.numbers import kronor
from services.reports.publication.wording import reason

if TYPE_CHECKING:
    from shared.errors import JsonValue

TITLES = {
    "not_found": "Sidan finns inte",
    "method_not_allowed": "Sidan kan inte öppnas på det sättet",
    "template_not_found": "Rapporten finns inte",
    "area_not_found": "Området fanns inte då",
    "area_needed": "Välj ett område",
    "programme_needed": "Välj ett program",
    "period_of_wrong_kind": "Rapporten avser ett annat slags period",
    "not_a_period": "Perioden går inte att läsa",
    "committee_report_not_found": "Den sparade rapporten finns inte",
    "releases_in_the_way": "Andra rapporter publicerades samtidigt: försök igen",
    "release_not_found": "Den publicerade rapporten finns inte",
    "public_needs_every_unit": "Att publicera kräver behörighet till alla enheter",
    "changes_not_public": "Varför uppgifter ändrats visas bara för nämnden",
    "not_earlier": "Välj en tidigare tidpunkt",
    "item_not_found": "Uppgiften finns inte i rapporten",
    "insufficient_scope": "Du har inte behörighet till sidan",
    "rows_not_shown": "Du har inte behörighet att se enskilda rader",
    "partial_figures": "Rapporten kräver behörighet till alla enheter",
    "cell_not_found": "Värdet finns inte i rapporten",
    "rows_not_kept": "Det finns inga enskilda rader bakom värdet",
    "rows_unavailable": "Tjänsten som har raderna svarar inte",
    "programme_not_found": "Programmet finns inte",
    "programme_not_known": "Programmet är inte känt för dig under perioden",
    "choice_unknown": "Läsaren eller skyddet finns inte att välja",
    "basis_unreadable": "Tidpunkten går inte att läsa",
    "name_needed": "Skriv ditt namn och din titel",
    "reason_needed": "Skriv en orsak",
    "value_refused": "Ett värde går inte att spara",
    "already_exists": "Det finns redan",
    "try_again": "Någon annan ändrade samtidigt: försök igen",
    "too_slow": "Det tog för lång tid: försök igen",
    "database_unavailable": "Tjänsten svarar inte just nu: försök igen",
    "idempotency_key_missing": "Formuläret går inte att läsa: öppna sidan igen",
    "idempotency_key_reused": "Formuläret är redan skickat: öppna sidan igen",
    "request_in_progress": "Det görs redan: vänta och försök igen",
    "not_replaceable": "Rapporten kan inte ersättas, eller har redan en ersättare",
    "form_stale": "Formuläret gäller inte längre",
    "sign_in_failed": "Inloggningen misslyckades",
    "precondition_failed": "Rapporten har ändrats sedan du läste den",
    "report_not_draft": "Rapporten är inte ett utkast",
    "report_not_frozen": "Rapporten är inte fryst",
    "report_partial": "Rapporten är ofullständig och kan inte attesteras",
    "ties_broken": "Rapporten stämmer inte och kan inte attesteras",
    "deviations_uncommented": "Avvikelser saknar kommentar",
    "deviations_unknown": "Ekonomi kan inte svara på om avvikelserna är kommenterade",
    "same_person": "Någon annan än den som tog fram rapporten ska attestera den",
    "content_changed": "Rapporten har ett annat innehåll än det du läste",
    "already_attested": "En annan rapport om samma sak är redan attesterad",
    "no_provider_answers": "Ingen av tjänsterna svarar",
    "basis_not_settled": "Tidpunkten är för ny",
}


def fact(one: JsonValue) -> str | None:
    """Return one thing that stands in the way, in Swedish; None when it says nothing to a reader.

    Codes and ids are for programs: the API gives them.
    """
    match one:
        case {"title": str(title), "difference": str(difference)}:
            return f"{title}: skillnad {kronor(difference)} kr"
        case {"label": str(label), "deviation": str(deviation), "commentState": state}:
            lacks = "kommentaren är inaktuell" if state == "outdated" else "kommentar saknas"
            return f"{label}: {kronor(deviation)} kr, {lacks}"
        case {"label": str(label), "reason": str(why)}:
            return f"{label}: {reason(why)}"
        case _:
            return None
