"""The history of the reports database."""

from migrations.env_shared import run
from services.reports.models import metadata

run("reports", metadata)
