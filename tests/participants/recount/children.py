"""Plans that need a child checklist, concern reports, and the routines of units."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from fractions import Fraction
from zoneinfo import ZoneInfo

from tests.counting import Counted
from tests.participants.recount.rows import Row, Rows

STOCKHOLM = ZoneInfo("Europe/Stockholm")


def plans(rows: Rows) -> list[Counted]:
    return [
        Counted(day=row["drawn_up_on"], by=_by(rows, row))
        for row in rows.live("plan")
        if row["checklist_ground"] is not None
    ]


def with_checklist(rows: Rows) -> list[Counted]:
    """Return plans whose checklist is answered, with the days that it took."""
    answered = {row["plan_id"]: row["answered_on"] for row in rows.live("child_checklist")}
    return [
        Counted(
            day=row["drawn_up_on"],
            by=_by(rows, row),
            number=Fraction(max(0, _days(row["drawn_up_on"], answered[row["id"]]))),
        )
        for row in rows.live("plan")
        if row["checklist_ground"] is not None and row["id"] in answered
    ]


def concern_reports(rows: Rows) -> list[Counted]:
    """Return reports on the day the social services were told, with the hours that it took."""
    told = []
    for row in rows["concern_report"]:
        instants = [row[name] for name in ("called_at", "sent_at") if row[name] is not None]
        if instants:
            first = min(datetime.fromisoformat(instant) for instant in instants)
            passed = first - datetime.fromisoformat(row["suspected_at"])
            told.append(
                Counted(
                    day=str(first.astimezone(STOCKHOLM).date()),
                    by={"unit": row["unit"]},
                    number=Fraction(passed // timedelta(minutes=1), 60),
                )
            )
    return told


def routines(rows: Rows) -> list[Counted]:
    return [
        Counted(day=reviews[0]["reviewed_on"], until=row["withdrawn_on"], by=_routine(row))
        for row, reviews in _reviewed(rows)
    ]


def overdue_routines(rows: Rows) -> list[Counted]:
    late = []
    for row, reviews in _reviewed(rows):
        following = [*(review["reviewed_on"] for review in reviews[1:]), None]
        for review, reviewed_next in zip(reviews, following, strict=True):
            ends = [row["withdrawn_on"], reviewed_next]
            until = min((day for day in ends if day is not None), default=None)
            day = str(date.fromisoformat(review["next_review_on"]) + timedelta(days=1))
            if until is None or day < until:
                late.append(Counted(day=day, until=until, by=_routine(row)))
    return late


def _reviewed(rows: Rows) -> list[tuple[Row, list[Row]]]:
    reviews: dict[str, list[Row]] = defaultdict(list)
    for review in sorted(rows["routine_review"], key=lambda row: row["reviewed_on"]):
        reviews[review["document_id"]].append(review)
    return [(row, reviews[row["id"]]) for row in rows["routine_document"] if reviews[row["id"]]]


def _by(rows: Rows, plan: Row) -> dict[str, str | None]:
    return {
        "unit": plan["unit"],
        "ground": plan["checklist_ground"],
        "kind": "first" if plan["follows"] is None else "renewal",
        **rows.who(plan["person_id"], plan["drawn_up_on"], plan["stated_district"]),
    }


def _routine(row: Row) -> dict[str, str | None]:
    return {"unit": row["unit"], "kind": row["kind"]}


def _days(first: str, last: str) -> int:
    return (date.fromisoformat(last) - date.fromisoformat(first)).days
