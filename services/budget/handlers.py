"""Events that budget acts on: none yet, what happens to people moves no money by itself."""

from __future__ import annotations

from shared.events import Handlers

HANDLERS = Handlers()
