"""A history under way: whom it is told to, what it has made, and what was refused."""

# ruff: noqa: ANN401  bodies are whatever a history has to say

from __future__ import annotations

import random
from collections import Counter, defaultdict
from collections.abc import Awaitable, Callable, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import Any, TypeAlias, TypeVar
from uuid import UUID

import httpx2

from shared.events import Envelope, Message
from tests.outreach.arena import Arena, envelope
from tests.outreach.histories.fates import Fate

FIRST, LAST = date(2022, 1, 1), date(2024, 12, 31)
UNITS = ("jobbtorg-unga-jarva", "jobbtorg-unga-kista", "kompetensverkstan")
OPERATIONS = ("guidance", "jobbtorg-outreach", "jobbtorg-outreach", "sff")
VENUES = ("tensta-library", "bla-huset", None)
DISTRICTS = ("spanga-tensta", "jarva", "rinkeby-kista")

Resource = dict[str, Any]
Choice = TypeVar("Choice")


@dataclass
class History:
    """What has been said so far, and to whom."""

    arena: Arena
    chance: random.Random
    made: dict[str, list[Resource]] = field(default_factory=lambda: defaultdict(list))
    """What was answered last about each record, by the path it is found under."""
    refused: Counter[str] = field(default_factory=Counter)
    post: list[Envelope] = field(default_factory=list)
    """What participants has said and the queue has not delivered."""
    told: dict[str, list[Message]] = field(default_factory=lambda: defaultdict(list))
    people: list[UUID] = field(init=False)
    reported: dict[str, Resource] = field(default_factory=dict)
    """The session reports that were taken, by id, as they were sent."""
    fates: dict[str, Fate] = field(default_factory=dict)
    """What participants has told of each referral."""

    def __post_init__(self) -> None:
        self.people = [self.new_id() for _ in range(40)]

    def new_id(self) -> UUID:
        return UUID(int=self.chance.getrandbits(128), version=4)

    def one(self, choices: Sequence[Choice]) -> Choice:
        return self.chance.choice(choices)

    def day(self, first: date = FIRST, last: date = LAST) -> str:
        return str(first + timedelta(days=self.chance.randrange((last - first).days + 1)))

    def later(self, day: str, most: int = 300) -> str:
        return str(date.fromisoformat(day) + timedelta(days=self.chance.randrange(most)))

    def maybe(self, value: Choice) -> Choice | None:
        return value if self.chance.random() < 0.5 else None

    def some(self, **values: Any) -> dict[str, Any]:
        """Return at least one of the members of a change."""
        names = self.chance.sample(sorted(values), self.chance.randint(1, len(values)))
        return {name: values[name] for name in names}

    def place(self) -> dict[str, Any]:
        return {
            "operation": self.one(OPERATIONS),
            "venue": self.one(VENUES),
            "unit": self.one(UNITS),
        }

    def counts(self) -> dict[str, int]:
        return {sex: self.chance.choice((0, 1, 2, 7)) for sex in ("women", "men", "unknown")}

    def picked(self, path: str, fits: Callable[[Resource], bool] | None = None) -> Resource | None:
        """Return something that was made under a path, most often something that stands."""
        made = self.made[path]
        standing = [each for each in made if not each.get("retractedAt")]
        found = [each for each in standing if fits is None or fits(each)]
        if not found or self.chance.random() < 0.1:
            found = made
        return self.one(found) if found else None

    async def make(self, path: str, body: dict[str, Any], *, at: str | None = None) -> bool:
        """Make a record; `at` is where it is found, if not where it was made."""
        response = await self.arena.call("POST", path, body)
        if not self._went_well(response):
            return False
        self.made[at or path].append(response.json())
        return True

    def seen(self, path: str, resources: Sequence[Resource]) -> None:
        """Note records that something else than `make` led to, or that were looked up."""
        known = {each["id"]: each for each in self.made[path]}
        for resource in resources:
            if resource["id"] in known:
                known[resource["id"]].update(resource)
            else:
                self.made[path].append(resource)

    async def change(
        self, path: str, body: dict[str, Any], *, key: str = "id", of: Resource | None = None
    ) -> bool:
        """Correct a record, any or a certain one, or change what is so from now on."""
        resource = of or self.picked(path)
        if resource is None:
            return False
        return await self._ask("PATCH", f"{path}/{resource[key]}", "", resource, body)

    async def retract(self, path: str) -> bool:
        """Say that a record never was true."""
        return await self.add_to(path, "/retractions", {"reason": "Det var fel"})

    async def add_to(
        self, path: str, more: str, body: dict[str, Any], *, of: Resource | None = None
    ) -> bool:
        """Say something about a record, any or a certain one, that its answer then shows."""
        resource = of or self.picked(path)
        if resource is None:
            return False
        return await self._ask("POST", f"{path}/{resource['id']}", more, resource, body)

    async def _ask(
        self, method: str, path: str, more: str, resource: Resource, body: dict[str, Any]
    ) -> bool:
        """Ask for a change; what somebody else has changed meanwhile is read again first."""
        response = await self.arena.call(method, path + more, body, version=resource["version"])
        if response.status_code == 412:
            resource.update(await self.arena.read(path))
            response = await self.arena.call(method, path + more, body, version=resource["version"])
        if not self._went_well(response):
            return False
        resource.update(response.json())
        return True

    def _went_well(self, response: httpx2.Response) -> bool:
        if response.status_code in {200, 201}:
            return True
        assert response.status_code in {404, 409, 422}, response.text
        self.refused[f"{response.status_code} {response.json()['code']}"] += 1
        return False

    def next_version(self, subject: str) -> int:
        """Return the version of the next news of something."""
        return len(self.told[subject]) + 1

    def say(self, subject: str, news: Message) -> None:
        """Let participants say something; the queue has it, at least once."""
        self.told[subject].append(news)
        sent = envelope(news, subject=subject, sequence=len(self.told[subject]))
        self.post += [sent] * self.chance.choice((1, 1, 2))

    async def deliver(self, *, most: int = 12) -> bool:
        """Deliver some of what the queue has, in any order."""
        if not self.post:
            return False
        self.chance.shuffle(self.post)
        now, self.post = self.post[:most], self.post[most:]
        await self.arena.told(now)
        return True


Deed: TypeAlias = Callable[[History], Awaitable[bool]]
"""One thing that somebody does; it tells whether it was done or refused."""


async def live(history: History, deeds: dict[Deed, int], steps: int) -> Counter[str]:
    """Do so many things, each as often as its weight says; return how often each was done."""
    done: Counter[str] = Counter()
    for deed in history.chance.choices(list(deeds), weights=list(deeds.values()), k=steps):
        done[deed.__name__] += await deed(history)
    return +done


async def catch_up(history: History, deeds: dict[Deed, int], done: Counter[str]) -> list[str]:
    """Do at last what was never done; return what is refused every time."""
    for deed in deeds:
        for _ in range(8):
            if not done[deed.__name__]:
                done[deed.__name__] += await deed(history)
    return [deed.__name__ for deed in deeds if not done[deed.__name__]]
