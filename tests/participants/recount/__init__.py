"""Every figure of participants counted again, plainly, from the rows of the tables.

Nothing of the product is used: no journal, no SQL function, no frozen breakdown. Tables are read
whole, and people are counted one by one in Python, the way a clerk would count a list. It is slow
and simple on purpose: where the product and the recount differ, the recount is the one to read.
"""
