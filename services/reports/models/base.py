"""The service's schema, and the tables that every service has."""

from __future__ import annotations

from shared.mechanisms import define_mechanism_tables
from shared.schema import service_metadata

metadata = service_metadata()
define_mechanism_tables(metadata)
