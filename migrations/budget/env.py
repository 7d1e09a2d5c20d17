"""The history of the budget database."""

from migrations.env_shared import run
from services.budget.models import metadata

run("budget", metadata)
