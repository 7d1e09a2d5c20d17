"""The queue: the only place that knows arq, and Redis behind it.

The queue is a bell, not a record: every job it carries can be lost and will be rung for again,
because outbox and inbox lie in PostgreSQL. What this package adds to arq 0.28, and why:

- JSON instead of pickle: who can write to Redis cannot run code here. A job has one argument,
  handed over undecoded and decoded to the type its function declares.
- Every exception and timeout means another try after a pause; arq itself tries ordinary
  exceptions once and forgets.
- No results are kept (on the worker, where arq also looks for failures), so a job sent again
  under the same id is never silently dropped because of an old result.
- Arguments, results and error texts are never logged.
- A sender rings; nobody waits for the next poll, and an idle worker polls ten times a second
  instead of a hundred.
- Sockets have timeouts and keep-alive, so a frozen Redis is noticed instead of waited for.
- One health key per process, written by the loop that polls, gone 15 s after it stops turning.
"""

from __future__ import annotations

from shared.queue.client import Queue, QueueUnavailable, Ring, queue_name, worker_key
from shared.queue.consumer import Consumer, Job

__all__ = ["Consumer", "Job", "Queue", "QueueUnavailable", "Ring", "queue_name", "worker_key"]
