"""What each deed of a history moves: judged by what was done, never by what the journal says."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import msgspec

from services.participants.events import EnrolmentCorrected, KaaMembershipChanged, SubjectChanged
from shared.db import Connection, driver
from shared.events import Envelope
from tests.outreach.histories.history import Deed, History
from tests.outreach.histories.referrals import hear

_OF_DEED: dict[str, str] = {
    **dict.fromkeys(
        (
            "retract_visits",
            "retract_contact",
            "retract_group",
            "retract_employer_visit",
            "retract_recruitment_event",
            "retract_hire",
            "retract_internships",
            "retract_state",
            "retract_collaboration",
            "retract_agreement",
        ),
        "retractions",
    ),
    **dict.fromkeys(("link_contact", "unlink_contact", "refer"), "merges"),
    **dict.fromkeys(("add_counting_rule", "add_uvas_rule"), "ruleChanges"),
    **dict.fromkeys(("withdraw", "hire_after_event"), "newFacts"),
    "move_venue": "areaChanges",
}
"""What is done to records that count already; every deed that is not named corrects them."""

_GOES_ON = {"extend_worker", "pause", "resume", "end"}
"""Deeds that tell what happened next, and on which day."""

_READ = {
    "change_group": {"study_group"},
    "change_worker": {"outreach_worker"},
    "change_agreement": {"agreement"},
    "take_internships": {"internship"},
    "push_visits": {"visit_tally"},
    "push_contacts": {"contact"},
}
"""Deeds that do one thing or another to these records: what they did is read from them."""

_NEWS = "select * from outreach_fact where id > $1 order by id"
_COUNTED = """
    select exists(select from outreach_fact
                  where record_kind = $1 and record_id = $2 and recorded_at < $3)
"""
_BEFORE = """
    select body::text from record_version
    where kind = '{table}' and record_id = $1 order by version desc limit 1
"""
_NOW = "select to_jsonb(r)::text from {table} r where id = $1"
_BOOKKEEPING = {"version", "recorded_at", "recorded_by", "extensions"}


@dataclass
class Witness:
    """Sees every deed done, and which rows it added.

    Attributes:
        parts: by the row's id, which part it moves; None: new facts or late ones, by its day.

    """

    history: History
    parts: dict[int, str | None] = field(default_factory=dict)
    seen: int = 0
    latest: dict[str, int] = field(default_factory=dict)

    async def live(self, deeds: dict[Deed, int], steps: int) -> None:
        """Let so many things be done, each as often as its weight says."""
        chance = self.history.chance
        for deed in chance.choices(list(deeds), weights=list(deeds.values()), k=steps):
            await self.see(deed)

    async def see(self, deed: Deed) -> None:
        """Let something be done; of what participants has said, one thing is heard at a time.

        What comes too early waits in the inbox for what comes before it about the same thing, so
        of each thing the next is heard: only then is it known what a row came of.
        """
        if deed is not hear:
            await deed(self.history)
            await self._note(deed.__name__, None)
            return
        self.history.chance.shuffle(self.history.post)
        for envelope in self._heard(most=9):
            part = await self._news(envelope)
            await self.history.arena.told([envelope])
            await self._note(deed.__name__, part)

    def _heard(self, *, most: int) -> list[Envelope]:
        heard: list[Envelope] = []
        for envelope in list(self.history.post):
            latest = self.latest.get(envelope.subject, 0)
            if len(heard) < most and envelope.aggregatesequence <= latest + 1:
                self.latest[envelope.subject] = max(latest, envelope.aggregatesequence)
                self.history.post.remove(envelope)
                heard.append(envelope)
        return heard

    async def _news(self, envelope: Envelope) -> str:
        said = msgspec.json.decode(envelope.data)
        if envelope.type == SubjectChanged.wire_type():
            return "merges"
        if envelope.type == KaaMembershipChanged.wire_type():
            return "corrections"
        if envelope.type != EnrolmentCorrected.wire_type():
            return "newFacts"
        if said["retracted"]:
            return "retractions"
        known = "select exists(select from known_enrolment where enrolment_id = $1)"
        was_known = await self.history.arena.scalar(known, said["enrolmentId"])
        return "corrections" if was_known else "newFacts"

    async def _note(self, deed: str, news: str | None) -> None:
        async with self.history.arena.db.read() as session:
            conn = await driver(session)
            for row in await conn.fetch(_NEWS, self.seen):
                self.parts[row["id"]] = news or await _part(conn, deed, row)
                self.seen = row["id"]


async def _part(conn: Connection, deed: str, row: Any) -> str | None:  # noqa: ANN401  a Record
    kind, record_id = row["record_kind"], row["record_id"]
    counted = await conn.fetchval(_COUNTED, kind, record_id, row["recorded_at"])
    if not counted or deed in _GOES_ON:
        return None
    if deed in _OF_DEED:
        return _OF_DEED[deed]
    if deed not in _READ or kind not in _READ[deed]:
        return "corrections"
    now = msgspec.json.decode(await conn.fetchval(_NOW.format(table=kind), record_id))
    if deed.startswith("push"):
        return "corrections" if now["retracted_at"] is None else "retractions"
    before = msgspec.json.decode(await conn.fetchval(_BEFORE.format(table=kind), record_id))
    return _of_change(kind, before, now)


def _of_change(kind: str, before: dict[str, Any], now: dict[str, Any]) -> str | None:
    """Return what a change of the record says: what happened since, or what was wrong."""
    differing = {each for each in now if now[each] != before[each]} - _BOOKKEEPING
    if kind == "internship":
        taken = differing <= {"women", "men", "unknown"}
        more = taken and all(now[each] > before[each] for each in differing)
        return "newFacts" if more else "corrections"
    ended, ends = before["ends_on"], now["ends_on"]
    lasts = differing == {"ends_on"} and (ended is None or ends is None or ends > ended)
    return None if lasts else "corrections"
