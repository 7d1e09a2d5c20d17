"""Why the numbers of a report moved: an earlier basis is chosen, and the two are compared."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from starlette.responses import Response

from services.reports import committee_reports, kept_reports
from services.reports.api.changes import explained
from services.reports.changes import Between
from services.reports.front.frame import STATES
from services.reports.front.keeping import id_of
from services.reports.front.pages import Pages, Visit
from services.reports.front.reading import BasisUnreadable, kept, params_of, question_of
from services.reports.publication import numbers
from services.reports.publication.changes import PART_NAMES, laid_out
from shared.clock import STOCKHOLM
from shared.db import driver
from shared.periods import Period

if TYPE_CHECKING:
    from services.reports.domain.assembly import Document
    from services.reports.reporting import Request as Question

READ = "reports:committee"
TITLE = "Varför ändrades det?"
_OFFERED = 20

pages = Pages()


@dataclass(frozen=True, slots=True)
class Moment:
    """A basis that can be chosen, and what it is that of."""

    at: datetime
    text: str


@pages.get("/rapport/andringar", scope=READ)
async def of_report(visit: Visit) -> Response:
    """Show why the numbers of a report moved, up to its basis."""
    asked = question_of(visit)
    document = None
    since = chosen(visit)
    if since is not None:
        between = Between(since, asked.basis)
        document = await explained(visit.request, visit.session.caller, asked, between)
    moments = [each for each in await _moments(visit, asked) if each.at != asked.basis]
    return _page(visit, document, since, moments, back=f"/rapport?{params_of(asked)}")


@pages.get("/rapporter/{reportId}/andringar", scope=READ)
async def of_kept(visit: Visit) -> Response:
    """Show why the numbers of a kept report moved, up to it or since."""
    caller = visit.session.caller
    committee_reports.require_every_unit(caller)
    row, _, held = await kept(visit, id_of(visit))
    asked = committee_reports.question(row)
    document = None
    other = chosen(visit)
    if other is not None:
        between = Between.of_kept(held, row["basis"], other)
        document = await explained(visit.request, caller, asked, between)
    moments = [each for each in await _moments(visit, asked) if each.at != row["basis"]]
    return _page(visit, document, other, moments, back=f"/rapporter/{row['id']}")


def chosen(visit: Visit) -> datetime | None:
    """Return the basis that a form names: a time that was written, or one of those offered.

    Raises:
        BasisUnreadable: it is no time.

    """
    written = visit.request.query_params.get("tidpunkt", "").strip()
    offered = visit.request.query_params.get("tidigare", "").strip()
    if not (written or offered):
        return None
    try:
        said = datetime.fromisoformat(written or offered)
        local = said if said.tzinfo else said.replace(tzinfo=STOCKHOLM)
        return local.astimezone(UTC)
    except (ValueError, OverflowError) as error:
        raise BasisUnreadable from error


async def _moments(visit: Visit, asked: Question) -> list[Moment]:
    """Return the bases of what was kept of the same question, newest first."""
    question = (
        asked.template,
        str(Period.parse(asked.period)),
        asked.area or "",
        asked.programme or "",
    )
    async with visit.context.db.read() as session:
        rows = await kept_reports.bases(await driver(session), question, limit=_OFFERED)
    found: dict[datetime, Moment] = {}
    for row in rows:
        state = STATES[row["state"]] if row["newest"] else "tidigare innehåll"
        when = numbers.instant(row["basis"].isoformat())
        found.setdefault(row["basis"], Moment(row["basis"], f"{when}, sparad rapport ({state})"))
    return list(found.values())


def _page(
    visit: Visit,
    document: Document | None,
    since: datetime | None,
    moments: list[Moment],
    *,
    back: str,
) -> Response:
    asked = visit.request.query_params
    everything = asked.get("alla") == "1"
    own = {"tidigare", "tidpunkt", "alla"}
    question = [(name, value) for name, value in asked.multi_items() if name not in own]
    return visit.show(
        "changes.html",
        title=TITLE,
        path=visit.request.url.path,
        question=question,
        parts=PART_NAMES.values(),
        moments=moments,
        since=since,
        written=asked.get("tidpunkt", ""),
        everything=everything,
        told=document,
        ends=None if document is None else [_moment(document[end]) for end in ("since", "basis")],
        sections=[] if document is None else laid_out(document, everything=everything),
        other=visit.request.url.include_query_params(alla="0" if everything else "1").query,
        back=back,
    )


def _moment(text: str) -> datetime:
    return datetime.fromisoformat(text)
