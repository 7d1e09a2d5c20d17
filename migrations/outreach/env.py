"""The history of the outreach database."""

from migrations.env_shared import run
from services.outreach.models import metadata

run("outreach", metadata)
