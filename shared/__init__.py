"""Mechanisms every service stands on.

Admission rule: a module belongs here only if two services use it, it knows no
resource noun (person, voucher, venue) and takes no business decision.
"""
