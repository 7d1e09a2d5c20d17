"""Kept reports: made, read, frozen, attested and taken home by a person."""

from __future__ import annotations

from dataclasses import replace
from datetime import datetime
from functools import partial
from typing import TYPE_CHECKING
from uuid import UUID

from starlette.responses import RedirectResponse, Response

from services.reports import committee_reports, kept_reports, lineage
from services.reports.api.assembling import assembled, keeper, ledger, settings_of
from services.reports.api.standing import standing
from services.reports.committee_reports import Replacing, Signing
from services.reports.domain.attesting import broken_ties, missing_parts
from services.reports.domain.audience import Audience
from services.reports.domain.tracing import traced
from services.reports.errors import ReportNotFound
from services.reports.front.deviating import deviations_of
from services.reports.front.once import Once
from services.reports.front.pages import Pages, Visit
from services.reports.front.reading import body_of, file_of, kept, question_of
from services.reports.publication.formats import FileFormat
from shared.db import driver
from shared.errors import Invalid

if TYPE_CHECKING:
    from collections.abc import Iterator

    from services.reports.domain.tracing import Lineage
    from services.reports.reporting import Request as Question
    from shared.db import Connection

READ, WRITE, ATTEST = "reports:committee", "reports:write", "reports:attest"
ROWS_SHOWN = 50
_DIGITS = 10  # a version is never that long, and Python reads no number of thousands

pages = Pages()


class NameNeeded(Invalid):
    code, title = "name_needed", "An attestation has a name"


class ReasonNeeded(Invalid):
    code, title = "reason_needed", "A reason is needed"


@pages.get("/rapporter", scope=READ)
async def list_kept(visit: Visit) -> Response:
    """List kept reports, newest first."""
    async with visit.context.db.read() as session:
        rows, total = await kept_reports.listed(await driver(session), {}, limit=200, offset=0)
    return visit.show("kept_list.html", title="Sparade rapporter", rows=rows, total=total)


@pages.post("/rapporter", scope=WRITE)
async def keep(visit: Visit) -> Response:
    """Keep the report that was read as a draft."""
    caller = visit.session.caller
    caller.require_scope(READ)
    committee_reports.require_every_unit(caller)
    asked = replace(question_of(visit), audience=Audience.COMMITTEE)
    return await _made_once(visit, asked, None)


@pages.post("/rapporter/{reportId}/ersatt", scope=WRITE)
async def replace_attested(visit: Visit) -> Response:
    """Make a draft that replaces an attested report once it is attested itself."""
    report_id, reason = id_of(visit), _reason(visit)
    visit.session.caller.require_scope(READ)
    committee_reports.require_every_unit(visit.session.caller)
    row, _, _ = await kept(visit, report_id)
    replacing = Replacing(report_id, reason)
    return await _made_once(visit, committee_reports.question(row), replacing)


async def _made_once(visit: Visit, asked: Question, replacing: Replacing | None) -> Response:
    """Make a draft, or lead to the one that this very form has made."""
    once = Once.of(visit)
    done = await once.before()
    if done is not None:
        return done
    caller = visit.session.caller
    document = await assembled(visit.request, caller, asked)

    async def make(conn: Connection) -> str:
        made = await committee_reports.make(conn, asked, document, replacing=replacing, by=caller)
        return f"/rapporter/{made}"

    return await once.make(make)


@pages.get("/rapporter/{reportId}", scope=READ)
async def read(visit: Visit) -> Response:
    """Show a kept report, and what can be done with it."""
    report_id = id_of(visit)
    row, body, document = await kept(visit, report_id)
    asked = committee_reports.question(row, basis=row["basis"])
    async with visit.context.db.read() as session:
        said, reopened = await standing(await driver(session), row)
    address = f"/rapporter/{report_id}/ursprung?av=rapport"
    return visit.show(
        "kept.html",
        title=row["title"],
        row=row,
        reopened=reopened,
        body=await body_of(document, body, asked, address, said),
        files=[(one, f"/rapporter/{report_id}/fil?format={one}") for one in FileFormat],
    )


@pages.get("/rapporter/{reportId}/fil", scope=READ)
async def take_home(visit: Visit) -> Response:
    """Give a kept report as a file."""
    row, body, _ = await kept(visit, id_of(visit))
    asked = committee_reports.question(row, basis=row["basis"])
    async with visit.context.db.read() as session:
        said, _ = await standing(await driver(session), row)
    return await file_of(visit, body, asked, said)


