"""Loading what the funded project of 2024 has cost: made up, as no document says it."""

from __future__ import annotations

from pathlib import Path

from jarva.demo.loading import Target, lines, post_all

_YEAR = 2024
_SINCE = "2024-01-01"


def project(target: Target, data: Path) -> str:
    """Register and decide the project, open its year, and book its costs month by month."""
    folder = data / "budget"
    bodies = lines(folder / "funded_projects.ndjson")
    decided = {body["number"]: body.pop("decidedOn") for body in bodies}
    vouchers = lines(folder / "funded_vouchers.ndjson")
    with target.client("budget") as client:
        for shown in post_all(client, "/projects", bodies, key=("number",)):
            if shown["decidedOn"] is None:
                decision = {"decidedOn": decided[shown["number"]]}
                post_all(client, f"/projects/{shown['id']}/decisions", [decision], listed=False)
        if not client.get("/periods", params={"year": _YEAR}).json()["items"]:
            post_all(client, "/fiscal-years", [{"year": _YEAR}], listed=False)
        accounts = lines(folder / "funded_accounts.ndjson")
        dated = [account | {"validFrom": _SINCE} for account in accounts]
        post_all(client, "/accounts", dated, key=("code",))
        company = {"code": "87", "name": "Företag", "validFrom": _SINCE}
        post_all(client, "/counterparts", [company], key=("code",))
        post_all(client, "/vouchers", vouchers, listed=False)
    return f"{len(bodies)} with {len(vouchers)} vouchers"
