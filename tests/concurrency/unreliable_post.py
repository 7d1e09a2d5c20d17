"""A post between two services that brings every message twice, late and out of order.

Each service sends to, and takes from, a Valkey database of its own; this post stands between
the two. It takes the jobs that a relay sent, opens them, puts two copies of every event on a
pile, and hands shuffled handfuls of the pile over as new jobs. Some of the answers, by which a
consumer confirms, are lost, and some come twice. Both ends are the real queue.
"""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import partial
from random import Random
from uuid import UUID

import msgspec

from shared.cancellation import cancel
from shared.events import Envelope
from shared.queue import Consumer, Job, Queue, queue_name
from shared.relay import CONFIRM, RECEIVE

COPIES = 2
_TURN_SECONDS = 0.03
_HANDFUL = 40
_LOST, _REPEATED = 0.1, 0.2


@dataclass
class Pile:
    """What is on its way to one consumer."""

    copies: list[msgspec.Raw] = field(default_factory=list)
    events: set[UUID] = field(default_factory=set)
    delivered: int = 0
    answers_lost: int = 0


class Post:
    """Carries jobs between the queues of services.

    Args:
        queues: each service's own queue.
        chance: decides what is shuffled and lost.

    """

    def __init__(self, queues: Mapping[str, Queue], chance: Random) -> None:
        self._queues = queues
        self._chance = chance
        self._stop = asyncio.Event()
        self._taking: list[asyncio.Task[None]] = []
        self._handing: list[asyncio.Task[None]] = []
        self.piles = {service: Pile() for service in queues}

    def start(self) -> None:
        """Begin to carry."""
        for sender, queue in self._queues.items():
            for consumer in self._queues.keys() - {sender}:
                jobs = {
                    RECEIVE: Job(list[msgspec.Raw], partial(self._take, consumer)),
                    CONFIRM: Job(msgspec.Raw, partial(self._answer, consumer)),
                }
                # Nobody rings: it looks ten times a second.
                taking = Consumer(queue, consumer, jobs, wake=asyncio.Event())
                self._taking.append(asyncio.create_task(taking.run(self._stop)))
        self._handing.append(asyncio.create_task(self._hand_over()))

    async def stop(self) -> None:
        """Stop carrying; what is on the piles is gone."""
        self._stop.set()
        await asyncio.gather(*self._taking)
        await cancel(*self._handing)
        for queue in self._queues.values():
            await queue.close()

    def healthy(self) -> bool:
        """Tell whether everything still runs."""
        return not any(task.done() for task in (*self._taking, *self._handing))

    async def waiting(self) -> dict[str, int]:
        """Return how much is on its way, by where it lies."""
        waiting = {f"pile for {each}": len(pile.copies) for each, pile in self.piles.items()}
        for owner, queue in self._queues.items():
            for consumer in self._queues:
                waiting[f"jobs at {owner} for {consumer}"] = await queue.depth(consumer)
        return waiting

    async def _take(self, consumer: str, events: list[msgspec.Raw]) -> None:
        pile = self.piles[consumer]
        pile.events.update(msgspec.json.decode(raw, type=Envelope).id for raw in events)
        pile.copies += events * COPIES

    async def _answer(self, consumer: str, confirmation: msgspec.Raw) -> None:
        fate = self._chance.random()
        times = 0 if fate < _LOST else 2 if fate < _REPEATED else 1
        self.piles[consumer].answers_lost += not times
        for _ in range(times):
            await self._queues[consumer].enqueue(consumer, CONFIRM, confirmation)

    async def _hand_over(self) -> None:
        """Shuffle each pile again and again, and each time deliver half of what is on it."""
        while True:
            for consumer, pile in self.piles.items():
                self._chance.shuffle(pile.copies)
                for _ in range(0, (len(pile.copies) + 1) // 2, _HANDFUL):
                    handful = pile.copies[: self._chance.randint(1, _HANDFUL)]
                    await self._queues[consumer].enqueue(consumer, RECEIVE, handful)
                    del pile.copies[: len(handful)]
                    pile.delivered += len(handful)
            await asyncio.sleep(_TURN_SECONDS)


async def in_hand(queue: Queue, service: str) -> list[str]:
    """Return the jobs that a worker of a service has taken and not acknowledged."""
    waiting = [job.decode() for job in await queue.redis.zrange(queue_name(service), 0, -1)]
    if not waiting:
        return []
    taken = await queue.redis.mget([f"{TAKEN}{job}" for job in waiting])
    return [job for job, value in zip(waiting, taken, strict=True) if value is not None]


TAKEN = "arq:in-progress:"
JOB = "arq:job:"