@pages.get("/rapporter/{reportId}/ursprung", scope=READ)
async def trace(visit: Visit) -> Response:
    """Show where a number comes from, and the rows behind one of its values."""
    report_id = id_of(visit)
    row, _, document = await kept(visit, report_id)
    key = visit.request.query_params.get("uppgift", "")
    cell = visit.request.query_params.get("varde")
    found = traced(document, key)
    rows = None
    if cell:
        rows = await lineage.rows(
            document,
            key,
            cell,
            partial(keeper, visit.request, visit.session.caller),
            limit=ROWS_SHOWN,
            page=1,
        )
    return visit.show(
        "lineage.html",
        title="Så kom uppgiften till",
        lineage=found,
        basis=datetime.fromisoformat(document["basis"]),
        back=f"/rapporter/{row['id']}#{key}",
        rows=rows,
        cells=list(_cells(found)) if visit.may("figures:rows") else [],
    )


@pages.post("/rapporter/{reportId}/uppdatera", scope=WRITE)
async def refresh(visit: Visit) -> Response:
    """Give a draft a newer content."""
    report_id, caller = id_of(visit), visit.session.caller
    caller.require_scope(READ)
    committee_reports.require_every_unit(caller)
    row, _, _ = await kept(visit, report_id)
    document = await assembled(visit.request, caller, committee_reports.question(row))
    async with visit.context.db.begin() as session:
        await committee_reports.refresh(
            await driver(session), report_id, document, expected=_version(visit), by=caller
        )
    return _to(report_id)


@pages.post("/rapporter/{reportId}/frys", scope=WRITE)
async def freeze(visit: Visit) -> Response:
    """Freeze a draft."""
    report_id = id_of(visit)
    async with visit.context.db.begin() as session:
        await committee_reports.freeze(
            await driver(session), report_id, expected=_version(visit), by=visit.session.caller
        )
    return _to(report_id)


@pages.post("/rapporter/{reportId}/tina", scope=WRITE)
async def thaw(visit: Visit) -> Response:
    """Make a frozen report a draft again."""
    report_id, reason = id_of(visit), _reason(visit)
    async with visit.context.db.begin() as session:
        await committee_reports.thaw(
            await driver(session),
            report_id,
            reason=reason,
            expected=_version(visit),
            by=visit.session.caller,
        )
    return _to(report_id)


@pages.get("/rapporter/{reportId}/attestera", scope=ATTEST)
async def confirm(visit: Visit) -> Response:
    """Show what an attestation binds, before it does."""
    row, _, document = await kept(visit, id_of(visit))
    deviations = await deviations_of(visit, row, document)
    return visit.show(
        "attest.html",
        title="Attestera",
        row=row,
        deviations=deviations,
        missing=[part["label"] for part in missing_parts(document)],
        broken=broken_ties(document),
    )


@pages.post("/rapporter/{reportId}/attestera", scope=ATTEST)
async def attest(visit: Visit) -> Response:
    """Put the person's name to the report."""
    report_id, caller = id_of(visit), visit.session.caller
    name = visit.form.get("name", "").strip()
    if not name:
        raise NameNeeded
    caller.require_scope(READ)
    committee_reports.require_every_unit(caller)
    signing = Signing(
        name[:120],
        visit.form.get("content_hash", ""),
        four_eyes=settings_of(visit.request).four_eyes,
    )
    async with visit.context.db.begin() as session:
        await committee_reports.attest(
            await driver(session),
            report_id,
            signing,
            ledger(visit.request, caller),
            expected=_version(visit),
            by=caller,
        )
    visit.context.committed()
    return _to(report_id)


def id_of(visit: Visit) -> UUID:
    """Return the id of the kept report that an address names.

    Raises:
        ReportNotFound: it is none.

    """
    try:
        return UUID(visit.request.path_params["reportId"])
    except ValueError as error:
        raise ReportNotFound from error


def _reason(visit: Visit) -> str:
    """Return why something is done.

    Raises:
        ReasonNeeded: nobody says.

    """
    reason = visit.form.get("reason", "").strip()
    if not reason:
        raise ReasonNeeded
    return reason[:500]


def _version(visit: Visit) -> int:
    text = visit.form.get("version", "")
    return int(text) if text.isascii() and text.isdecimal() and len(text) < _DIGITS else 0


def _to(report_id: UUID) -> Response:
    return RedirectResponse(f"/rapporter/{report_id}", status_code=303)


def _cells(found: Lineage) -> Iterator[tuple[str, str, object]]:
    """Give the values whose rows can be listed: where they stand, what they are, how much."""
    item = found.item
    if item["kind"] != "figure" or item["status"] != "ok":
        return
    for number, value in enumerate(item["values"]):
        yield f"/values/{number}", value["periodLabel"], value["value"]
        for index, table in enumerate(value["tables"]):
            for place, row in enumerate(table["rows"]):
                about = ", ".join(str(row[name]) for name in table["by"])
                where = f"/values/{number}/tables/{index}/rows/{place}"
                yield where, f"{value['periodLabel']}, {about}", row["value"]
