"""What outreach answers for, and what must be said about the answers."""

from services.outreach.figures.definitions import FIGURES
from services.outreach.figures.remarks import remarks

__all__ = ["FIGURES", "remarks"]
