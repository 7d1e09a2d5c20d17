"""``python -m jarva`` is the same as ``jarva``."""

from jarva.cli import main

main()
