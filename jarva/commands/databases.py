"""Making and migrating the services' databases, embedded or an operator's own."""

from __future__ import annotations

import asyncio
import os
from typing import Annotated

import typer
from rich.console import Console

from jarva import provisioning
from jarva.addresses import servers_are_given
from jarva.commands import DEFAULT_VAR, Var
from jarva.embedded import Stack
from jarva.layout import SERVICES
from jarva.migrating import migrate as migrate_all
from jarva.provisioning import ServiceDatabase


def migrate(
    service: Annotated[
        list[str] | None, typer.Option(help="One service; all without it. May be repeated.")
    ] = None,
    var: Var = DEFAULT_VAR,
) -> None:
    """Bring the databases to their newest schema, those in the environment or the embedded ones."""
    services = service or list(SERVICES)
    if servers_are_given(os.environ):
        migrate_all(os.environ, services)
    else:
        with Stack(var) as stack:
            migrate_all(stack.service_env(), services)
    Console().print(f"{', '.join(services)}: newest schema")


def provision(
    admin_url: Annotated[
        str,
        typer.Option(
            envvar="ADMIN_DATABASE_URL",
            help="PostgreSQL as somebody who may create databases and roles.",
        ),
    ],
) -> None:
    """Make the databases and roles that the services' addresses in the environment name.

    Doing it again sets the passwords to those of the addresses and changes nothing else.
    """
    databases = [ServiceDatabase.in_environment(service, os.environ) for service in SERVICES]
    asyncio.run(provisioning.provision(admin_url, databases))
    Console().print(f"{', '.join(database.name for database in databases)}: provisioned")
