"""PostgreSQL and Valkey from wheels, under one folder, for one machine.

Nothing else in the project may know these wheels: they can be swapped for real servers by
setting addresses, and for other wheels by changing this package.
"""

from jarva.embedded.stack import Stack

__all__ = ["Stack"]
