"""A publication as a tagged PDF: PDF/UA-1, the same bytes every time."""

from services.reports.publication.pdf.typesetting import write

__all__ = ["write"]
