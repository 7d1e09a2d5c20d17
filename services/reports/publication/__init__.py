"""A report as it is read: one publication, written as a page, a workbook, a text and a PDF."""
