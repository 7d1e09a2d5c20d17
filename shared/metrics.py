"""Counters and timings for Prometheus, labelled by route template and never by a value.

Requests are counted in plain lists and become metrics when they are asked for: counting
happens on every request, reading every few seconds.
"""

from __future__ import annotations

from bisect import bisect_left
from typing import TYPE_CHECKING

from prometheus_client import CollectorRegistry, Gauge
from prometheus_client.exposition import CONTENT_TYPE_LATEST, generate_latest
from prometheus_client.metrics_core import CounterMetricFamily, HistogramMetricFamily
from prometheus_client.registry import Collector
from typing_extensions import override

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from prometheus_client.metrics_core import Metric

CONTENT_TYPE = CONTENT_TYPE_LATEST
_BUCKETS = (0.002, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.0, 5.0, 10.0)


class Metrics:
    """The metrics of one process, in a registry of its own (two apps in one test do not mix)."""

    def __init__(self, service: str) -> None:
        self.registry = CollectorRegistry()
        self._service = service
        self._requests = _Requests(service)
        self.registry.register(self._requests)

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        """Count one answered request."""
        self._requests.observe(method, route, status, seconds)

    def watch(self, name: str, meaning: str, read: Callable[[], float]) -> None:
        """Add a gauge that is read when it is asked for (pool use, queue depth)."""
        gauge = Gauge(name, meaning, ("service",), registry=self.registry)
        gauge.labels(self._service).set_function(read)

    def render(self) -> bytes:
        """Return every metric in Prometheus' text format."""
        return generate_latest(self.registry)


class _Timing:
    """How long the requests of one route took: a count a bucket, and the sum."""

    __slots__ = ("counts", "seconds")

    def __init__(self) -> None:
        self.counts = [0] * (len(_BUCKETS) + 1)
        self.seconds = 0.0

    def buckets(self) -> Iterator[tuple[str, int]]:
        """Each bucket's upper bound and how many requests took at most that long."""
        total = 0
        for bound, count in zip((*_BUCKETS, "+Inf"), self.counts, strict=True):
            total += count
            yield str(bound), total


class _Requests(Collector):
    def __init__(self, service: str) -> None:
        self._service = service
        self._answered: dict[tuple[str, str, int], int] = {}
        self._timings: dict[tuple[str, str], _Timing] = {}

    def observe(self, method: str, route: str, status: int, seconds: float) -> None:
        answered = (method, route, status)
        self._answered[answered] = self._answered.get(answered, 0) + 1
        timing = self._timings.get((method, route))
        if timing is None:
            timing = self._timings[method, route] = _Timing()
        timing.counts[bisect_left(_BUCKETS, seconds)] += 1
        timing.seconds += seconds

    @override
    def collect(self) -> Iterator[Metric]:
        requests = CounterMetricFamily(
            "http_requests", "Requests answered", labels=("service", "method", "route", "status")
        )
        for (method, route, status), count in self._answered.items():
            requests.add_metric((self._service, method, route, str(status)), count)
        yield requests
        durations = HistogramMetricFamily(
            "http_request_duration_seconds",
            "Time from the first byte in to the last byte out",
            labels=("service", "method", "route"),
        )
        for (method, route), timing in self._timings.items():
            labels = (self._service, method, route)
            durations.add_metric(labels, list(timing.buckets()), sum_value=timing.seconds)
        yield durations
