"""The history of the participants database."""

from migrations.env_shared import run
from services.participants.models import metadata

run("participants", metadata)
