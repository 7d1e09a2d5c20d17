"""The event that a delivery of some register has been applied."""

from __future__ import annotations

from uuid import UUID

from shared.events import Code, Event


class DeliveryApplied(Event):
    """Base of each service's own ``<service>.delivery.applied``.

    A service declares ``class DeliveryApplied(deliveries.DeliveryApplied)`` in its
    ``events.py`` with ``type = "<service>.delivery.applied"``.
    """

    aggregate = "delivery"
    key = "delivery_id"

    delivery_id: UUID
    register: Code
    created: int
    changed: int
    unchanged: int
    retracted: int
    rejected: int
    ended: int
