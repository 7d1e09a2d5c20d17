"""Addresses of servers that an operator gives us instead of the embedded ones."""

from __future__ import annotations

from collections.abc import Mapping

from jarva.layout import SERVICES

NEEDED = (*(f"{service.upper()}_DATABASE_URL" for service in SERVICES), "REDIS_URL")


class AddressesIncomplete(Exception):
    """Some servers are given and some are not: starting a mixture would surprise everybody."""


OWNERS = tuple(f"{service.upper()}_OWNER_DATABASE_URL" for service in SERVICES)


def servers_are_given(environment: Mapping[str, str]) -> bool:
    """Tell whether the environment names all servers; False when it names none.

    Raises:
        AddressesIncomplete: it names some.

    """
    named = [name for name in (*NEEDED, *OWNERS) if environment.get(name)]
    missing = [name for name in NEEDED if name not in named]
    if missing and named:
        raise AddressesIncomplete(f"{named[0]} is set: set {', '.join(missing)} too")
    return not missing
