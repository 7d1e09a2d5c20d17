"""Every figure of outreach counted again, plainly, from the rows of the tables.

Nothing of the product is used: no journal, no rule of its domain, no SELECT of its facts. Tables
are read whole, and what they hold is counted row by row in Python. It is slow and simple on
purpose: where the product and the recount differ, the recount is the one to read.
"""
