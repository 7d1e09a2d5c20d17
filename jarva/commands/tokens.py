"""Bearer tokens of the embedded issuer."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Annotated, TypeAlias

import typer

from jarva.commands import DEFAULT_VAR, Var
from jarva.home import Home
from jarva.issuer import EVERY_UNIT
from jarva.layout import SERVICES

_UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


class NoIssuer(Exception):
    """The folder has no issuer yet."""


def parse_lifetime(text: str) -> timedelta:
    """Read ``90s``, ``30m``, ``8h`` or ``7d``."""
    match = re.fullmatch(r"(\d+)([smhd])", text)
    if not match:
        raise typer.BadParameter(f"{text!r} is not like 90s, 30m, 8h or 7d")
    return timedelta(**{_UNITS[match[2]]: int(match[1])})


Several: TypeAlias = list[str] | None


def token(
    *,
    scope: Annotated[list[str], typer.Option(help="Such as reports:read. Repeatable.")],
    unit: Annotated[Several, typer.Option(help="A unit; all without. Repeatable.")] = None,
    audience: Annotated[Several, typer.Option(help="A service; all without. Repeatable.")] = None,
    subject: Annotated[str, typer.Option(help="Who the bearer is.")] = "jarva",
    lifetime: Annotated[str, typer.Option(help="Such as 90s, 30m, 8h or 7d.")] = "1h",
    var: Var = DEFAULT_VAR,
) -> None:
    """Print a bearer token signed by the embedded issuer of a folder."""
    home = Home(var)
    if not home.issuer.jwks_path.exists():
        raise NoIssuer(f"{home.folder} has no issuer yet: jarva up makes it")
    scopes = [part for text in scope for part in text.split()]
    signed = home.issuer.mint(
        subject,
        scopes,
        units=unit or EVERY_UNIT,
        audience=audience or tuple(SERVICES),
        lifetime=parse_lifetime(lifetime),
    )
    typer.echo(signed)
