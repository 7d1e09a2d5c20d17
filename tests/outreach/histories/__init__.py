"""Random histories of outreach: what workers, other systems and participants say over time.

What is refused is refused (a day that has not come, a session that is cancelled): a history
notes it and goes on. The same seed is the same history.
"""
