"""How fast the product is, in ratios against what this machine can do at best.

Machines are noisy and differ, so nothing here is a time to compare with another day's: each
line sets the product beside a limit or a baseline measured in the same run, in turns.
"""
