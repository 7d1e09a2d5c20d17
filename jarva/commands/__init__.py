"""One module per kind of command; each command is a plain function that Typer reads."""

from pathlib import Path
from typing import Annotated, TypeAlias

import typer

Var: TypeAlias = Annotated[
    Path,
    typer.Option(
        envvar="JARVA_VAR", help="Folder for data, logs and keys; the same data next time."
    ),
]

DEFAULT_VAR = Path("var")
