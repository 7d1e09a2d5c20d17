"""A publication as a text for word processors: real styles, captions and tables to go on from."""

from services.reports.publication.text.document import write

__all__ = ["write"]
