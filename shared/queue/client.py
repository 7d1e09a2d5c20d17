"""Sending jobs, and ringing a service's relay."""

from __future__ import annotations

import asyncio
import os
import socket
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager, suppress
from enum import StrEnum
from typing import Any

import msgspec
from arq.connections import ArqRedis
from redis.asyncio import ConnectionPool
from redis.asyncio.retry import Retry
from redis.backoff import ExponentialBackoff
from redis.exceptions import RedisError

EXPIRES_MS = 15 * 60 * 1000
"""Longer than the longest pause between two sendings: of each event at most two copies wait."""

_SOCKET_TIMEOUT, _CONNECT_TIMEOUT = 5.0, 2.0


class QueueUnavailable(Exception):
    """Redis did not take the job, or cannot be asked; whoever records must try again."""


def queue_name(service: str) -> str:
    """Return the name of the queue that a service consumes."""
    return f"jarva:{service}"


def worker_key(service: str) -> str:
    """Return this process's health key; the host is part of it, containers all have pid 1."""
    return f"jarva:{service}:worker:{socket.gethostname()}:{os.getpid()}"


class Ring(StrEnum):
    """What a service's workers are rung for."""

    RECORDED = "recorded"
    JOB = "job"


class _Stored(msgspec.Struct):
    """A job as it lies in Redis: arq's one-letter fields, arguments left undecoded."""

    f: str
    a: list[msgspec.Raw]
    k: dict[str, msgspec.Raw]
    et: int
    t: int | None = None


def serialize(job: dict[str, Any]) -> bytes:
    """Return a job as JSON; an error that arq wants to store is reduced to its class."""
    return msgspec.json.encode(job, enc_hook=lambda value: type(value).__name__)


def deserialize(stored: bytes) -> dict[str, Any]:
    """Return a job with its arguments as raw JSON.

    Raises:
        msgspec.MsgspecError: the bytes are no job; pickled ones, for example, are refused.

    """
    return msgspec.structs.asdict(msgspec.json.decode(stored, type=_Stored))


class Queue:
    """One process's connection to the queue of every service."""

    def __init__(self, redis: ArqRedis) -> None:
        self.redis = redis

    @classmethod
    def connect(cls, redis_url: str, *, timeout: float = _SOCKET_TIMEOUT) -> Queue:
        """Return a queue that connects when it is first used: Redis may be down meanwhile.

        Args:
            redis_url: ``redis://:password@host:port/database``.
            timeout: seconds that one answer may take; asked three times before giving up.

        """
        pool = ConnectionPool.from_url(
            redis_url,
            socket_timeout=timeout,
            socket_connect_timeout=_CONNECT_TIMEOUT,
            socket_keepalive=True,
            health_check_interval=15,
            retry=Retry(ExponentialBackoff(cap=0.5, base=0.05), 2),
        )
        return cls(
            ArqRedis(
                pool_or_conn=pool,
                job_serializer=serialize,
                job_deserializer=deserialize,
                expires_extra_ms=EXPIRES_MS,
            )
        )

    async def enqueue(
        self, service: str, job: str, argument: object, *, job_id: str | None = None
    ) -> None:
        """Send a job with one JSON argument (ids, codes, dates: nothing personal) to a service.

        Raises:
            QueueUnavailable: it was not taken; with a ``job_id`` also: one with this id waits.

        """
        try:
            sent = await self.redis.enqueue_job(
                job, argument, _job_id=job_id, _queue_name=queue_name(service)
            )
        except (RedisError, OSError) as error:
            raise QueueUnavailable(type(error).__name__) from error
        if sent is None:
            # Also what arq answers when the connection broke under its WATCH.
            raise QueueUnavailable("not_taken")
        with suppress(QueueUnavailable):  # the job lies there, and will be seen at the next poll
            await self._publish(service, Ring.JOB)

    async def depth(self, service: str) -> int:
        """Return how many jobs wait for a service.

        Raises:
            QueueUnavailable: Redis cannot be asked.

        """
        try:
            return int(await self.redis.zcard(queue_name(service)))
        except (RedisError, OSError) as error:
            raise QueueUnavailable(type(error).__name__) from error

    async def ring(self, service: str) -> None:
        """Tell the service's relays that something was recorded.

        Raises:
            QueueUnavailable: nobody was told; the relay will see at its next poll.

        """
        await self._publish(service, Ring.RECORDED)

    async def _publish(self, service: str, ring: Ring) -> None:
        try:
            async with asyncio.timeout(_CONNECT_TIMEOUT):
                await self.redis.publish(_bell(service), ring.value)
        except (RedisError, OSError) as error:
            raise QueueUnavailable(type(error).__name__) from error

    @asynccontextmanager
    async def bell(self, service: str) -> AsyncIterator[AsyncIterator[Ring | None]]:
        """Listen: the iterator gives each ring, and None at least every five seconds.

        Raises:
            QueueUnavailable: the connection is lost.

        """
        listener = self.redis.pubsub(ignore_subscribe_messages=True)

        async def rings() -> AsyncIterator[Ring | None]:
            while True:
                message = await listener.get_message(timeout=_SOCKET_TIMEOUT)
                yield Ring(message["data"].decode()) if message else None

        try:
            await listener.subscribe(_bell(service))
            yield rings()
        except (RedisError, OSError) as error:
            raise QueueUnavailable(type(error).__name__) from error
        finally:
            await listener.aclose()  # type: ignore[no-untyped-call]  # untyped in redis-py

    async def close(self) -> None:
        """Close the connections."""
        await self.redis.aclose(close_connection_pool=True)


def _bell(service: str) -> str:
    return f"{queue_name(service)}:bell"
