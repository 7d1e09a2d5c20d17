"""The routes as the published specification shows them."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openapi_spec_validator import validate

from shared.app import build_app
from shared.deliveries import deliveries_router
from tests.shared.deliveries.items import CARDS, REGISTERS
from tests.shared.sample import SPEC, sample_settings

if TYPE_CHECKING:
    from tests.tokens import Issuer

from tests.servers import DatabaseUrls

NOWHERE = DatabaseUrls(app="postgresql://nobody@127.0.0.1:1/none", owner="")
COLLECTION = "/registers/{register}/deliveries"


def specification(issuer: Issuer) -> dict[str, Any]:
    settings = sample_settings(NOWHERE, issuer)
    app = build_app(SPEC, settings, [deliveries_router(REGISTERS)], schema_head=None)
    return app.api.openapi()


def test_specification_is_valid_and_names_every_form_of_a_body(issuer: Issuer) -> None:
    document = specification(issuer)
    validate(document)
    sending = document["paths"][COLLECTION]["post"]
    assert set(sending["requestBody"]["content"]) == {
        "application/json",
        "application/x-ndjson",
        "text/csv",
        CARDS,
    }
    described = sending["requestBody"]["description"]
    assert f"`{CARDS}` is taken by the register carded, only-carded." in described
    assert "The register only-carded takes no other form." in described
    assert {"mode", "dryRun", "atomic", "deliveryDate", "Idempotency-Key"} <= {
        parameter["name"] for parameter in sending["parameters"]
    }
    assert "202" in sending["responses"]


def test_error_list_is_published_in_both_forms(issuer: Issuer) -> None:
    listing = specification(issuer)["paths"][f"{COLLECTION}/{{deliveryId}}/errors"]["get"]
    assert set(listing["responses"]["200"]["content"]) == {"application/json", "text/csv"}
