"""What outreach answers for, and what must be said about the answers."""

from services.outreach.figures.definitions import FIGURES
from services.outreach.figures.remarks import remarks
from services.outreach.figures.rules import counting_rules

__all__ = ["FIGURES", "counting_rules", "remarks"]
