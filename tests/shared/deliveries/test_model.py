"""Random deliveries one after another, against a model of plain dictionaries."""

from __future__ import annotations

import random
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import pytest

from tests.shared.deliveries.conftest import Pushing, item
from tests.shared.deliveries.test_effects import counts

if TYPE_CHECKING:
    from shared.deliveries.resource import CountsOut

CODES = 60
DELIVERIES = 12


@dataclass
class Model:
    """What the register must hold, and what each delivery must be said to have done."""

    held: dict[str, dict[str, Any]] = field(default_factory=dict)
    live: set[str] = field(default_factory=set)
    retracted: set[str] = field(default_factory=set)

    def take(self, rows: list[dict[str, Any]], mode: str) -> CountsOut:
        done = dict.fromkeys(("created", "changed", "unchanged", "retracted", "rejected"), 0)
        seen: set[str] = set()
        before = set(self.live)
        for row in rows:
            done[self._take_row(row, mode, seen)] += 1
        named = {row["code"] for row in rows}
        absent = before - named if mode == "snapshot" else set()
        self.live -= absent
        return counts(len(rows), ended=len(absent), **done)

    def _take_row(self, row: dict[str, Any], mode: str, seen: set[str]) -> str:
        code = row["code"]
        faulty = row.get("women") == -1 or row.get("place") == "nowhere"
        if faulty or (row.get("op") == "retract" and mode == "snapshot"):
            return "rejected"
        if code in seen:
            return "rejected"
        seen.add(code)
        if row.get("place") == "atlantis":
            return "rejected"
        if row.get("op") == "retract":
            return self._retract(code)
        if code not in self.held:
            self.held[code] = row
            self.live.add(code)
            return "created"
        same = self.held[code] == row and code in self.live
        self.held[code] = row
        self.live.add(code)
        self.retracted.discard(code)
        return "unchanged" if same else "changed"

    def _retract(self, code: str) -> str:
        if code not in self.held:
            return "rejected"
        if code in self.retracted:
            return "unchanged"
        self.retracted.add(code)
        self.live.discard(code)
        return "retracted"


def some_rows(chance: random.Random) -> list[dict[str, Any]]:
    rows = []
    for _ in range(chance.randrange(1, CODES)):
        number = chance.randrange(CODES)
        match chance.randrange(12):
            case 0:
                rows.append({"op": "retract", "code": f"B-{number}", "reason": "never was"})
            case 1:
                rows.append(item(number, women=-1))
            case 2:
                rows.append(item(number, place=chance.choice(["atlantis", "nowhere"])))
            case _:
                rows.append(item(number, women=chance.randrange(1, 4)))
    return rows


@pytest.mark.parametrize("seed", [11, 12, 13])
async def test_random_deliveries_do_what_the_model_says(pushing: Pushing, seed: int) -> None:
    chance, model = random.Random(seed), Model()
    for _ in range(DELIVERIES):
        rows, mode = some_rows(chance), chance.choice(["delta", "delta", "snapshot"])
        dry = await pushing.push(rows, mode=mode, dry_run=True)
        out = await pushing.push(rows, mode=mode)
        expected = model.take(rows, mode)
        assert (out.state, out.counts) == ("applied", expected), rows
        assert dry.counts == expected, "a dry run says what the real one then does"
        held = await pushing.rows(
            "select code, women, ended_on is null and not retracted as live from item"
        )
        assert {row["code"]: row["women"] for row in held} == {
            code: row["women"] for code, row in model.held.items()
        }
        assert {row["code"] for row in held if row["live"]} == model.live
        booked = await pushing.value("select coalesce(sum(amount), 0)::int from item_fact")
        true = [row for code, row in model.held.items() if code not in model.retracted]
        assert booked == sum(row["women"] + row["men"] for row in true)


async def test_negative_control_the_model_notices_a_row_too_many(pushing: Pushing) -> None:
    model = Model()
    rows = [item(1), item(2)]
    out = await pushing.push(rows)
    assert out.counts != model.take(rows[:1], "delta")
