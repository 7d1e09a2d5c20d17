"""Standing questions: what was asked before and took long is kept counted.

Reports ask the same questions again and again. Sums are quick from a journal's snapshots, but
people counted once do not add up, and a question about a million of them reads the facts of a
good part of them. So a question that took long is remembered, and the worker keeps its answers
at instants of the past, each a few thousand facts after the one before. A question is then
answered from the nearest answer at or before its basis and what was recorded since, at any
basis, and equals what is counted from all facts.

Kept answers are derived, as snapshots are: figures are the same without them. They hold counts
and codes, and nobody's identity. A question is known by everything its value depends on, so that
another definition of a figure is another question.
"""
