"""Disclosure control: what the public is told, so that no small count can be computed back.

Pure. `regions` says what a cell counts, `system` what a reader can infer from cells, `protecting`
which cells must be withheld or rounded, `cells` which cells a document has.
"""
