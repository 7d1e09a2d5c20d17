"""The common indicators of ESF+: outputs by the first entry, results by the last exit."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable
from datetime import date, timedelta
from functools import partial
from typing import Any

from tests.counting import Counted
from tests.participants.recount.enrolments import at_entry
from tests.participants.recount.rows import Row, Rows, age_on

JOBLESS = ("unemployed", "long_term_unemployed")
Judged = Callable[[dict[str, Any]], bool]

OUTPUTS: dict[str, Judged] = {
    "eeco01": lambda _: True,
    "eeco02": lambda p: p["status"] in JOBLESS,
    "eeco03": lambda p: p["status"] == "long_term_unemployed",
    "eeco04": lambda p: p["status"] == "inactive",
    "eeco05": lambda p: p["status"] == "employed",
    "eeco06": lambda p: p["age"] < 18,
    "eeco07": lambda p: 18 <= p["age"] <= 29,
    "eeco08": lambda p: p["age"] >= 55,
    "eeco09": lambda p: p["education"] in ("less_than_compulsory", "compulsory"),
    "eeco10": lambda p: p["education"] in ("upper_secondary", "post_secondary_short"),
    "eeco11": lambda p: p["education"] == "post_secondary",
    "eeco12": lambda p: "disability" in p["circumstances"],
    "eeco13": lambda p: "third_country_national" in p["circumstances"],
    "eeco14": lambda p: "foreign_background" in p["circumstances"],
    "eeco16": lambda p: "housing_exclusion" in p["circumstances"],
    "eeco17": lambda p: "rural_area" in p["circumstances"],
}

RESULTS: dict[str, Judged] = {
    "leavers": lambda _: True,
    "leavers-answered": lambda p: p["in_time"],
    "six-months-answered": lambda p: p["later"] not in (None, "unknown"),
    "eecr01": lambda p: "job_searching" in p["results"] and p["status"] == "inactive",
    "eecr02": lambda p: "education" in p["results"],
    "eecr03": lambda p: "qualification" in p["results"],
    "eecr04": lambda p: "employment" in p["results"] and p["status"] != "employed",
    "eecr05": lambda p: p["later"] in ("employed", "self_employed") and p["status"] != "employed",
    "eecr06": lambda p: (
        p["later"] in ("employed", "self_employed")
        and p["status"] == "employed"
        and p["improvement"] not in (None, "none", "unknown")
    ),
}


def participations(rows: Rows) -> list[dict[str, Any]]:
    """Return one for each person and project, however often they came back."""
    series: dict[tuple[str, str], list[Row]] = defaultdict(list)
    projects = {row["code"]: row for row in rows["programme"]}
    for row in rows.live("enrolment"):
        project = projects[row["programme"]]
        pays_from, pays_to = project["esf_from"], project["esf_to"] or "9999"
        if pays_from is not None and pays_from <= row["started_on"] <= pays_to:
            series[rows.whole(row["person_id"])["id"], row["programme"]].append(row)
    answers = {
        row["enrolment_id"]: row
        for row in rows["follow_up"]
        if row["kind"] == "esf" and row["state"] == "answered"
    }
    return [_participation(rows, entries, answers) for entries in series.values()]


def _participation(rows: Rows, entries: list[Row], answers: dict[str, Row]) -> dict[str, Any]:
    entries.sort(key=lambda row: (row["started_on"], row["id"]))
    first, last = entries[0], entries[-1]
    entry = at_entry(rows, first)
    answer = answers.get(last["id"], {})
    results_on, exited_on = last["esf_results_on"], last["exited_on"]
    in_time = bool(
        results_on and exited_on and exited_on <= results_on <= _weeks_later(exited_on, 4)
    )
    return {
        "first": first,
        "last": last,
        "entry": entry,
        "status": entry["status"],
        "education": entry["education"],
        "sex": entry["sex"],
        "age": age_on(rows.whole(first["person_id"])["birth_date"], first["started_on"]),
        "circumstances": first["esf_circumstances"] or (),
        "in_time": in_time,
        "results": (last["esf_results"] or ()) if in_time else (),
        "later": answer.get("employment_status"),
        "improvement": answer.get("improvement"),
    }


def complete(participation: dict[str, Any]) -> bool:
    answered = ("sex", "status", "education")
    return participation["age"] >= 0 and all(
        participation[name] not in (None, "unknown") for name in answered
    )


def output(rows: Rows, judged: Judged) -> list[Counted]:
    return [
        _counted(it, it["first"], it["first"]["started_on"])
        for it in participations(rows)
        if complete(it) and judged(it)
    ]


def incomplete(rows: Rows) -> list[Counted]:
    return [
        _counted(it, it["first"], it["first"]["started_on"])
        for it in participations(rows)
        if not complete(it)
    ]


def result(rows: Rows, judged: Judged) -> list[Counted]:
    return [
        _counted(it, it["last"], it["last"]["exited_on"])
        for it in participations(rows)
        if it["last"]["exited_on"] is not None and complete(it) and judged(it)
    ]


def _counted(participation: dict[str, Any], where: Row, day: str) -> Counted:
    """Return a participant counted where the deciding enrolment was, as they were at entry."""
    names = ("sex", "age_group", "district", "education", "status")
    by = {name: participation["entry"][name] for name in names}
    place = {name: where[name] for name in ("unit", "programme", "team")}
    return Counted(day=day, by=by | place)


def _weeks_later(day: str, weeks: int) -> str:
    return str(date.fromisoformat(day) + timedelta(weeks=weeks))


LISTS: dict[str, Callable[[Rows], list[Counted]]] = {
    **{f"esf-{code}": partial(output, judged=judged) for code, judged in OUTPUTS.items()},
    **{f"esf-{code}": partial(result, judged=judged) for code, judged in RESULTS.items()},
    "esf-incomplete": incomplete,
}
