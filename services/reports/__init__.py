"""The committee's reports, assembled from what the other services know.

Owns no facts of its own but the area map, reference series that others publish, and what
was reported. Never holds a person, a contact or a voucher.
"""
