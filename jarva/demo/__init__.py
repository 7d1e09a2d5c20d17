"""The committee's two reports, from figures pushed as other city systems would push them."""

from pathlib import Path

DATA = Path(__file__).with_name("data")
"""What the demonstration pushes, and what was published."""
