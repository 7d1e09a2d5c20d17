"""Disclosure control: what the public is told, so that no small count can be computed back.

Pure. `cells` says which cells a document has, `regions` what a cell counts, `protecting` which
may be told, `documents` what becomes of the document. Beneath: `states` (what holds at a basis),
`knowledge` (what a reader knows there), `audit` (whether that narrows a small count), `space` and
`columns` (what is unknown), `inference` and `worlds` (what follows).
"""

import os

# Read when numpy is first imported, by the modules of this package. The matrices are so small
# that a second thread only waits for the first, with all of a processor.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
