"""A publication as a workbook, in the layout of the city's forms, with numbers as numbers."""

from services.reports.publication.workbook.book import write

__all__ = ["write"]
