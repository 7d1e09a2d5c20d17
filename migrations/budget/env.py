"""The history of the budget database."""

from services.budget.models import metadata

from migrations.env_shared import run

run("budget", metadata)
